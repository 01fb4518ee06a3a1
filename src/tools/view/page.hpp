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

/// What happens to workloads, for a terminal that is none. Not thread-safe.
class News {
 public:
  /// A line for each workload that is not as it was when it was last told of. A picture that does not show everything
  /// yet is passed over in silence: what is missing there is not gone.
  std::vector<std::string> tell(const Picture& now, bool complete);

 private:
  Picture told_;
};

}  // namespace basalt::view
