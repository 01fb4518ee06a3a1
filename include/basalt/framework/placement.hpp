#pragma once

#include "basalt/model/ids.hpp"

namespace basalt {

/// Where a task can go.
struct Placement {
  NodeId node;
  bool now = true;  ///< false: only once what is leaving has left
  bool operator==(const Placement&) const = default;
};

}  // namespace basalt
