#include "state/checkpoint.hpp"

#include <algorithm>
#include <unordered_map>

#include "basalt/base/check.hpp"
#include "state/state.hpp"

// The whole state as a value, and a state from such a value.
namespace basalt {
namespace {

/// The keys of a map in their order.
template <class Map>
std::vector<std::string> sorted_keys(const Map& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

template <class Map, class Value>
void copy_sorted(const Map& map, std::vector<Value>& values) {
  values.reserve(map.size());
  for (const std::string& key : sorted_keys(map)) values.push_back(map.at(key));
}

Job without_ids(Job row) {
  row.queue = QueueId{};
  row.tasks.clear();
  row.sub_jobs.clear();
  return row;
}

Task without_ids(Task row) {
  row.job = JobId{};
  row.sub_job = SubJobId{};
  row.spec = SpecId{};
  row.labels = LabelSetId{};
  return row;
}

PodLabels without_ids(PodLabels row) {
  row.spec = SpecId{};
  return row;
}

Spec without_ids(Spec row) {
  row.own = {};
  return row;
}

/// Numbers shared rows in the order in which they are asked for.
template <class Tag, class T>
class Numbering {
 public:
  Numbering(const Table<Tag, T>& rows, std::vector<T>& numbered) : rows_(rows), numbered_(numbered) {}
  std::uint32_t number(Id<Tag> id) {
    const auto [known, is_new] = numbers_.emplace(id, static_cast<std::uint32_t>(numbered_.size()));
    if (is_new) numbered_.push_back(without_ids(rows_[id]));
    return known->second;
  }

 private:
  const Table<Tag, T>& rows_;
  std::vector<T>& numbered_;
  std::unordered_map<Id<Tag>, std::uint32_t> numbers_;
};

std::string name_key(const ObjectMeta& meta) { return meta.namespace_name + "/" + meta.name; }

}  // namespace

Checkpoint State::checkpoint() const {
  Checkpoint made;
  made.ownership = ownership_;
  for (std::uint32_t number = 0; number < cluster_.symbols().size(); ++number) {
    made.symbols.push_back(cluster_.symbols().text(Symbol(number)));
  }
  for (Dimension kind = 0; kind < cluster_.schema().size(); ++kind) made.kinds.push_back(cluster_.schema().name(kind));
  copy_sorted(priority_classes_, made.priority_classes);
  copy_sorted(claims_, made.claims);
  copy_sorted(volumes_, made.volumes);
  copy_sorted(storage_classes_, made.storage_classes);
  copy_sorted(namespaces_, made.namespaces);
  copy_sorted(resource_quotas_, made.resource_quotas);
  copy_sorted(numatopologies_, made.numatopologies);
  for (const std::string& name : sorted_keys(queues_)) made.queues.push_back(cluster_.queues()[queues_.at(name)]);
  for (const std::string& name : sorted_keys(nodes_)) made.nodes.push_back(cluster_.nodes()[nodes_.at(name)]);
  made.hyper_nodes = hyper_nodes_.objects();
  for (const auto& [key, group] : groups_) {
    auto& entry = made.groups.emplace_back();
    entry = {key, group.object, group.rejection, group.implicit_row, group.members, std::nullopt};
    if (group.job) entry.job = {without_ids(cluster_.jobs()[group.job]), cluster_.phase(group.job)};
  }
  Numbering specs(cluster_.specs(), made.specs);
  Numbering label_sets(cluster_.label_sets(), made.label_sets);
  made.pods.reserve(pods_.size());
  for (const std::string& key : sorted_keys(pods_)) {
    const PodEntry& pod = pods_.at(key);
    auto& entry = made.pods.emplace_back();
    entry.key = key;
    entry.uid = pod.uid;
    entry.group = pod.group;
    entry.phase = pod.phase;
    entry.node_name = pod.node_name;
    entry.deleting = pod.deleting;
    entry.binding = pod.binding;
    entry.evicting = pod.evicting;
    if (pod.object) entry.object = *pod.object;
    entry.uncountable_on = pod.uncountable_on;
    if (!pod.task) continue;
    const Task& row = cluster_.tasks()[pod.task];
    const NodeId node = cluster_.node_of(pod.task);
    entry.task = {without_ids(row), specs.number(row.spec), label_sets.number(row.labels), cluster_.status(pod.task),
                  node ? cluster_.node_name(node) : std::string()};
  }
  return made;
}

State::State(const Checkpoint& checkpoint) : ownership_(checkpoint.ownership) {
  restore_rows(checkpoint);
  restore_groups(checkpoint);
  restore_pods(checkpoint);
}

void State::restore_rows(const Checkpoint& checkpoint) {
  for (std::size_t number = 0; number < checkpoint.symbols.size(); ++number) {
    const Symbol symbol = cluster_.symbols().intern(checkpoint.symbols[number]);
    BASALT_CHECK(symbol.number() == number, "a checkpoint whose symbols have other numbers here");
  }
  for (std::size_t number = 0; number < checkpoint.kinds.size(); ++number) {
    const auto kind = cluster_.schema().intern(checkpoint.kinds[number]);
    BASALT_CHECK(kind && *kind == number, "a checkpoint whose resource kinds have other numbers here");
  }
  for (const auto& object : checkpoint.priority_classes) priority_classes_[object.meta.name] = object;
  for (const auto& object : checkpoint.claims) claims_[name_key(object.meta)] = object;
  for (const auto& object : checkpoint.volumes) volumes_[object.meta.name] = object;
  for (const auto& object : checkpoint.storage_classes) storage_classes_[object.meta.name] = object;
  for (const auto& object : checkpoint.namespaces) namespaces_[object.meta.name] = object;
  for (const auto& object : checkpoint.resource_quotas) take(object);
  for (const auto& object : checkpoint.numatopologies) numatopologies_[object.meta.name] = object;
  for (const Queue& row : checkpoint.queues) queues_.emplace(row.name, cluster_.insert_queue(row));
  for (const Node& row : checkpoint.nodes) {
    const NodeId node = cluster_.insert_node(row);
    nodes_.emplace(cluster_.symbols().text(row.name), node);
    hyper_nodes_.node_changed(node);
  }
  for (const HyperNodeObject& object : checkpoint.hyper_nodes) hyper_nodes_.take(object);
}

void State::restore_groups(const Checkpoint& checkpoint) {
  for (const auto& entry : checkpoint.groups) {
    Group& group = groups_[entry.key];
    group.object = entry.object;
    group.rejection = entry.rejection;
    group.implicit_row = entry.implicit_row;
    group.members = entry.members;
    if (!entry.job) continue;
    Job row = entry.job->row;
    if (const auto queue = queues_.find(row.queue_name); queue != queues_.end()) row.queue = queue->second;
    group.job = cluster_.insert_job(std::move(row));
    cluster_.set_phase(group.job, entry.job->phase);
  }
}

void State::restore_pods(const Checkpoint& checkpoint) {
  for (const auto& entry : checkpoint.pods) {
    PodEntry& pod = pods_[entry.key];
    pod.uid = entry.uid;
    pod.group = entry.group;
    pod.phase = entry.phase;
    pod.node_name = entry.node_name;
    pod.deleting = entry.deleting;
    pod.binding = entry.binding;
    pod.evicting = entry.evicting;
    if (entry.object) pod.object = std::make_shared<PodObject>(*entry.object);
    pod.uncountable_on = entry.uncountable_on;
    if (!entry.task) continue;
    Task row = entry.task->row;
    row.spec = cluster_.intern_spec(checkpoint.specs.at(entry.task->spec));
    PodLabels labels = checkpoint.label_sets.at(entry.task->labels);
    labels.spec = row.spec;
    row.labels = cluster_.intern_labels(std::move(labels));
    if (!entry.group.empty()) row.job = groups_.at(entry.group).job;
    pod.task = cluster_.insert_task(std::move(row));
    cluster_.move(pod.task, entry.task->status, entry.task->node.empty() ? NodeId{} : nodes_.at(entry.task->node));
  }
}

}  // namespace basalt
