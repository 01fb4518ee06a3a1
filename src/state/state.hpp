#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/model/delta.hpp"
#include "state/hyper_nodes.hpp"
#include "state/ownership.hpp"

namespace basalt {

struct Checkpoint;

/// Keeps the tables in step with the world: turns deltas into rows and placements, and
/// decisions into assumptions that hold until the API confirms or refutes them. The only
/// writer of the tables between cycles. One thread.
class State {
 public:
  explicit State(Ownership ownership);
  /// A state that goes on as the one would have that `checkpoint()` was taken of: the same deltas lead to the same
  /// decisions.
  explicit State(const Checkpoint& checkpoint);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] Cluster& cluster() { return cluster_; }
  [[nodiscard]] const Cluster& cluster() const { return cluster_; }

  /// Takes in what happened. Never fails: what makes no sense was rejected before, and what
  /// concerns something unknown is ignored.
  void apply(const Delta& delta);

  /// Gives pending tasks back the reservations that an earlier run of this program wrote down as
  /// nominations, as far as the nodes still have room. For a start, once everything is listed.
  /// The number given back.
  std::size_t restore_reservations();

  /// Enters decisions into the tables, as if the API had already agreed. What it refuses
  /// comes back as a delta and is put right then.
  void assume(const Decisions& decisions);

  /// Everything that later decisions depend on, in an order that does not depend on history. REQUIRES: no session is
  /// open.
  [[nodiscard]] Checkpoint checkpoint() const;

 private:
  /// What is known about a pod beyond its row.
  struct PodEntry {
    std::string uid;
    TaskId task;        ///< none: it is over, or going without a node
    std::string group;  ///< key of the group it belongs to; empty: none
    PodPhase phase = PodPhase::pending;
    std::string node_name;  ///< as the API has it
    bool deleting = false;
    bool binding = false;   ///< a bind of ours is on its way, or in doubt
    bool evicting = false;  ///< an eviction of ours is on its way
    /// Kept only where the pod must be read again when something else changes (claims, labels
    /// of namespaces).
    std::shared_ptr<const PodObject> object;
    std::string uncountable_on;  ///< rejected while bound: the node it closes
  };
  /// A PodGroup, or what stands for one.
  struct Group {
    std::optional<PodGroupObject> object;
    std::string rejection;  ///< why its object cannot be used
    std::optional<Job> implicit_row;
    JobId job;
    std::size_t members = 0;  ///< our pods that name it
  };

  // checkpoints
  void restore_rows(const Checkpoint& checkpoint);
  void restore_groups(const Checkpoint& checkpoint);
  void restore_pods(const Checkpoint& checkpoint);

  // objects
  void take(const PodObject& pod);
  void take(const NodeObject& node);
  void take(const PodGroupObject& group);
  void take(const QueueObject& queue);
  void take(const PriorityClassObject& priority_class);
  void take(const ClaimObject& claim);
  void take(const VolumeObject& volume);
  void take(const StorageClassObject& storage_class);
  void take(const NamespaceObject& name_space);
  void take(const HyperNodeObject& hyper_node) { hyper_nodes_.take(hyper_node); }
  void take(const ResourceQuotaObject& quota);
  void take(const NumatopologyObject& numatopology);
  void remove(const Removed& removed);
  void reject(const Rejected& rejected);
  void settle(const BindResult& result);
  void settle(const EvictResult& result);
  void settle(const StatusResult& result);

  // pods
  void place_as_observed(PodEntry& entry);
  void forget_task(PodEntry& entry);
  void forget_pod(const std::string& key);
  void reread_pods_with_claims(const std::string& namespace_name);
  void reread_pods_that_select_namespaces();
  template <class Affected>
  void reread_pods(Affected&& affected);
  [[nodiscard]] Task make_task(const PodObject& pod, JobId job);
  [[nodiscard]] std::string group_of(const PodObject& pod) const;
  [[nodiscard]] bool is_ours(const PodObject& pod) const;
  PodEntry* find_pod(const std::string& namespace_name, const std::string& name, const std::string& uid);

  // specs
  [[nodiscard]] Spec make_spec(const PodObject& pod);
  [[nodiscard]] PodLabels make_labels(const PodObject& pod, SpecId spec);
  void add_claims(const PodObject& pod, Spec& spec);
  void add_pod_affinity(const PodObject& pod, Spec& spec);
  [[nodiscard]] std::vector<std::string> namespaces_of(const PodObject& pod, const PodAffinityTermText& term) const;

  // nodes
  NodeId node_named(const std::string& name);
  void put_node(const std::string& name, Node row);
  void remove_node(const std::string& name);
  void release_reservations_on(NodeId node);
  [[nodiscard]] bool is_selected(const NodeObject& node) const;
  void drop_if_empty(NodeId node);
  [[nodiscard]] std::optional<NumaTopology> numa_of(const std::string& node_name) const;
  void refresh_numa(const std::string& node_name);
  void count_uncountable(const std::string& node_name, int change);

  void refresh_quotas(const std::string& namespace_name);

  // groups and queues
  void join(const std::string& key, const PodObject& pod);
  void leave(const std::string& key);
  void remove_group(const std::string& key, const std::string& uid);
  void remove_queue(const std::string& name);
  void refresh(const std::string& key);
  void mark_served(const std::string& name);
  void observe(const Group& group);
  [[nodiscard]] std::optional<Job> desired_row(const std::string& key, const Group& group);
  [[nodiscard]] Job make_job(const PodGroupObject& object);
  [[nodiscard]] Job implicit_row(const PodObject& pod) const;
  [[nodiscard]] std::string queue_of(const PodObject& pod) const;
  [[nodiscard]] std::int32_t priority_of(const std::string& priority_class) const;
  void refresh_all_groups();

  Ownership ownership_;
  Cluster cluster_;
  HyperNodes hyper_nodes_{cluster_};
  std::unordered_map<std::string, PodEntry> pods_;  // by namespace/name
  std::unordered_map<std::string, NodeId> nodes_;
  std::map<std::string, Group> groups_;  // by namespace/name; implicit ones by "uid of pod or owner"
  std::unordered_map<std::string, QueueId> queues_;
  std::map<std::string, PriorityClassObject> priority_classes_;
  std::unordered_map<std::string, ClaimObject> claims_;  // by namespace/name
  std::unordered_map<std::string, VolumeObject> volumes_;
  std::unordered_map<std::string, StorageClassObject> storage_classes_;
  std::unordered_map<std::string, NamespaceObject> namespaces_;
  std::map<std::string, ResourceQuotaObject> resource_quotas_;  // by namespace/name
  std::map<std::string, NumatopologyObject> numatopologies_;    // by name of the node
};

}  // namespace basalt
