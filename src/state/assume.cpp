#include <algorithm>

#include "basalt/base/overloaded.hpp"
#include "state/state.hpp"

// Decisions enter the tables before the API has answered, and are put right by its answers.
namespace basalt {

void State::assume(const Decisions& decisions) {
  for (const Decision& decision : decisions) {
    std::visit(Overloaded{
                   [this](const Bind& bind) {
                     const Task& task = cluster_.tasks()[bind.task];
                     pods_.at(task.namespace_name + "/" + task.name).binding = true;
                     cluster_.move(bind.task, TaskStatus::pending, NodeId{});  // where it held a reservation
                     cluster_.assign(bind.task, bind.annotations);
                     cluster_.move(bind.task, TaskStatus::binding, bind.node);
                   },
                   [this](const Evict& evict) {
                     const Task& task = cluster_.tasks()[evict.task];
                     pods_.at(task.namespace_name + "/" + task.name).evicting = true;
                     cluster_.move(evict.task, TaskStatus::releasing, cluster_.node_of(evict.task));
                   },
                   [this](const Enqueue& enqueue) { cluster_.set_phase(enqueue.job, JobPhase::inqueue); },
                   [this](const Reserve& reserve) {
                     cluster_.move(reserve.task, TaskStatus::pending, NodeId{});
                     cluster_.move(reserve.task, TaskStatus::pipelined, reserve.node);
                   },
                   [this](const Release& release) { cluster_.move(release.task, TaskStatus::pending, NodeId{}); },
                   [this](const JobStatus& status) { cluster_.assume(status); },
                   [this](const JobCondition& decided) { cluster_.assume(decided); },
                   [this](const TaskCondition& decided) { cluster_.assume(decided); },
                   [this](const QueueStatus& status) { cluster_.assume(status); },
               },
               decision);
  }
}

std::size_t State::restore_reservations() {
  std::vector<JobId> jobs;
  cluster_.jobs().for_each([&](JobId id, const Job&) { jobs.push_back(id); });
  std::sort(jobs.begin(), jobs.end(),
            [&](JobId left, JobId right) { return comes_before(cluster_.jobs()[left], cluster_.jobs()[right]); });
  std::size_t restored = 0;
  for (const JobId job : jobs) {
    for (const TaskId task : cluster_.jobs()[job].tasks) {
      const auto node = nodes_.find(cluster_.tasks()[task].nominated_node);
      if (cluster_.status(task) != TaskStatus::pending || node == nodes_.end()) continue;
      const bool takes_tasks = cluster_.rank(node->second) != Cluster::kNoRank && !cluster_.spec(task).gated;
      if (!takes_tasks || cluster_.future_shortage(node->second, cluster_.spec(task).request)) continue;
      cluster_.move(task, TaskStatus::pipelined, node->second);
      ++restored;
    }
  }
  return restored;
}

void State::settle(const BindResult& result) {
  PodEntry* entry = find_pod(result.namespace_name, result.name, result.uid);
  if (entry == nullptr || !entry->binding || result.outcome == BindResult::Outcome::in_doubt) return;
  entry->binding = false;
  if (result.outcome == BindResult::Outcome::acknowledged) {
    entry->node_name = result.node_name;
  }
  place_as_observed(*entry);
}

void State::settle(const EvictResult& result) {
  PodEntry* entry = find_pod(result.namespace_name, result.name, result.uid);
  if (entry == nullptr || result.accepted) return;  // once accepted, the watch tells the rest
  entry->evicting = false;
  place_as_observed(*entry);
}

/// A status that could not be written is forgotten, so that the next cycle decides it again.
void State::settle(const StatusResult& result) {
  if (result.accepted) return;
  switch (result.kind) {
    case ObjectKind::pod:
      if (PodEntry* entry = find_pod(result.namespace_name, result.name, result.uid)) {
        cluster_.forget_observed_condition(entry->task);
      }
      return;
    case ObjectKind::pod_group: {
      const std::string key = result.namespace_name + "/" + result.name;
      if (const auto known = groups_.find(key); known != groups_.end()) observe(known->second);
      return;
    }
    case ObjectKind::queue:
      if (const auto known = queues_.find(result.name); known != queues_.end()) {
        cluster_.forget_observed_allocated(known->second);
      }
      return;
    default: return;
  }
}

}  // namespace basalt
