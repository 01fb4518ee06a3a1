#include <algorithm>
#include <charconv>
#include <iterator>

#include "basalt/base/check.hpp"
#include "state/preemptable.hpp"
#include "state/stated_durations.hpp"
#include "state/state.hpp"

// Pods become tasks: which rows they make, and where they stand.
namespace basalt {
namespace {

constexpr std::string_view kGroupName = "scheduling.k8s.io/group-name";
constexpr std::string_view kGroupMinMember = "scheduling.volcano.sh/group-min-member";
constexpr std::string_view kTaskSpec = "volcano.sh/task-spec";
constexpr std::string_view kTaskPriority = "volcano.sh/task-priority";

std::string key_of(const ObjectMeta& meta) { return meta.namespace_name + "/" + meta.name; }

std::optional<std::int32_t> parse_int(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

bool is_critical(const PodObject& pod) {
  return pod.meta.namespace_name == "kube-system" || pod.priority_class_name == "system-cluster-critical" ||
         pod.priority_class_name == "system-node-critical";
}

/// Whether a term goes by labels of namespaces. One that selects all of them does not.
bool selects_namespaces(const PodAffinityTermText& term) {
  return term.namespace_selector && *term.namespace_selector != LabelSelectorText{};
}

bool selects_namespaces(const PodObject& pod) {
  const auto required = [](const PodAffinityTermText& term) { return selects_namespaces(term); };
  const auto preferred = [](const PreferredPodsText& wish) { return selects_namespaces(wish.term); };
  return std::any_of(pod.required_affinity.begin(), pod.required_affinity.end(), required) ||
         std::any_of(pod.required_anti_affinity.begin(), pod.required_anti_affinity.end(), required) ||
         std::any_of(pod.preferred_affinity.begin(), pod.preferred_affinity.end(), preferred) ||
         std::any_of(pod.preferred_anti_affinity.begin(), pod.preferred_anti_affinity.end(), preferred);
}

std::optional<ConditionText> scheduled_condition(const PodObject& pod) {
  for (const ConditionText& condition : pod.conditions) {
    if (condition.type == "PodScheduled") return condition;
  }
  return std::nullopt;
}

}  // namespace

bool State::is_ours(const PodObject& pod) const { return ownership_.scheduler_names.contains(pod.scheduler_name); }

/// Our pods join the group their annotation names; without one they make an implicit group,
/// each its own, or one for all pods of a controller when the template states a minimum.
std::string State::group_of(const PodObject& pod) const {
  if (!is_ours(pod)) return {};
  if (const std::string* name = find_value(pod.meta.annotations, kGroupName); name != nullptr && !name->empty()) {
    return pod.meta.namespace_name + "/" + *name;
  }
  if (!ownership_.implicit_groups) return {};
  const bool shared = pod.meta.controller && find_value(pod.meta.annotations, kGroupMinMember) != nullptr;
  return "uid:" + (shared ? pod.meta.controller->uid : pod.meta.uid);
}

Job State::implicit_row(const PodObject& pod) const {
  const auto stated = parse_int(find_value(pod.meta.annotations, kGroupMinMember));
  const bool shared = pod.meta.controller && stated;
  Job row;
  row.namespace_name = pod.meta.namespace_name;
  row.name = shared ? pod.meta.controller->name : pod.meta.name;
  row.uid = shared ? pod.meta.controller->uid : pod.meta.uid;
  row.implicit = true;
  row.min_member = shared && *stated > 0 ? *stated : 1;
  row.created = pod.meta.created;
  row.priority = pod.priority.value_or(0);
  row.annotations = pod.meta.annotations;
  row.preemptable = stated_preemptable(pod.meta);
  row.queue_name = queue_of(pod);
  read_durations(row);
  return row;
}

Task State::make_task(const PodObject& pod, JobId job) {
  Task row;
  row.namespace_name = pod.meta.namespace_name;
  row.name = pod.meta.name;
  row.uid = pod.meta.uid;
  row.job = job;
  row.spec = cluster_.intern_spec(make_spec(pod));
  row.labels = cluster_.intern_labels(make_labels(pod, row.spec));
  if (const std::string* role = annotation_or_label(pod.meta, kTaskSpec)) row.role = cluster_.symbols().intern(*role);
  row.priority = parse_int(find_value(pod.meta.annotations, kTaskPriority)).value_or(pod.priority.value_or(1));
  row.created = pod.meta.created;
  row.preemptable = stated_preemptable(pod.meta).value_or(true);
  row.critical = is_critical(pod);
  row.never_preempts = pod.never_preempts;
  if (!pod.node_name.empty()) {
    std::copy_if(pod.meta.annotations.begin(), pod.meta.annotations.end(), std::back_inserter(row.assigned),
                 [](const auto& annotation) { return is_assignment_annotation(annotation.first); });
  }
  row.nominated_node = pod.nominated_node_name;
  row.scheduled = scheduled_condition(pod);
  row.started = pod.started;
  return row;
}

void State::take(const PodObject& pod) {
  const std::string key = key_of(pod.meta);
  if (const auto known = pods_.find(key); known != pods_.end() && known->second.uid != pod.meta.uid) {
    forget_pod(key);  // another pod of the same name
  }
  PodEntry& entry = pods_[key];
  if (!entry.uncountable_on.empty()) {  // it was rejected before and is sound now
    count_uncountable(entry.uncountable_on, -1);
    entry.uncountable_on.clear();
  }
  entry.uid = pod.meta.uid;
  entry.phase = pod.phase;
  // A pod never loses its node: an object without one that comes after the bind was acknowledged
  // is older than the bind.
  if (!pod.node_name.empty()) {
    entry.node_name = pod.node_name;
    entry.binding = false;  // confirmed, or decided by somebody else
  }
  entry.deleting = pod.meta.deleted.has_value();
  if (entry.deleting) entry.evicting = false;
  const bool is_read_again = !pod.claims.empty() || selects_namespaces(pod);
  entry.object = is_read_again ? std::make_shared<PodObject>(pod) : nullptr;

  const bool is_over = pod.phase == PodPhase::succeeded || pod.phase == PodPhase::failed;
  const bool is_gone = entry.deleting && entry.node_name.empty() && !entry.binding;
  const std::string group = group_of(pod);
  const bool matters = !is_gone && (!group.empty() || (!entry.node_name.empty() && !is_over));
  if (entry.group != group || !matters) {
    forget_task(entry);
    if (matters && !group.empty()) join(group, pod);
    if (matters) entry.group = group;
  }
  if (!matters) return;

  const JobId job = group.empty() ? JobId{} : groups_.at(group).job;
  Task row = make_task(pod, job);
  if (entry.task) {
    const Task& kept = cluster_.tasks()[entry.task];
    const SpecId spec = kept.spec;
    const LabelSetId labels = kept.labels;
    if (entry.binding) row.assigned = kept.assigned;  // this object is older than the bind
    cluster_.replace_task(entry.task, std::move(row));
    cluster_.release_labels(labels);
    cluster_.release_spec(spec);
  } else {
    entry.task = cluster_.insert_task(std::move(row));
  }
  place_as_observed(entry);
}

/// Moves a task to where the API, corrected by what we have under way, says it is.
void State::place_as_observed(PodEntry& entry) {
  if (!entry.task || entry.binding) return;
  const NodeId left = cluster_.node_of(entry.task);
  if (entry.node_name.empty()) {
    const bool waits = entry.phase != PodPhase::succeeded && entry.phase != PodPhase::failed;
    if (waits && cluster_.status(entry.task) == TaskStatus::pipelined) return;  // keeps its reservation
    const TaskStatus over = entry.phase == PodPhase::succeeded ? TaskStatus::succeeded : TaskStatus::failed;
    cluster_.move(entry.task, waits ? TaskStatus::pending : over, NodeId{});
    if (!cluster_.tasks()[entry.task].assigned.empty()) cluster_.assign(entry.task, {});
  } else {
    TaskStatus status = TaskStatus::bound;
    switch (entry.phase) {
      case PodPhase::pending: status = TaskStatus::bound; break;
      case PodPhase::running: status = TaskStatus::running; break;
      case PodPhase::succeeded: status = TaskStatus::succeeded; break;
      case PodPhase::failed: status = TaskStatus::failed; break;
      case PodPhase::unknown: status = TaskStatus::unknown; break;
    }
    const bool on_node = is_on_node(status);
    if (on_node && (entry.deleting || entry.evicting)) status = TaskStatus::releasing;
    cluster_.move(entry.task, status, on_node ? node_named(entry.node_name) : NodeId{});
  }
  if (left && left != cluster_.node_of(entry.task)) drop_if_empty(left);
}

void State::forget_task(PodEntry& entry) {
  if (entry.task) {
    const NodeId left = cluster_.node_of(entry.task);
    const SpecId spec = cluster_.tasks()[entry.task].spec;
    const LabelSetId labels = cluster_.tasks()[entry.task].labels;
    cluster_.erase_task(entry.task);
    cluster_.release_labels(labels);
    cluster_.release_spec(spec);
    entry.task = TaskId{};
    if (left) drop_if_empty(left);
  }
  if (!entry.group.empty()) {
    const std::string group = std::exchange(entry.group, {});
    leave(group);
  }
}

void State::forget_pod(const std::string& key) {
  const auto known = pods_.find(key);
  if (known == pods_.end()) return;
  if (!known->second.uncountable_on.empty()) count_uncountable(known->second.uncountable_on, -1);
  forget_task(known->second);
  pods_.erase(known);
}

/// Pods of which something depends on other objects are few, and read again as a whole.
template <class Affected>
void State::reread_pods(Affected&& affected) {
  std::vector<std::shared_ptr<const PodObject>> pods;
  for (const auto& [key, entry] : pods_) {
    if (entry.object && affected(*entry.object)) pods.push_back(entry.object);
  }
  std::sort(pods.begin(), pods.end(),
            [](const auto& left, const auto& right) { return key_of(left->meta) < key_of(right->meta); });
  for (const auto& pod : pods) take(*pod);
}

/// Claims, volumes and classes decide where pods that mount them can go. An empty namespace
/// means all.
void State::reread_pods_with_claims(const std::string& namespace_name) {
  reread_pods([&](const PodObject& pod) {
    return !pod.claims.empty() && (namespace_name.empty() || pod.meta.namespace_name == namespace_name);
  });
}

/// Labels of namespaces decide which pods those mean that select by them.
void State::reread_pods_that_select_namespaces() {
  reread_pods([](const PodObject& pod) { return selects_namespaces(pod); });
}

State::PodEntry* State::find_pod(const std::string& namespace_name, const std::string& name, const std::string& uid) {
  const auto known = pods_.find(namespace_name + "/" + name);
  return known == pods_.end() || known->second.uid != uid || !known->second.task ? nullptr : &known->second;
}

}  // namespace basalt
