#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "e2e/ledger/amounts.hpp"

namespace basalt::e2e {

/// What the ledger keeps of a pod.
struct PodFacts {
  std::string uid;
  std::string node;  ///< empty: not bound
  std::string gang;  ///< namespace/name of its PodGroup; empty: none named
  std::string scheduler_name;
  std::string phase;
  Amounts requests;

  /// Succeeded or Failed: it takes up no room any more.
  [[nodiscard]] bool finished() const { return phase == "Succeeded" || phase == "Failed"; }
};

/// What the ledger keeps of a node.
struct NodeFacts {
  Amounts allocatable;
};

/// What the ledger keeps of a PodGroup.
struct GangFacts {
  int min_member = 0;
  nlohmann::json status;
};

using Facts = std::variant<PodFacts, NodeFacts, GangFacts>;

/// One change of one object, in the words of the API server.
struct Entry {
  std::int64_t revision = 0;  ///< etcd's: all kinds are counted together
  std::chrono::steady_clock::time_point seen;
  std::string name;      ///< namespace/name, or the name of a node
  bool deleted = false;  ///< `facts` are then the last ones
  Facts facts;
};

/// Reads a Pod, Node or PodGroup, told apart by its kind, or by `kind` where it has none (in lists). Throws
/// std::runtime_error for other kinds and malformed objects.
Entry read_object(const nlohmann::json& object, const std::string& kind, bool deleted,
                  std::chrono::steady_clock::time_point seen);

}  // namespace basalt::e2e
