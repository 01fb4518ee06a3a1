#include "daemon/logging.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <ostream>
#include <utility>

namespace basalt::daemon {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::notice: return spdlog::level::info;
    case LogLevel::detail: return spdlog::level::debug;
    case LogLevel::trace: return spdlog::level::trace;
  }
  return spdlog::level::info;
}

bool is_plain(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/:@,%()[]{}<>*#~!?&;|^$";
  return !text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos;
}

// In quotes, with everything escaped that could end the value or the line. Bytes of UTF-8 stay.
void append_quoted(std::string& line, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  line += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      line += '\\';
      line += character;
    } else if (character == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      line += "\\x";
      line += kHex[byte >> 4U];
      line += kHex[byte & 0xfU];
    } else {
      line += character;
    }
  }
  line += '"';
}

}  // namespace

LogLevel level_of_verbosity(int verbosity) {
  if (verbosity >= 6) return LogLevel::trace;
  if (verbosity >= 4) return LogLevel::detail;
  return LogLevel::notice;
}

class Log::Sink {
 public:
  Sink(int verbosity, std::shared_ptr<spdlog::sinks::sink> sink) : logger_("basalt", std::move(sink)) {
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>("time=%Y-%m-%dT%H:%M:%S.%fZ level=%l %v",
                                                                      spdlog::pattern_time_type::utc));
    logger_.set_level(spdlog_level(level_of_verbosity(verbosity)));
    logger_.flush_on(spdlog::level::trace);
  }

  spdlog::logger& logger() { return logger_; }

 private:
  spdlog::logger logger_;
};

Log::Log(int verbosity) : sink_(std::make_unique<Sink>(verbosity, std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}
Log::Log(int verbosity, std::ostream& out)
    : sink_(std::make_unique<Sink>(verbosity, std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}
Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

bool Log::writes(LogLevel level) const { return sink_->logger().should_log(spdlog_level(level)); }

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (!writes(level)) return;
  std::string line = "msg=";
  append_quoted(line, message);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (is_plain(field.value)) {
      line += field.value;
    } else {
      append_quoted(line, field.value);
    }
  }
  sink_->logger().log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace basalt::daemon
