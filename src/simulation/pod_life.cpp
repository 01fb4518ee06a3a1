#include "simulation/pod_life.hpp"

#include <algorithm>

namespace basalt::simulation {
namespace {

bool is_over(const Pod& pod) { return pod.phase == Phase::succeeded || pod.phase == Phase::failed; }

PodStep end_of_deleted(const Pod& pod, WallTime now) {
  if (is_over(pod) || pod.phase == Phase::pending || !pod.stop) return {PodStep::Kind::remove, now};
  const WallTime stopped = *pod.deleted - pod.grace + *pod.stop;
  return {PodStep::Kind::remove, std::max(now, std::min(*pod.deleted, stopped))};
}

}  // namespace

bool operator==(const Pod::Container& a, const Pod::Container& b) { return a.name == b.name && a.image == b.image; }

std::optional<PodStep> next_step(const Pod& pod, std::optional<std::chrono::seconds> default_run, WallTime now) {
  using Kind = PodStep::Kind;
  if (pod.deleted) return end_of_deleted(pod, now);
  if (is_over(pod)) return std::nullopt;
  if (pod.phase == Phase::pending) return PodStep{Kind::start, now};

  const WallTime begun = pod.containers_begun.value_or(pod.begun.value_or(now));
  const bool always = pod.restart_policy == "Always";
  auto run = pod.run;
  if (!run && !always) run = default_run;
  if (pod.fail_after && (!run || *pod.fail_after <= *run)) {
    const Kind kind = pod.restart_policy == "Never" ? Kind::fail : Kind::restart;
    return PodStep{kind, std::max(now, begun + *pod.fail_after)};
  }
  if (!run) return std::nullopt;
  return PodStep{always ? Kind::restart : Kind::succeed, std::max(now, begun + *run)};
}

Pod after_step(Pod pod, PodStep::Kind step, WallTime now) {
  switch (step) {
    case PodStep::Kind::start:
      pod.phase = Phase::running;
      pod.begun = now;
      pod.containers_begun = now;
      break;
    case PodStep::Kind::restart:
      pod.containers_begun = now;
      ++pod.restarts;
      break;
    case PodStep::Kind::succeed: pod.phase = Phase::succeeded; break;
    case PodStep::Kind::fail: pod.phase = Phase::failed; break;
    case PodStep::Kind::remove: break;
  }
  return pod;
}

}  // namespace basalt::simulation
