#include "state/stated_durations.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "basalt/base/go_duration.hpp"

namespace basalt {
namespace {

constexpr std::string_view kKey = "basalt.sh/running-estimate";
constexpr std::string_view kCompletion = "basalt.sh/completion-within";
constexpr std::array<std::string_view, 3> kOfPlugins = {"volcano.sh/sla-waiting-time", "sla-waiting-time", kCompletion};
/// Ten years: what runs longer runs for ever.
constexpr std::chrono::hours kLongest{24 * 3650};

std::string quoted(const std::string& text) {
  constexpr std::size_t kMost = 64;
  return "\"" + text.substr(0, kMost) + "\"";
}

void leave_out(Job& job, std::string_view key, const std::string& why) {
  job.faults.push_back("annotation " + std::string(key) + ": " + why + "; left out");
}

Result<std::chrono::microseconds> parse_estimate(const std::string& text) {
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc{} && at == end) {
    const std::int64_t longest = std::chrono::seconds(kLongest).count();
    return std::chrono::microseconds(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, longest)));
  }
  auto duration = parse_go_duration(text);
  if (!duration) return duration.error();
  return std::min(std::chrono::duration_cast<std::chrono::microseconds>(*duration),
                  std::chrono::microseconds(kLongest));
}

void read_running_estimate(Job& job) {
  const std::string* text = find_value(job.annotations, kKey);
  if (text == nullptr) return;
  const auto estimate = parse_estimate(*text);
  if (!estimate) {
    leave_out(job, kKey, estimate.error().message + ", or a whole number of seconds");
  } else if (estimate->count() <= 0) {
    leave_out(job, kKey, quoted(*text) + " is not above zero");
  } else {
    job.running_estimate = *estimate;
  }
}

}  // namespace

void read_durations(Job& job) {
  read_running_estimate(job);
  for (const std::string_view key : kOfPlugins) {
    const std::string* text = find_value(job.annotations, key);
    if (text == nullptr) continue;
    const auto duration = parse_go_duration(*text);
    if (!duration) {
      leave_out(job, key, duration.error().message);
    } else if (duration->count() <= 0) {
      leave_out(job, key, quoted(*text) + " is not above zero");
    } else if (key == kCompletion && !job.running_estimate) {
      leave_out(job, key, "says nothing without " + std::string(kKey));
    }
  }
}

}  // namespace basalt
