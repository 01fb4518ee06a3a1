#pragma once

#include <unordered_map>

#include "plugins/capacity/queue_quotas.hpp"

namespace basalt {

/// Who is asked to give something back, one candidate after the other: what is taken counts for the next. Rules of
/// Volcano's capacity plugin.
class Reclaim {
 public:
  /// `quotas` and `tree` outlive this.
  Reclaim(const Cluster& cluster, const QueueTree& tree, const std::unordered_map<QueueId, QueueQuota>& quotas)
      : cluster_(cluster), tree_(tree), quotas_(quotas) {}

  /// For a task that reclaims: whose candidates hold nothing of a kind that it asks for stay, and so many queues above
  /// the candidate's must hold too much as well.
  void for_task(TaskId reclaimer, std::size_t ancestor_levels);

  /// Takes the candidate from its queue if that may be: the queue keeps its guarantee, and deserves nothing of what the
  /// candidate holds or holds more than it deserves of a kind of it.
  [[nodiscard]] bool take(TaskId candidate);

 private:
  [[nodiscard]] QueueId queue_of(TaskId task) const;
  /// What the queues at or below it hold, less what was taken.
  [[nodiscard]] Resources& held(QueueId queue);
  [[nodiscard]] bool deserves_none_of(QueueId queue, const Resources& request) const;
  [[nodiscard]] bool holds_too_much(QueueId queue, const Resources& request);
  [[nodiscard]] bool is_kin_without_claim(QueueId queue) const;

  const Cluster& cluster_;
  const QueueTree& tree_;
  const std::unordered_map<QueueId, QueueQuota>& quotas_;
  TaskId reclaimer_;
  std::size_t levels_ = 0;
  std::unordered_map<QueueId, Resources> left_;
};

}  // namespace basalt
