#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/view/picture.hpp"

namespace basalt::view {

/// How a page is laid out.
struct PageStyle {
  std::size_t width = 120;  ///< columns; longer lines are cut
  std::size_t height = 0;   ///< lines at most; 0: no bound. Nodes and workloads that do not fit are counted in a line
  bool colour = false;      ///< ANSI colours
};

/// The picture as lines without line ends. Text from the cluster cannot steer the terminal: control characters in it
/// are shown as '?'.
std::vector<std::string> page_of(const Picture& picture, const PageStyle& style);

/// What happened to workloads between two pictures, one line each, for a terminal that is none.
std::vector<std::string> news(const Picture& before, const Picture& after);

}  // namespace basalt::view
