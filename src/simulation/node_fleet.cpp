#include "simulation/node_fleet.hpp"

#include <algorithm>
#include <cstdlib>

#include "basalt/base/check.hpp"

namespace basalt::simulation {
namespace {

constexpr std::chrono::seconds kPauseAfterFailure{1};
constexpr int kDigits = 4;

std::string name_of(const FleetOptions& options, int index) {
  std::string number = std::to_string(index);
  if (number.size() < kDigits) number.insert(0, kDigits - number.size(), '0');
  return options.prefix + number;
}

// The number at the end of a name that this fleet gives; 0 for others.
int index_of(const FleetOptions& options, const std::string& name) {
  return static_cast<int>(std::strtol(name.c_str() + std::min(name.size(), options.prefix.size()), nullptr, 10));
}

// Nodes in 10.0.0.0/9, pods in 10.128.0.0/9.
std::string address(std::uint32_t network, std::uint32_t number) {
  const std::uint32_t bits = number % (1U << 23U);
  return "10." + std::to_string(network + (bits >> 16U)) + "." + std::to_string((bits >> 8U) & 255U) + "." +
         std::to_string(bits & 255U);
}

}  // namespace

void NodeFleet::begin(WallTime now) {
  for (int index = 1; index <= options_.nodes; ++index) plan({Duty::create, "", name_of(options_, index)}, now);
}

void NodeFleet::plan(const Item& item, WallTime due) {
  const auto [known, is_new] = due_.try_emplace(item, due);
  if (!is_new) {
    queue_.erase({known->second, item});
    known->second = due;
  }
  // What is on its way is planned again when its answer has come.
  if (sent_.contains(item)) {
    due_.erase(item);
    return;
  }
  queue_.emplace(due, item);
}

void NodeFleet::drop(const Item& item) {
  const auto known = due_.find(item);
  if (known == due_.end()) return;
  queue_.erase({known->second, item});
  due_.erase(known);
}

bool NodeFleet::needs_state(const Node& node) const {
  if (node.down) return node.ready != "Unknown";
  return node.ready != "True" || node.allocatable != node.wanted;
}

void NodeFleet::plan_node(const std::string& name, WallTime now) {
  const KeptNode& kept = nodes_.at(name);
  const Item state{Duty::state, "", name};
  needs_state(kept.node) ? plan(state, now) : drop(state);
  const Item lease{Duty::lease, "", name};
  const Item beat{Duty::beat, "", name};
  if (kept.node.down) {
    drop(lease);
    drop(beat);
    return;
  }
  // The heartbeats of many nodes do not all come at once.
  const auto spread = [&](std::chrono::seconds interval) {
    const std::chrono::microseconds whole = interval;
    return now + whole * (static_cast<std::uint32_t>(index_of(options_, name)) % 1000U) / 1000;
  };
  const auto is_idle = [this](const Item& item) { return !due_.contains(item) && !sent_.contains(item); };
  if (options_.lease.count() > 0 && is_idle(lease)) plan(lease, kept.has_lease ? spread(options_.lease) : now);
  if (options_.heartbeat.count() > 0 && is_idle(beat)) plan(beat, spread(options_.heartbeat));
}

void NodeFleet::take(Node node, WallTime now) {
  const std::string name = node.name;
  drop({Duty::create, "", name});
  auto [known, is_new] = nodes_.try_emplace(name);
  KeptNode& kept = known->second;
  const bool was_down = kept.node.down;
  if (kept.node.uid != node.uid) kept.has_lease = false;
  kept.node = std::move(node);
  if (is_new) {
    if (const auto waiting = homeless_.find(name); waiting != homeless_.end()) {
      kept.pods = std::move(waiting->second);
      homeless_.erase(waiting);
    }
  }
  plan_node(name, now);
  if (!is_new && was_down == kept.node.down) return;
  for (const kube::ObjectKey& pod : kept.pods) plan_pod(pod, now);
}

void NodeFleet::drop_node(const std::string& name) {
  const auto known = nodes_.find(name);
  if (known == nodes_.end()) return;
  for (const Duty duty : {Duty::create, Duty::lease, Duty::beat, Duty::state}) drop({duty, "", name});
  for (const kube::ObjectKey& pod : known->second.pods) drop({Duty::pod, pod.space, pod.name});
  if (!known->second.pods.empty()) homeless_[name] = std::move(known->second.pods);
  nodes_.erase(known);
}

void NodeFleet::take(Pod pod, WallTime now) {
  const kube::ObjectKey key = pod.key;
  if (pod.node.empty()) return;
  const auto known = pods_.find(key);
  if (known != pods_.end() && known->second.pod.uid != pod.uid) drop_pod(key);
  KeptPod& kept = pods_[key];
  // The server may show a state from before what it has accepted already.
  const bool is_behind = kept.pod.uid == pod.uid && (pod.phase < kept.pod.phase || pod.restarts < kept.pod.restarts);
  if (is_behind) {
    pod.phase = kept.pod.phase;
    pod.begun = kept.pod.begun;
    pod.containers_begun = kept.pod.containers_begun;
    pod.restarts = kept.pod.restarts;
    pod.address = kept.pod.address;
  }
  kept.pod = std::move(pod);
  const auto node = nodes_.find(kept.pod.node);
  (node == nodes_.end() ? homeless_[kept.pod.node] : node->second.pods).insert(key);
  plan_pod(key, now);
}

void NodeFleet::drop_pod(const kube::ObjectKey& key) {
  const auto known = pods_.find(key);
  if (known == pods_.end()) return;
  const std::string& name = known->second.pod.node;
  if (const auto node = nodes_.find(name); node != nodes_.end()) {
    node->second.pods.erase(key);
  } else if (const auto waiting = homeless_.find(name); waiting != homeless_.end()) {
    waiting->second.erase(key);
    if (waiting->second.empty()) homeless_.erase(waiting);
  }
  drop({Duty::pod, key.space, key.name});
  pods_.erase(known);
}

void NodeFleet::plan_pod(const kube::ObjectKey& key, WallTime now) {
  const KeptPod& kept = pods_.at(key);
  const Item item{Duty::pod, key.space, key.name};
  const auto node = nodes_.find(kept.pod.node);
  const auto step = next_step(kept.pod, options_.job_run, now);
  if (node == nodes_.end() || node->second.node.down || !step) {
    drop(item);
  } else {
    plan(item, step->due);
  }
}

std::optional<WallTime> NodeFleet::next_due() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

std::optional<Order> NodeFleet::next_order(WallTime now) {
  while (!queue_.empty() && queue_.begin()->first <= now) {
    const Item item = queue_.begin()->second;
    queue_.erase(queue_.begin());
    due_.erase(item);
    auto order = order_for(item, now);
    if (!order) continue;
    sent_.insert(item);
    return order;
  }
  return std::nullopt;
}

std::optional<Order> NodeFleet::order_for(const Item& item, WallTime now) {
  using Kind = Order::Kind;
  if (item.duty == Duty::pod) return order_for_pod({item.space, item.name}, now);
  if (item.duty == Duty::create) {
    const int index = index_of(options_, item.name);
    NodeShape shape = options_.shape;
    shape.zone = options_.zones > 0 ? "zone-" + std::to_string(index % options_.zones) : "";
    return Order{Kind::create_node, "", item.name, "",
                 node_body(item.name, address(0, static_cast<std::uint32_t>(index)), shape, now)};
  }
  const auto known = nodes_.find(item.name);
  if (known == nodes_.end()) return std::nullopt;
  const Node& node = known->second.node;
  switch (item.duty) {
    case Duty::lease:
      if (known->second.has_lease) return Order{Kind::renew_lease, "", node.name, "", lease_patch(now)};
      return Order{Kind::create_lease, "", node.name, "", lease_body(node.name, node.uid, options_.lease * 4, now)};
    case Duty::beat: return Order{Kind::heartbeat, "", node.name, "", heartbeat_patch(now)};
    case Duty::state:
      if (!needs_state(node)) return std::nullopt;
      if (node.down || node.ready != "True") {
        return Order{Kind::readiness, "", node.name, "", readiness_patch(!node.down, now), !node.down};
      }
      return Order{Kind::allocatable, "", node.name, "", allocatable_patch(node.wanted)};
    case Duty::create:
    case Duty::pod: break;
  }
  return std::nullopt;
}

std::optional<Order> NodeFleet::order_for_pod(const kube::ObjectKey& key, WallTime now) {
  const auto known = pods_.find(key);
  if (known == pods_.end()) return std::nullopt;
  KeptPod& kept = known->second;
  const auto node = nodes_.find(kept.pod.node);
  if (node == nodes_.end() || node->second.node.down) return std::nullopt;
  const auto step = next_step(kept.pod, options_.job_run, now);
  if (!step) return std::nullopt;
  if (step->due > now) {
    plan({Duty::pod, key.space, key.name}, step->due);
    return std::nullopt;
  }
  if (step->kind == PodStep::Kind::remove) {
    return Order{Order::Kind::pod_delete, key.space, key.name, kept.pod.uid, ""};
  }
  if (step->kind == PodStep::Kind::start && kept.pod.address.empty()) kept.pod.address = next_pod_address();
  kept.sent = after_step(kept.pod, step->kind, now);
  return Order{Order::Kind::pod_status, key.space, key.name, kept.pod.uid,
               pod_status_patch(*kept.sent, step->kind, node->second.node.address, now)};
}

NodeFleet::Item NodeFleet::item_of(const Order& order) {
  using Kind = Order::Kind;
  switch (order.kind) {
    case Kind::create_node: return {Duty::create, "", order.name};
    case Kind::create_lease:
    case Kind::renew_lease: return {Duty::lease, "", order.name};
    case Kind::heartbeat: return {Duty::beat, "", order.name};
    case Kind::readiness:
    case Kind::allocatable: return {Duty::state, "", order.name};
    case Kind::pod_status:
    case Kind::pod_delete: break;
  }
  return {Duty::pod, order.space, order.name};
}

void NodeFleet::settle(const Order& order, OrderResult result, WallTime now) {
  const Item item = item_of(order);
  const bool was_sent = sent_.erase(item) > 0;
  BASALT_CHECK(was_sent, "an answer to what was not asked: " + order.name);
  const bool failed = result == OrderResult::failed;

  if (item.duty == Duty::pod) {
    const kube::ObjectKey key{order.space, order.name};
    const auto known = pods_.find(key);
    if (known == pods_.end()) return;
    KeptPod& kept = known->second;
    if (kept.pod.uid == order.uid && result == OrderResult::done && kept.sent) {
      const auto deleted = kept.pod.deleted;  // it may have been deleted in the meantime
      const auto grace = kept.pod.grace;
      kept.pod = std::move(*kept.sent);
      kept.pod.deleted = deleted;
      kept.pod.grace = grace;
    }
    kept.sent.reset();
    if (failed) {
      plan(item, now + kPauseAfterFailure);
      return;
    }
    // A pod that has been removed, or is another one, is waited for: the server will show it.
    const bool is_other = kept.pod.uid != order.uid;
    if (is_other || (order.kind == Order::Kind::pod_status && result == OrderResult::done)) plan_pod(key, now);
    return;
  }
  if (item.duty == Duty::create) {
    if (failed) plan(item, now + kPauseAfterFailure);
    return;
  }
  const auto known = nodes_.find(order.name);
  if (known == nodes_.end()) return;
  KeptNode& kept = known->second;
  if (item.duty == Duty::lease) {
    // "Already there", and "not there any more".
    if (order.kind == Order::Kind::create_lease) kept.has_lease = kept.has_lease || !failed;
    if (order.kind == Order::Kind::renew_lease && result == OrderResult::rejected) kept.has_lease = false;
    if (!kept.node.down) plan(item, failed ? now + kPauseAfterFailure : now + options_.lease);
    return;
  }
  if (item.duty == Duty::beat) {
    if (!kept.node.down) plan(item, now + options_.heartbeat);
    return;
  }
  if (failed) {
    plan(item, now + kPauseAfterFailure);
    return;
  }
  if (result == OrderResult::done && order.kind == Order::Kind::readiness) {
    kept.node.ready = order.ready ? "True" : "Unknown";
  }
  if (result == OrderResult::done && order.kind == Order::Kind::allocatable) kept.node.allocatable = kept.node.wanted;
  plan_node(order.name, now);
}

std::string NodeFleet::next_pod_address() { return address(128, ++addresses_); }

}  // namespace basalt::simulation
