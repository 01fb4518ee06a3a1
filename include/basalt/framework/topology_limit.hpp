#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "basalt/framework/cluster.hpp"

/// What a job's networkTopology means on the HyperNodes that there are: for actions, for plugins
/// that search domains, and for checks of what was decided.
namespace basalt {

/// Whether a statement limits where members go: mode hard, with a tier. Hard without one is a
/// wish, as every soft one is.
[[nodiscard]] bool is_binding(const NetworkTopology& topology);

/// The highest tier of a HyperNode that may hold the members of a job: the virtual root's for a
/// wish. Nothing where no networkTopology is stated, or where its tier name is unknown.
[[nodiscard]] std::optional<std::int32_t> highest_tier(const Cluster& cluster, JobId job);
/// The same for a part of a job: what its policy states, for the default part what the job states.
/// A wish goes as far as the job as a whole may. Source: Volcano's normalisation of topologies.
[[nodiscard]] std::optional<std::int32_t> highest_tier(const Cluster& cluster, SubJobId sub_job);

/// Whether the job, or a policy of it, limits where members go.
[[nodiscard]] bool has_binding_topology(const Job& job);
/// Why such a limit cannot be kept on any of the HyperNodes that there are: a sentence; empty: it can.
[[nodiscard]] std::string unresolved_topology(const Cluster& cluster, JobId job);

/// What tasks of jobs with networkTopology or sub-groups ask for: their specs.
[[nodiscard]] std::unordered_set<const Spec*> specs_in_parts(const Cluster& cluster);

/// The smallest HyperNode around the tasks that are placed or hold a reservation; none when there
/// are no such tasks. Tasks that are leaving, and those on nodes that are gone, do not count.
[[nodiscard]] HyperNodeId placed_domain(const Cluster& cluster, JobId job);
[[nodiscard]] HyperNodeId placed_domain(const Cluster& cluster, SubJobId sub_job);

}  // namespace basalt
