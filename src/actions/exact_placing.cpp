#include "actions/exact_placing.hpp"

#include <algorithm>
#include <utility>

#include "actions/candidates.hpp"
#include "actions/packing.hpp"

namespace basalt {
namespace {

class ExactPlacing {
 public:
  ExactPlacing(Session& session, JobId job, Worklist& list, HyperNodeId domain, bool now, Transaction& tx)
      : session_(session),
        cluster_(session.cluster()),
        job_(job),
        list_(list),
        now_(now),
        tx_(tx),
        nodes_(nodes_within(cluster_, domain)) {}

  std::optional<Placements> find() {
    sort_tasks();
    if (!has_several_sizes()) return std::nullopt;
    look_at_nodes();
    const Packing packing(kinds_, packing_nodes_);
    const Transaction::Savepoint before = tx_.savepoint();
    for (std::size_t way = 0; way < std::min(packing.ways().size(), kMostWays); ++way) {
      const std::size_t begun = list_.next;
      auto placements = try_way(packing.loads(way));
      if (placements && now_) return placements;
      tx_.rollback(before);
      if (placements) return placements;
      list_.next = begun;
    }
    return std::nullopt;
  }

 private:
  /// Ways that are tried; the first is enough unless roles have minima of their own.
  static constexpr std::size_t kMostWays = 64;

  void sort_tasks() {
    for (std::size_t i = list_.next; i < list_.tasks.size(); ++i) {
      const Task& task = cluster_.tasks()[list_.tasks[i]];
      const std::pair like{task.spec, task.role};
      auto known = std::find(likes_.begin(), likes_.end(), like);
      if (known == likes_.end()) {
        likes_.push_back(like);
        kinds_.push_back({cluster_.specs()[task.spec].request, 0});
        first_.push_back(list_.tasks[i]);
        known = std::prev(likes_.end());
      }
      kind_of_.push_back(static_cast<std::size_t>(known - likes_.begin()));
      ++kinds_[kind_of_.back()].tasks;
    }
  }

  /// Tasks of one size fit one after the other, if at all.
  [[nodiscard]] bool has_several_sizes() const {
    return std::any_of(likes_.begin(), likes_.end(),
                       [&](const auto& like) { return like.first != likes_.front().first; });
  }

  void look_at_nodes() {
    std::vector<NodeId> useful;
    for (const NodeId node : nodes_) {
      std::vector<bool> accepts;
      for (const TaskId task : first_) accepts.push_back(bool(session_.fit(task, node)));
      if (std::none_of(accepts.begin(), accepts.end(), [](bool may) { return may; })) continue;
      useful.push_back(node);
      packing_nodes_.push_back({room_on(node), std::move(accepts)});
    }
    nodes_ = std::move(useful);
  }

  [[nodiscard]] Resources room_on(NodeId node) const {
    const Resources idle = cluster_.nodes()[node].allocatable - cluster_.used(node);
    return now_ ? idle : idle + cluster_.releasing(node) - cluster_.pipelined(node);
  }

  std::optional<Placements> try_way(std::vector<PackingCounts> loads) {
    Placements placements;
    for (; list_.next < list_.tasks.size(); ++list_.next) {
      const std::size_t kind = kind_of_[kind_of_.size() - (list_.tasks.size() - list_.next)];
      const auto load = std::find_if(loads.begin(), loads.end(), [&](const auto& each) { return each[kind] > 0; });
      if (load == loads.end()) continue;
      --(*load)[kind];
      const TaskId task = list_.tasks[list_.next];
      const auto placed = place_on(session_, job_, task, nodes_[static_cast<std::size_t>(load - loads.begin())], tx_);
      if (!placed || (now_ && !placed->now)) return std::nullopt;
      placements.emplace_back(task, *placed);
      if (is_enough()) {
        ++list_.next;
        return placements;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool is_enough() const {
    return session_.sub_job_ready(list_.part) || (!now_ && session_.sub_job_pipelined(list_.part));
  }

  Session& session_;
  const Cluster& cluster_;
  const JobId job_;
  Worklist& list_;
  const bool now_;
  Transaction& tx_;
  std::vector<NodeId> nodes_;  // those that some task may go to
  std::vector<std::pair<SpecId, Symbol>> likes_;
  std::vector<PackingKind> kinds_;
  std::vector<TaskId> first_;         // of each kind
  std::vector<std::size_t> kind_of_;  // of each task that is left in the list
  std::vector<PackingNode> packing_nodes_;
};

}  // namespace

std::optional<Placements> place_exactly(Session& session, JobId job, Worklist& list, HyperNodeId domain, bool now,
                                        Transaction& tx) {
  return ExactPlacing(session, job, list, domain, now, tx).find();
}

}  // namespace basalt
