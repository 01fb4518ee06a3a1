#include "state/running_estimate.hpp"

#include <algorithm>
#include <charconv>

#include "basalt/base/go_duration.hpp"

namespace basalt {
namespace {

constexpr std::string_view kKey = "basalt.sh/running-estimate";
/// Ten years: what runs longer runs for ever.
constexpr std::chrono::hours kLongest{24 * 3650};

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

}  // namespace

void read_running_estimate(Job& job) {
  const std::string* text = find_value(job.annotations, kKey);
  if (text == nullptr) return;
  const auto estimate = parse_estimate(*text);
  if (!estimate) {
    job.faults.push_back("annotation " + std::string(kKey) + ": " + estimate.error().message +
                         ", or a whole number of seconds; left out");
  } else if (estimate->count() <= 0) {
    job.faults.push_back("annotation " + std::string(kKey) + ": \"" + text->substr(0, 64) +
                         "\" is not above zero; left out");
  } else {
    job.running_estimate = *estimate;
  }
}

}  // namespace basalt
