#include "plugins/sla/waiting_time.hpp"

#include <algorithm>

#include "basalt/base/go_duration.hpp"

namespace basalt {
namespace {

std::optional<std::chrono::microseconds> stated(const Job& job, std::string_view key) {
  const std::string* text = find_value(job.annotations, key);
  if (text == nullptr) return std::nullopt;
  const auto duration = parse_go_duration(*text);
  if (!duration || duration->count() <= 0) return std::nullopt;
  return std::chrono::ceil<std::chrono::microseconds>(*duration);
}

/// The latest start that lets the job end in the time it asks for; at once, where that is too late already.
std::optional<std::chrono::microseconds> start_within(const Job& job) {
  const auto completion = stated(job, "basalt.sh/completion-within");
  if (!completion || !job.running_estimate) return std::nullopt;
  return std::max(*completion - *job.running_estimate, std::chrono::microseconds(0));
}

}  // namespace

std::optional<std::chrono::microseconds> waiting_time(const Job& job, const WaitingTimes& times) {
  auto asked = stated(job, "volcano.sh/sla-waiting-time");
  if (!asked) asked = stated(job, "sla-waiting-time");
  if (const auto start = start_within(job); start && (!asked || *start < *asked)) asked = start;
  if (!asked) return times.for_all;
  const auto of_queue = times.of_queue.find(job.queue_name);
  return std::max(*asked, of_queue == times.of_queue.end() ? times.shortest : of_queue->second);
}

}  // namespace basalt
