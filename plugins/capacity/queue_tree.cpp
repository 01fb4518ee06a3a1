#include "plugins/capacity/queue_tree.hpp"

#include <algorithm>
#include <string_view>

namespace basalt {
namespace {

constexpr std::string_view kRoot = "root";

}  // namespace

QueueTree::QueueTree(const Cluster& cluster, Shape shape) {
  cluster.queues().for_each([&](QueueId id, const Queue&) {
    entries_[id];
    from_the_top_.push_back(id);
  });
  if (shape == Shape::tree) link(cluster);
  for (const QueueId id : from_the_top_) walk_up(cluster, id, entries_.at(id));
  std::sort(from_the_top_.begin(), from_the_top_.end(), [&](QueueId left, QueueId right) {
    const std::size_t above_left = path(left).size();
    const std::size_t above_right = path(right).size();
    if (above_left != above_right) return above_left < above_right;
    return comes_before(cluster.queues()[left], cluster.queues()[right]);
  });
  for (const QueueId id : from_the_top_) {
    if (!is_leaf(id) || !fault(id).empty()) continue;
    for (const QueueId above : path(id)) entries_.at(above).leaves.push_back(id);
  }
}

void QueueTree::link(const Cluster& cluster) {
  std::unordered_map<std::string_view, QueueId> by_name;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) { by_name.emplace(queue.name, id); });
  if (const auto root = by_name.find(kRoot); root != by_name.end()) root_ = root->second;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) {
    if (id == root_) return;
    Entry& entry = entries_.at(id);
    const auto parent = by_name.find(queue.parent.empty() ? kRoot : std::string_view(queue.parent));
    if (parent != by_name.end()) {
      entry.parent = parent->second;
      entries_.at(parent->second).children.push_back(id);
    } else if (!queue.parent.empty() && queue.parent != kRoot) {
      entry.fault = "queue \"" + queue.name + "\" is below \"" + queue.parent + "\", which does not exist";
    }
  });
}

void QueueTree::walk_up(const Cluster& cluster, QueueId queue, Entry& entry) {
  for (QueueId at = queue; at; at = entries_.at(at).parent) {
    if (std::find(entry.path.begin(), entry.path.end(), at) != entry.path.end()) {
      entry.fault = "queue \"" + cluster.queues()[queue].name + "\" is below itself";
      entry.path.resize(1);
      return;
    }
    entry.path.push_back(at);
    if (entry.fault.empty()) entry.fault = entries_.at(at).fault;
  }
}

std::size_t QueueTree::common_depth(QueueId left, QueueId right) const {
  const auto of_left = path(left);
  const auto of_right = path(right);
  std::size_t depth = 0;
  while (depth < of_left.size() && depth < of_right.size() &&
         of_left[of_left.size() - 1 - depth] == of_right[of_right.size() - 1 - depth]) {
    ++depth;
  }
  return depth;
}

QueueId QueueTree::ancestor(QueueId queue, std::size_t distance) const {
  const auto above = path(queue);
  return distance < above.size() ? above[distance] : QueueId{};
}

}  // namespace basalt
