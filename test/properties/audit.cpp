#include "properties/audit.hpp"

#include <algorithm>

#include "basalt/base/overloaded.hpp"

namespace basalt::testing {
namespace {

std::string key_of(const std::string& namespace_name, const std::string& name) { return namespace_name + "/" + name; }
std::string key_of(const Task& task) { return key_of(task.namespace_name, task.name); }

bool is_over(const PodObject& pod) { return pod.phase == PodPhase::succeeded || pod.phase == PodPhase::failed; }

}  // namespace

bool Audit::asks(std::string_view plugin, std::string_view question) const {
  for (const Tier& tier : configuration_.tiers) {
    for (const PluginSlot& slot : tier.plugins) {
      if (slot.name == plugin) return slot.answers(question);
    }
  }
  return false;
}

void Audit::happened(const Delta& delta) {
  std::visit(Overloaded{
                 [this](const Upserted& upserted) {
                   if (const auto* node = std::get_if<NodeObject>(&upserted.object)) nodes_.insert(node->meta.name);
                   const auto* pod = std::get_if<PodObject>(&upserted.object);
                   if (pod == nullptr) return;
                   const std::string key = key_of(pod->meta.namespace_name, pod->meta.name);
                   const auto known = pods_.find(key);
                   std::string node = pod->node_name;
                   if (known != pods_.end() && known->second.meta.uid == pod->meta.uid) {
                     if (node.empty()) node = known->second.node_name;  // a pod never loses its node
                   } else {
                     intents_.erase(key);
                     evicting_.erase(key);
                   }
                   if (!pod->node_name.empty()) intents_.erase(key);  // the API decides
                   pods_[key] = *pod;
                   pods_[key].node_name = node;
                 },
                 [this](const Removed& removed) {
                   if (removed.kind == ObjectKind::node) nodes_.erase(removed.name);
                   if (removed.kind != ObjectKind::pod) return;
                   const std::string key = key_of(removed.namespace_name, removed.name);
                   pods_.erase(key);
                   intents_.erase(key);
                   evicting_.erase(key);
                 },
                 [this](const BindResult& result) {
                   const std::string key = key_of(result.namespace_name, result.name);
                   const auto intent = intents_.find(key);
                   if (intent == intents_.end() || intent->second.uid != result.uid) return;
                   if (result.outcome == BindResult::Outcome::in_doubt) return;
                   if (result.outcome == BindResult::Outcome::acknowledged) pods_.at(key).node_name = result.node_name;
                   intents_.erase(intent);
                 },
                 [this](const EvictResult& result) {
                   if (!result.accepted) evicting_.erase(key_of(result.namespace_name, result.name));
                 },
                 [](const auto&) {},
             },
             delta);
  check_pods();
}

/// Each pod that is ours or uses a node is one task, and it is where the API or a bind under way says.
void Audit::check_pods() {
  std::map<std::string, TaskId> tasks;
  cluster().tasks().for_each([&](TaskId id, const Task& task) {
    const std::string key = key_of(task);
    if (!tasks.emplace(key, id).second) complain("P3: two tasks for " + key);
    const auto pod = pods_.find(key);
    if (pod == pods_.end() || pod->second.meta.uid != task.uid) complain("P3: a task without its pod: " + key);
  });
  for (const auto& [key, pod] : pods_) {
    const auto task = tasks.find(key);
    const auto intent = intents_.find(key);
    const std::string& node = intent != intents_.end() ? intent->second.node : pod.node_name;
    const bool uses_a_node = !node.empty() && !is_over(pod);
    if (task == tasks.end()) {
      if (uses_a_node) complain("N2: " + key + " is on a node and in no table");
      if (pod.scheduler_name == "basalt" && !is_over(pod)) complain("P3: " + key + " is lost");
      continue;
    }
    const NodeId where = cluster().node_of(task->second);
    if (uses_a_node && (!where || cluster().node_name(where) != node)) {
      complain("N2: " + key + " is on " + node + ", and not counted there");
    }
  }
}

void Audit::decided(const Decisions& decisions) {
  had_reservation_.clear();
  standing_.clear();
  cluster().tasks().for_each([&](TaskId id, const Task&) {
    if (cluster().status(id) == TaskStatus::pipelined) had_reservation_.insert(id.slot());
  });
  cluster().jobs().for_each([&](JobId id, const Job& job) {
    const bool untouched =
        cluster().count(id, TaskStatus::pending) > 0 && cluster().count(id, TaskStatus::pending) == job.tasks.size();
    standing_[id.slot()] = Standing{untouched, untouched ? shape_of(job) : ""};
  });
  check_binds(decisions);
}

void Audit::check_binds(const Decisions& decisions) {
  for (const Decision& decision : decisions) {
    if (const auto* evict = std::get_if<Evict>(&decision)) {
      if (!evicting_.insert(key_of(cluster().tasks()[evict->task])).second) {
        complain("V6: " + cluster().tasks()[evict->task].name + " is evicted while it is being evicted");
      }
    }
    const auto* bind = std::get_if<Bind>(&decision);
    if (bind == nullptr) continue;
    const std::string key = key_of(cluster().tasks()[bind->task]);
    const std::string& node = cluster().node_name(bind->node);
    const auto known = pods_.find(key);
    if (known == pods_.end()) {
      complain("P5: bind " + key + ", which is no pod");
      continue;
    }
    const PodObject& pod = known->second;
    if (intents_.contains(key)) complain("P1: bind " + key + " while a bind of it is under way");
    if (!pod.node_name.empty()) complain("P1: bind " + key + ", which is on " + pod.node_name);
    if (pod.scheduler_name != "basalt") complain("P5: bind " + key + ", which is another scheduler's");
    if (!pod.scheduling_gates.empty()) complain("P5: bind " + key + ", which has gates");
    if (pod.meta.deleted || is_over(pod)) complain("P5: bind " + key + ", which is going or over");
    if (!nodes_.contains(node)) complain("P5: bind " + key + " to " + node + ", which is no node");
    intents_[key] = Intent{pod.meta.uid, node};
  }
}

void Audit::assumed(const Decisions& decisions) {
  check_pods();
  check_quota(decisions);
  check_turns(decisions);
  check_holds(decisions);
  check_reports(decisions);
}

/// Nothing new for a queue that is not open or has what it may have, where proportion is asked.
void Audit::check_quota(const Decisions& decisions) {
  if (!asks("proportion", "enabledAllocatable") && !asks("capacity", "enabledAllocatable")) return;
  const bool has_late_jobs = configuration_.waiting_limit || asks("sla", "");
  for (const Decision& decision : decisions) {
    const auto* bind = std::get_if<Bind>(&decision);
    const auto* reserve = std::get_if<Reserve>(&decision);
    if (bind == nullptr && reserve == nullptr) continue;
    const TaskId task = bind != nullptr ? bind->task : reserve->task;
    const Resources& request = cluster().spec(task).request;
    const JobId job = cluster().tasks()[task].job;
    if (request.is_best_effort()) continue;
    // A job that is late reserves as if some of its queue had ended already; it is bound when they have.
    if (reserve != nullptr && has_late_jobs) continue;
    const QueueId id = job ? cluster().jobs()[job].queue : QueueId{};
    if (!id) {
      complain("P5: " + cluster().tasks()[task].name + " is placed without a queue");
      continue;
    }
    const Queue& queue = cluster().queues()[id];
    const std::string said = cluster().tasks()[task].name + " is placed in queue " + queue.name;
    if (queue.state != QueueState::open) complain("Q3: " + said + ", which is not open");
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      const auto capability = queue.capability[kind];
      if (request[kind] == 0 || !capability || queue.guarantee[kind] > *capability) continue;
      const bool only_bound = has_late_jobs || had_reservation_.contains(task.slot());
      const std::int64_t reserved = only_bound ? 0 : cluster().pipelined(id)[kind];
      if (cluster().allocated(id)[kind] + reserved > *capability) {
        complain("Q1: " + said + ", which then holds more " + cluster().schema().name(kind) + " than it may");
      }
    }
  }
}

/// Everything about a job that decides where and when it is placed, but not its age.
std::string Audit::shape_of(const Job& job) const {
  std::string text = job.queue_name + " " + std::to_string(job.min_member) + " " + std::to_string(job.priority);
  if (job.min_resources) text += " states " + cluster().schema().text(*job.min_resources);
  if (job.network_topology) {
    text += job.network_topology->hard ? " hard " : " soft ";
    text += std::to_string(job.network_topology->highest_tier.value_or(-1));
  }
  for (const SubGroupPolicy& policy : job.sub_groups) {
    text += " parts " + std::to_string(policy.size) + " " + std::to_string(policy.min_sub_groups) + " " +
            std::to_string(policy.network_topology ? policy.network_topology->highest_tier.value_or(-1) : -2);
  }
  text += " roles " + std::to_string(job.min_task_member.size());
  for (const TaskId id : job.tasks) {
    const Task& task = cluster().tasks()[id];
    text += " " + std::to_string(task.spec.slot()) + "/" + std::to_string(task.labels.slot()) + "/" +
            std::to_string(task.priority) + "/" + cluster().symbols().text(task.role) +
            (task.never_preempts ? "n" : "");
  }
  return text;
}

/// Of two jobs that are alike and both wait, the later one gets nothing that the earlier one does not get: unless
/// between their turns somebody made or gave up room.
void Audit::check_turns(const Decisions& decisions) {
  std::set<std::uint32_t> gained;
  for (const Decision& decision : decisions) {
    if (std::holds_alternative<Evict>(decision) || std::holds_alternative<Release>(decision)) return;
    if (const auto* bind = std::get_if<Bind>(&decision)) gained.insert(cluster().tasks()[bind->task].job.slot());
    if (const auto* reserve = std::get_if<Reserve>(&decision)) {
      gained.insert(cluster().tasks()[reserve->task].job.slot());
    }
  }
  std::map<std::string, std::vector<JobId>> alike;
  cluster().jobs().for_each([&](JobId id, const Job&) {
    const Standing& standing = standing_[id.slot()];
    if (standing.is_untouched) alike[standing.shape].push_back(id);
  });
  for (auto& [shape, jobs] : alike) {
    std::sort(jobs.begin(), jobs.end(),
              [&](JobId left, JobId right) { return comes_before(cluster().jobs()[left], cluster().jobs()[right]); });
    for (std::size_t i = 1; i < jobs.size(); ++i) {
      if (gained.contains(jobs[i].slot()) && !gained.contains(jobs[i - 1].slot())) {
        complain("L3: job " + cluster().jobs()[jobs[i]].name + " overtakes " + cluster().jobs()[jobs[i - 1]].name);
      }
    }
  }
}

/// What a node will have of a kind beside what was reserved before the cycle: below zero, somebody took of that.
std::int64_t Audit::left_beside_old_reservations(NodeId node, Dimension kind) const {
  std::int64_t left = cluster().idle(node, kind) + cluster().releasing(node, kind);
  cluster().for_each_task_on(node, [&](TaskId task) {
    const bool is_old = cluster().status(task) == TaskStatus::pipelined && had_reservation_.contains(task.slot());
    if (is_old) left -= cluster().spec(task).request[kind];
  });
  return left;
}

/// What a job holds in reserve is not given to one that is no more important.
void Audit::check_holds(const Decisions& decisions) {
  for (const Decision& decision : decisions) {
    const auto* bind = std::get_if<Bind>(&decision);
    if (bind == nullptr || had_reservation_.contains(bind->task.slot())) continue;
    const JobId job = cluster().tasks()[bind->task].job;
    if (!job || cluster().jobs()[job].running_estimate) continue;  // who ends in time may use it until then
    const Resources& request = cluster().spec(bind->task).request;
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] == 0 || left_beside_old_reservations(bind->node, kind) >= 0) continue;
      cluster().for_each_task_on(bind->node, [&](TaskId other) {
        const JobId holder = cluster().tasks()[other].job;
        if (cluster().status(other) != TaskStatus::pipelined || !had_reservation_.contains(other.slot())) return;
        if (!holder || holder == job || cluster().spec(other).request[kind] == 0) return;
        if (cluster().jobs()[holder].priority < cluster().jobs()[job].priority) return;
        complain("V7: " + cluster().tasks()[bind->task].name + " takes the " + cluster().schema().name(kind) +
                 " that " + cluster().tasks()[other].name + " holds in reserve on " + cluster().node_name(bind->node));
      });
    }
  }
}

/// What objects say, or will once it is written, is so; and each pod that waits says why.
void Audit::check_reports(const Decisions& decisions) {
  std::set<std::uint32_t> hit;  // jobs that lost somebody late in the cycle: their status follows in the next
  for (const Decision& decision : decisions) {
    if (const auto* evict = std::get_if<Evict>(&decision)) hit.insert(cluster().tasks()[evict->task].job.slot());
  }
  cluster().jobs().for_each([&](JobId id, const Job& job) {
    if (job.implicit || job.tasks.empty() || hit.contains(id.slot())) return;
    const auto count = [&](TaskStatus status) { return static_cast<std::int32_t>(cluster().count(id, status)); };
    const JobObserved& seen = job.observed;
    if (seen.failed != count(TaskStatus::failed) || seen.succeeded != count(TaskStatus::succeeded) ||
        seen.running != count(TaskStatus::running)) {
      complain("O1: the status of job " + job.name + " counts its pods wrongly");
    }
  });
  cluster().tasks().for_each([&](TaskId id, const Task& task) {
    if (!task.job || cluster().status(id) != TaskStatus::pending || cluster().spec(id).gated) return;
    if (!task.scheduled || task.scheduled->status != "False" || task.scheduled->message.empty()) {
      complain("O1: " + task.name + " waits and does not say why");
    }
  });
  std::set<std::string> parents;  // their status counts what is below them too
  cluster().queues().for_each([&](QueueId, const Queue& queue) { parents.insert(queue.parent); });
  cluster().queues().for_each([&](QueueId id, const Queue& queue) {
    if (!queue.served || queue.name == "root" || parents.contains(queue.name)) return;
    if (queue.observed_allocated != cluster().schema().named(cluster().allocated(id))) {
      complain("O1: the status of queue " + queue.name + " is not what it has allocated");
    }
  });
}

}  // namespace basalt::testing
