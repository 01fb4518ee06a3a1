#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/clock.hpp"
#include "embedded/controllers/change_feed.hpp"

namespace basalt::embedded {

/// What controllers ask about a pod.
struct PodState {
  enum class Phase { pending, running, succeeded, failed };

  ObjectPtr object;
  std::string controller;  ///< uid of its controller; empty: none
  ObjectName controller_name;
  std::string node;  ///< empty: not bound
  Phase phase = Phase::pending;
  bool ready = false;
  WallTime ready_since;
  WallTime created;
  bool deleting = false;
  bool tracked = false;                 ///< has the finalizer of the Job controller
  std::optional<int> completion_index;  ///< of a pod of an Indexed Job
  long long restarts = 0;               ///< of all its containers

  [[nodiscard]] const Key& key() const { return object->key; }
  [[nodiscard]] bool finished() const { return phase == Phase::succeeded || phase == Phase::failed; }
  [[nodiscard]] bool active() const { return !finished() && !deleting; }
};

/// The finalizer by which a Job's finished pods wait until they are counted.
inline constexpr const char* kJobTracking = "batch.kubernetes.io/job-tracking";

/// All pods, by what controllers look for. Not thread-safe; pointers are good until the next observe().
class PodIndex {
 public:
  /// Takes in a change. Changes of other kinds than pods are ignored.
  void observe(const Change& change);

  [[nodiscard]] const PodState* find(const Key& key) const;
  /// In the order of their names.
  [[nodiscard]] std::vector<const PodState*> of_controller(const std::string& uid) const;
  [[nodiscard]] std::vector<const PodState*> on_node(const std::string& node) const;
  [[nodiscard]] std::vector<const PodState*> in_namespace(const std::string& space) const;

 private:
  void drop(const Key& key);
  [[nodiscard]] std::vector<const PodState*> all_of(const std::map<std::string, std::set<Key>>& index,
                                                    const std::string& entry) const;

  std::map<Key, PodState> pods_;
  std::map<std::string, std::set<Key>> by_controller_;
  std::map<std::string, std::set<Key>> by_node_;
};

}  // namespace basalt::embedded
