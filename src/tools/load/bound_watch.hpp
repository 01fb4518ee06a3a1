#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "kube/reflector.hpp"
#include "tools/load/crew.hpp"
#include "tools/load/plan.hpp"

namespace basalt::load {

/// Watches when the pods of a plan come to their nodes, from construction to destruction. Thread-safe.
class BoundWatch final : private kube::ObjectSink {
 public:
  /// REQUIRES: client and clock outlive this.
  BoundWatch(kube::Client& client, const Clock& clock, const Plan& plan);
  ~BoundWatch() override;
  BoundWatch(const BoundWatch&) = delete;
  BoundWatch& operator=(const BoundWatch&) = delete;

  /// Its creation is about to be sent.
  void expect(const std::string& pod);
  /// It was not created.
  void forget(const std::string& pod);
  /// Returns when every pod that is expected has been seen on a node: true; or after `limit`, or a stop.
  bool wait(std::chrono::nanoseconds limit, std::stop_token stop);
  /// Latencies from expect() until a pod was seen on a node; `took` from the first expect() to the last such pod.
  [[nodiscard]] CrewReport report() const;

 private:
  void on_replace_begin(const std::string&) override {}
  void on_replace_end() override {}
  void on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change change) override;
  void on_delete(const kube::ObjectHead&, const kube::ObjectBytes*) override {}

  const Clock& clock_;
  kube::SystemWaiter waiter_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, SteadyTime> expected_;  // guarded by mutex_; without those that were seen
  Tally tally_;                                 // guarded by mutex_
  std::optional<SteadyTime> first_;             // guarded by mutex_
  SteadyTime last_;                             // guarded by mutex_
  kube::Reflector reflector_;
  std::jthread thread_;
};

}  // namespace basalt::load
