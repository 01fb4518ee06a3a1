#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "embedded/cluster/cluster.hpp"

/// Clusters in the text format of scenarios (docs/scenarios.md), into an embedded cluster and out of it.
namespace basalt::cluster {

/// What became of a scenario that was loaded.
struct LoadedScenario {
  std::size_t objects = 0;
  std::vector<std::string> notes;  ///< what the scenario says that is no object and therefore does nothing here
};

/// Puts the objects into the cluster that stand before the first `-- want` of a scenario: as they are, with their
/// status, as after a restart. `name` chooses one of a file that has several. Text without any "== Name" is one
/// scenario, and needs no `-- want`.
/// The clock of the scenario (1h after its first second unless it says otherwise) is the present: objects are as old as
/// they are there. Namespaces are made where they are missing; the custom resource definitions must be there.
/// Fails with `invalid`: the line and what was expected, or the object and why the cluster refuses it, or that a name
/// is needed. Objects before the one that is refused stay.
Result<LoadedScenario> load_scenario(embedded::Cluster& cluster, std::string_view text, std::string_view name);

/// A cluster as a scenario.
struct SavedScenario {
  std::string text;
  /// What the format cannot say, one line each: kinds that it does not know, with how many there are; and objects of
  /// which it cannot say everything, with what. They stand in the text too, as comments.
  std::vector<std::string> left_out;
};

/// The objects of a cluster that schedulers look at, one a line; load_scenario reads them back. Times count from the
/// creation of the oldest. What every cluster has from the beginning is left out in silence (the namespaces `default`
/// and `kube-...`, the priority classes `system-...`); so are uids, versions, conditions, owners and sums of statuses.
SavedScenario save_scenario(const embedded::Cluster& cluster);

}  // namespace basalt::cluster
