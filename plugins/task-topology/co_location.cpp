#include "plugins/task-topology/co_location.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace basalt {
namespace {

constexpr std::int64_t kMostSlots = 1 << 20;

/// The most of every kind of resource that one of the tasks asks for.
Resources largest_request(const std::vector<TaskKind>& kinds) {
  Resources largest;
  for (const TaskKind& kind : kinds) {
    for (Dimension each = 0; each < kind.request.width(); ++each) {
      if (kind.request[each] > largest[each]) largest.set(each, kind.request[each]);
    }
  }
  return largest;
}

std::int64_t slots_of(const Resources& room, const Resources& request) {
  std::int64_t slots = kMostSlots;
  for (Dimension each = 0; each < request.width(); ++each) {
    if (request[each] > 0) slots = std::min(slots, std::max<std::int64_t>(room[each], 0) / request[each]);
  }
  return slots;
}

/// What one node adds to a plan's value.
class NodeValue {
 public:
  NodeValue(const Attractions& attractions, const std::vector<TaskKind>& kinds)
      : attractions_(attractions), kinds_(kinds), largest_(largest_request(kinds)) {}

  [[nodiscard]] std::int64_t slots(const Resources& room) const { return slots_of(room, largest_); }

  /// What a task of a kind is to those of a node, and to some more.
  [[nodiscard]] std::int64_t pull(std::size_t kind, const PlanNode& node, const KindCounts& more) const {
    const std::size_t role = kinds_[kind].role;
    std::int64_t sum = 0;
    for (std::size_t other = 0; other < attractions_.roles(); ++other) {
      sum += attractions_.between(role, other) * node.placed[other];
    }
    for (std::size_t other = 0; other < kinds_.size(); ++other) {
      sum += attractions_.between(role, kinds_[other].role) * more[other];
    }
    return sum;
  }

  [[nodiscard]] PlanValue of(const PlanNode& node, const KindCounts& added) const {
    PlanValue value;
    KindCounts so_far(kinds_.size());
    Resources room = node.room;
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      for (; so_far[kind] < added[kind]; ++so_far[kind]) {
        value.attraction += pull(kind, node, so_far);
        room -= kinds_[kind].request;
        ++value.placed;
      }
    }
    if (value.placed == 0) return value;
    const std::int64_t before = slots(node.room);
    const std::int64_t after = slots(room);
    value.room_lost = before * before - after * after;
    return value;
  }

 private:
  const Attractions& attractions_;
  const std::vector<TaskKind>& kinds_;
  Resources largest_;
};

void add(PlanValue& sum, const PlanValue& more) {
  sum.placed += more.placed;
  sum.attraction += more.attraction;
  sum.room_lost += more.room_lost;
}

/// Numbers the ways to take some of each kind: the state of a plan that is being made.
class Takings {
 public:
  explicit Takings(const std::vector<TaskKind>& kinds) {
    for (const TaskKind& kind : kinds) {
      steps_.push_back(number_);
      most_.push_back(kind.tasks);
      if (number_ > kPlanSteps) return;  // far too many already
      number_ *= kind.tasks + std::uint64_t{1};
    }
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] KindCounts counts(std::uint64_t taking) const {
    KindCounts counts;
    for (std::size_t kind = 0; kind < most_.size(); ++kind) {
      counts.push_back(static_cast<std::uint32_t>(taking / steps_[kind] % (most_[kind] + std::uint64_t{1})));
    }
    return counts;
  }
  [[nodiscard]] std::uint64_t taking(const KindCounts& counts) const {
    std::uint64_t taking = 0;
    for (std::size_t kind = 0; kind < most_.size(); ++kind) taking += steps_[kind] * counts[kind];
    return taking;
  }

 private:
  std::vector<std::uint64_t> steps_;
  std::vector<std::uint32_t> most_;
  std::uint64_t number_ = 1;
};

/// The exact plan: node by node, the best value for each way to take some of each kind.
class ExactPlan {
 public:
  ExactPlan(const Attractions& attractions, const std::vector<TaskKind>& kinds, const std::vector<PlanNode>& nodes,
            std::uint64_t steps)
      : kinds_(kinds), nodes_(nodes), takings_(kinds), value_(attractions, kinds), steps_left_(steps) {}

  [[nodiscard]] std::uint64_t steps_left() const { return steps_left_; }

  /// Nothing: it takes too long.
  std::optional<CoLocation> find() {
    if (takings_.number() > steps_left_ || !look_at_nodes()) return std::nullopt;
    std::uint64_t loads = 0;
    for (const std::size_t node : chosen_) loads += loads_[node].size();
    if (!spend(takings_.number() * loads)) return std::nullopt;
    best_.assign(takings_.number(), std::nullopt);
    best_.front() = PlanValue{};
    for (const std::size_t node : chosen_) extend_by(node);
    return read_back();
  }

 private:
  /// Loads that a node may take, and what each is worth there.
  struct Load {
    KindCounts counts;
    std::uint64_t taking = 0;
    PlanValue value;
  };
  /// Nodes that are the same but for what they lose.
  using Likeness = std::pair<std::vector<std::uint32_t>, std::vector<std::uint64_t>>;  // placed, loads

  bool spend(std::uint64_t steps) {
    if (steps > steps_left_) return false;
    steps_left_ -= steps;
    return true;
  }

  /// Of nodes that are alike, as many are looked at as there are tasks: those that lose least.
  bool look_at_nodes() {
    std::size_t tasks = 0;
    for (const TaskKind& kind : kinds_) tasks += kind.tasks;
    loads_.resize(nodes_.size());
    std::map<Likeness, std::vector<std::size_t>> alike;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      KindCounts counts(kinds_.size());
      if (!list_loads(node, 0, counts, nodes_[node].room)) return false;
      if (loads_[node].size() < 2) continue;  // nothing fits
      Likeness likeness{nodes_[node].placed, {}};
      for (const Load& load : loads_[node]) likeness.second.push_back(load.taking);
      alike[std::move(likeness)].push_back(node);
    }
    for (auto& [likeness, members] : alike) {
      std::stable_sort(members.begin(), members.end(), [&](std::size_t left, std::size_t right) {
        return value_.slots(nodes_[left].room) < value_.slots(nodes_[right].room);
      });
      if (members.size() > tasks) members.resize(tasks);
      chosen_.insert(chosen_.end(), members.begin(), members.end());
    }
    std::sort(chosen_.begin(), chosen_.end());
    return true;
  }

  bool list_loads(std::size_t node, std::size_t kind, KindCounts& counts, Resources room) {
    if (kind == kinds_.size()) {
      if (!spend(kinds_.size() + 1)) return false;
      loads_[node].push_back({counts, takings_.taking(counts), value_.of(nodes_[node], counts)});
      return true;
    }
    for (counts[kind] = 0;; ++counts[kind]) {
      if (!list_loads(node, kind + 1, counts, room)) return false;
      const bool may_hold_more = counts[kind] < kinds_[kind].tasks && nodes_[node].accepts[kind];
      if (!may_hold_more || !kinds_[kind].request.fits_in(room)) break;
      room -= kinds_[kind].request;
    }
    counts[kind] = 0;
    return true;
  }

  void extend_by(std::size_t node) {
    const std::vector<Load>& loads = loads_[node];
    std::vector<std::optional<PlanValue>> extended = best_;
    std::vector<std::uint32_t> choice(takings_.number(), 0);  // the first load is none
    for (std::uint64_t from = 0; from < takings_.number(); ++from) {
      if (!best_[from]) continue;
      const KindCounts taken = takings_.counts(from);
      for (std::uint32_t which = 1; which < loads.size(); ++which) {
        const Load& load = loads[which];
        if (!is_left(taken, load.counts)) continue;
        PlanValue value = *best_[from];
        add(value, load.value);
        auto& known = extended[from + load.taking];
        if (known && *known >= value) continue;
        known = value;
        choice[from + load.taking] = which;
      }
    }
    best_ = std::move(extended);
    choices_.push_back(std::move(choice));
  }

  [[nodiscard]] bool is_left(const KindCounts& taken, const KindCounts& more) const {
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      if (taken[kind] + more[kind] > kinds_[kind].tasks) return false;
    }
    return true;
  }

  CoLocation read_back() const {
    const auto best = std::max_element(best_.begin(), best_.end(), [](const auto& left, const auto& right) {
      return right && (!left || *left < *right);
    });
    CoLocation plan{std::vector<KindCounts>(nodes_.size(), KindCounts(kinds_.size())), **best, true, 0};
    auto taking = static_cast<std::uint64_t>(best - best_.begin());
    for (std::size_t i = chosen_.size(); i-- > 0;) {
      const Load& load = loads_[chosen_[i]][choices_[i][taking]];
      plan.on[chosen_[i]] = load.counts;
      taking -= load.taking;
    }
    return plan;
  }

  const std::vector<TaskKind>& kinds_;
  const std::vector<PlanNode>& nodes_;
  Takings takings_;
  NodeValue value_;
  std::uint64_t steps_left_;
  std::vector<std::vector<Load>> loads_;  // by node
  std::vector<std::size_t> chosen_;       // nodes that the plan looks at, in order
  std::vector<std::optional<PlanValue>> best_;
  std::vector<std::vector<std::uint32_t>> choices_;  // by chosen node and taking: the load taken last
};

/// A good plan for any number of tasks.
class GreedyPlan {
 public:
  GreedyPlan(const Attractions& attractions, const std::vector<TaskKind>& kinds, const std::vector<PlanNode>& nodes)
      : kinds_(kinds), nodes_(nodes), value_(attractions, kinds), on_(nodes.size(), KindCounts(kinds.size())) {
    for (const TaskKind& kind : kinds) left_.push_back(kind.tasks);
    for (const PlanNode& node : nodes) room_.push_back(node.room);
  }

  std::vector<KindCounts> find() {
    const std::vector<std::size_t> order = nodes_in_order();
    for (const bool accepts_foes : {false, true}) {
      for (const std::size_t node : order) fill(node, accepts_foes);
    }
    return std::move(on_);
  }

 private:
  [[nodiscard]] std::vector<std::size_t> nodes_in_order() const {
    std::vector<std::size_t> order(nodes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::pair<bool, std::int64_t>> keys;
    for (const PlanNode& node : nodes_) {
      const bool is_new = std::all_of(node.placed.begin(), node.placed.end(), [](auto count) { return count == 0; });
      keys.emplace_back(is_new, -value_.slots(node.room));
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t left, std::size_t right) { return keys[left] < keys[right]; });
    return order;
  }

  void fill(std::size_t node, bool accepts_foes) {
    while (const auto best = best_kind(node, accepts_foes)) {
      --left_[*best];
      ++on_[node][*best];
      room_[node] -= kinds_[*best].request;
    }
  }

  /// Of kinds that are attracted by what is there, or else of those that do not mind it, the one that the node lacks
  /// most, were every node to have the mix of all that is left. Nothing: none is welcome, or fits.
  [[nodiscard]] std::optional<std::size_t> best_kind(std::size_t node, bool accepts_foes) const {
    std::optional<std::size_t> best;
    int best_class = 0;
    const auto lacks_more = [&](std::size_t left, std::size_t right) {
      return std::uint64_t{left_[left]} * (on_[node][right] + 1) > std::uint64_t{left_[right]} * (on_[node][left] + 1);
    };
    const bool is_first = !holds_any(node);
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      if (left_[kind] == 0 || !nodes_[node].accepts[kind] || !kinds_[kind].request.fits_in(room_[node])) continue;
      const std::int64_t pull = value_.pull(kind, nodes_[node], on_[node]);
      const int of_class = pull > 0 ? 1 : pull == 0 ? 0 : -1;
      if (of_class < 0 && !accepts_foes) continue;
      if (!best || of_class > best_class || (of_class == best_class && !is_first && lacks_more(kind, *best))) {
        best = kind;
        best_class = of_class;
      }
    }
    return best;
  }

  [[nodiscard]] bool holds_any(std::size_t node) const {
    const auto is_some = [](std::uint32_t count) { return count > 0; };
    return std::any_of(on_[node].begin(), on_[node].end(), is_some) ||
           std::any_of(nodes_[node].placed.begin(), nodes_[node].placed.end(), is_some);
  }

  const std::vector<TaskKind>& kinds_;
  const std::vector<PlanNode>& nodes_;
  NodeValue value_;
  std::vector<std::uint32_t> left_;  // by kind
  std::vector<Resources> room_;      // by node
  std::vector<KindCounts> on_;
};

}  // namespace

PlanValue value_of(const Attractions& attractions, const std::vector<TaskKind>& kinds,
                   const std::vector<PlanNode>& nodes, const std::vector<KindCounts>& on) {
  const NodeValue value(attractions, kinds);
  PlanValue sum;
  for (std::size_t node = 0; node < nodes.size(); ++node) add(sum, value.of(nodes[node], on[node]));
  return sum;
}

CoLocation best_co_location(const Attractions& attractions, const std::vector<TaskKind>& kinds,
                            const std::vector<PlanNode>& nodes, std::uint64_t steps) {
  steps = std::min(steps, kPlanSteps);
  ExactPlan exact(attractions, kinds, nodes, steps);
  if (auto plan = exact.find()) {
    plan->steps = steps - exact.steps_left();
    return std::move(*plan);
  }
  CoLocation plan;
  plan.steps = steps - exact.steps_left();
  plan.on = GreedyPlan(attractions, kinds, nodes).find();
  plan.value = value_of(attractions, kinds, nodes, plan.on);
  return plan;
}

}  // namespace basalt
