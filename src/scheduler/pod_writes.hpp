#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "basalt/base/clock.hpp"
#include "basalt/model/delta.hpp"
#include "kube/waiting.hpp"
#include "scheduler/orders.hpp"
#include "scheduler/writer.hpp"

/// What a bind and an eviction take from the first request until it is known what became of them. Both block; each
/// runs on a thread of its own choosing.
namespace basalt {

/// How a bind ended.
struct BindEnd {
  BindResult::Outcome outcome;
  std::string message;
  /// Of a refuted one: whether trying again may help. False when the pod is gone, or is bound elsewhere.
  bool is_worth_retrying = false;
};

/// Binds a pod. An answer that leaves doubt is told to `doubt` (once), then the pod is read until it is known where it
/// is; a pod that turns out not to be bound is sent to the same node again, some times. Only a stop request leaves it
/// in doubt.
BindEnd carry_out(const BindOrder& order, Writer& writer, kube::Waiter& waiter,
                  const std::function<void(const std::string& why)>& doubt, const std::stop_token& stop);

/// How an eviction ended. A pod that is gone, whoever deleted it, is evicted.
struct EvictEnd {
  bool accepted = false;
  std::string message;
};

/// Writes the pod's conditions, as far as the server takes them, and deletes it; a delete that got no answer is
/// repeated, which is safe because of the uid.
EvictEnd carry_out(const EvictOrder& order, const std::string& component, Writer& writer, const Clock& clock,
                   kube::Waiter& waiter, const std::stop_token& stop);

}  // namespace basalt
