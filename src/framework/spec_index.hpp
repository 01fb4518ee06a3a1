#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/placement.hpp"
#include "basalt/framework/reason.hpp"
#include "basalt/framework/terms.hpp"
#include "framework/group_bests.hpp"
#include "framework/maxima.hpp"
#include "framework/node_classes.hpp"
#include "framework/node_groups.hpp"
#include "framework/terms_in_force.hpp"

namespace basalt {

/// Space that indexes work in, one at a time: kept, so that nothing is allocated for a question.
struct IndexWorkspace {
  /// A node that changed and passes every filter so far.
  struct Candidate {
    NodeId node;
    std::uint32_t rank;
    bool now;
  };
  /// What the spec asks of a kind; `refusal`: the number of the reason of a node that is short of
  /// it, once there was one.
  struct Need {
    Dimension kind;
    std::int64_t amount;
    std::uint16_t refusal;
  };
  /// What all nodes of a class say: a refusal, or, if that is 0, whether there is room now, and the sum of scores;
  /// `key`: what follows from these while scaled terms answer nothing but zeros.
  struct ClassAnswer {
    std::uint64_t question = 0;  // to which it was given
    Score sum = 0;
    std::int64_t key = 0;
    std::uint16_t refusal = 0;
    bool now = false;
  };
  std::vector<Need> needs;
  std::vector<NodeId> changed, changed_rows, nodes, examples;
  std::vector<Candidate> candidates;
  std::vector<Score> sums, raw;
  std::vector<Fit> fits;
  NodeClasses classes;               // for indexes that go by classes
  std::vector<ClassAnswer> answers;  // by number of the class
  std::uint64_t question = 0;        // counts those that were put to classes
  NodeGroups groups;                 // for indexes that stand for terms by domain
};

/// What every node says to the tasks of one spec: a key a node, by rank, under a tree that knows
/// the best. Asking again costs what changed since, and finding the best node a look along
/// the tree, so a gang of n equal tasks costs one pass over the nodes and little more per task.
/// All nodes count: there is no sampling. Decides exactly as the plain path does.
///
/// Where everything that can change with a placement follows from amounts alone, one node of each class of those that
/// are alike is asked for all of them.
class SpecIndex {
 public:
  /// `workspace` is shared by the indexes of one owner, and outlives them.
  explicit SpecIndex(IndexWorkspace& workspace) : work_(workspace) {}

  /// Whether an index stands for all filters that apply to a spec: whether nodes can take its tasks stands until they
  /// change.
  [[nodiscard]] static bool covers_filters(const TermsInForce& terms, const Spec& spec);

  /// Takes the terms of a session that has just opened; if others apply than before, what was
  /// known is forgotten. The index stands for those that are local, and, where it then stands for all,
  /// for those by domain.
  void use(const TermsInForce& terms, const Spec& spec);

  /// Asks the nodes that changed since the last time. `task`: any task of the spec.
  void catch_up(const Cluster& cluster, const TaskView& task);

  /// Whether it stands for all terms that apply. If not, the others are to be asked about what
  /// `candidates` leaves, and their answers added to `scores`.
  [[nodiscard]] bool is_whole() const { return other_filters_.empty() && other_scorers_.empty(); }
  [[nodiscard]] std::span<const FilterTerm* const> other_filters() const { return other_filters_; }
  [[nodiscard]] std::span<const ScoreTerm* const> other_scorers() const { return other_scorers_; }
  /// Those of some nodes that nothing refuses, in their order. REQUIRES: caught up.
  [[nodiscard]] std::vector<NodeId> candidates(const Cluster& cluster, std::span<const NodeId> among) const;
  /// Leaves only those with idle room, if there are any; whether there are. REQUIRES: they are
  /// candidates.
  [[nodiscard]] bool keep_those_with_room_now(const Cluster& cluster, std::vector<NodeId>& candidates) const;
  /// What the terms give to nodes that are the candidates, all with room now or all later; up to
  /// a constant that is the same for all of them.
  [[nodiscard]] std::vector<Score> scores(const Cluster& cluster, std::span<const NodeId> candidates) const;

  /// The best node of all, or of some (in rank order). REQUIRES: caught up, and whole.
  [[nodiscard]] std::optional<Placement> best(const Cluster& cluster) const;
  [[nodiscard]] std::optional<Placement> best(const Cluster& cluster, std::span<const NodeId> among) const;
  /// What the nodes that refuse say. REQUIRES: caught up.
  [[nodiscard]] FitSummary refusals() const;
  [[nodiscard]] FitSummary refusals(const Cluster& cluster, std::span<const NodeId> among) const;

  /// Nodes asked so far, repetitions counted.
  [[nodiscard]] std::uint64_t rescored() const { return rescored_; }
  /// Memory held, about.
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// Orders nodes: room now before room later, then by score. Of the highest, the first by
  /// rank wins.
  using Key = std::int64_t;
  static constexpr Key kRefused = Maxima::kLowest;
  static constexpr Key kOffset = Key{1} << 61;  // added for room now, taken off for room later
  /// Nodes asked at a time: what their terms read of them stays in the nearest cache.
  static constexpr std::size_t kBatch = 128;
  /// Fewer are asked one by one: to sort them into classes costs as much.
  static constexpr std::size_t kWorthSorting = 8;
  using RefusalNumber = std::uint16_t;
  static constexpr RefusalNumber kFits = 0;

  struct Refusal {
    Reason reason;
    std::uint32_t nodes = 0;
  };
  /// A term that is asked about HyperNodes.
  struct DomainTerm {
    const ScoreTerm* term;
    const DomainScore* score;
  };
  /// A term whose answers are set in proportion to the highest among the candidates.
  struct ScaledTerm {
    const ScoreTerm* term;
    bool is_fixed = false;   // what it says stands until the node's row changes
    std::vector<Score> raw;  // by rank; empty while nothing but zeros was answered
    Score highest_now = 0, highest_later = 0;
  };
  void forget(const Cluster& cluster);
  bool examine(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes);
  bool examine_classes(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes);
  void find_examples(std::span<const NodeId> nodes);
  void ask_examples(const Cluster& cluster, const TaskView& task, std::span<const NodeId> examples);
  void take_answers(const Cluster& cluster, std::span<const NodeId> nodes);
  RefusalNumber refusal_by_amounts(const Cluster& cluster, NodeId node, std::size_t unmet);
  void find_candidates(const Cluster& cluster, std::span<const NodeId> nodes);
  void ask_fixed_filters(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes);
  void ask_live_filters(const TaskView& task);
  bool ask_fixed_scorers(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes);
  bool score(const Cluster& cluster, const TaskView& task);
  bool take_raw(const Cluster& cluster, ScaledTerm& scaled, const TaskView& task, std::span<const NodeId> nodes);
  void set_keys();
  void rescale();
  bool highest_have_changed();
  void catch_up_with_domains(const Cluster& cluster, const Spec& spec, bool all);
  /// Up to a constant that is the same for all nodes.
  [[nodiscard]] Score added_by_domains(std::uint32_t rank) const;
  [[nodiscard]] NodeId best_rescaled(const Cluster& cluster, std::span<const NodeId> among, bool now) const;
  [[nodiscard]] Key key_of(std::uint32_t rank, Score base, bool now) const;
  [[nodiscard]] static Key key_of_sum(Score sum, bool now);
  void set_refused(std::uint32_t rank, RefusalNumber why);
  void set_fitting(std::uint32_t rank, Score sum, bool now);
  void set_key(std::uint32_t rank, Key key) {
    if (std::exchange(keys_[rank], key) != key) highest_.note_change(rank);
  }
  RefusalNumber number_of(const Reason& reason);

  IndexWorkspace& work_;

  // the terms of the session that apply to the spec
  std::vector<const FilterTerm*> filters_;
  std::vector<const ScoreTerm*> plain_scorers_;
  std::vector<ScaledTerm> scaled_;
  std::vector<DomainTerm> domain_scorers_;
  std::vector<const FilterTerm*> other_filters_;
  std::vector<const ScoreTerm*> other_scorers_;
  std::vector<bool> applied_;      // by filters; by scorers, each followed by whether it speaks by domain
  bool filters_are_fixed_ = true;  // what they say stands until the node's row changes
  bool goes_by_classes_ = false;   // all else is the same for nodes that are alike

  std::uint64_t seen_ = 0, order_epoch_ = 0;  // 0: nothing yet

  // by rank
  std::vector<Key> keys_;
  std::vector<Score> bases_;                  // sums without scaled terms; empty while those have answered only zeros
  std::vector<RefusalNumber> refusal_;        // why the node is refused now
  std::vector<RefusalNumber> fixed_refusal_;  // what the filters say, where they are fixed

  Maxima highest_;  // of the keys
  std::vector<Refusal> refusals_;
  bool keeps_bases_ = false;
  Score flat_ = 0;          // what scaled terms add to every node while they answer only zeros
  GroupBests group_bests_;  // empty without domain_scorers_
  std::uint64_t groups_epoch_ = 0;
  bool keys_moved_ = false;     // any key may be another one than when the best were found
  bool classes_moved_ = false;  // since highest_* were computed, a node came, left, or answered otherwise
  std::uint64_t rescored_ = 0;
};

}  // namespace basalt
