#pragma once

#include <map>
#include <queue>
#include <utility>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Serves jobs queue by queue: each turn the queue that is first in order gives its first job.
/// A job's and a queue's place may change while they are out being served, and is looked up
/// again when they are put back.
class QueueRounds {
 public:
  explicit QueueRounds(const Session& session) : session_(session), queues_(QueueAfter{&session}) {}

  void add(JobId job) {
    const QueueId queue = session_.cluster().jobs()[job].queue;
    auto [jobs, is_new] = jobs_.try_emplace(queue, JobAfter{&session_});
    jobs->second.push(job);
    if (is_new) queues_.push(queue);
  }

  /// Takes the queue whose turn it is, out of the rounds; nothing when all are served.
  /// A queue that has no jobs left is dropped on the way.
  [[nodiscard]] std::optional<QueueId> next_queue() {
    while (!queues_.empty()) {
      const QueueId queue = queues_.top();
      queues_.pop();
      if (!jobs_.at(queue).empty()) return queue;
      jobs_.erase(queue);
    }
    return std::nullopt;
  }

  /// Takes the first job of a queue. REQUIRES: `next_queue` gave it, and it was not put back.
  [[nodiscard]] JobId next_job(QueueId queue) {
    auto& jobs = jobs_.at(queue);
    const JobId job = jobs.top();
    jobs.pop();
    return job;
  }

  /// Takes all jobs of a queue that will not be served, in order.
  [[nodiscard]] std::vector<JobId> drop(QueueId queue) {
    std::vector<JobId> dropped;
    for (auto& jobs = jobs_.at(queue); !jobs.empty(); jobs.pop()) dropped.push_back(jobs.top());
    jobs_.erase(queue);
    return dropped;
  }

  void put_back(JobId job) { jobs_.at(session_.cluster().jobs()[job].queue).push(job); }
  void put_back(QueueId queue) { queues_.push(queue); }

 private:
  struct JobAfter {
    const Session* session;
    bool operator()(JobId left, JobId right) const { return session->job_order(left, right) > 0; }
  };
  struct QueueAfter {
    const Session* session;
    bool operator()(QueueId left, QueueId right) const { return session->queue_order(left, right) > 0; }
  };

  const Session& session_;
  std::unordered_map<QueueId, std::priority_queue<JobId, std::vector<JobId>, JobAfter>> jobs_;
  std::priority_queue<QueueId, std::vector<QueueId>, QueueAfter> queues_;
};

}  // namespace basalt
