#pragma once

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// policy/v1 PodDisruptionBudget: its status, from the pods that its selector matches. How many there should be is what
/// their ReplicaSets ask for; pods of other controllers, and of none, count themselves.
class DisruptionController final : public Controller {
 public:
  explicit DisruptionController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  [[nodiscard]] long long expected_pods(const std::vector<const PodState*>& pods) const;

  Workplace workplace_;
};

}  // namespace basalt::embedded
