#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// Deletes what no owner is left for: an object all of whose owners are gone is deleted; an owner that is deleted with
/// propagation Foreground waits for its dependents, with Orphan they lose their reference to it first. Works on all
/// kinds. An owner of a kind that is not served counts as there.
class GarbageCollector final : public Controller {
 public:
  explicit GarbageCollector(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  enum class OwnerState { there, waiting, gone };
  [[nodiscard]] OwnerState state_of(const Json& reference, const std::string& space) const;
  void learn_owners(const Change& change, Agenda& agenda);
  void learn_ending(const Change& change, Agenda& agenda);
  Objection orphan_dependents(const ObjectName& owner, const std::string& uid) const;
  Objection delete_dependents_first(const ObjectName& owner, const std::string& uid, Agenda& agenda) const;
  Objection judge(const ObjectName& object, const Json& tree) const;

  Workplace workplace_;
  std::map<ObjectName, std::vector<std::string>> owners_;   // uids that an object refers to
  std::map<std::string, std::set<ObjectName>> dependents_;  // by the owner's uid
  std::map<std::string, ObjectName> ending_;                // owners that wait for their dependents, by uid
};

}  // namespace basalt::embedded
