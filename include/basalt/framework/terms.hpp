#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "basalt/framework/reason.hpp"
#include "basalt/model/ids.hpp"
#include "basalt/model/rows.hpp"

namespace basalt {

/// What a term's answer depends on. A term that declares less than it reads will sooner or
/// later answer from a stale index: tests change each input that was left out and expect the
/// answer to stand.
enum class Input : std::uint32_t {
  spec = 1U << 0U,        ///< the task's `Spec`
  node_row = 1U << 1U,    ///< labels, taints, allocatable: what only deltas change
  node_usage = 1U << 2U,  ///< used, releasing, pipelined, and plugin columns of the node
  tasks_on_node = 1U << 3U,
  task = 1U << 4U,  ///< the task's own row beyond its spec (name, priority, role)
  job = 1U << 5U,
  queue = 1U << 6U,
  other_placements = 1U << 7U,  ///< what is placed on other nodes
  time = 1U << 8U,
  /// Which nodes are asked about together: all candidates have to be, at once.
  candidates = 1U << 9U,
  /// Of the node's row the allocatable amounts alone. A term that reads nothing of a node but these and its usage
  /// answers the same for all nodes that are alike (`Cluster::are_alike`), and is asked about one of them.
  node_capacity = 1U << 10U,
};

/// A set of inputs.
class Inputs {
 public:
  constexpr Inputs(std::initializer_list<Input> inputs) {
    for (const Input input : inputs) bits_ |= static_cast<std::uint32_t>(input);
  }
  /// Correct for any term, and slow: nothing can be remembered.
  static constexpr Inputs everything() { return Inputs(0x7ffU); }
  [[nodiscard]] constexpr bool contains(Input input) const { return (bits_ & static_cast<std::uint32_t>(input)) != 0; }
  /// None but those of `others`.
  [[nodiscard]] constexpr bool within(const Inputs& others) const { return (bits_ & ~others.bits_) == 0; }
  constexpr bool operator==(const Inputs&) const = default;
  constexpr Inputs& operator|=(Inputs other) {
    bits_ |= other.bits_;
    return *this;
  }

 private:
  explicit constexpr Inputs(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

/// The task a term is asked about.
struct TaskView {
  TaskId id;
  const Task& task;
  const Spec& spec;
};

/// One reason why nodes cannot take a task. Resources are not a term: the framework compares
/// the request with what is left before any term is asked. Called by the scheduler thread
/// only; must answer the same for the same inputs, and change nothing.
class FilterTerm {
 public:
  virtual ~FilterTerm() = default;
  /// For traces and metrics, for example "taints".
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual Inputs inputs() const { return Inputs::everything(); }
  /// False when no node can be refused for this spec: the term is then not asked.
  [[nodiscard]] virtual bool applies(const Spec& spec) const {
    static_cast<void>(spec);
    return true;
  }
  /// Answers for many nodes at once. `out` has one entry a node, preset to yes.
  virtual void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const = 0;
};

/// Scores are integers: one point of Volcano's scale is a million. So sums do not depend on
/// order or machine, and ties are real ties.
using Score = std::int64_t;
inline constexpr Score kPoint = 1'000'000;
/// Where the scale of a single scorer ends: 100 points.
inline constexpr Score kMaxScore = 100 * kPoint;

/// What the framework does with raw answers before it weighs and adds them. The set over
/// which the extreme is taken is the candidates: the nodes that passed all filters and are
/// scored for this task (with idle room if there are such nodes, else with future room).
enum class Normalisation : std::uint8_t {
  none,             ///< raw answers are points in `Score` units already
  by_max,           ///< floor(100 * raw / max) points; all 0 when the maximum is 0
  by_max_reversed,  ///< 100 - floor(100 * raw / max) points; all 100 when the maximum is 0
  by_range,         ///< floor(100 * (raw - min) / (max - min)) points; all 0 when all are equal
  /// floor(100 * (max + min - raw) / max) points; all 100 when the maximum is 0. A raw answer of
  /// -1 gets no points and counts for neither extreme.
  by_sum_reversed,
};

/// The lowest and the highest raw answer of the candidates, those left out that do not count.
struct Extremes {
  Score lowest = 0, highest = 0;
};

/// What HyperNodes say of the nodes in them: see `ScoreTerm::by_domain`.
class DomainScore {
 public:
  /// To tasks of a spec, of all nodes in a HyperNode. Depends on the spec and the HyperNode alone, and on what its
  /// nodes have and what is used of that. Within +-100 points.
  [[nodiscard]] virtual Score of(const Spec& spec, HyperNodeId hyper_node) const = 0;

 protected:
  ~DomainScore() = default;
};

/// One preference among nodes. Same rules as for filters.
class ScoreTerm {
 public:
  virtual ~ScoreTerm() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual Inputs inputs() const { return Inputs::everything(); }
  [[nodiscard]] virtual Normalisation normalisation() const { return Normalisation::none; }
  /// Multiplies the normalised score. Within +-10^6.
  [[nodiscard]] virtual std::int64_t weight() const { return 1; }
  /// False when all nodes would get the same answer for this spec: the term then adds 0.
  [[nodiscard]] virtual bool applies(const Spec& spec) const {
    static_cast<void>(spec);
    return true;
  }
  /// Not null: to every task of the spec the answer of a node is a constant plus what this says of each HyperNode
  /// around it (`Topology::around`), and `normalisation` is none. So the placement index can stand for the term, though
  /// what is placed on other nodes counts. `score` is asked as well, and has to say the same.
  [[nodiscard]] virtual const DomainScore* by_domain(const Spec& spec) const {
    static_cast<void>(spec);
    return nullptr;
  }
  /// `out` has one entry a node, preset to 0. Raw answers of normalised terms stay below 2^50 and
  /// are not negative (by_range: above -2^50); others stay within +-10^9 points.
  virtual void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const = 0;
};

}  // namespace basalt
