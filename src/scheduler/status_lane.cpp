#include "scheduler/status_lane.hpp"

#include <algorithm>
#include <utility>

#include "basalt/base/overloaded.hpp"

namespace basalt {
namespace {

constexpr std::chrono::hours kLongestWait{1};

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

std::string patch_of(const adapter::PodUnscheduledWrite& write) {
  return write.reason.empty() ? adapter::pod_nomination_patch(write.uid, write.nomination, write.nominated_node)
                              : adapter::pod_unscheduled_patch(write);
}

std::string key_of(ObjectKind kind, const ObjectName& name) {
  return std::string(to_string(kind)) + ":" + to_string(name) + ":" + name.uid;
}

}  // namespace

StatusLane::StatusLane(Writer& writer, EventLane& events, Mailbox& mailbox, const Clock& clock, Observer& observer,
                       int workers, std::chrono::milliseconds moment)
    : writer_(writer), events_(events), mailbox_(mailbox), clock_(clock), observer_(observer), moment_(moment) {
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
    const auto [place, is_new] = waiting_.try_emplace(key);
    auto* newer = std::get_if<PodConditionOrder>(&order);
    auto* older = is_new ? nullptr : std::get_if<PodConditionOrder>(&place->second);
    place->second =
        newer != nullptr && older != nullptr ? merge(std::move(*older), std::move(*newer)) : std::move(order);
    if (!is_new) return;  // it has its turn, or is held back, already
    if (subject.kind == ObjectKind::pod) {
      held_back_.push_back({clock_.steady_now() + moment_, std::move(key)});
    } else {
      turn_.push_back(std::move(key));
    }
    ++changes_;
  }
  changed_.notify_all();
}

void StatusLane::withdraw(const ObjectName& pod) {
  const std::string key = key_of(ObjectKind::pod, pod);
  std::unique_lock lock(mutex_);
  waiting_.erase(key);
  changed_.wait(lock, [&] { return !under_way_.contains(key); });
}

void StatusLane::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
}

void StatusLane::end() {
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
}

std::optional<std::string> StatusLane::take_turn() {
  const SteadyTime now = clock_.steady_now();
  while (!held_back_.empty() && held_back_.front().due <= now) {
    turn_.push_back(std::move(held_back_.front().key));
    held_back_.pop_front();
  }
  while (!turn_.empty() && !waiting_.contains(turn_.front())) turn_.pop_front();
  const auto next = std::find_if(turn_.begin(), turn_.end(), [this](const std::string& key) {
    return waiting_.contains(key) && !under_way_.contains(key);
  });
  if (next == turn_.end()) return std::nullopt;
  std::string key = std::move(*next);
  turn_.erase(next);
  return key;
}

void StatusLane::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const std::optional<std::string> key = take_turn();
    if (!key) {
      const std::chrono::nanoseconds until_due =
          held_back_.empty() ? kLongestWait : held_back_.front().due - clock_.steady_now();
      changed_.wait_for(lock, stop, until_due, [this, known = changes_] { return changes_ != known; });
      continue;
    }
    const StatusOrder order = std::move(waiting_.extract(*key).mapped());
    under_way_.insert(*key);
    lock.unlock();
    write(order, stop);
    lock.lock();
    under_way_.erase(*key);
    ++changes_;
    changed_.notify_all();
  }
}

void StatusLane::write(const StatusOrder& order, const std::stop_token& stop) {
  const auto written = std::visit(
      Overloaded{
          [&](const PodConditionOrder& pod) { return writer_.patch_pod_status(pod.pod, patch_of(pod.write), stop); },
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
  const StatusResult result{subject.kind,     subject.name.space, subject.name.name,
                            subject.name.uid, accepted,           written ? std::string() : written.error().message};
  const std::string key = key_of(subject.kind, subject.name);
  if (accepted) {
    failures_.succeeded(key);
    const auto* pod = std::get_if<PodConditionOrder>(&order);
    if (pod != nullptr && pod->event && written) events_.submit(*pod->event);
  } else {
    mailbox_.post_at(clock_.steady_now() + failures_.failed(key), result);
  }
  observer_.status_written(result, written);
}

}  // namespace basalt
