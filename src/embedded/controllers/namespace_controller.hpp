#pragma once

#include <set>
#include <string>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// Empties a namespace that is being deleted, of all kinds, and then lets it go.
class NamespaceController final : public Controller {
 public:
  explicit NamespaceController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  Workplace workplace_;
  std::set<std::string> ending_;
};

}  // namespace basalt::embedded
