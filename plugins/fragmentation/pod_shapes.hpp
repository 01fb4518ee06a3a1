#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "plugins/fragmentation/device_state.hpp"

namespace basalt {

/// A shape that pods are expected to have, and how often.
struct ExpectedShape {
  GpuShape shape;
  std::int64_t weight = 1;  ///< above 0: out of the sum of all
  bool operator==(const ExpectedShape&) const = default;
};
/// The pods that are expected, as a distribution of their shapes.
using ExpectedShapes = std::vector<ExpectedShape>;

/// `WEIGHT*cpu=AMOUNT,memory=AMOUNT,gpu=NUMBER` for each shape, separated by ';' or white space; kinds that are left
/// out are 0, and so is the weight 1. `gpu` is 0.05 for a share of one GPU, 4 for four whole ones. At most
/// `kMostShapes`, weights up to a million.
Result<ExpectedShapes> parse_shapes(std::string_view text);
inline constexpr std::size_t kMostShapes = 1000;

/// The inverse, for messages and programs that write configurations.
std::string print_shapes(const ExpectedShapes& shapes);

}  // namespace basalt
