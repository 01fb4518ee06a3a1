#include "scheduler/status_lane.hpp"

#include <algorithm>
#include <utility>

#include "basalt/base/overloaded.hpp"

namespace basalt {
namespace {

struct Subject {
  ObjectKind kind;
  const ObjectName& name;
};

Subject subject_of(const StatusOrder& order) {
  return std::visit(Overloaded{
                        [](const PodConditionOrder& pod) {
                          return Subject{ObjectKind::pod, pod.pod};
                        },
                        [](const PodGroupStatusOrder& group) {
                          return Subject{ObjectKind::pod_group, group.group};
                        },
                        [](const QueueStatusOrder& queue) {
                          return Subject{ObjectKind::queue, queue.queue};
                        },
                    },
                    order);
}

std::string key_of(ObjectKind kind, const ObjectName& name) {
  return std::string(to_string(kind)) + ":" + to_string(name) + ":" + name.uid;
}

}  // namespace

StatusLane::StatusLane(Writer& writer, Mailbox& mailbox, const Clock& clock, Observer& observer, int workers)
    : writer_(writer), mailbox_(mailbox), clock_(clock), observer_(observer) {
  for (int i = 0; i < workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

StatusLane::~StatusLane() {
  close();
  end();
}

void StatusLane::submit(StatusOrder order) {
  const Subject subject = subject_of(order);
  std::string key = key_of(subject.kind, subject.name);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const auto [place, is_new] = waiting_.insert_or_assign(key, std::move(order));
    if (is_new) turn_.push_back(std::move(key));
  }
  changed_.notify_all();
}

void StatusLane::withdraw(const ObjectName& pod) {
  const std::string key = key_of(ObjectKind::pod, pod);
  std::unique_lock lock(mutex_);
  waiting_.erase(key);
  std::erase(turn_, key);
  changed_.wait(lock, [&] { return !under_way_.contains(key); });
}

void StatusLane::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
  turn_.clear();
}

void StatusLane::end() {
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
}

void StatusLane::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    // The first whose object is not being written to already.
    auto next = turn_.end();
    const bool found = changed_.wait(lock, stop, [&] {
      next =
          std::find_if(turn_.begin(), turn_.end(), [&](const std::string& key) { return !under_way_.contains(key); });
      return next != turn_.end();
    });
    if (!found || stop.stop_requested()) return;
    const std::string key = std::move(*next);
    turn_.erase(next);
    const StatusOrder order = std::move(waiting_.extract(key).mapped());
    under_way_.insert(key);
    lock.unlock();
    write(order, stop);
    lock.lock();
    under_way_.erase(key);
    changed_.notify_all();
  }
}

void StatusLane::write(const StatusOrder& order, const std::stop_token& stop) {
  const auto written =
      std::visit(Overloaded{
                     [&](const PodConditionOrder& pod) {
                       return writer_.patch_pod_status(pod.pod, adapter::pod_unscheduled_patch(pod.write), stop);
                     },
                     [&](const PodGroupStatusOrder& group) {
                       return writer_.patch_pod_group(group.group, adapter::pod_group_status_patch(group.write), stop);
                     },
                     [&](const QueueStatusOrder& queue) {
                       return writer_.patch_queue_status(queue.queue, adapter::queue_status_patch(queue.write), stop);
                     },
                 },
                 order);
  const Subject subject = subject_of(order);
  // Of an object that is gone there is nothing left to say.
  const bool accepted = written.has_value() || written.error().code == ErrorCode::not_found;
  StatusResult result{subject.kind,     subject.name.space, subject.name.name,
                      subject.name.uid, accepted,           written ? std::string() : written.error().message};
  observer_.status_written(result, written);
  const std::string key = key_of(subject.kind, subject.name);
  if (accepted) {
    failures_.succeeded(key);
  } else {
    mailbox_.post_at(clock_.steady_now() + failures_.failed(key), std::move(result));
  }
}

}  // namespace basalt
