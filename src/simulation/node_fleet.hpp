#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "simulation/pod_life.hpp"
#include "simulation/reading.hpp"
#include "simulation/status_bodies.hpp"

namespace basalt::simulation {

/// Which nodes to make, and how they behave.
struct FleetOptions {
  int nodes = 0;                        ///< to be created; those that exist are taken over
  std::string prefix = "node-";         ///< of their names; a number of at least four digits follows
  NodeShape shape;                      ///< its zone is ignored
  int zones = 0;                        ///< above 0: node i is in zone "zone-<i modulo this>"
  std::chrono::seconds lease{10};       ///< between renewals of a node's lease; 0: no leases
  std::chrono::seconds heartbeat{300};  ///< between status updates of a node; 0: none
  std::optional<std::chrono::seconds> job_run = std::chrono::seconds(30);  ///< of pods that do not restart always and
                                                                           ///< do not say; empty: for ever
};

/// A request that the fleet wants to be sent.
struct Order {
  enum class Kind { create_node, create_lease, renew_lease, heartbeat, readiness, allocatable, pod_status, pod_delete };
  Kind kind = Kind::create_node;
  std::string space;  ///< of the pod; else empty
  std::string name;   ///< of the node or pod
  std::string uid;    ///< of the pod
  std::string body;   ///< JSON; empty for deletes
  bool ready = true;  ///< what a readiness order says
};

/// What came of it. `rejected`: the object is gone or another one; `failed`: worth trying again.
enum class OrderResult { done, rejected, failed };

/// All simulated nodes and their pods as one state machine: takes in what the API server shows, and gives out the
/// requests that are due, each object's one at a time. Knows no threads, no server and no clock. What was sent counts
/// as having happened until the server shows it, so that nothing is sent twice. Not thread-safe.
class NodeFleet {
 public:
  explicit NodeFleet(FleetOptions options) : options_(std::move(options)) {}

  /// Asks for the nodes of the options to be created.
  void begin(WallTime now);

  void take(Node node, WallTime now);
  void drop_node(const std::string& name);
  /// Pods of nodes that are not simulated are kept too: their node may come.
  void take(Pod pod, WallTime now);
  void drop_pod(const kube::ObjectKey& key);

  /// The next request that is due. Every order has to be answered with settle().
  std::optional<Order> next_order(WallTime now);
  void settle(const Order& order, OrderResult result, WallTime now);
  /// When the next request will be due, if it is not before; empty: none.
  [[nodiscard]] std::optional<WallTime> next_due() const;

  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  [[nodiscard]] std::size_t pod_count() const { return pods_.size(); }

 private:
  enum class Duty { create, lease, beat, state, pod };
  struct Item {
    Duty duty = Duty::create;
    std::string space;
    std::string name;
    auto operator<=>(const Item&) const = default;
  };
  struct KeptNode {
    Node node;
    bool has_lease = false;
    std::set<kube::ObjectKey> pods;
  };
  struct KeptPod {
    Pod pod;
    std::optional<Pod> sent;  // after the step that is on its way
  };

  void plan(const Item& item, WallTime due);
  void drop(const Item& item);
  void plan_pod(const kube::ObjectKey& key, WallTime now);
  void plan_node(const std::string& name, WallTime now);
  [[nodiscard]] bool needs_state(const Node& node) const;
  std::optional<Order> order_for(const Item& item, WallTime now);
  std::optional<Order> order_for_pod(const kube::ObjectKey& key, WallTime now);
  static Item item_of(const Order& order);
  std::string next_pod_address();

  const FleetOptions options_;
  std::map<std::string, KeptNode> nodes_;
  std::map<std::string, std::set<kube::ObjectKey>> homeless_;  // pods by the name of a node that is not known
  std::map<kube::ObjectKey, KeptPod> pods_;
  std::set<std::pair<WallTime, Item>> queue_;
  std::map<Item, WallTime> due_;  // where it stands in queue_
  std::set<Item> sent_;           // its answer is awaited
  std::uint32_t addresses_ = 0;
};

}  // namespace basalt::simulation
