#include "e2e/harness/subprocess.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared by the user

namespace basalt::e2e {
namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

std::string text_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// execve() wants the environment as one list.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string text = *line;
    if (!variables.contains(text.substr(0, text.find('=')))) lines.push_back(text);
  }
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    reader = ends[0];
    writer = ends[1];
  }
  int reader = -1;
  int writer = -1;
};

pid_t spawn(const Command& command, int output, int errors) {
  // Everything is prepared before fork(): the child of a program with threads may only call what is safe in signal
  // handlers.
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment = environment_with(command.variables);
  const std::vector<char*> arguments = pointers_to(words);
  const std::vector<char*> variables = pointers_to(environment);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execvpe(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  return child;
}

ExitStatus status_of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {.by_signal = true, .code = WTERMSIG(wait_status)};
  return {.by_signal = false, .code = WEXITSTATUS(wait_status)};
}

int remaining(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left) + 1;
}

/// Appends what there is to read; false at the end of the stream.
bool append_from(int fd, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(fd, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

/// Reads both streams to their ends; false when the deadline comes first.
bool read_both(std::array<pollfd, 2> streams, CommandOutcome& outcome, SteadyClock::time_point deadline) {
  std::array<std::string*, 2> texts{&outcome.output, &outcome.errors};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    const int ready = poll(streams.data(), streams.size(), remaining(deadline));
    if (ready == 0) return false;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams[i].fd < 0 || streams[i].revents == 0) continue;
      if (append_from(streams[i].fd, *texts[i])) continue;
      close(streams[i].fd);
      streams[i].fd = -1;  // poll() skips negative ones
    }
  }
  return true;
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  return (status.by_signal ? "signal " : "exit code ") + std::to_string(status.code);
}

CommandOutcome run_command(const Command& command, std::chrono::seconds limit) {
  const auto deadline = SteadyClock::now() + limit;
  const Pipe output;
  const Pipe errors;
  const pid_t child = spawn(command, output.writer, errors.writer);
  close(output.writer);
  close(errors.writer);
  CommandOutcome outcome;
  const bool in_time = read_both({{{output.reader, POLLIN, 0}, {errors.reader, POLLIN, 0}}}, outcome, deadline);
  if (!in_time) kill(child, SIGKILL);
  int wait_status = 0;
  while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = status_of(wait_status);
  if (!in_time)
    throw std::runtime_error("not finished after " + std::to_string(limit.count()) + "s: " + text_of(command.words) +
                             "\n" + outcome.output + outcome.errors);
  return outcome;
}

std::string output_of(const Command& command) {
  CommandOutcome outcome = run_command(command);
  if (!outcome.status.success()) {
    throw std::runtime_error(text_of(command.words) + ": " + to_string(outcome.status) + "\n" + outcome.output +
                             outcome.errors);
  }
  return std::move(outcome.output);
}

Subprocess::Subprocess(const Command& command, const ToFile& sink) {
  const int file = open(sink.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) fail(sink.path.string());
  start(command, file, file);
  close(file);
}

Subprocess::Subprocess(const Command& command, ToPipe) {
  const Pipe output;
  start(command, output.writer, STDERR_FILENO);
  close(output.writer);
  output_fd_ = output.reader;
}

void Subprocess::start(const Command& command, int output, int errors) {
  pid_ = spawn(command, output, errors);
  pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pid_fd_ < 0) fail("pidfd_open");
}

Subprocess::~Subprocess() {
  signal(SIGKILL);
  wait_for(std::chrono::seconds{10});
  if (output_fd_ >= 0) close(output_fd_);
  if (pid_fd_ >= 0) close(pid_fd_);
}

void Subprocess::signal(int number) {
  if (!ended_) kill(pid_, number);
}

std::optional<ExitStatus> Subprocess::wait_for(std::chrono::milliseconds limit) {
  if (ended_) return ended_;
  const auto deadline = SteadyClock::now() + limit;
  pollfd end{pid_fd_, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&end, 1, limit.count() == 0 ? 0 : remaining(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;
  int wait_status = 0;
  if (waitpid(pid_, &wait_status, 0) == pid_) ended_ = status_of(wait_status);
  return ended_;
}

}  // namespace basalt::e2e
