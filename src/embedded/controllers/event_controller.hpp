#pragma once

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// core/v1 Event: one that nobody has written for an hour goes, as kube-apiserver's --event-ttl has it by default.
class EventController final : public Controller {
 public:
  explicit EventController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  Workplace workplace_;
  std::map<Key, std::pair<std::uint64_t, WallTime>> written_;  // revision, and when it was seen first
};

}  // namespace basalt::embedded
