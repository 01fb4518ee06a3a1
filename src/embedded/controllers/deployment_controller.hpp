#pragma once

#include <string>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// A ReplicaSet of a Deployment, as a rollout looks at it.
struct RolloutSet {
  long long wanted = 0;     ///< spec.replicas
  long long present = 0;    ///< status.replicas
  long long available = 0;  ///< status.availableReplicas
};

/// What a rolling update may do.
struct RolloutLimits {
  long long replicas = 1;
  long long surge = 0;        ///< pods above `replicas`
  long long unavailable = 0;  ///< pods below `replicas` that are available
};

/// The next wanted sizes in a rolling update: of the newest set (front) and of the older ones, oldest last. Never asks
/// for more than replicas + surge in total, and never takes away pods that are needed to have replicas - unavailable
/// available; old pods that are not available go first.
std::vector<long long> next_rollout_sizes(const std::vector<RolloutSet>& sets, const RolloutLimits& limits);

/// apps/v1 Deployment: one ReplicaSet for each pod template, named after its hash; RollingUpdate with maxSurge and
/// maxUnavailable, or Recreate; revisions; the status that `kubectl rollout status` and `kubectl wait` read. There is
/// no progress deadline.
class DeploymentController final : public Controller {
 public:
  explicit DeploymentController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  struct Rollout;
  Objection ensure_newest(Rollout& rollout) const;
  Objection resize(const Rollout& rollout) const;
  Objection resize(const ObjectPtr& set, long long replicas) const;
  Objection drop_old_sets(const Rollout& rollout) const;
  Objection report(const Rollout& rollout, WallTime now) const;

  Workplace workplace_;
};

}  // namespace basalt::embedded
