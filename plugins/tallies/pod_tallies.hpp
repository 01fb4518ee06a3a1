#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/shared_rows.hpp"
#include "plugins/tallies/node_domains.hpp"
#include "plugins/tallies/node_scopes.hpp"
#include "plugins/tallies/tally.hpp"

namespace basalt {

/// How many pods of which kind are in which domain: what inter-pod affinity and topology spread
/// are decided by. Only what some live spec asks about is counted; each placement, by deltas
/// and in sessions, adds to the counters of what the pod is, so that no question walks over
/// pods. Counters are columns of the tables; the rest follows from rows. One thread.
///
/// Made by a plugin's memory; a plugin that was never attached gets empty answers.
class PodTallies final : public PlacementKeeper {
 public:
  /// Whose constraints are counted for.
  enum class Purpose : std::uint8_t { filters, scores };

  explicit PodTallies(Purpose purpose) : purpose_(purpose) {}
  PodTallies(const PodTallies&) = delete;
  PodTallies& operator=(const PodTallies&) = delete;
  /// Gives the counters back: the cluster must still be there.
  ~PodTallies() override;

  /// Makes the counters and fills them. Called once.
  void attach(Cluster& cluster);

  /// What is counted for a spec.
  [[nodiscard]] const SpecTallies& of(const Spec& spec) const;
  /// Whether terms of other specs select pods of this one.
  [[nodiscard]] bool others_select(const Spec& spec) const;
  /// The tallies of terms of others (`Role::with_...`) that select a task.
  [[nodiscard]] std::span<const TallyId> selecting(const Task& task) const;

  /// One tally, for loops over nodes. Good until a row of the tables changes.
  class View {
   public:
    [[nodiscard]] Domain domain(NodeId node) const { return domains_[node.slot()]; }
    /// 0 for `kNoDomain`.
    [[nodiscard]] std::int64_t count(Domain domain) const {
      return domain == kNoDomain ? 0 : counters_->get(group_, domain);
    }
    [[nodiscard]] std::int64_t count(NodeId node) const { return count(domain(node)); }
    /// No domain has a counter other than zero.
    [[nodiscard]] bool is_empty() const { return counters_->counted(group_) == 0; }

   private:
    friend class PodTallies;
    std::span<const Domain> domains_;
    const KeyedCounters* counters_ = nullptr;
    KeyedCounters::Group group_ = 0;
  };
  [[nodiscard]] View view(TallyId tally) const;
  [[nodiscard]] const Tally& row(TallyId tally) const { return tallies_.rows()[tally]; }
  /// The domains that the nodes in the tally's scope make up, in no order.
  [[nodiscard]] const std::vector<Domain>& domains_in_scope(TallyId tally) const;

  void placed(const Cluster& cluster, TaskId task, NodeId node) override { count(cluster, task, node, 1); }
  void removed(const Cluster& cluster, TaskId task, NodeId node) override { count(cluster, task, node, -1); }
  void spec_added(const Cluster& cluster, SpecId spec) override;
  void spec_removed(const Cluster& cluster, SpecId spec) override;
  void labels_added(const Cluster& cluster, LabelSetId labels) override;
  void labels_removed(const Cluster& cluster, LabelSetId labels) override;
  void node_changed(const Cluster& cluster, NodeId node) override;
  void node_removed(const Cluster& cluster, NodeId node) override;

 private:
  /// What belongs to a tally beside its row, by slot.
  struct Counted {
    NodeDomains::Key key = 0;
    std::optional<NodeScopes::Number> scope;
    KeyedCounters::Group group = 0;
    mutable std::vector<Domain> domains;  // of the scope
    mutable std::uint64_t domains_of = 0;
  };
  /// What pods with the same labels count for, and who selects them.
  struct Labelled {
    bool is_known = false;
    std::vector<TallyId> counting, selecting;
  };
  struct Specified {
    SpecTallies tallies;
    std::uint32_t selecting = 0;  // pairs of labels of the spec and terms that select them
  };

  TallyId take(const Cluster& cluster, const Tally& tally);
  void release(const Cluster& cluster, TallyId tally);
  void introduce(const Cluster& cluster, TallyId tally);
  bool add_if_selected(const Cluster& cluster, TallyId tally, LabelSetId labels);
  void count_what_is_there(const Cluster& cluster, TallyId tally, const std::vector<bool>& labels);
  void count(const Cluster& cluster, TaskId task, NodeId node, std::int64_t sign);
  void count(TallyId tally, TaskStatus status, NodeId node, std::int64_t amount);
  std::vector<TallyId>& bucket(Symbol namespace_name) { return by_namespace_[namespace_name]; }

  Purpose purpose_;
  Cluster* cluster_ = nullptr;
  KeyedCounters* counters_ = nullptr;
  NodeDomains domains_;
  NodeScopes scopes_;
  SharedRows<TallyTag, Tally> tallies_;
  std::vector<Counted> counted_;                                   // by slot of a tally
  std::vector<Labelled> labelled_;                                 // by slot of labels
  std::vector<Specified> specified_;                               // by slot of a spec
  std::unordered_map<Symbol, std::vector<TallyId>> by_namespace_;  // where the first of the pods may be
  std::vector<TallyId> anywhere_;
  SpecTallies none_;
  std::uint64_t nodes_seen_ = 1;  // changes with every change of a node
};

}  // namespace basalt
