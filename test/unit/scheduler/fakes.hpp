#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "kube/waiting.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/writer.hpp"

namespace basalt::testing {

// Time that stands still unless it is moved. Thread-safe.
class StillClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override {
    return WallTime(std::chrono::seconds(1'700'000'000)) +
           std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(passed_));
  }
  [[nodiscard]] SteadyTime steady_now() const override {
    return SteadyTime(std::chrono::hours(1)) + std::chrono::nanoseconds(passed_);
  }
  void advance(std::chrono::nanoseconds by) { passed_ += by.count(); }

 private:
  std::atomic<std::int64_t> passed_{0};
};

// Does not wait, remembers how long it should have. Thread-safe.
class InstantWaiter final : public kube::Waiter {
 public:
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    pauses_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
    return true;
  }
  std::vector<long long> pauses() const {
    const std::lock_guard lock(mutex_);
    return pauses_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<long long> pauses_;
};

// What becomes of one request.
enum class Fault {
  none,
  reply_lost,    // it is carried out, and the answer does not arrive
  request_lost,  // it is not carried out, and no answer arrives
  refused,       // 403
  busy,          // 429
};

// A server with pods and queues that behaves as the API server does, records every request as a line, and plays the
// faults it is given, in turn, for each kind of request. Thread-safe.
class FakeWriter final : public Writer {
 public:
  // --- the script ---
  void has_pod(const std::string& name, const std::string& uid, const std::string& node = {}) {
    const std::lock_guard lock(mutex_);
    pods_[name] = PodPlace{uid, node};
  }
  void has_no_pod(const std::string& name) {
    const std::lock_guard lock(mutex_);
    pods_.erase(name);
  }
  void has_queue(const std::string& name) {
    const std::lock_guard lock(mutex_);
    queues_[name] = {};
  }
  // `request` is the first word of its line.
  void fail_next(const std::string& request, std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    for (const Fault fault : faults) faults_[request].push_back(fault);
  }
  void always_fail(const std::string& request, Fault fault) {
    const std::lock_guard lock(mutex_);
    standing_[request] = fault;
  }
  void heal(const std::string& request) {
    const std::lock_guard lock(mutex_);
    standing_.erase(request);
  }
  // Requests of this kind do not return before release(), unless they are stopped.
  void hold(const std::string& request) {
    const std::lock_guard lock(mutex_);
    held_ = request;
  }
  void release() {
    {
      const std::lock_guard lock(mutex_);
      held_.clear();
    }
    changed_.notify_all();
  }
  // Called after each bind that was carried out, whatever its answer.
  std::function<void(const BindOrder&)> on_bound;

  // --- what was asked ---
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::vector<std::string> lines(const std::string& request) const {
    std::vector<std::string> chosen;
    for (const std::string& line : lines()) {
      if (line.starts_with(request + " ")) chosen.push_back(line);
    }
    return chosen;
  }
  std::string node_of(const std::string& pod) const {
    const std::lock_guard lock(mutex_);
    const auto found = pods_.find(pod);
    return found == pods_.end() ? std::string() : found->second.node;
  }
  int bound() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(
        std::count_if(pods_.begin(), pods_.end(), [](const auto& pod) { return !pod.second.node.empty(); }));
  }
  // Waits until so many requests of a kind have come in.
  void wait_for(const std::string& request, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return counts_[request] >= count; });
  }

  // --- Writer ---
  Result<void> bind(const BindOrder& order, std::stop_token stop) override {
    auto answer = carry_out("bind", to_string(order.pod) + " " + order.node, stop, [&]() -> Result<void> {
      const auto pod = pods_.find(to_string(order.pod));
      if (pod == pods_.end()) return Error{ErrorCode::not_found, "no such pod"};
      if (pod->second.uid != order.pod.uid) return Error{ErrorCode::conflict, "Precondition failed: UID"};
      if (!pod->second.node.empty()) return Error{ErrorCode::conflict, "already assigned to node"};
      pod->second.node = order.node;
      return {};
    });
    if (on_bound && node_of(to_string(order.pod)) == order.node) on_bound(order);
    return answer;
  }
  Result<void> patch_pod_status(const ObjectName& pod, std::string body, std::stop_token stop) override {
    return carry_out("patch-pod", to_string(pod) + " " + body, stop, [] { return Result<void>(); });
  }
  Result<void> delete_pod(const ObjectName& pod, std::stop_token stop) override {
    return carry_out("delete", to_string(pod), stop, [&]() -> Result<void> {
      const auto known = pods_.find(to_string(pod));
      if (known == pods_.end()) return Error{ErrorCode::not_found, "no such pod"};
      if (known->second.uid != pod.uid) return Error{ErrorCode::conflict, "Precondition failed: UID"};
      pods_.erase(known);
      return {};
    });
  }
  Result<PodPlace> read_pod(const ObjectName& pod, std::stop_token stop) override {
    std::optional<PodPlace> place;
    auto answer = carry_out("read", to_string(pod), stop, [&]() -> Result<void> {
      const auto known = pods_.find(to_string(pod));
      if (known == pods_.end()) return Error{ErrorCode::not_found, "no such pod"};
      place = known->second;
      return {};
    });
    if (!answer) return answer.error();
    return *place;
  }
  Result<void> patch_pod_group(const ObjectName& group, std::string body, std::stop_token stop) override {
    return carry_out("patch-group", to_string(group) + " " + body, stop, [] { return Result<void>(); });
  }
  Result<void> patch_queue_status(const ObjectName& queue, std::string body, std::stop_token stop) override {
    return carry_out("patch-queue", to_string(queue) + " " + body, stop, [] { return Result<void>(); });
  }
  Result<void> find_queue(const std::string& name, std::stop_token stop) override {
    return carry_out("find-queue", name, stop, [&]() -> Result<void> {
      if (!queues_.contains(name)) return Error{ErrorCode::not_found, "no such queue"};
      return {};
    });
  }
  Result<void> create_queue(std::string body, std::stop_token stop) override {
    return carry_out("create-queue", body, stop, [] { return Result<void>(); });
  }
  Result<void> create_event(const kube::EventRecord& record, std::stop_token stop) override {
    return carry_out("event", line_of(record), stop, [] { return Result<void>(); });
  }
  Result<void> patch_event(const kube::EventRecord& record, std::string body, std::stop_token stop) override {
    return carry_out("repeat-event", line_of(record) + " " + body, stop, [] { return Result<void>(); });
  }

 private:
  static std::string line_of(const kube::EventRecord& record) {
    return record.involved_kind + " " + record.involved_space + "/" + record.involved_name + " " + record.type + " " +
           record.reason + " " + record.message;
  }

  Fault next_fault(const std::string& request) {
    if (const auto standing = standing_.find(request); standing != standing_.end()) return standing->second;
    std::deque<Fault>& faults = faults_[request];
    if (faults.empty()) return Fault::none;
    const Fault fault = faults.front();
    faults.pop_front();
    return fault;
  }

  template <class Effect>
  Result<void> carry_out(const std::string& request, const std::string& what, const std::stop_token& stop,
                         Effect&& effect) {
    std::unique_lock lock(mutex_);
    if (stop.stop_requested()) return Error{ErrorCode::stopped, "stopped"};
    lines_.push_back(request + " " + what);
    ++counts_[request];
    changed_.notify_all();
    if (!changed_.wait(lock, stop, [&] { return held_ != request; })) return Error{ErrorCode::stopped, "stopped"};
    switch (next_fault(request)) {
      case Fault::none: return effect();
      case Fault::reply_lost: static_cast<void>(effect()); return Error{ErrorCode::timeout, "no answer"};
      case Fault::request_lost: return Error{ErrorCode::unavailable, "connection refused"};
      case Fault::refused: return Error{ErrorCode::refused, "forbidden"};
      case Fault::busy: return Error{ErrorCode::exhausted, "too many requests"};
    }
    return {};
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, PodPlace> pods_;  // by namespace/name
  std::map<std::string, int> queues_;
  std::map<std::string, std::deque<Fault>> faults_;
  std::map<std::string, Fault> standing_;
  std::map<std::string, std::size_t> counts_;
  std::string held_;
  std::vector<std::string> lines_;
};

inline BindOrder bind_order(const std::string& name, const std::string& node, const std::string& gang = "gang") {
  return BindOrder{{"ns", name, "uid-" + name}, node, {}, gang};
}

}  // namespace basalt::testing
