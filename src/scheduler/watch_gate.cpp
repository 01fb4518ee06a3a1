#include "scheduler/watch_gate.hpp"

#include <utility>

namespace basalt {

WatchGate::WatchGate(std::span<const ObjectKind> kinds, std::function<void()> changed) : changed_(std::move(changed)) {
  for (const ObjectKind kind : kinds) reasons_[kind] = "not listed yet";
}

void WatchGate::note_current(ObjectKind kind) { note(kind, {}); }

void WatchGate::note_behind(ObjectKind kind, std::string reason) { note(kind, std::move(reason)); }

void WatchGate::note(ObjectKind kind, std::string reason) {
  bool was_open = false;
  bool is_open = false;
  {
    const std::lock_guard lock(mutex_);
    was_open = reasons_.empty();
    if (reason.empty()) {
      reasons_.erase(kind);
    } else {
      reasons_[kind] = std::move(reason);
    }
    is_open = reasons_.empty();
  }
  if (was_open != is_open) changed_();
}

bool WatchGate::is_open() const {
  const std::lock_guard lock(mutex_);
  return reasons_.empty();
}

std::string WatchGate::closed_because() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [kind, reason] : reasons_) text += std::string(to_string(kind)) + ": " + reason + "\n";
  return text;
}

}  // namespace basalt
