#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// Which queue is below which: by `spec.parent`, where none is named below "root". As of one moment.
class QueueTree {
 public:
  enum class Shape : std::uint8_t {
    flat,  ///< parents do not count
    tree,
  };
  QueueTree(const Cluster& cluster, Shape shape);

  /// The queue, its parent, and so on to the top: "root" is the last where it exists.
  [[nodiscard]] std::span<const QueueId> path(QueueId queue) const { return entries_.at(queue).path; }
  /// The queues at or below it that have no children.
  [[nodiscard]] std::span<const QueueId> leaves(QueueId queue) const { return entries_.at(queue).leaves; }
  [[nodiscard]] bool is_leaf(QueueId queue) const { return entries_.at(queue).children.empty(); }
  [[nodiscard]] std::span<const QueueId> children(QueueId queue) const { return entries_.at(queue).children; }
  [[nodiscard]] bool is_root(QueueId queue) const { return queue == root_; }
  /// Why nothing may be placed by the queue: a parent that does not exist, a circle. Empty: it may.
  [[nodiscard]] const std::string& fault(QueueId queue) const { return entries_.at(queue).fault; }
  /// How many queues above two queues they have in common, from the top; each counts as above itself.
  [[nodiscard]] std::size_t common_depth(QueueId left, QueueId right) const;
  /// The queue so many steps above; none: there are not so many.
  [[nodiscard]] QueueId ancestor(QueueId queue, std::size_t distance) const;
  /// All queues, parents before their children.
  [[nodiscard]] std::span<const QueueId> from_the_top() const { return from_the_top_; }

 private:
  struct Entry {
    QueueId parent;
    std::vector<QueueId> children, path, leaves;
    std::string fault;
  };
  void link(const Cluster& cluster);
  void walk_up(const Cluster& cluster, QueueId queue, Entry& entry);

  std::unordered_map<QueueId, Entry> entries_;
  std::vector<QueueId> from_the_top_;
  QueueId root_;
};

}  // namespace basalt
