#pragma once

#include <string>
#include <vector>

#include "tools/view/page.hpp"

namespace basalt::view {

/// Standard output as a screen that is painted again and again; what stood there before comes back at the end.
class Terminal {
 public:
  /// Whether standard output is one.
  [[nodiscard]] static bool is_there();

  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Its present size, in colour.
  [[nodiscard]] static PageStyle style();
  void paint(const std::vector<std::string>& lines);
};

}  // namespace basalt::view
