#pragma once

#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/model/objects.hpp"
#include "kube/client.hpp"
#include "kube/waiting.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/watch_gate.hpp"

namespace basalt::daemon {

/// Where the API serves a kind of object.
struct WatchedKind {
  ObjectKind kind;
  std::string_view group;  ///< empty: the core group
  std::string_view plural;
  bool optional = false;  ///< a cluster without it is complete
};

/// All kinds the scheduler watches; without priority classes if they are not wanted.
[[nodiscard]] std::vector<WatchedKind> watched_kinds(bool with_priority_classes);

/// Watches the cluster: one thread a kind lists and watches it, and posts what it learns. A kind that the server does
/// not serve is asked for again every two seconds, and the gate says that it is missing; an optional one is asked for
/// now and then, and meanwhile there are no objects of it.
class Sources {
 public:
  /// REQUIRES: all outlive the sources.
  struct Surroundings {
    kube::Client& client;
    const Clock& clock;
    kube::Waiter& waiter;
    Mailbox& mailbox;
    WatchGate& gate;
    Observer& observer;
  };

  /// Starts the threads. Destruction ends and joins them.
  Sources(const Surroundings& surroundings, std::span<const WatchedKind> kinds);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

 private:
  void watch(const WatchedKind& kind, const std::stop_token& stop) const;
  /// Path of the kind's collection, once the server serves it; empty when stopped.
  [[nodiscard]] std::string find_path(const WatchedKind& kind, const std::stop_token& stop) const;

  const Surroundings around_;
  std::vector<std::jthread> threads_;
};

}  // namespace basalt::daemon
