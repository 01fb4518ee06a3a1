#pragma once

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// core/v1 Event: one that nobody has written for so long goes, as with kube-apiserver's --event-ttl.
class EventController final : public Controller {
 public:
  /// REQUIRES: life > 0.
  EventController(const Workplace& workplace, std::chrono::seconds life) : workplace_(workplace), life_(life) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  Workplace workplace_;
  const std::chrono::seconds life_;
  std::map<Key, std::pair<std::uint64_t, WallTime>> written_;  // revision, and when it was seen first
};

}  // namespace basalt::embedded
