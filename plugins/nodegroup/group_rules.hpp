#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

namespace basalt {

/// What the plugin's arguments say.
struct GroupOptions {
  bool strict = true;                     ///< queues without rules may use no node at all, else those in no group
  bool is_ordered = false;                ///< of preferred groups the first is worth most
  bool inherits = false;                  ///< a queue without rules has those of the queue above it
  bool anti_affinity_as_volcano = false;  ///< see `GroupRules::allows`
};

/// Which groups of nodes a queue's tasks may use, and which it prefers. A value; groups are values of the node label
/// volcano.sh/nodegroup-name.
class GroupRules {
 public:
  GroupRules(const NodeGroupTerms& affinity, const NodeGroupTerms& anti_affinity, const GroupOptions& options,
             const Symbols& symbols);

  [[nodiscard]] bool is_empty() const { return is_empty_; }
  /// Whether tasks may go to nodes of a group; none: nodes in no group.
  /// - Without rules: to nodes in no group, unless strict.
  /// - With affinity: to the groups that are required or preferred. Without, but with anti-affinity: to all groups.
  /// - Never to groups that anti-affinity requires to be kept away from.
  /// As Volcano: with anti-affinity alone to no groups but those that it prefers to avoid, which are allowed even where
  /// they are forbidden.
  [[nodiscard]] bool allows(std::optional<Symbol> group) const;
  /// 100 points if required; 50 if preferred, or so much of them as its place in the list leaves; -1 if rather avoided.
  [[nodiscard]] Score score(std::optional<Symbol> group) const;

 private:
  std::vector<Symbol> required_, preferred_, forbidden_, avoided_;  // as far as anybody has used the name
  std::size_t stated_preferred_ = 0;
  bool has_affinity_ = false, is_empty_ = true;
  GroupOptions options_;
};

/// The rules of every queue, as of one session. `cluster` must outlive it.
class QueueGroups {
 public:
  QueueGroups(const Cluster& cluster, const GroupOptions& options);

  /// Null: the job has no queue.
  [[nodiscard]] const GroupRules* of(JobId job) const;
  /// The group of a node, if it is in one.
  [[nodiscard]] std::optional<Symbol> group_of(NodeId node) const;

 private:
  const Cluster& cluster_;
  std::optional<Symbol> label_;  // none: no node has ever carried it
  std::unordered_map<QueueId, GroupRules> rules_;
};

}  // namespace basalt
