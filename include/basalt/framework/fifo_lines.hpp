#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// The lines in front of first-in-first-out queues (`Queue::fifo`). In line are the jobs that wait to be
/// started, in job order: complete as far as is in their hands, and not started, be it that they wait at the
/// gate (enqueue) or for room. A job that waits for its own pods, or whose pods cannot be placed whatever
/// room there is, has not come into the line yet: it would stop its queue for good.
///
/// Started is a job whose minimum is placed. What it wants beyond that holds nobody up. One thread;
/// lives for one action.
class FifoLines {
 public:
  /// Of the jobs that the session looks at; jobs in line never sleep.
  explicit FifoLines(const Session& session);

  /// The first in line of a job's queue, while that is another job that comes before it and has not started;
  /// none: nobody is in its way.
  [[nodiscard]] JobId ahead_of(JobId job) const;

  /// The sentence that a job waits with behind another.
  [[nodiscard]] static std::string sentence(const Cluster& cluster, JobId ahead);

 private:
  struct Line {
    std::vector<JobId> jobs;
    mutable std::size_t first = 0;  // who has started does not come back within an action
  };

  const Session& session_;
  std::unordered_map<QueueId, Line> lines_;
  std::unordered_map<JobId, std::size_t> places_;  // in the line of its queue
};

}  // namespace basalt
