#include "config/configuration_folder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "config/document.hpp"

namespace basalt {
namespace {

// Not IN_MODIFY: a file that is being written is looked at when its writer closes it.
constexpr std::uint32_t kChanges =
    IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

std::string reason() { return std::system_category().message(errno); }

// Takes everything off a descriptor that does not block.
void drain(int descriptor) {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t length = ::read(descriptor, buffer.data(), buffer.size());
    if (length > 0 || (length < 0 && errno == EINTR)) continue;
    return;
  }
}

bool same(const Result<std::string>& left, const Result<std::string>& right) {
  if (left.has_value() != right.has_value()) return false;
  return left ? *left == *right : left.error() == right.error();
}

}  // namespace

Result<std::string> read_configuration_file(const std::filesystem::path& file) {
  const auto refuse = [&file](ErrorCode code, const std::string& why) {
    return Error{code, "configuration file " + file.string() + ": " + why};
  };
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) return refuse(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable, reason());
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) return refuse(ErrorCode::unavailable, reason());
  if (!S_ISREG(status.st_mode)) return refuse(ErrorCode::invalid, "expected a regular file");
  std::string text;
  std::array<char, 16384> buffer{};
  while (text.size() <= kLongestConfiguration) {
    const ssize_t length = ::read(descriptor.number(), buffer.data(), buffer.size());
    if (length == 0) return text;
    if (length > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(length));
    } else if (errno != EINTR) {
      return refuse(ErrorCode::unavailable, reason());
    }
  }
  return refuse(ErrorCode::invalid, "expected at most " + std::to_string(kLongestConfiguration) + " bytes");
}

class ConfigurationFolder::Watch {
 public:
  explicit Watch(const std::filesystem::path& file)
      : file_(file), folder_(file.has_parent_path() ? file.parent_path() : std::filesystem::path(".")) {}

  Result<void> start() {
    const auto refuse = [this](const std::string& what) {
      return Error{ErrorCode::unavailable, "configuration folder " + folder_.string() + ": " + what + ": " + reason()};
    };
    if (!changes_ || !stop_) return refuse("no watch");
    if (!add_watch()) return refuse("expected a folder that can be watched");
    return {};
  }

  [[nodiscard]] int descriptor() const { return changes_.number(); }

  std::optional<Result<std::string>> look() {
    drain(changes_.number());
    // Adding a watch that is there changes nothing; one that was lost with its folder is found again.
    add_watch();
    Result<std::string> found = read_configuration_file(file_);
    if (last_ && same(*last_, found)) return std::nullopt;
    last_ = found;
    return found;
  }

  std::optional<Result<std::string>> next(const std::stop_token& stop, std::chrono::milliseconds at_least) {
    drain(stop_.number());
    const std::stop_callback wake(stop, [this] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(stop_.number(), &one, sizeof one);
    });
    while (!stop.stop_requested()) {
      if (auto found = look()) return found;
      std::array<pollfd, 2> waiting = {pollfd{changes_.number(), POLLIN, 0}, pollfd{stop_.number(), POLLIN, 0}};
      ::poll(waiting.data(), waiting.size(), static_cast<int>(at_least.count()));
    }
    return std::nullopt;
  }

 private:
  bool add_watch() { return ::inotify_add_watch(changes_.number(), folder_.c_str(), kChanges | IN_ONLYDIR) >= 0; }

  std::filesystem::path file_;
  std::filesystem::path folder_;
  Descriptor changes_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
  Descriptor stop_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::optional<Result<std::string>> last_;
};

ConfigurationFolder::ConfigurationFolder(std::unique_ptr<Watch> watch) : watch_(std::move(watch)) {}
ConfigurationFolder::ConfigurationFolder(ConfigurationFolder&&) noexcept = default;
ConfigurationFolder& ConfigurationFolder::operator=(ConfigurationFolder&&) noexcept = default;
ConfigurationFolder::~ConfigurationFolder() = default;

Result<ConfigurationFolder> ConfigurationFolder::watch(const std::filesystem::path& file) {
  auto watch = std::make_unique<Watch>(file);
  if (const auto started = watch->start(); !started) return started.error();
  return ConfigurationFolder(std::move(watch));
}

int ConfigurationFolder::descriptor() const { return watch_->descriptor(); }

std::optional<Result<std::string>> ConfigurationFolder::look() { return watch_->look(); }

std::optional<Result<std::string>> ConfigurationFolder::next(std::stop_token stop, std::chrono::milliseconds at_least) {
  return watch_->next(stop, at_least);
}

}  // namespace basalt
