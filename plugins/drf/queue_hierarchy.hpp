#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/drf/share_tree.hpp"

namespace basalt {

/// Where a queue is in the hierarchy: names from below the root down to it, each with its weight in thousandths.
using QueuePath = std::vector<std::pair<std::string, std::int64_t>>;

/// By the annotation volcano.sh/hierarchy ("root/eng/dev": the first name is the root's, whatever it is) and
/// volcano.sh/hierarchy-weights ("1/2/8", one for each name). A weight that is missing, no number or below 1 is 1.
/// Without the annotation the queue stands below the root, with its own name and weight.
[[nodiscard]] QueuePath path_of(const Queue& queue);

/// The shares of queues in their hierarchy, with the jobs as leaves, kept in step with the tables: what hierarchical
/// drf remembers between cycles. Costs what changed; a look at every job when a queue or the cluster's total changes,
/// and at every job that has anything when the last of a kind is taken or the first of it comes back.
class QueueHierarchy {
 public:
  /// Takes in what has changed since the last call, what an open session has placed included. REQUIRES: the same
  /// cluster each time.
  void catch_up(const Cluster& cluster);

  /// Which of two queues is to be served first. REQUIRES: caught up.
  [[nodiscard]] std::weak_ordering compare(QueueId left, QueueId right) const;
  /// Which has less, by weight. REQUIRES: caught up.
  [[nodiscard]] std::weak_ordering compare_shares(QueueId left, QueueId right) const;

  /// Supposes that a job had so much more (or less); undone by the same with the opposite sign. Jobs that no queue has
  /// are left alone.
  void suppose(JobId job, const Resources& more);

  /// For explanations and tests.
  [[nodiscard]] std::int64_t part(QueueId queue) const { return tree_.part(places_.at(queue.slot())); }

 private:
  struct Entry {
    JobId job;  // none: no leaf
    ShareTree::Place place = ShareTree::kRoot;
    LeafDemand demand;
  };

  void build(const Cluster& cluster);
  void refresh(const Cluster& cluster, std::uint32_t slot, JobId job);
  void put(std::uint32_t slot);
  void look_what_is_left();

  std::uint64_t frame_seen_ = 0, jobs_seen_ = 0;
  Resources whole_;
  ShareTree tree_;
  std::vector<ShareTree::Place> places_;  // by slot of the queue
  std::vector<Entry> entries_;            // by slot of the job
  WideSum allocated_;
  KindSet left_ = ~KindSet{0};
};

}  // namespace basalt
