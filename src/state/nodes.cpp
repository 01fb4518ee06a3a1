#include <algorithm>

#include "state/state.hpp"

namespace basalt {

bool State::is_selected(const NodeObject& node) const {
  if (ownership_.node_selector.empty()) return true;
  return std::any_of(ownership_.node_selector.begin(), ownership_.node_selector.end(), [&](const auto& wanted) {
    const std::string* value = find_value(node.meta.labels, wanted.first);
    return value != nullptr && *value == wanted.second;
  });
}

void State::put_node(const std::string& name, Node row) {
  if (const auto known = nodes_.find(name); known != nodes_.end()) {
    const Node& kept = cluster_.nodes()[known->second];
    row.uncountable_pods = kept.uncountable_pods;
    const bool is_same_to_selectors = kept.labels == row.labels && kept.placeholder == row.placeholder;
    if (row.placeholder) release_reservations_on(known->second);
    cluster_.replace_node(known->second, std::move(row));
    if (!is_same_to_selectors) hyper_nodes_.node_changed(known->second);
  } else {
    const NodeId node = nodes_.emplace(name, cluster_.insert_node(std::move(row))).first->second;
    hyper_nodes_.node_changed(node);
  }
}

/// Pods can be seen before their node: a placeholder keeps their place until it comes.
NodeId State::node_named(const std::string& name) {
  const auto known = nodes_.find(name);
  if (known != nodes_.end()) return known->second;
  Node row;
  row.name = cluster_.symbols().intern(name);
  row.placeholder = true;
  const NodeId node = nodes_.emplace(name, cluster_.insert_node(std::move(row))).first->second;
  hyper_nodes_.node_changed(node);
  return node;
}

/// A node that goes leaves a placeholder while pods are still said to be on it, so that they
/// are there again when it comes back.
void State::remove_node(const std::string& name) {
  const auto known = nodes_.find(name);
  if (known == nodes_.end()) return;
  release_reservations_on(known->second);
  Node row;
  row.name = cluster_.nodes()[known->second].name;
  row.uncountable_pods = cluster_.nodes()[known->second].uncountable_pods;
  row.placeholder = true;
  cluster_.replace_node(known->second, std::move(row));
  hyper_nodes_.node_changed(known->second);
  drop_if_empty(known->second);
}

void State::release_reservations_on(NodeId node) {
  std::vector<TaskId> reserved;
  cluster_.for_each_task_on(node, [&](TaskId task) {
    if (cluster_.status(task) == TaskStatus::pipelined) reserved.push_back(task);
  });
  for (const TaskId task : reserved) cluster_.move(task, TaskStatus::pending, NodeId{});
}

void State::drop_if_empty(NodeId node) {
  const Node* row = cluster_.nodes().find(node);
  if (row == nullptr || !row->placeholder || row->uncountable_pods > 0) return;
  bool is_empty = true;
  cluster_.for_each_task_on(node, [&](TaskId) { is_empty = false; });
  if (!is_empty) return;
  hyper_nodes_.node_leaves(node);
  nodes_.erase(cluster_.node_name(node));
  cluster_.erase_node(node);
}

std::optional<NumaTopology> State::numa_of(const std::string& node_name) const {
  const auto known = numatopologies_.find(node_name);
  if (known == numatopologies_.end()) return std::nullopt;
  return known->second.topology;
}

void State::refresh_numa(const std::string& node_name) {
  const auto known = nodes_.find(node_name);
  if (known == nodes_.end() || cluster_.nodes()[known->second].placeholder) return;
  Node row = cluster_.nodes()[known->second];
  row.numa = numa_of(node_name);
  cluster_.replace_node(known->second, std::move(row));
}

void State::count_uncountable(const std::string& node_name, int change) {
  const NodeId node = node_named(node_name);
  Node row = cluster_.nodes()[node];
  row.uncountable_pods = static_cast<std::uint32_t>(static_cast<int>(row.uncountable_pods) + change);
  cluster_.replace_node(node, std::move(row));
  drop_if_empty(node);
}

}  // namespace basalt
