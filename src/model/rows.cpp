#include "basalt/model/rows.hpp"

#include <charconv>
#include <tuple>

namespace basalt {
namespace {

/// The number after the last '-' of a name with at least two of them, as job controllers make
/// them ("train-worker-3"); nothing otherwise.
std::optional<std::uint64_t> index_in_role(std::string_view name) {
  const std::size_t last = name.rfind('-');
  if (last == std::string_view::npos || last == 0 || name.rfind('-', last - 1) == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(last + 1);
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return index;
}

}  // namespace

std::string_view to_string(TaskStatus status) {
  switch (status) {
    case TaskStatus::pending: return "Pending";
    case TaskStatus::allocated: return "Allocated";
    case TaskStatus::pipelined: return "Pipelined";
    case TaskStatus::binding: return "Binding";
    case TaskStatus::bound: return "Bound";
    case TaskStatus::running: return "Running";
    case TaskStatus::releasing: return "Releasing";
    case TaskStatus::succeeded: return "Succeeded";
    case TaskStatus::failed: return "Failed";
    case TaskStatus::unknown: return "Unknown";
  }
  return "Unknown";
}

bool comes_before(const Task& left, const Task& right) {
  const auto left_index = index_in_role(left.name);
  const auto right_index = index_in_role(right.name);
  if (left_index.has_value() != right_index.has_value()) return left_index.has_value();
  if (left_index != right_index) return *left_index < *right_index;
  return std::tie(left.created, left.name, left.namespace_name) <
         std::tie(right.created, right.name, right.namespace_name);
}

std::string_view to_string(JobPhase phase) {
  switch (phase) {
    case JobPhase::pending: return "Pending";
    case JobPhase::inqueue: return "Inqueue";
    case JobPhase::running: return "Running";
    case JobPhase::unknown: return "Unknown";
    case JobPhase::completed: return "Completed";
  }
  return "Pending";
}

JobPhase parse_job_phase(std::string_view text) {
  for (const JobPhase phase : {JobPhase::inqueue, JobPhase::running, JobPhase::unknown, JobPhase::completed}) {
    if (text == to_string(phase)) return phase;
  }
  return JobPhase::pending;
}

bool comes_before(const Job& left, const Job& right) {
  return std::tie(left.created, left.namespace_name, left.name) <
         std::tie(right.created, right.namespace_name, right.name);
}

bool comes_before(const SubJob& left, const SubJob& right) {
  return std::tie(left.index, left.policy, left.values) < std::tie(right.index, right.policy, right.values);
}

bool comes_before(const HyperNode& left, const HyperNode& right) {
  return std::tie(left.tier, left.name) < std::tie(right.tier, right.name);
}

bool comes_before(const Queue& left, const Queue& right) {
  return std::tie(left.created, left.name) < std::tie(right.created, right.name);
}

}  // namespace basalt
