#pragma once

#include <string>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// apps/v1 ReplicaSet: keeps as many pods as it asks for, and says how many are ready. Pods that nobody owns are not
/// adopted, although its selector matches them.
class ReplicaSetController final : public Controller {
 public:
  explicit ReplicaSetController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  Objection scale(const Json& replica_set, std::vector<const PodState*> active) const;
  Objection scale_and_remember(const Json& replica_set, const std::vector<const PodState*>& active, WallTime now,
                               Json& status) const;

  Workplace workplace_;
};

}  // namespace basalt::embedded
