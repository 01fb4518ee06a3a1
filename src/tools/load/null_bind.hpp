#pragma once

#include <cstddef>
#include <limits>
#include <stop_token>
#include <string>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "tools/load/crew.hpp"

namespace basalt::load {

/// What a blind binder does.
struct NullBindOptions {
  std::string space;                                            ///< of the pods; empty: all namespaces
  std::size_t count = std::numeric_limits<std::size_t>::max();  ///< of pods to bind, at most
  Pace pace;
};

/// What came of it. `listing` is the time that the lists of nodes and pods took, before the first bind.
struct NullBindReport {
  CrewReport binds;
  std::size_t nodes = 0;
  std::chrono::nanoseconds listing{0};
};

/// Binds the pods that are on no node, in the order of their names, to all nodes in turn, whether they fit or not: what
/// an API server takes when nobody thinks. Fails when the server cannot be asked, or has no node.
Result<NullBindReport> null_bind(kube::Client& client, const Clock& clock, const NullBindOptions& options,
                                 std::stop_token stop);

/// One JSON object on one line: program, nodes, listing_seconds, and of the binds what json_of a tally says.
std::string json_of(NullBindReport report);

}  // namespace basalt::load
