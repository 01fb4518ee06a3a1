#pragma once

#include <string>
#include <string_view>

#include "basalt/base/result.hpp"
#include "tools/view/picture.hpp"

namespace basalt::view {

/// What is to become of a workload: so many pods on nodes, or that it waits as a whole and says why.
struct Expectation {
  std::string space = "default";
  std::string name;
  int placed = 0;  ///< pods on nodes; 0: it waits

  bool operator==(const Expectation&) const = default;
};

/// Reads "[NAMESPACE/]NAME=PODS" or "[NAMESPACE/]NAME=waits". Fails with `invalid`.
Result<Expectation> parse_expectation(std::string_view text);

/// What the picture shows of it: empty when it is met, else what is missing. A workload that waits has all pods that
/// its gang needs, none of them on a node, and a reason.
std::string shortfall(const Expectation& expectation, const Picture& picture);

}  // namespace basalt::view
