#include "scheduler/pod_writes.hpp"

#include <optional>
#include <utility>

#include "scheduler/retry_pause.hpp"

namespace basalt {
namespace {

constexpr std::size_t kTries = 4;  // of one write to the server
constexpr RetryPause kBetweenTries{std::chrono::milliseconds(200), std::chrono::seconds(10)};

BindEnd refuted_for_good(std::string message) { return {BindResult::Outcome::refuted, std::move(message), false}; }

BindEnd refuted_for_now(std::string message) { return {BindResult::Outcome::refuted, std::move(message), true}; }

/// Where the pod is, asked until there is an answer; `not_found`, or `stopped` before there was one.
Result<PodPlace> find_out(const ObjectName& pod, Writer& writer, kube::Waiter& waiter, const std::stop_token& stop) {
  for (std::size_t tries = 1;; ++tries) {
    auto place = writer.read_pod(pod, stop);
    if (place || place.error().code == ErrorCode::not_found) return place;
    if (!waiter.wait(kBetweenTries.after(tries), stop)) return Error{ErrorCode::stopped, place.error().message};
  }
}

/// What reading the pod says about a bind; nothing when it is bound to no node.
std::optional<BindEnd> judge(const BindOrder& order, const Result<PodPlace>& place, const std::string& message) {
  if (!place) {
    if (place.error().code == ErrorCode::not_found) return refuted_for_good("the pod is gone");
    return BindEnd{BindResult::Outcome::in_doubt, message, false};
  }
  if (place->uid != order.pod.uid) return refuted_for_good("the pod was created anew");
  if (place->node == order.node) return BindEnd{BindResult::Outcome::acknowledged, {}, false};
  if (!place->node.empty()) return refuted_for_good("the pod is bound to node \"" + place->node + "\"");
  return std::nullopt;
}

}  // namespace

BindEnd carry_out(const BindOrder& order, Writer& writer, kube::Waiter& waiter,
                  const std::function<void(const std::string& why)>& doubt, const std::stop_token& stop) {
  bool has_told = false;
  std::string message;
  for (std::size_t tries = 1; tries <= kTries; ++tries) {
    const auto answer = writer.bind(order, stop);
    if (answer) return {BindResult::Outcome::acknowledged, {}, false};
    const ErrorCode code = answer.error().code;
    message = answer.error().message;
    if (code == ErrorCode::not_found) return refuted_for_good(message);
    if (effect_is_unknown(code) || code == ErrorCode::conflict) {
      if (code != ErrorCode::conflict && !std::exchange(has_told, true)) doubt(message);
      const auto place = find_out(order.pod, writer, waiter, stop);
      if (auto end = judge(order, place, message)) return *end;
      if (code == ErrorCode::conflict) return refuted_for_now(message);  // it is being deleted, or has got a gate
    } else if (code != ErrorCode::exhausted) {
      return refuted_for_now(message);
    }
    if (tries < kTries && !waiter.wait(kBetweenTries.after(tries), stop)) {
      return {BindResult::Outcome::in_doubt, message, false};
    }
  }
  return refuted_for_now(message);
}

EvictEnd carry_out(const EvictOrder& order, const std::string& component, Writer& writer, const Clock& clock,
                   kube::Waiter& waiter, const std::stop_token& stop) {
  adapter::PodEvictedWrite conditions;
  conditions.uid = order.pod.uid;
  conditions.ready_message = "Pod is evicted, because of " + order.reason;
  conditions.disruption_message = component + ": preempting to accommodate a higher priority pod";
  conditions.now = clock.now();
  // The conditions only explain: whatever comes of them, the pod has to go.
  static_cast<void>(writer.patch_pod_status(order.pod, adapter::pod_evicted_patch(conditions), stop));
  std::string message;
  for (std::size_t tries = 1; tries <= kTries; ++tries) {
    const auto answer = writer.delete_pod(order.pod, stop);
    if (answer || answer.error().code == ErrorCode::not_found) return {true, {}};
    const ErrorCode code = answer.error().code;
    message = answer.error().message;
    if (!effect_is_unknown(code) && code != ErrorCode::exhausted) break;
    if (tries < kTries && !waiter.wait(kBetweenTries.after(tries), stop)) break;
  }
  return {false, message};
}

}  // namespace basalt
