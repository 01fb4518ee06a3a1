#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace basalt::daemon {

/// How much a line matters. Printed as error, warning, info, debug and trace.
enum class LogLevel {
  error,    ///< something is not done that should be, until somebody acts
  warning,  ///< something is not as it was asked for
  notice,   ///< what an operator wants to read in a quiet hour
  detail,   ///< -v=4 and above
  trace,    ///< -v=6 and above: every object and decision
};

/// The least important level that is logged at a verbosity (klog's -v).
[[nodiscard]] LogLevel level_of_verbosity(int verbosity);

/// A key and a value of a log line.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, bool truth) : key(name), value(truth ? "true" : "false") {}
  template <class Number>
  requires std::is_arithmetic_v<Number> LogField(std::string_view name, Number number)
      : key(name), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

/// Writes log lines that people and programs can read, one a line, whatever the values contain:
///
///     time=2026-01-31T12:00:00.000000Z level=warning msg="configuration refused" file=/etc/b.conf
///
/// Values are quoted when they hold anything but plain characters. Thread-safe.
class Log {
 public:
  /// Writes to standard error.
  explicit Log(int verbosity);
  /// Writes to `out`, which must outlive the log.
  Log(int verbosity, std::ostream& out);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  /// Whether lines of this level are written: to be asked before collecting expensive fields.
  [[nodiscard]] bool writes(LogLevel level) const;
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {}) const;

  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, message, fields);
  }
  void notice(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::notice, message, fields);
  }

 private:
  class Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace basalt::daemon
