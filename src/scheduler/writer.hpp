#pragma once

#include <stop_token>
#include <string>

#include "basalt/base/result.hpp"
#include "kube/client.hpp"
#include "scheduler/orders.hpp"

namespace basalt {

/// Where a pod is, as the API server has it.
struct PodPlace {
  std::string uid;
  std::string node;  ///< empty: not bound
};

/// The only way this program changes the cluster. Thread-safe; calls block, and end early when a stop is requested.
///
/// A failed write was either decided against by the server, so that nothing has changed: `conflict` (a precondition
/// failed, it exists, it is bound already), `not_found`, `refused`, `invalid`, `unsupported`, `exhausted` (asked to
/// slow down for longer than is worth waiting inside of the call); or its effect is unknown: `unavailable`, `timeout`,
/// `stopped`. See `effect_is_unknown`.
class Writer {
 public:
  virtual ~Writer() = default;

  // --- pods ---
  virtual Result<void> bind(const BindOrder& order, std::stop_token stop) = 0;
  /// `body` as adapter/write_bodies.hpp makes it.
  virtual Result<void> patch_pod_status(const ObjectName& pod, std::string body, std::stop_token stop) = 0;
  /// With the pod's own grace period, and only the pod of this uid.
  virtual Result<void> delete_pod(const ObjectName& pod, std::stop_token stop) = 0;
  /// What became of a write. Never looks into a cache.
  virtual Result<PodPlace> read_pod(const ObjectName& pod, std::stop_token stop) = 0;

  // --- groups and queues ---
  virtual Result<void> patch_pod_group(const ObjectName& group, std::string body, std::stop_token stop) = 0;
  virtual Result<void> patch_queue_status(const ObjectName& queue, std::string body, std::stop_token stop) = 0;
  /// Whether there is such a queue: `not_found` when not, or when the server knows no queues at all.
  virtual Result<void> find_queue(const std::string& name, std::stop_token stop) = 0;
  virtual Result<void> create_queue(std::string body, std::stop_token stop) = 0;

  // --- events ---
  virtual Result<void> create_event(const kube::EventRecord& record, std::stop_token stop) = 0;
  virtual Result<void> patch_event(const kube::EventRecord& record, std::string body, std::stop_token stop) = 0;
};

/// Whether a write that failed this way may have been done all the same.
[[nodiscard]] constexpr bool effect_is_unknown(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::timeout || code == ErrorCode::stopped;
}

}  // namespace basalt
