#include "actions/worklist.hpp"

#include <algorithm>
#include <unordered_set>

#include "actions/candidates.hpp"

namespace basalt {
namespace {

bool is_half_placed(const Session& session, SubJobId part) {
  return session.cluster().ready_tasks(part) > 0 && !session.sub_job_ready(part);
}

Worklist list_of(const Session& session, JobId job) {
  Worklist list;
  list.tasks = waiting_tasks(session, job, false);
  if (session.job_ready(job)) return list;
  const std::vector<TaskId> best_effort = waiting_tasks(session, job, true);
  list.tasks.insert(list.tasks.end(), best_effort.begin(), best_effort.end());
  return list;
}

/// Of each policy, the parts that come first in order and together with those that are ready make
/// up its minimum. Source: Volcano's allocate worksheet.
void mark_required(const Session& session, JobId job, std::vector<Worklist>& lists) {
  const Cluster& cluster = session.cluster();
  const Job& row = cluster.jobs()[job];
  std::vector<std::int64_t> missing;
  for (const SubGroupPolicy& policy : row.sub_groups) missing.push_back(policy.min_sub_groups);
  for (const SubJobId part : row.sub_jobs) {
    const auto policy = cluster.sub_jobs()[part].policy;
    if (policy && session.sub_job_ready(part)) --missing[*policy];
  }
  std::vector<Worklist*> in_order;
  for (Worklist& list : lists) in_order.push_back(&list);
  std::sort(in_order.begin(), in_order.end(), [&](const Worklist* left, const Worklist* right) {
    return session.sub_job_order(left->part, right->part) < 0;
  });
  for (Worklist* list : in_order) {
    const auto policy = cluster.sub_jobs()[list->part].policy;
    if (!policy || missing[*policy] <= 0 || session.sub_job_ready(list->part)) continue;
    list->required = true;
    --missing[*policy];
  }
}

}  // namespace

bool JobWork::is_empty() const {
  return std::all_of(lists.begin(), lists.end(), [](const Worklist& list) { return list.is_empty(); });
}

std::vector<std::size_t> JobWork::progress() const {
  std::vector<std::size_t> positions;
  for (const Worklist& list : lists) positions.push_back(list.next);
  return positions;
}

void JobWork::go_back(const std::vector<std::size_t>& progress) {
  for (std::size_t i = 0; i < lists.size(); ++i) lists[i].next = progress[i];
}

void JobWork::give_up() {
  for (Worklist& list : lists) list.next = list.tasks.size();
}

void JobWork::keep_only(const std::vector<TaskId>& tasks) {
  const std::unordered_set<TaskId> kept(tasks.begin(), tasks.end());
  for (Worklist& list : lists) std::erase_if(list.tasks, [&](TaskId task) { return !kept.contains(task); });
  std::erase_if(lists, [](const Worklist& list) { return list.tasks.empty(); });
}

JobWork work_of(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  JobWork work;
  if (!cluster.jobs()[job].has_parts()) {
    work.lists.push_back(list_of(session, job));
    return work;
  }
  for (const SubJobId part : cluster.jobs()[job].sub_jobs) {
    work.lists.emplace_back().part = part;
  }
  for (const bool best_effort : {false, true}) {
    for (const TaskId task : waiting_tasks(session, job, best_effort)) {
      const SubJobId part = cluster.tasks()[task].sub_job;
      const auto list =
          std::find_if(work.lists.begin(), work.lists.end(), [&](const Worklist& known) { return known.part == part; });
      list->tasks.push_back(task);
    }
  }
  std::erase_if(work.lists, [](const Worklist& list) { return list.tasks.empty(); });
  mark_required(session, job, work.lists);
  return work;
}

std::optional<std::size_t> next_part(const Session& session, const JobWork& work, const std::vector<bool>& failed,
                                     const std::function<bool(SubJobId)>& is_complete) {
  const auto urgency = [&](const Worklist& list) {
    if (is_complete(list.part)) return 2;
    if (session.cluster().ready_tasks(list.part) > 0) return 0;
    return list.required ? 1 : 2;
  };
  const auto is_before = [&](const Worklist& left, const Worklist& right) {
    const int of_left = urgency(left);
    const int of_right = urgency(right);
    return of_left != of_right ? of_left < of_right : session.sub_job_order(left.part, right.part) < 0;
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < work.lists.size(); ++i) {
    if (failed[i] || work.lists[i].is_empty()) continue;
    if (!best || is_before(work.lists[i], work.lists[*best])) best = i;
  }
  return best;
}

bool is_half_placed(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  if (cluster.ready_tasks(job) > 0 && !session.job_ready(job)) return true;
  const std::vector<SubJobId>& parts = cluster.jobs()[job].sub_jobs;
  return std::any_of(parts.begin(), parts.end(), [&](SubJobId part) { return is_half_placed(session, part); });
}

}  // namespace basalt
