#pragma once

#include <vector>

#include "basalt/base/clock.hpp"
#include "embedded/kinds/kind.hpp"

namespace basalt::embedded {

/// What the API server itself knows about a built-in kind beyond its metadata: pure functions on objects. A null
/// function has nothing to say.
struct Strategy {
  /// Fills in what an object does not say: on create and on every change, before it is checked.
  void (*fill_defaults)(Json& object) = nullptr;
  /// Sets the state in which a new object begins.
  void (*begin)(Json& object, WallTime now) = nullptr;
  /// What is wrong with an object.
  std::vector<Cause> (*check)(const Json& object) = nullptr;
  /// What of a change is not allowed.
  std::vector<Cause> (*check_change)(const Json& before, const Json& after) = nullptr;
};

/// The strategy of a kind; that of a kind without one does nothing.
const Strategy& strategy_of(const Kind& kind);

// The parts that strategies are made of.
void fill_pod_template(Json& pod_template);
void fill_pod(Json& pod);
void begin_pod(Json& pod, WallTime now);
std::vector<Cause> check_pod(const Json& pod);
std::vector<Cause> check_pod_change(const Json& before, const Json& after);
std::vector<Cause> check_pod_spec(const Json& spec, const std::string& path);
void fill_deployment(Json& deployment);
void fill_replica_set(Json& replica_set);
void fill_stateful_set(Json& stateful_set);
void fill_daemon_set(Json& daemon_set);
void fill_job(Json& job);
void begin_job(Json& job, WallTime now);
std::vector<Cause> check_workload(const Json& workload);
std::vector<Cause> check_job(const Json& job);

}  // namespace basalt::embedded
