#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// What controllers are told.
struct ControllerOptions {
  std::chrono::seconds event_life{3600};  ///< an Event goes so long after it was written last; > 0
};

/// The controllers that an embedded cluster has: Job, ReplicaSet, Deployment, garbage collection, namespace deletion,
/// taints and taint eviction of nodes, status of disruption budgets, old events. One step at a time, on the caller's
/// thread, with the cluster's clock: the same changes lead to the same writes.
class Controllers {
 public:
  /// `wake` is called on the writers' threads when there may be something to do. REQUIRES: `cluster` outlives this.
  explicit Controllers(
      Cluster& cluster, const ControllerOptions& options = {}, std::function<void()> wake = [] {});
  ~Controllers();

  /// Does everything that is to be done at the present moment, or stops when asked to. Returns when something is to be
  /// done next if nothing changes; empty: never. Not thread-safe.
  std::optional<WallTime> settle(std::stop_token stop = {});

 private:
  struct Desk;
  bool step(WallTime now);

  Cluster& cluster_;
  PodIndex pods_;
  ChangeFeed feed_;
  std::vector<std::unique_ptr<Desk>> desks_;
};

/// Controllers on a thread of their own, from construction to destruction.
class ControllerThread {
 public:
  /// REQUIRES: `cluster` outlives this.
  explicit ControllerThread(Cluster& cluster, const ControllerOptions& options = {});
  ~ControllerThread();
  ControllerThread(const ControllerThread&) = delete;
  ControllerThread& operator=(const ControllerThread&) = delete;

 private:
  void run(std::stop_token stop);

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = true;  // guarded by mutex_
  Controllers controllers_;
  std::jthread thread_;
};

}  // namespace basalt::embedded
