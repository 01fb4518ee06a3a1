#include "scheduler/binder.hpp"

#include <utility>

#include "scheduler/pod_writes.hpp"

namespace basalt {

Binder::Binder(Writer& writer, Mailbox& mailbox, const Clock& clock, kube::Waiter& waiter, Observer& observer,
               const BinderOptions& options)
    : writer_(writer),
      mailbox_(mailbox),
      clock_(clock),
      waiter_(waiter),
      observer_(observer),
      component_(options.component),
      events_(writer, clock, observer, options.event_limit),
      statuses_(writer, events_, mailbox, clock, observer, options.status_workers, options.condition_moment) {
  for (int i = 0; i < options.bind_workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

Binder::~Binder() { stop(std::chrono::milliseconds(0)); }

void Binder::submit(Orders orders) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    for (EvictOrder& order : orders.evictions) waiting_.emplace_back(std::move(order));
    for (BindOrder& order : orders.binds) waiting_.emplace_back(std::move(order));
  }
  changed_.notify_all();
  for (StatusOrder& order : orders.statuses) statuses_.submit(std::move(order));
  for (adapter::EventReport& report : orders.events) events_.submit(std::move(report));
}

void Binder::drop_what_has_not_begun() {
  std::size_t kept = 0;
  for (; kept < waiting_.size(); ++kept) {
    const auto* bind = std::get_if<BindOrder>(&waiting_[kept]);
    if (bind == nullptr || bind->gang != begun_gang_) break;
  }
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(kept), waiting_.end());
}

void Binder::stop(std::chrono::milliseconds limit) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + limit;
  statuses_.close();
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    drop_what_has_not_begun();
    changed_.wait_until(lock, deadline, [this] { return waiting_.empty() && under_way_ == 0; });
    waiting_.clear();
  }
  for (std::jthread& worker : workers_) worker.request_stop();
  statuses_.end();  // before joining: a worker may wait for a status that is under way
  workers_.clear();
  events_.close();
  static_cast<void>(events_.wait_until_sent(deadline));
  events_.end();
}

std::size_t Binder::pods_under_way() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() + under_way_;
}

void Binder::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); }) && !stop.stop_requested()) {
    const PodOrder order = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto* bind = std::get_if<BindOrder>(&order)) begun_gang_ = bind->gang;
    ++under_way_;
    lock.unlock();
    std::visit([&](const auto& pod_order) { carry_out_one(pod_order, stop); }, order);
    lock.lock();
    --under_way_;
    changed_.notify_all();
  }
}

void Binder::carry_out_one(const BindOrder& order, const std::stop_token& stop) {
  statuses_.withdraw(order.pod);
  const SteadyTime begun = clock_.steady_now();
  BindResult result{order.pod.space, order.pod.name, order.pod.uid, order.node, {}, {}};
  const auto doubt = [&](const std::string& why) {
    result.outcome = BindResult::Outcome::in_doubt;
    result.message = why;
    observer_.bind_settled(result, clock_.steady_now() - begun);
    mailbox_.post(result);
  };
  const BindEnd end = basalt::carry_out(order, writer_, waiter_, doubt, stop);
  if (end.outcome == BindResult::Outcome::in_doubt) return;  // we are stopping; the next start reads what became of it
  result.outcome = end.outcome;
  result.message = end.message;
  observer_.bind_settled(result, clock_.steady_now() - begun);
  tell_of_bind(order, result);
  if (end.outcome == BindResult::Outcome::refuted && end.is_worth_retrying) {
    mailbox_.post_at(clock_.steady_now() + failures_.failed(order.pod.uid), std::move(result));
  } else {
    failures_.succeeded(order.pod.uid);
    mailbox_.post(std::move(result));
  }
}

void Binder::tell_of_bind(const BindOrder& order, const BindResult& result) {
  adapter::EventReport report = event_about(ObjectKind::pod, order.pod, component_);
  if (result.outcome == BindResult::Outcome::acknowledged) {
    report.type = "Normal";
    report.reason = "Scheduled";
    report.message = "Successfully assigned " + to_string(order.pod) + " to " + order.node;
  } else {
    report.type = "Warning";
    report.reason = "FailedScheduling";
    report.message = "failed to bind to node " + order.node + ": " + result.message;
  }
  events_.submit(std::move(report));
}

void Binder::carry_out_one(const EvictOrder& order, const std::stop_token& stop) {
  statuses_.withdraw(order.pod);
  const EvictEnd end = basalt::carry_out(order, component_, writer_, clock_, waiter_, stop);
  EvictResult result{order.pod.space, order.pod.name, order.pod.uid, end.accepted, end.message};
  observer_.eviction_settled(result);
  if (end.accepted) {
    failures_.succeeded(order.pod.uid);
    mailbox_.post(std::move(result));
  } else {
    mailbox_.post_at(clock_.steady_now() + failures_.failed(order.pod.uid), std::move(result));
  }
}

}  // namespace basalt
