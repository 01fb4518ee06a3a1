// docs/api-differences.md says what the suite knows.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "api/traits.hpp"

namespace basalt::api {
namespace {

TEST(ApiDifferences, AreListedInTheOrderOfTheirNames) {
  for (std::size_t i = 0; i < traits().size(); ++i) EXPECT_EQ(i, static_cast<std::size_t>(traits()[i].trait));
}

TEST(ApiDifferences, AreDocumented) {
  std::ifstream file(std::string(BASALT_DOCS) + "/api-differences.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_NE(std::string::npos, text.str().find(traits_as_markdown())) << "copy into docs/api-differences.md:\n"
                                                                      << traits_as_markdown();
}

}  // namespace
}  // namespace basalt::api
