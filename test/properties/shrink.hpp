#pragma once

#include <functional>
#include <string>
#include <vector>

namespace basalt::testing {

/// Whether a scenario, one statement a line, still shows the fault. A scenario that cannot be
/// read shows none.
using Fails = std::function<bool(const std::vector<std::string>&)>;

/// The smallest scenario found that still fails: cycles, blocks of lines, single lines and
/// attributes are left out as long as what is left fails. REQUIRES: `lines` fails.
std::vector<std::string> shrink(std::vector<std::string> lines, const Fails& fails);

}  // namespace basalt::testing
