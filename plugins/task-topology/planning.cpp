#include "plugins/task-topology/planning.hpp"

#include <algorithm>
#include <map>

namespace basalt {
namespace {

bool is_placed(const Cluster& cluster, TaskId task) {
  const TaskStatus status = cluster.status(task);
  return (is_allocated(status) || status == TaskStatus::pipelined) &&
         cluster.rank(cluster.node_of(task)) != Cluster::kNoRank;
}

/// Where a node is among some in rank order, or would be.
std::span<const NodeId>::iterator place_of(const Cluster& cluster, std::span<const NodeId> nodes, NodeId node) {
  return std::lower_bound(nodes.begin(), nodes.end(), node,
                          [&](NodeId left, NodeId right) { return cluster.rank(left) < cluster.rank(right); });
}

bool contains(const Cluster& cluster, std::span<const NodeId> nodes, NodeId node) {
  const auto found = place_of(cluster, nodes, node);
  return found != nodes.end() && *found == node;
}

}  // namespace

void Planning::add(JobId job, const RoleAffinities& roles) {
  const std::size_t first_role =
      members_.empty() ? 0 : members_.back().first_role + members_.back().roles->attractions().roles();
  members_.push_back({job, &roles, first_role});
  gather(members_.size() - 1);
}

void Planning::remove_last() {
  const std::size_t last = members_.size() - 1;
  for (const Likes& likes : likes_) {
    if (likes.member == last) waiting_ -= static_cast<std::int64_t>(likes.tasks.size());
  }
  std::erase_if(likes_, [&](const Likes& likes) { return likes.member == last; });
  std::erase_if(placed_, [&](const Placed& placed) { return placed.member == last; });
  members_.pop_back();
}

void Planning::gather(std::size_t member) {
  const RoleAffinities& roles = *members_[member].roles;
  const std::size_t first = likes_.size();
  for (const TaskId id : cluster_.jobs()[members_[member].job].tasks) {
    const Task& task = cluster_.tasks()[id];
    const auto role = roles.number_of(task.role);
    if (!role || !roles.is_placed_by_affinity(*role)) continue;
    if (is_placed(cluster_, id)) {
      placed_.push_back({member, id, cluster_.node_of(id), *role});
      continue;
    }
    if (cluster_.status(id) != TaskStatus::pending || cluster_.spec(id).gated) continue;
    auto likes = std::find_if(likes_.begin() + static_cast<std::ptrdiff_t>(first), likes_.end(),
                              [&](const Likes& known) { return known.role == *role && known.spec == task.spec; });
    if (likes == likes_.end()) likes = likes_.insert(likes_.end(), {member, *role, task.spec, {}});
    likes->tasks.push_back(id);
    ++waiting_;
  }
  std::stable_sort(likes_.begin() + static_cast<std::ptrdiff_t>(first), likes_.end(),
                   [&](const Likes& left, const Likes& right) {
                     const auto urgency = [&](const Likes& each) {
                       return std::pair(roles.order(each.role), roles.priority(each.role));
                     };
                     return urgency(left) > urgency(right);
                   });
}

bool Planning::accepts(const Likes& likes, NodeId node) const {
  if (asked_ && likes.spec == cluster_.tasks()[asked_].spec &&
      members_[likes.member].job == cluster_.tasks()[asked_].job) {
    return contains(cluster_, candidates_, node);
  }
  return bool(session_.fit(likes.tasks.front(), node));
}

void Planning::look_at_nodes() {
  nodes_.clear();
  plan_nodes_.clear();
  const Member& last = members_.back();
  const std::size_t roles = last.first_role + last.roles->attractions().roles();
  const bool all_stay_there = asked_ && cluster_.jobs()[members_.front().job].has_parts();
  for (const NodeId node : all_stay_there ? candidates_ : cluster_.nodes_in_order()) {
    std::vector<bool> may_hold;
    for (const Likes& likes : likes_) may_hold.push_back(accepts(likes, node));
    if (std::none_of(may_hold.begin(), may_hold.end(), [](bool may) { return may; })) continue;
    nodes_.push_back(node);
    plan_nodes_.push_back({{}, std::vector<std::uint32_t>(roles), std::move(may_hold)});
  }
  for (const Placed& placed : placed_) {
    const std::span<const NodeId> nodes(nodes_);
    const auto at = place_of(cluster_, nodes, placed.node);
    if (at == nodes.end() || *at != placed.node) continue;
    ++plan_nodes_[static_cast<std::size_t>(at - nodes.begin())]
          .placed[members_[placed.member].first_role + placed.role];
  }
}

CoLocation Planning::co_location(bool counts_leaving, std::uint64_t steps) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    plan_nodes_[i].room = room_on(cluster_, nodes_[i], counts_leaving);
  }
  const Member& last = members_.back();
  Attractions attractions(last.first_role + last.roles->attractions().roles());
  for (const Member& member : members_) {
    const Attractions& own = member.roles->attractions();
    for (std::size_t left = 0; left < own.roles(); ++left) {
      for (std::size_t right = left; right < own.roles(); ++right) {
        attractions.set(member.first_role + left, member.first_role + right, own.between(left, right));
      }
    }
  }
  std::vector<TaskKind> kinds;
  for (const Likes& likes : likes_) {
    kinds.push_back({members_[likes.member].first_role + likes.role, static_cast<std::uint32_t>(likes.tasks.size()),
                     cluster_.specs()[likes.spec].request});
  }
  return best_co_location(attractions, kinds, plan_nodes_, steps);
}

bool Planning::find(std::uint64_t steps) {
  look_at_nodes();
  places_ = co_location(false, steps);
  counts_leaving_ = false;
  return places_.is_exact && has_place_for_all();
}

void Planning::find_later() {
  CoLocation later = co_location(true, kPlanSteps);
  if (later.value.placed <= places_.value.placed) return;
  places_ = std::move(later);
  counts_leaving_ = true;
}

struct Planning::Draft {
  NodeId node;
  std::uint32_t placed = 0;
  const KindCounts* wanted = nullptr;  // null: nobody goes there
  std::uint32_t number_wanted = 0;     // of the job
};

JobPlan Planning::first_plan() const {
  std::map<std::uint32_t, Draft> by_rank;
  const auto draft_of = [&](NodeId node) -> Draft& {
    Draft& draft = by_rank[cluster_.rank(node)];
    draft.node = node;
    return draft;
  };
  for (const Placed& placed : placed_) {
    if (placed.member == 0) ++draft_of(placed.node).placed;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::uint32_t wanted = 0;
    for (std::size_t kind = 0; kind < likes_.size(); ++kind) {
      if (likes_[kind].member == 0) wanted += places_.on[i][kind];
    }
    if (wanted == 0) continue;
    Draft& draft = draft_of(nodes_[i]);
    draft.wanted = &places_.on[i];
    draft.number_wanted = wanted;
  }
  std::vector<Draft> drafts;
  for (const auto& [rank, draft] : by_rank) drafts.push_back(draft);
  std::stable_sort(drafts.begin(), drafts.end(), [](const Draft& left, const Draft& right) {
    const auto key = [](const Draft& draft) {
      return std::pair(draft.placed > 0, draft.placed > 0 ? 0U : draft.number_wanted);
    };
    return key(left) > key(right);
  });
  JobPlan plan;
  plan.counts_leaving = counts_leaving_;
  std::unordered_map<std::uint32_t, std::size_t> by_slot;
  for (const Draft& draft : drafts) {
    by_slot[draft.node.slot()] = plan.buckets.size();
    plan.buckets.push_back({draft.node, draft.placed, {}});
  }
  for (const Placed& placed : placed_) {
    if (placed.member != 0) continue;
    plan.bucket_of[placed.task] = by_slot.at(placed.node.slot());
    plan.entries.push_back({placed.task, placed.node, placed.role, false});
  }
  for (std::size_t kind = 0; kind < likes_.size(); ++kind) {
    if (likes_[kind].member == 0) deal(kind, drafts, plan);
  }
  for (const Bucket& bucket : plan.buckets) plan.largest = std::max(plan.largest, bucket.size());
  return plan;
}

/// Tasks of a kind go round the buckets that want some, one each; who is left over has no place.
void Planning::deal(std::size_t kind, const std::vector<Draft>& drafts, JobPlan& plan) const {
  const std::vector<TaskId>& tasks = likes_[kind].tasks;
  std::size_t next = 0;
  bool is_over = false;
  for (std::uint32_t round = 0; !is_over; ++round) {
    is_over = true;
    for (std::size_t bucket = 0; bucket < drafts.size(); ++bucket) {
      if (drafts[bucket].wanted == nullptr || (*drafts[bucket].wanted)[kind] <= round) continue;
      const TaskId task = tasks[next++];
      plan.bucket_of[task] = bucket;
      plan.buckets[bucket].waiting.push_back(task);
      plan.entries.push_back({task, drafts[bucket].node, likes_[kind].role, true});
      is_over = false;
    }
  }
  while (next < tasks.size()) plan.entries.push_back({tasks[next++], {}, likes_[kind].role, true});
}

}  // namespace basalt
