#include "basalt/framework/extension_points.hpp"

#include <fstream>
#include <sstream>
#include <type_traits>

#include <gtest/gtest.h>

namespace basalt {
namespace {

template <class Point>
std::string switch_of() {
  return Point::kSwitch.empty() ? "(none)" : std::string(Point::kSwitch);
}

template <class... Points>
std::vector<std::string> switches(std::type_identity<std::tuple<Points...>>) {
  return std::vector<std::string>{switch_of<Points>()...};
}

/// Second cells of the first table of the document.
std::vector<std::string> documented_switches() {
  std::ifstream in(std::string(BASALT_SOURCE) + "/docs/extension-points.md");
  std::vector<std::string> found;
  bool in_table = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("| point | switch |")) in_table = true;
    if (in_table && line.empty()) break;
    if (!in_table || line.starts_with("| ---") || line.starts_with("| point")) continue;
    const std::size_t first = line.find('|', 1);
    const std::size_t second = line.find('|', first + 1);
    found.push_back(line.substr(first + 2, second - first - 3));
  }
  return found;
}

TEST(ExtensionPointsDocument, ListsEveryPointWithItsSwitchInOrder) {
  EXPECT_EQ(::basalt::switches(std::type_identity<ExtensionPoints>()), documented_switches());
}

}  // namespace
}  // namespace basalt
