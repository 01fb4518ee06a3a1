#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "tools/load/crew.hpp"
#include "tools/load/plan.hpp"

namespace basalt::load {

/// What a run does, in this order.
struct LoadOptions {
  Plan plan;
  Pace pace;                           ///< of creations and of churn
  std::size_t watchers = 0;            ///< further watches of all pods, open all the time
  std::chrono::seconds wait_bound{0};  ///< once all is created: wait so long until all pods are on nodes
  std::chrono::seconds churn{0};       ///< then replace the oldest by new ones, so long
  bool clean_up = false;               ///< at last delete everything that carries the plan's label
};

/// What came of a run.
struct LoadReport {
  std::string json;         ///< one JSON object, on one line
  bool as_planned = false;  ///< nothing was refused, and what was waited for happened
};

/// Puts load on an API server. A stop request ends the step that is under way and leaves out the rest, except for the
/// clean-up. REQUIRES: client and clock outlive the call.
LoadReport put_load(kube::Client& client, const Clock& clock, const LoadOptions& options, std::stop_token stop);

}  // namespace basalt::load
