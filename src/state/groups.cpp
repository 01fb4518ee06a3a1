#include <algorithm>

#include "basalt/base/check.hpp"
#include "basalt/model/task_topology.hpp"
#include "state/interner.hpp"
#include "state/preemptable.hpp"
#include "state/state.hpp"
#include "state/stated_durations.hpp"

// PodGroups and what stands for them become jobs; queues and priority classes are theirs.
namespace basalt {
namespace {

constexpr std::string_view kQueueName = "scheduling.volcano.sh/queue-name";

QueueState parse_queue_state(const std::string& text) {
  if (text.empty() || text == "Open") return QueueState::open;
  if (text == "Closed") return QueueState::closed;
  if (text == "Closing") return QueueState::closing;
  return QueueState::unknown;
}

NetworkTopology make_topology(const NetworkTopologyText& text) {
  return NetworkTopology{text.mode != "soft", text.highest_tier_allowed, text.highest_tier_name};
}

SubGroupPolicy make_policy(const SubGroupPolicyText& text, Symbols& symbols) {
  SubGroupPolicy row;
  row.name = text.name;
  if (text.selector) row.selector = Interner(symbols)(*text.selector);
  for (const std::string& key : text.match_label_keys) row.match_label_keys.push_back(symbols.intern(key));
  row.size = text.size;
  row.min_sub_groups = text.min_sub_groups;
  if (text.network_topology) row.network_topology = make_topology(*text.network_topology);
  return row;
}

}  // namespace

std::string State::queue_of(const PodObject& pod) const {
  if (const std::string* name = find_value(pod.meta.annotations, kQueueName); name != nullptr && !name->empty()) {
    return *name;
  }
  if (const auto found = namespaces_.find(pod.meta.namespace_name); found != namespaces_.end()) {
    const std::string* name = find_value(found->second.meta.annotations, kQueueName);
    if (name != nullptr && !name->empty()) return *name;
  }
  return ownership_.default_queue;
}

std::int32_t State::priority_of(const std::string& priority_class) const {
  if (const auto named = priority_classes_.find(priority_class); named != priority_classes_.end()) {
    return named->second.value;
  }
  for (const auto& [name, candidate] : priority_classes_) {
    if (candidate.global_default) return candidate.value;
  }
  return 0;
}

void State::take(const PodGroupObject& object) {
  const std::string key = object.meta.namespace_name + "/" + object.meta.name;
  Group& group = groups_[key];
  group.object = object;
  group.rejection.clear();
  refresh(key);
  observe(group);
}

void State::remove_group(const std::string& key, const std::string& uid) {
  const auto known = groups_.find(key);
  if (known == groups_.end()) return;
  Group& group = known->second;
  if (group.object && !uid.empty() && group.object->meta.uid != uid) return;
  group.object.reset();
  group.rejection.clear();
  refresh(key);
}

void State::join(const std::string& key, const PodObject& pod) {
  Group& group = groups_[key];
  ++group.members;
  if (key.starts_with("uid:") && !group.implicit_row) group.implicit_row = implicit_row(pod);
  refresh(key);
}

void State::leave(const std::string& key) {
  Group& group = groups_.at(key);
  BASALT_CHECK(group.members > 0, "a pod left a group it was not in");
  --group.members;
  refresh(key);
}

/// Brings the job of a group in line with what is known of it: there while it is ours, gone
/// with its last reason to be.
void State::refresh(const std::string& key) {
  Group& group = groups_.at(key);
  std::optional<Job> row = desired_row(key, group);
  if (!row) {
    if (group.job) {
      cluster_.erase_job(group.job);
      group.job = JobId{};
    }
    if (!group.object && group.rejection.empty() && group.members == 0) groups_.erase(key);
    return;
  }
  if (const auto queue = queues_.find(row->queue_name); queue != queues_.end()) {
    row->queue = queue->second;
    mark_served(row->queue_name);
  }
  if (!group.job) {
    group.job = cluster_.insert_job(std::move(*row));
    return;
  }
  // What was decided meanwhile counts as seen until the object itself says otherwise.
  const Job& kept = cluster_.jobs()[group.job];
  row->observed = kept.observed;
  cluster_.replace_job(group.job, std::move(*row));
}

/// Takes the status that a group's object has now for what is there.
void State::observe(const Group& group) {
  if (!group.job || !group.object) return;
  Job row = make_job(*group.object);
  row.queue = cluster_.jobs()[group.job].queue;
  const JobPhase phase = row.observed.phase;
  cluster_.replace_job(group.job, std::move(row));
  if (cluster_.phase(group.job) != phase) cluster_.set_phase(group.job, phase);
}

/// A queue with jobs of ours, and all queues above it.
void State::mark_served(const std::string& name) {
  std::string at = name;
  for (std::size_t depth = 0; depth <= queues_.size(); ++depth) {  // parents may go in circles
    const auto known = queues_.find(at);
    if (known == queues_.end()) return;
    const Queue& queue = cluster_.queues()[known->second];
    const std::string parent = queue.parent.empty() ? "root" : queue.parent;
    if (!queue.served) {
      Queue row = queue;
      row.served = true;
      cluster_.replace_queue(known->second, std::move(row));
    }
    if (at == "root") return;
    at = parent;
  }
}

std::optional<Job> State::desired_row(const std::string& key, const Group& group) {
  if (group.implicit_row) return group.members > 0 ? group.implicit_row : std::nullopt;
  if (!group.object) {
    if (group.members == 0) return std::nullopt;
    // Our pods name a group that is not there, or that cannot be used: they wait, and say so.
    Job row;
    row.implicit = true;
    const std::size_t slash = key.find('/');
    row.namespace_name = key.substr(0, slash);
    row.name = key.substr(slash + 1);
    row.queue_name = ownership_.default_queue;
    row.min_member = 1;
    row.blockers.push_back(group.rejection.empty() ? "PodGroup \"" + key + "\" not found"
                                                   : "PodGroup \"" + key + "\" was rejected: " + group.rejection);
    return row;
  }
  if (group.members == 0 && !ownership_.claim_empty_groups) return std::nullopt;
  return make_job(*group.object);
}

Job State::make_job(const PodGroupObject& object) {
  Job row;
  row.namespace_name = object.meta.namespace_name;
  row.name = object.meta.name;
  row.uid = object.meta.uid;
  row.queue_name = object.queue.empty() ? ownership_.default_queue : object.queue;
  row.min_member = object.min_member;
  for (const auto& [role, minimum] : object.min_task_member) {
    row.min_task_member.emplace_back(cluster_.symbols().intern(role), minimum);
  }
  row.priority = priority_of(object.priority_class_name);
  row.created = object.meta.created;
  if (object.min_resources) {
    if (auto amounts = cluster_.resources(*object.min_resources)) {
      row.min_resources = std::move(*amounts);
    } else {
      row.blockers.push_back("unsupported: " + amounts.error().message);
    }
  }
  row.preemptable = stated_preemptable(object.meta);
  row.annotations = object.meta.annotations;
  read_durations(row);
  static_cast<void>(read_task_topology(row.annotations, row.faults));
  if (object.network_topology) row.network_topology = make_topology(*object.network_topology);
  for (const SubGroupPolicyText& policy : object.sub_groups) {
    row.sub_groups.push_back(make_policy(policy, cluster_.symbols()));
  }
  row.quota_minimum = object.quota_minimum;
  row.priority_class = object.priority_class_name;
  row.observed = JobObserved{
      parse_job_phase(object.phase), object.phase, object.running, object.succeeded, object.failed, object.conditions};
  return row;
}

void State::refresh_all_groups() {
  std::vector<std::string> keys;
  for (const auto& [key, group] : groups_) keys.push_back(key);
  for (const std::string& key : keys) refresh(key);
}

void State::take(const PriorityClassObject& priority_class) {
  priority_classes_[priority_class.meta.name] = priority_class;
  refresh_all_groups();
}

void State::take(const QueueObject& object) {
  Queue row;
  row.name = object.meta.name;
  row.uid = object.meta.uid;
  row.weight = std::max(object.weight, 1);
  row.priority = object.priority;
  // A kind too many cannot limit anything here: no node and no pod has it either.
  if (auto capability = cluster_.limits(object.capability)) row.capability = std::move(*capability);
  if (auto deserved = cluster_.limits(object.deserved)) row.deserved = std::move(*deserved);
  if (auto guarantee = cluster_.resources(object.guarantee)) row.guarantee = std::move(*guarantee);
  row.reclaimable = object.reclaimable;
  row.fifo = object.dequeue_strategy == "fifo";
  row.node_groups = object.node_groups;
  row.anti_groups = object.anti_groups;
  row.parent = object.parent;
  row.state = parse_queue_state(object.state);
  row.created = object.meta.created;
  row.observed_allocated = object.allocated;
  row.annotations = object.meta.annotations;
  row.served = ownership_.claim_empty_groups;
  if (const auto known = queues_.find(row.name); known != queues_.end()) {
    row.served = cluster_.queues()[known->second].served;
    cluster_.replace_queue(known->second, std::move(row));
    if (cluster_.queues()[known->second].served) mark_served(object.meta.name);
    return;
  }
  const std::string name = row.name;
  queues_.emplace(name, cluster_.insert_queue(std::move(row)));
  refresh_all_groups();
}

void State::remove_queue(const std::string& name) {
  const auto known = queues_.find(name);
  if (known == queues_.end()) return;
  cluster_.erase_queue(known->second);
  queues_.erase(known);
}

}  // namespace basalt
