#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Serves jobs queue by queue: each turn the queue that is first in order gives its first job.
/// A job's and a queue's place may change while they are out being served, and is looked up
/// again when they are put back; of those that wait their place is looked up once. Only where
/// serving one queue moves others (`QueueOrder::queues_move_others`) all queues are put in order
/// again when anything was placed since the last turn.
class QueueRounds {
 public:
  explicit QueueRounds(const Session& session)
      : session_(session), queues_move_(session.queues_move_others()), queue_after_{&session} {}

  void add(JobId job) {
    const QueueId queue = session_.cluster().jobs()[job].queue;
    auto [line, is_new] = lines_.try_emplace(queue, session_);
    line->second.add(job);
    if (is_new) put_back(queue);
  }

  /// Takes the queue whose turn it is, out of the rounds; nothing when all are served.
  /// A queue that has no jobs left is dropped on the way.
  [[nodiscard]] std::optional<QueueId> next_queue() {
    put_in_order();
    while (!queues_.empty()) {
      std::pop_heap(queues_.begin(), queues_.end(), queue_after_);
      const QueueId queue = queues_.back();
      queues_.pop_back();
      if (!lines_.at(queue).empty()) return queue;
      lines_.erase(queue);
    }
    return std::nullopt;
  }

  /// Takes the first job of a queue. REQUIRES: `next_queue` gave it, and it was not put back.
  [[nodiscard]] JobId next_job(QueueId queue) { return lines_.at(queue).take_first(); }

  /// Takes all jobs of a queue that will not be served, in order.
  [[nodiscard]] std::vector<JobId> drop(QueueId queue) {
    std::vector<JobId> dropped;
    for (JobLine& line = lines_.at(queue); !line.empty();) dropped.push_back(line.take_first());
    lines_.erase(queue);
    return dropped;
  }

  void put_back(JobId job) { lines_.at(session_.cluster().jobs()[job].queue).put_back(job); }
  void put_back(QueueId queue) {
    queues_.push_back(queue);
    std::push_heap(queues_.begin(), queues_.end(), queue_after_);
  }

 private:
  struct QueueAfter {
    const Session* session;
    bool operator()(QueueId left, QueueId right) const { return session->queue_order(left, right) > 0; }
  };

  /// The jobs of a queue. Most are served once: those are sorted once, which for jobs that come in
  /// order is one comparison a job, and only those that were put back are kept in a heap.
  class JobLine {
   public:
    explicit JobLine(const Session& session) : session_(session), returned_(JobAfter{&session}) {}

    void add(JobId job) {
      if (next_ > 0) return put_back(job);
      waiting_.push_back(job);
      is_sorted_ = false;
    }
    void put_back(JobId job) { returned_.push(job); }
    [[nodiscard]] bool empty() const { return next_ == waiting_.size() && returned_.empty(); }

    JobId take_first() {
      sort();
      if (next_ < waiting_.size() && (returned_.empty() || before(waiting_[next_], returned_.top()))) {
        return waiting_[next_++];
      }
      const JobId job = returned_.top();
      returned_.pop();
      return job;
    }

   private:
    struct JobAfter {
      const Session* session;
      bool operator()(JobId left, JobId right) const { return session->job_order(left, right) > 0; }
    };
    [[nodiscard]] bool before(JobId left, JobId right) const { return session_.job_order(left, right) < 0; }
    void sort() {
      if (std::exchange(is_sorted_, true)) return;
      const auto in_order = [this](JobId left, JobId right) { return before(left, right); };
      if (!std::is_sorted(waiting_.begin(), waiting_.end(), in_order)) {
        std::sort(waiting_.begin(), waiting_.end(), in_order);
      }
    }

    const Session& session_;
    std::vector<JobId> waiting_;
    std::size_t next_ = 0;
    bool is_sorted_ = true;
    std::priority_queue<JobId, std::vector<JobId>, JobAfter> returned_;
  };

  void put_in_order() {
    if (!queues_move_) return;
    const std::uint64_t now = session_.cluster().job_moment();
    if (std::exchange(ordered_at_, now) != now) std::make_heap(queues_.begin(), queues_.end(), queue_after_);
  }

  const Session& session_;
  const bool queues_move_;
  const QueueAfter queue_after_;
  std::unordered_map<QueueId, JobLine> lines_;
  std::vector<QueueId> queues_;  // that wait for their turn, as a heap
  std::uint64_t ordered_at_ = 0;
};

}  // namespace basalt
