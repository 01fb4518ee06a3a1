#include "basalt/model/cpu_list.hpp"

#include <gtest/gtest.h>

namespace basalt {
namespace {

using Cpus = std::vector<std::int32_t>;

TEST(CpuList, IsReadInAnyOrderAndWrittenInRanges) {
  EXPECT_EQ((Cpus{0, 1, 2, 3, 8}), parse_cpu_list("8,2-3,0-2").value());
  EXPECT_EQ((Cpus{}), parse_cpu_list("").value());
  EXPECT_EQ("0-3,8,10-11", print_cpu_list(Cpus{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ("", print_cpu_list(Cpus{}));
}

TEST(CpuList, ThatIsNoneIsRefusedWithItsText) {
  for (const char* text : {"a", "1-", "-1", "3-1", "1,,2", "1,", "8192", "1 2"}) {
    const auto cpus = parse_cpu_list(text);
    ASSERT_FALSE(cpus) << text;
    EXPECT_TRUE(cpus.error().message.starts_with('"' + std::string(text) + '"')) << cpus.error().message;
  }
}

}  // namespace
}  // namespace basalt
