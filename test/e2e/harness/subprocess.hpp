#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace basalt::e2e {

/// How a program ended.
struct ExitStatus {
  bool by_signal = false;
  int code = 0;  ///< the signal's number when by_signal

  [[nodiscard]] bool success() const { return !by_signal && code == 0; }
  bool operator==(const ExitStatus&) const = default;
};

/// "exit code 1", "signal 9".
std::string to_string(const ExitStatus& status);

/// What a program wrote, and how it ended.
struct CommandOutcome {
  ExitStatus status;
  std::string output;
  std::string errors;
};

/// A program and its words; variables are added to this program's environment.
struct Command {
  std::vector<std::string> words;  ///< the first is looked up in PATH
  std::map<std::string, std::string> variables = {};
};

/// Runs a program to its end, without standard input. Throws std::runtime_error when it cannot be started or has not
/// ended after `limit` (it is killed then).
CommandOutcome run_command(const Command& command, std::chrono::seconds limit = std::chrono::seconds{180});

/// The standard output of a program. Throws std::runtime_error, with all that it wrote, when it fails.
std::string output_of(const Command& command);

/// A program that runs beside this one. It is killed when this object goes, and by the kernel when the thread that
/// started it ends, so that an aborted test leaves nothing behind.
class Subprocess {
 public:
  /// Where standard output and error go: to a file (appended), or to a pipe that output_fd() reads.
  struct ToFile {
    std::filesystem::path path;
  };
  struct ToPipe {};

  Subprocess(const Command& command, const ToFile& sink);
  Subprocess(const Command& command, ToPipe sink);
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int output_fd() const { return output_fd_; }
  /// Nothing happens when the program has ended.
  void signal(int number);
  /// How it ended; empty when it has not after `limit`.
  std::optional<ExitStatus> wait_for(std::chrono::milliseconds limit);
  [[nodiscard]] bool running() { return !wait_for(std::chrono::milliseconds{0}).has_value(); }

 private:
  void start(const Command& command, int output, int errors);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int output_fd_ = -1;
  std::optional<ExitStatus> ended_;
};

}  // namespace basalt::e2e
