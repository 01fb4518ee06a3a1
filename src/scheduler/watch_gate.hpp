#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "basalt/model/objects.hpp"

namespace basalt {

/// Whether what is known of the cluster is complete and current: every kind has been listed, and none has lost its
/// watch. No session opens while it is not. Thread-safe.
class WatchGate {
 public:
  /// Closed until every one of `kinds` has been listed. `changed` is called, on the thread that brought the news, when
  /// the gate opens or closes.
  WatchGate(std::span<const ObjectKind> kinds, std::function<void()> changed);

  /// Everything there was of a kind has been posted, or its watch is open again.
  void note_current(ObjectKind kind);
  /// What is known of a kind is incomplete or out of date, and why.
  void note_behind(ObjectKind kind, std::string reason);

  [[nodiscard]] bool is_open() const;
  /// Why it is closed, one line a kind; empty when it is open.
  [[nodiscard]] std::string closed_because() const;

 private:
  void note(ObjectKind kind, std::string reason);

  const std::function<void()> changed_;
  mutable std::mutex mutex_;
  std::map<ObjectKind, std::string> reasons_;  // guarded by mutex_; of the kinds that are behind
};

}  // namespace basalt
