#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/model/task_topology.hpp"
#include "plugins/task-topology/co_location.hpp"

namespace basalt {

/// What a job's task topology says about the roles that its tasks have.
class RoleAffinities {
 public:
  /// Roles that no task of the job has yet say nothing, and are in `unknown`.
  RoleAffinities(const TaskTopology& topology, const Cluster& cluster, JobId job);

  /// The number of a role that is named anywhere; none: of the others.
  [[nodiscard]] std::optional<std::size_t> number_of(Symbol role) const;
  /// One point a pair: 1 for affinity, -1 for anti-affinity, 0 for both or neither.
  [[nodiscard]] const Attractions& attractions() const { return attractions_; }
  /// Whether a role has affinities at all: its tasks have places in buckets.
  [[nodiscard]] bool is_placed_by_affinity(std::size_t role) const { return roles_[role].priority > 0; }
  /// How urgent a role is among those of a bucket, by its most exacting setting: anti-affinity to itself 4, affinity to
  /// others 3, to itself 2, anti-affinity to others 1. Source: Volcano's task-topology.
  [[nodiscard]] int priority(std::size_t role) const { return roles_[role].priority; }
  /// The higher, the earlier in the stated order; 0: it does not stand there.
  [[nodiscard]] std::size_t order(std::size_t role) const { return roles_[role].order; }
  /// The highest order of roles that are placed by affinity.
  [[nodiscard]] std::size_t highest_order() const { return highest_order_; }
  /// Names that no task has as its role, each once, sorted.
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  struct Role {
    Symbol name;
    int priority = 0;
    std::size_t order = 0;
  };
  std::optional<std::size_t> number_of(const std::string& name, const Cluster& cluster) const;
  void add_group(const TaskTopology::Roles& group, const Cluster& cluster, std::int64_t points);
  void raise_priority(std::size_t role, int priority);

  std::vector<Role> roles_;
  Attractions attractions_{0};
  std::size_t highest_order_ = 0;
  std::vector<std::string> unknown_;
};

}  // namespace basalt
