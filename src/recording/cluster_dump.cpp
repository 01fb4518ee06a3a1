#include "recording/cluster_dump.hpp"

#include <algorithm>

#include "basalt/model/cluster_text.hpp"

namespace basalt {
namespace {

/// Rows back into objects, as far as the text format goes.
class Dump {
 public:
  explicit Dump(const Checkpoint& checkpoint) : from_(checkpoint) {}

  std::string print() {
    for (const auto& object : from_.priority_classes) add(object);
    for (const auto& object : from_.namespaces) {
      if (!object.meta.annotations.empty()) add(object);
    }
    for (const Queue& row : from_.queues) add(queue(row));
    for (const Node& row : from_.nodes) {
      if (!row.placeholder) add(node(row));
    }
    for (const auto& object : from_.hyper_nodes) add(object);
    for (const auto& object : from_.numatopologies) add(object);
    for (const auto& object : from_.resource_quotas) add(object);
    for (const auto& object : from_.storage_classes) add(object);
    for (const auto& object : from_.volumes) add(object);
    for (const auto& object : from_.claims) add(object);
    for (const auto& group : from_.groups) {
      if (group.object) add(job(group));
    }
    for (const auto& pod : from_.pods) {
      if (pod.task) add(task(pod), remark(pod));
    }
    return std::move(text_);
  }

 private:
  void add(const ObjectVariant& object, const std::string& remark = {}) {
    text_ += print_cluster_text(object) + (remark.empty() ? "" : "  # " + remark) + "\n";
  }

  [[nodiscard]] const std::string& text(Symbol symbol) const { return from_.symbols.at(symbol.number()); }
  [[nodiscard]] StringPairs texts(const std::vector<std::pair<Symbol, Symbol>>& pairs) const {
    StringPairs made;
    for (const auto& [key, value] : pairs) made.emplace_back(text(key), text(value));
    std::sort(made.begin(), made.end());
    return made;
  }
  [[nodiscard]] NamedAmounts amounts(const Resources& resources) const {
    NamedAmounts made;
    for (Dimension kind = 0; kind < resources.width(); ++kind) {
      if (resources[kind] != 0) made.push_back({from_.kinds.at(kind), resources[kind]});
    }
    return made;
  }
  [[nodiscard]] NamedAmounts amounts(const Limits& limits) const {
    NamedAmounts made;
    for (Dimension kind = 0; kind < from_.kinds.size(); ++kind) {
      if (const auto bound = limits[kind]) made.push_back({from_.kinds[kind], *bound});
    }
    return made;
  }
  static std::string effect(TaintEffect effect) {
    switch (effect) {
      case TaintEffect::no_schedule: return "NoSchedule";
      case TaintEffect::prefer_no_schedule: return "PreferNoSchedule";
      case TaintEffect::no_execute: return "NoExecute";
    }
    return {};
  }

  [[nodiscard]] QueueObject queue(const Queue& row) const {
    static const char* const states[] = {"", "Closed", "Closing", "Unknown"};
    QueueObject made;
    made.meta.name = row.name;
    made.meta.created = row.created;
    made.meta.annotations = row.annotations;
    made.weight = row.weight;
    made.priority = row.priority;
    made.capability = amounts(row.capability);
    made.deserved = amounts(row.deserved);
    made.guarantee = amounts(row.guarantee);
    made.reclaimable = row.reclaimable;
    made.parent = row.parent;
    made.dequeue_strategy = row.fifo ? "fifo" : "";
    made.node_groups = row.node_groups;
    made.anti_groups = row.anti_groups;
    made.state = states[static_cast<std::size_t>(row.state)];
    return made;
  }

  [[nodiscard]] NodeObject node(const Node& row) const {
    NodeObject made;
    made.meta.name = text(row.name);
    made.meta.labels = texts(row.labels.pairs());
    made.unschedulable = row.unschedulable;
    made.allocatable = amounts(row.allocatable);
    made.meta.annotations = row.devices;
    if (row.io.network)
      made.meta.annotations.emplace_back("basalt.sh/network-bandwidth", std::to_string(*row.io.network));
    if (row.io.disk) made.meta.annotations.emplace_back("basalt.sh/disk-bandwidth", std::to_string(*row.io.disk));
    std::sort(made.meta.annotations.begin(), made.meta.annotations.end());
    for (const Taint& taint : row.taints)
      made.taints.push_back({text(taint.key), text(taint.value), effect(taint.effect)});
    return made;
  }

  static PodGroupObject job(const Checkpoint::GroupEntry& group) {
    PodGroupObject made = *group.object;
    if (group.job) made.phase = to_string(group.job->phase);
    return made;
  }

  [[nodiscard]] PodObject task(const Checkpoint::PodEntry& pod) const {
    const Task& row = pod.task->row;
    const Spec& spec = from_.specs.at(pod.task->spec);
    PodObject made;
    made.meta.namespace_name = row.namespace_name;
    made.meta.name = row.name;
    made.meta.created = row.created;
    made.meta.labels = texts(from_.label_sets.at(pod.task->labels).labels.pairs());
    const bool is_ours = !pod.group.empty();
    made.scheduler_name = is_ours ? *from_.ownership.scheduler_names.begin() : "another";
    if (is_ours && !pod.group.starts_with("uid:")) {
      made.meta.annotations.emplace_back("scheduling.k8s.io/group-name", pod.group.substr(pod.group.find('/') + 1));
    }
    if (row.role != Symbol()) made.meta.annotations.emplace_back("volcano.sh/task-spec", text(row.role));
    for (const auto* annotations : {&spec.device_wishes, &row.assigned}) {
      for (const auto& annotation : *annotations) {
        if (find_value(made.meta.annotations, annotation.first) == nullptr) made.meta.annotations.push_back(annotation);
      }
    }
    for (const auto& [key, rate] : {std::pair("basalt.sh/network-bandwidth", spec.io.network),
                                    std::pair("basalt.sh/disk-bandwidth", spec.io.disk)}) {
      if (rate != 0) made.meta.annotations.emplace_back(key, std::to_string(rate));
    }
    if (spec.numa_policy) {
      made.meta.annotations.emplace_back("volcano.sh/numa-topology-policy", to_string(*spec.numa_policy));
    }
    made.exclusive_cpus = spec.exclusive_cpus;
    std::sort(made.meta.annotations.begin(), made.meta.annotations.end());
    made.node_name = pod.task->status == TaskStatus::pipelined ? "" : pod.task->node;
    made.phase = pod.phase;
    if (pod.deleting) made.meta.deleted = row.created;
    made.started = row.started;
    made.request = amounts(spec.request);
    std::erase_if(made.request, [](const NamedAmount& amount) { return amount.name == "pods"; });
    made.priority = row.priority;
    made.node_selector = texts(spec.node_selector);
    for (const Toleration& toleration : spec.tolerations) {
      made.tolerations.push_back({text(toleration.key), toleration.exists ? "Exists" : "Equal", text(toleration.value),
                                  toleration.effect ? effect(*toleration.effect) : ""});
    }
    for (const HostPort& port : spec.host_ports) {
      made.host_ports.push_back({text(port.protocol), text(port.address), port.port});
    }
    if (spec.gated) made.scheduling_gates.emplace_back("unknown");
    if (pod.object) made.claims = pod.object->claims;
    return made;
  }

  static std::string remark(const Checkpoint::PodEntry& pod) {
    const Checkpoint::TaskEntry& task = *pod.task;
    if (task.status == TaskStatus::binding) return "the bind is under way";
    if (task.status == TaskStatus::pipelined) return "holds a reservation on " + task.node;
    return pod.evicting ? "the eviction is under way" : "";
  }

  const Checkpoint& from_;
  std::string text_;
};

}  // namespace

std::string print_cluster(const Checkpoint& checkpoint) { return Dump(checkpoint).print(); }

}  // namespace basalt
