#include "framework/node_classes.hpp"

#include <algorithm>
#include <utility>

namespace basalt {

void NodeClasses::catch_up(const Cluster& cluster) {
  if (order_epoch_ == cluster.order_epoch() && seen_ == cluster.node_moment()) return;
  changed_.clear();
  if (order_epoch_ == cluster.order_epoch()) {
    cluster.for_each_node_changed_after(seen_, [&](NodeId node, bool) {
      if (cluster.rank(node) != Cluster::kNoRank) changed_.push_back(node);
    });
  } else {  // nodes came or went
    forget();
    changed_.assign(cluster.nodes_in_order().begin(), cluster.nodes_in_order().end());
    number_of_.assign(cluster.nodes().slots(), kNone);
    neighbours_.assign(cluster.nodes().slots(), Neighbours{});
  }
  // All of them first: whoever is still in a class is as it was when the class was made.
  for (const NodeId node : changed_) take_out(node);
  for (const NodeId node : changed_) put_in(cluster, node);
  order_epoch_ = cluster.order_epoch();
  seen_ = cluster.node_moment();
}

void NodeClasses::forget() {
  classes_.clear();
  free_.clear();
  by_likeness_.clear();
}

void NodeClasses::take_out(NodeId node) {
  const Number number = std::exchange(number_of_[node.slot()], kNone);
  if (number == kNone) return;
  const auto [next, previous] = std::exchange(neighbours_[node.slot()], Neighbours{});
  if (next) neighbours_[next.slot()].previous = previous;
  if (previous) {
    neighbours_[previous.slot()].next = next;
  } else {
    classes_[number].first = next;
    if (!next) drop(number);
  }
}

void NodeClasses::put_in(const Cluster& cluster, NodeId node) {
  const Number number = class_like(cluster, node);
  number_of_[node.slot()] = number;
  const NodeId next = std::exchange(classes_[number].first, node);
  neighbours_[node.slot()].next = next;
  if (next) neighbours_[next.slot()].previous = node;
}

/// The class of those that are as `node` is, or an empty one. Of classes that differ in what plugins keep of nodes
/// alone, only some are compared: there may be as many as nodes.
NodeClasses::Number NodeClasses::class_like(const Cluster& cluster, NodeId node) {
  const std::uint64_t likeness = cluster.likeness(node);
  auto [known, end] = by_likeness_.equal_range(likeness);
  for (std::size_t looks = 0; known != end && looks < kMostLooks; ++known, ++looks) {
    if (cluster.are_alike(classes_[known->second].first, node)) return known->second;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<Number>(classes_.size()));
    classes_.emplace_back();
  }
  const Number number = free_.back();
  free_.pop_back();
  classes_[number] = Class{likeness, NodeId{}};
  by_likeness_.emplace(likeness, number);
  return number;
}

void NodeClasses::drop(Number number) {
  const auto [begin, end] = by_likeness_.equal_range(classes_[number].likeness);
  by_likeness_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == number; }));
  free_.push_back(number);
}

}  // namespace basalt
