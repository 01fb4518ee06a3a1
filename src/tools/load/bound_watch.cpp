#include "tools/load/bound_watch.hpp"

#include "kube/discovery.hpp"

namespace basalt::load {
namespace {

// A pod comes into the selection when it gets its node: nothing of it needs to be decoded.
kube::ReflectorOptions bound_pods(const Plan& plan) {
  kube::ReflectorOptions options;
  options.path = kube::collection_path(kube::pods_resource(), plan.space);
  options.label_selector = selector_of(plan);
  options.field_selector = "spec.nodeName!=";
  return options;
}

}  // namespace

BoundWatch::BoundWatch(kube::Client& client, const Clock& clock, const Plan& plan)
    : clock_(clock),
      reflector_(client, *this, clock, waiter_, kube::seeded_random(1), bound_pods(plan)),
      thread_([this](std::stop_token stop) { reflector_.run(std::move(stop)); }) {}

BoundWatch::~BoundWatch() {
  thread_.request_stop();
  thread_.join();
}

void BoundWatch::expect(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  if (!first_) first_ = now;
  expected_.emplace(pod, now);
}

void BoundWatch::forget(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  expected_.erase(pod);
}

void BoundWatch::on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes&, kube::Change change) {
  if (change != kube::Change::added) return;
  const std::lock_guard lock(mutex_);
  const auto expected = expected_.find(head.key.name);
  if (expected == expected_.end()) return;
  last_ = clock_.steady_now();
  tally_.add(last_ - expected->second);
  expected_.erase(expected);
  if (expected_.empty()) changed_.notify_all();
}

bool BoundWatch::wait(std::chrono::nanoseconds limit, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, stop, limit, [this] { return expected_.empty(); });
}

CrewReport BoundWatch::report() const {
  const std::lock_guard lock(mutex_);
  CrewReport report{tally_, tally_.latencies.empty() ? std::chrono::nanoseconds(0) : last_ - *first_};
  for (std::size_t i = 0; i < expected_.size(); ++i) report.tally.refuse("not on a node in time");
  return report;
}

}  // namespace basalt::load
