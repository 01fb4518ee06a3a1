#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace basalt::testing {

/// A generated scenario, one statement a line, so that it can be shrunk by leaving lines out.
/// The lines of one cycle end with "-- want"; nothing is expected of the decisions but what
/// must hold of any run.
std::vector<std::string> random_scenario(std::uint32_t seed);

/// The lines as the text of a scenario.
std::string join_lines(const std::vector<std::string>& lines);

}  // namespace basalt::testing
