#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "basalt/base/clock.hpp"
#include "kube/object.hpp"

namespace basalt::simulation {

/// Annotations of pods that a simulated node obeys; whole seconds, others are ignored.
inline constexpr const char* kRunSeconds = "basalt.sh/run-seconds";          ///< then its containers end well
inline constexpr const char* kFailSeconds = "basalt.sh/fail-after-seconds";  ///< then its containers fail
inline constexpr const char* kStopSeconds = "basalt.sh/stop-seconds";        ///< from its deletion until it is gone

/// In the order in which a pod goes through them; the last two exclude each other.
enum class Phase { pending, running, succeeded, failed };

/// What a node needs to know of a pod.
struct Pod {
  struct Container {
    std::string name;
    std::string image;
  };

  kube::ObjectKey key;
  std::string uid;
  std::string node;
  std::string restart_policy;  ///< Always, OnFailure, Never
  std::vector<Container> containers;
  std::optional<std::chrono::seconds> run;         ///< kRunSeconds
  std::optional<std::chrono::seconds> fail_after;  ///< kFailSeconds
  std::optional<std::chrono::seconds> stop;        ///< kStopSeconds
  std::optional<WallTime> deleted;                 ///< when it has to be gone at the latest
  std::chrono::seconds grace{0};                   ///< how long before that it was deleted
  Phase phase = Phase::pending;
  std::optional<WallTime> begun;             ///< status.startTime
  std::optional<WallTime> containers_begun;  ///< after the last restart
  int restarts = 0;                          ///< of each container
  std::string address;                       ///< status.podIP

  bool operator==(const Pod&) const = default;
};

bool operator==(const Pod::Container& a, const Pod::Container& b);

/// What a node does with a pod, and when.
struct PodStep {
  enum class Kind { start, succeed, fail, restart, remove };
  Kind kind = Kind::start;
  WallTime due;

  bool operator==(const PodStep&) const = default;
};

/// The next step in a pod's life; empty when nothing is left to do but to wait for a change. Pods that do not say how
/// long they run, and whose restartPolicy is not Always, run for `default_run` (empty: for ever). Containers that fail
/// are restarted at once unless the restartPolicy is Never; containers that end well are restarted if it is Always.
std::optional<PodStep> next_step(const Pod& pod, std::optional<std::chrono::seconds> default_run, WallTime now);

/// The pod after a step that was done at `now`.
Pod after_step(Pod pod, PodStep::Kind step, WallTime now);

}  // namespace basalt::simulation
