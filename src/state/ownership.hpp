#pragma once

#include <set>
#include <string>

#include "basalt/model/objects.hpp"

namespace basalt {

/// Whose pods and groups this scheduler looks after.
struct Ownership {
  /// Pods whose schedulerName is one of these are ours.
  std::set<std::string, std::less<>> scheduler_names{"basalt"};
  /// Queue of groups that name none.
  std::string default_queue = "default";
  /// Pods of ours without a PodGroup get an implicit group, so that `schedulerName` alone is
  /// enough. Off where another controller makes PodGroups for them.
  bool implicit_groups = true;
  /// Whether a PodGroup that has no pods yet is ours. Of one that has pods, the pods decide.
  bool claim_empty_groups = false;
  /// Only nodes with at least one of these label pairs take tasks; empty: all nodes.
  StringPairs node_selector;
};

}  // namespace basalt
