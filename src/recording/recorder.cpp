#include "recording/recorder.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "basalt/base/overloaded.hpp"

namespace basalt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "recording-";
constexpr std::string_view kSuffix = ".basalt";

/// The number in the name of one of our files; nothing for other files.
std::optional<std::uint64_t> number_of(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  const char* const begin = name.data() + kPrefix.size();
  const char* const end = name.data() + name.size() - kSuffix.size();
  std::uint64_t number = 0;
  const auto [at, failure] = std::from_chars(begin, end, number);
  if (failure != std::errc{} || at != end) return std::nullopt;
  return number;
}

/// Our files in a folder, oldest first.
std::vector<std::pair<std::uint64_t, fs::path>> recordings_in(const fs::path& folder) {
  std::vector<std::pair<std::uint64_t, fs::path>> found;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    if (const auto number = number_of(entry->path())) found.emplace_back(*number, entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string file_name(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kPrefix) + std::string(6 - std::min<std::size_t>(digits.size(), 6), '0') + digits +
         std::string(kSuffix);
}

}  // namespace

Recorder::Recorder(RecorderOptions options, std::function<void(std::string_view why)> broken)
    : options_(std::move(options)),
      broken_(std::move(broken)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Recorder::~Recorder() {
  thread_.request_stop();
  thread_.join();
}

void Recorder::start() {
  const std::lock_guard lock(mutex_);
  if (phase_ == Phase::recording || phase_ == Phase::wanted) return;
  phase_ = Phase::wanted;
  wants_checkpoint_ = true;
}

void Recorder::stop() {
  const std::lock_guard lock(mutex_);
  phase_ = Phase::idle;
  wants_checkpoint_ = false;
}

std::string Recorder::status() const {
  const std::lock_guard lock(mutex_);
  switch (phase_) {
    case Phase::idle: return "not recording";
    case Phase::wanted: return "about to record to " + options_.folder.string();
    case Phase::recording: return "recording to " + (file_name_.empty() ? options_.folder.string() : file_name_);
    case Phase::broken: return "broken off: " + why_;
  }
  return {};
}

void Recorder::begin(Checkpoint checkpoint) {
  {
    const std::lock_guard lock(mutex_);
    wants_checkpoint_ = false;
    if (phase_ != Phase::wanted && phase_ != Phase::recording) return;  // stopped meanwhile
    phase_ = Phase::recording;
  }
  configuration_is_known_ = false;
  put(std::move(checkpoint), 1);
}

void Recorder::took(std::vector<Delta> deltas) {
  if (deltas.empty()) return;
  const std::size_t weight = deltas.size();
  put(std::move(deltas), weight);
}

void Recorder::decided(const Moment& moment, const Configuration& configuration, const Decisions& decisions,
                       const Cluster& cluster) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::recording) return;
  }
  RecordedCycle cycle;
  cycle.now = moment.now;
  cycle.cycle = moment.cycle;
  if (!std::exchange(configuration_is_known_, true)) {
    cycle.configuration = RecordedConfiguration{configuration.origin, configuration.source};
  }
  cycle.woke_all = std::exchange(has_woken_all_, false);
  std::string printed = print(decisions, cluster);
  cycle.digest = digest_of(printed);
  if (options_.with_decisions) cycle.decisions = std::move(printed);
  put(std::move(cycle), 1);
}

void Recorder::put(Item item, std::size_t weight) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::recording) return;
    // What is put while nothing waits is always taken: a first listing may be longer than any bound.
    if (weight_ == 0 || weight_ + weight <= options_.waiting) {
      waiting_.emplace_back(std::move(item), weight);
      weight_ += weight;
      changed_.notify_all();
      return;
    }
  }
  break_off("writing does not keep up with what happens");
}

/// The writing thread ends the file; until a start nothing more is recorded.
void Recorder::break_off(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::recording) return;
    phase_ = Phase::broken;
    wants_checkpoint_ = false;
    why_ = why;
  }
  changed_.notify_all();
  broken_(why);
}

void Recorder::work(const std::stop_token& stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !waiting_.empty() || (phase_ == Phase::broken && file_); });
    if (waiting_.empty()) {
      const std::string why = phase_ == Phase::broken ? why_ : std::string();
      lock.unlock();
      if (file_ && !why.empty()) static_cast<void>(file_->append(RecordingBroken{why}));
      if (!why.empty()) file_.reset();
      if (stop.stop_requested()) return;
      continue;
    }
    Item item = std::move(waiting_.front().first);
    const std::size_t weight = waiting_.front().second;
    waiting_.pop_front();
    lock.unlock();
    write(std::move(item));
    lock.lock();
    weight_ -= weight;
  }
}

void Recorder::write(Item item) {
  std::visit(Overloaded{
                 [this](Checkpoint& checkpoint) { begin_file(std::move(checkpoint)); },
                 [this](std::vector<Delta>& deltas) {
                   if (!file_) return;
                   deltas_.insert(deltas_.end(), std::make_move_iterator(deltas.begin()),
                                  std::make_move_iterator(deltas.end()));
                 },
                 [this](RecordedCycle& cycle) {
                   cycle.deltas = std::exchange(deltas_, {});
                   write_frame(std::move(cycle));
                 },
             },
             item);
}

void Recorder::write_frame(const Frame& frame) {
  if (!file_) return;
  if (auto written = file_->append(frame); !written) {
    file_.reset();
    break_off(written.error().message);
    return;
  }
  if (file_->bytes() <= options_.file_bytes || std::exchange(has_asked_, true)) return;
  const std::lock_guard lock(mutex_);
  if (phase_ == Phase::recording) wants_checkpoint_ = true;
}

void Recorder::begin_file(Checkpoint checkpoint) {
  file_.reset();
  deltas_.clear();
  has_asked_ = false;
  std::error_code failure;
  fs::create_directories(options_.folder, failure);
  const auto there = recordings_in(options_.folder);
  auto file = RecordingFile::create(options_.folder / file_name(there.empty() ? 1 : there.back().first + 1));
  if (!file) return break_off(file.error().message);
  file_.emplace(std::move(*file));
  {
    const std::lock_guard lock(mutex_);
    file_name_ = file_->path().string();
  }
  write_frame(RecordingHeader{RecordingHeader::kFormat, options_.program});
  write_frame(std::move(checkpoint));
  delete_old_files();
}

void Recorder::delete_old_files() {
  const auto there = recordings_in(options_.folder);
  for (std::size_t i = 0; i + options_.files < there.size(); ++i) {
    std::error_code ignored;  // it is tried again with the next file
    fs::remove(there[i].second, ignored);
  }
}

}  // namespace basalt
