#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "adapter/event_correlator.hpp"
#include "basalt/base/clock.hpp"
#include "kube/waiting.hpp"
#include "scheduler/event_lane.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/orders.hpp"
#include "scheduler/retry_pause.hpp"
#include "scheduler/status_lane.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

struct BinderOptions {
  int bind_workers = 8;                             ///< binds and evictions under way at once
  int status_workers = 2;                           ///< status writes under way at once
  std::chrono::milliseconds condition_moment{200};  ///< how long it is held back why a pod waits
  std::size_t event_limit = 10'000;                 ///< events that wait to be sent
  std::string component = "basalt";                 ///< whose name events bear
};

/// Carries out what cycles decide, on threads of its own, and posts what became of it. Pods come first; statuses and
/// events have lanes of their own and hold nobody up. A pod is bound in the order of submission, so the pods of a gang
/// are sent one right after the other.
///
/// A bind is posted as acknowledged, as refuted, or first as in doubt and later as one of the two. What was refuted for
/// a reason that may last (permissions, a webhook, a server that fails) is posted after a pause that grows with every
/// such failure of the pod; until then the pod counts as bound, so that it is not tried again at once. Thread-safe.
class Binder {
 public:
  /// REQUIRES: all references outlive this.
  Binder(Writer& writer, Mailbox& mailbox, const Clock& clock, kube::Waiter& waiter, Observer& observer,
         const BinderOptions& options = {});
  /// Like stop() without any time.
  ~Binder();
  Binder(const Binder&) = delete;
  Binder& operator=(const Binder&) = delete;

  void submit(Orders orders);
  /// Sends an event beside what cycles decide.
  void tell(adapter::EventReport report) { events_.submit(std::move(report)); }

  /// Takes no more orders, and finishes, for at most `limit` of the system's time: what was sent, the rest of a gang of
  /// which a part was sent, and events. Then ends all threads. What was not sent is not sent: the API holds all there
  /// is to know about it.
  void stop(std::chrono::milliseconds limit);

  /// Binds and evictions that wait or are under way.
  [[nodiscard]] std::size_t pods_under_way() const;
  [[nodiscard]] const std::string& component() const { return component_; }

 private:
  using PodOrder = std::variant<BindOrder, EvictOrder>;

  void work(const std::stop_token& stop);
  void carry_out_one(const BindOrder& order, const std::stop_token& stop);
  void carry_out_one(const EvictOrder& order, const std::stop_token& stop);
  void tell_of_bind(const BindOrder& order, const BindResult& result);
  void drop_what_has_not_begun();

  Writer& writer_;
  Mailbox& mailbox_;
  const Clock& clock_;
  kube::Waiter& waiter_;
  Observer& observer_;
  const std::string component_;
  FailureCount failures_;
  EventLane events_;
  StatusLane statuses_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closed_ = false;                // guarded by mutex_
  std::deque<PodOrder> waiting_;       // guarded by mutex_
  std::string begun_gang_;             // guarded by mutex_; of the bind that was taken last
  std::size_t under_way_ = 0;          // guarded by mutex_
  std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace basalt
