#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// A NoExecute taint and since when it is known.
struct EvictingTaint {
  std::string key;
  std::string value;
  WallTime since;
};

/// When a pod with these tolerations (spec.tolerations) has to leave a node with these taints; empty: it may stay. Of
/// several tolerations of one taint the shortest time counts; a taint that is not tolerated makes it leave at once.
std::optional<WallTime> eviction_time(const Json& tolerations, const std::vector<EvictingTaint>& taints);

/// What befalls nodes and the pods on them: a node whose Ready condition is not True gets the taints that Kubernetes
/// gives it (not-ready, unreachable: NoSchedule and NoExecute) and loses them when it is; pods are deleted from nodes
/// with NoExecute taints when their toleration ends; pods of a node that is gone are deleted after 40 seconds.
/// A node that has no Ready condition is taken as ready. Leases are not watched: a node itself, or whoever simulates
/// it, says that it is not ready.
class NodeController final : public Controller {
 public:
  explicit NodeController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  Objection reconcile_node(const ObjectName& node, WallTime now, Agenda& agenda);
  Objection reconcile_pod(const ObjectName& pod, WallTime now, Agenda& agenda);

  Workplace workplace_;
  std::map<std::string, std::vector<EvictingTaint>> evicting_;  // by node; only nodes that have some
  std::map<std::string, WallTime> gone_;                        // nodes that are not there and have pods: since when
};

}  // namespace basalt::embedded
