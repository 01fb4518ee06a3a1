#include "plugins/numa-aware/numa_use.hpp"

#include <algorithm>
#include <limits>

#include "basalt/model/cpu_list.hpp"

namespace basalt {
namespace {

constexpr std::uint8_t kStuck = std::numeric_limits<std::uint8_t>::max();

void count(CpuCounts& counts, const CpuSet& cpus, int change) {
  for (std::size_t cpu = cpus._Find_first(); cpu < cpus.size(); cpu = cpus._Find_next(cpu)) {
    if (counts[cpu] != kStuck) counts[cpu] = static_cast<std::uint8_t>(counts[cpu] + change);
  }
}

}  // namespace

NumaUse::~NumaUse() {
  if (cluster_ == nullptr) return;
  cluster_->detach(*this);
  cluster_->remove_node_column(*held_);
  cluster_->remove_node_column(*leaving_);
}

void NumaUse::attach(Cluster& cluster) {
  cluster_ = &cluster;
  held_ = &cluster.add_node_column<CpuCounts>();
  leaving_ = &cluster.add_node_column<CpuCounts>();
  cluster.attach(*this);
}

const CpuLayout* NumaUse::layout(NodeId node) const {
  if (node.slot() >= nodes_.size() || !nodes_[node.slot()].layout) return nullptr;
  return &*nodes_[node.slot()].layout;
}

CpuSet NumaUse::free(NodeId node) const {
  CpuSet free = layout(node)->assignable;
  const CpuCounts& held = (*held_)[node];
  for (std::size_t cpu = 0; cpu < layout(node)->ids.size(); ++cpu) {
    if (held[cpu] > 0) free.reset(cpu);
  }
  return free;
}

CpuSet NumaUse::free_later(NodeId node) const {
  CpuSet free = layout(node)->assignable;
  const CpuCounts& held = (*held_)[node];
  const CpuCounts& leaving = (*leaving_)[node];
  for (std::size_t cpu = 0; cpu < layout(node)->ids.size(); ++cpu) {
    if (held[cpu] > leaving[cpu]) free.reset(cpu);
  }
  return free;
}

CpuSet NumaUse::cpus_of(const Task& task, NodeId node, const StringPairs& annotations) const {
  const CpuLayout* known = layout(node);
  const std::string* text = annotations.empty() ? nullptr : find_value(annotations, kAssigned);
  if (known == nullptr || text == nullptr) return {};
  const auto& reported = nodes_[node.slot()].reported;
  if (std::binary_search(reported.begin(), reported.end(), task.uid)) return {};
  const auto cpus = parse_cpu_list(*text);
  return cpus ? known->set_of(*cpus) : CpuSet{};  // what another program wrote is no list: it holds nothing
}

void NumaUse::placed(const Cluster& cluster, TaskId task, NodeId node) {
  const TaskStatus status = cluster.status(task);
  const CpuSet cpus = cpus_of(cluster.tasks()[task], node, cluster.tasks()[task].assigned);
  if (cpus.none() || status == TaskStatus::pipelined) return;
  count(held_->edit(node), cpus, 1);
  if (status == TaskStatus::releasing) count(leaving_->edit(node), cpus, 1);
}

void NumaUse::removed(const Cluster& cluster, TaskId task, NodeId node) {
  const TaskStatus status = cluster.status(task);
  const CpuSet cpus = cpus_of(cluster.tasks()[task], node, cluster.tasks()[task].assigned);
  if (cpus.none() || status == TaskStatus::pipelined) return;
  count(held_->edit(node), cpus, -1);
  if (status == TaskStatus::releasing) count(leaving_->edit(node), cpus, -1);
}

void NumaUse::assigned(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations) {
  const CpuSet cpus = cpus_of(cluster.tasks()[task], node, annotations);
  if (cpus.any()) count(held_->edit(node), cpus, 1);
}

/// Around a row with another report, tasks are taken off the node and put on it again.
void NumaUse::node_changed(const Cluster& cluster, NodeId node) {
  if (nodes_.size() <= node.slot()) nodes_.resize(node.slot() + std::size_t{1});
  NodeCpus& entry = nodes_[node.slot()];
  entry = {};
  const auto& numa = cluster.nodes()[node].numa;
  if (!numa) return;
  entry.layout = cpu_layout(*numa);
  for (const PodCpus& pod : numa->allocations) entry.reported.push_back(pod.uid);
}

void NumaUse::node_removed(const Cluster&, NodeId node) { nodes_[node.slot()] = {}; }

}  // namespace basalt
