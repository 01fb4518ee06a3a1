#include "tools/view/picture.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace basalt::view {
namespace {

constexpr std::string_view kGroupName = "scheduling.k8s.io/group-name";
constexpr std::string_view kQueueName = "scheduling.volcano.sh/queue-name";
constexpr const char* kDefaultQueue = "default";

std::int64_t amount_of(const NamedAmounts& amounts, const std::string& resource) {
  const auto found =
      std::find_if(amounts.begin(), amounts.end(), [&](const NamedAmount& known) { return known.name == resource; });
  return found == amounts.end() ? 0 : found->amount;
}

std::int64_t request_of(const PodObject& pod, const std::string& resource) {
  return resource == "pods" ? 1 : amount_of(pod.request, resource);
}

std::string text_or(const std::string* text, std::string_view otherwise) {
  return text != nullptr && !text->empty() ? *text : std::string(otherwise);
}

bool has_ended(const PodObject& pod) { return pod.phase == PodPhase::succeeded || pod.phase == PodPhase::failed; }

// The name of what made a pod, as people know it: of a ReplicaSet its Deployment, which is named before the last dash.
std::string owner_of(const PodObject& pod) {
  if (!pod.meta.controller) return pod.meta.name;
  const std::string& name = pod.meta.controller->name;
  const std::size_t dash = name.rfind('-');
  return pod.meta.controller->kind == "ReplicaSet" && dash != std::string::npos ? name.substr(0, dash) : name;
}

// Message of the first condition of this type that has this status.
std::string message_of(const std::vector<ConditionText>& conditions, std::string_view type, std::string_view status) {
  for (const ConditionText& condition : conditions) {
    if (condition.type == type && condition.status == status) return condition.message;
  }
  return "";
}

class Painter {
 public:
  Painter(const Snapshot& snapshot, const std::string& resource) : snapshot_(snapshot) { picture_.resource = resource; }

  Picture paint() {
    add_nodes();
    add_queues();
    for (const auto& [key, group] : snapshot_.groups) add_group(key, group);
    for (const auto& [key, pod] : snapshot_.pods) add_pod(key, pod);
    finish();
    return std::move(picture_);
  }

 private:
  // Whether it has no PodGroup, its namespace, its name: the order of the lines.
  using WorkloadKey = std::tuple<bool, std::string, std::string>;

  void add_nodes() {
    for (const auto& [name, node] : snapshot_.nodes) {
      const bool tainted = std::any_of(node.taints.begin(), node.taints.end(),
                                       [](const TaintText& taint) { return taint.effect != "PreferNoSchedule"; });
      nodes_[name] = {name, 0, amount_of(node.allocatable, picture_.resource), !node.unschedulable && !tainted, {}};
    }
  }

  void add_queues() {
    for (const auto& [name, queue] : snapshot_.queues) {
      queues_[name] = {name, queue.weight, queue.state, 0, amount_of(queue.capability, picture_.resource), 0, 0};
    }
  }

  void add_group(const kube::ObjectKey& key, const PodGroupObject& group) {
    Workload& gang = workloads_[{false, key.space, key.name}];
    gang = {key.space,
            key.name,
            text_or(&group.queue, kDefaultQueue),
            true,
            group.phase,
            group.min_member,
            0,
            0,
            0,
            message_of(group.conditions, "Unschedulable", "True")};
  }

  void add_pod(const kube::ObjectKey& key, const PodObject& pod) {
    const std::string group = text_or(find_value(pod.meta.annotations, kGroupName), "");
    const bool elsewhere = group.empty() && pod.scheduler_name == "default-scheduler";
    const std::string name = group.empty() ? owner_of(pod) : group;
    if (!pod.node_name.empty() && !has_ended(pod)) occupy(pod, name);
    if (elsewhere) return;
    Workload& workload = workloads_[{group.empty(), key.space, name}];
    if (workload.name.empty()) {
      workload.space = key.space;
      workload.name = name;
      workload.queue = text_or(find_value(pod.meta.annotations, kQueueName), kDefaultQueue);
    }
    count(pod, workload);
  }

  void occupy(const PodObject& pod, const std::string& tenant) {
    const auto node = nodes_.find(pod.node_name);
    if (node == nodes_.end()) return;
    node->second.used += request_of(pod, picture_.resource);
    ++tenants_[pod.node_name][tenant];
  }

  void count(const PodObject& pod, Workload& workload) {
    QueueLine& queue = queues_[workload.queue];
    if (pod.node_name.empty()) {
      if (has_ended(pod)) return;
      ++workload.waiting;
      ++queue.waiting;
      if (workload.hindrance.empty()) {
        workload.hindrance = message_of(pod.conditions, "PodScheduled", "False");
      }
      return;
    }
    ++workload.placed;
    if (has_ended(pod)) {
      ++workload.ended;
    } else {
      ++queue.placed;
      queue.used += request_of(pod, picture_.resource);
    }
  }

  void finish() {
    for (auto& [name, node] : nodes_) {
      const auto& here = tenants_[name];
      node.tenants.assign(here.begin(), here.end());
      picture_.nodes.push_back(std::move(node));
    }
    for (auto& [name, queue] : queues_) {
      queue.name = name;
      picture_.queues.push_back(std::move(queue));
    }
    for (auto& [key, workload] : workloads_) {
      // A condition that was written before the last pods were placed.
      if (workload.waiting == 0 && workload.members() > 0) workload.hindrance.clear();
      picture_.workloads.push_back(std::move(workload));
    }
  }

  const Snapshot& snapshot_;
  Picture picture_;
  std::map<std::string, NodeBar> nodes_;
  std::map<std::string, std::map<std::string, int>> tenants_;  // by node, by workload
  std::map<std::string, QueueLine> queues_;
  std::map<WorkloadKey, Workload> workloads_;
};

}  // namespace

const Workload* Picture::find(const std::string& space, const std::string& name) const {
  const auto found = std::find_if(workloads.begin(), workloads.end(), [&](const Workload& workload) {
    return workload.space == space && workload.name == name;
  });
  return found == workloads.end() ? nullptr : &*found;
}

Picture picture_of(const Snapshot& snapshot, const std::string& resource) {
  return Painter(snapshot, resource).paint();
}

}  // namespace basalt::view
