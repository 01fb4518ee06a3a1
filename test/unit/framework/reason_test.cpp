#include "basalt/framework/reason.hpp"

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

TEST(FitSummaryText, CountsNodesByReasonInAnOrderThatCountsDoNotChange) {
  Symbols symbols;
  FitSummary summary;
  for (int i = 0; i < 2; ++i) summary.add(Reason{"node(s) were unschedulable", {}});
  for (int i = 0; i < 10; ++i) summary.add(Reason{reasons::kInsufficient, symbols.intern("cpu")});
  summary.add(Reason{reasons::kInsufficient, symbols.intern("memory")});
  EXPECT_EQ("0/13 nodes are unavailable: 10 Insufficient cpu, 1 Insufficient memory, 2 node(s) were unschedulable.",
            summary.text(symbols));
}

TEST(SameReasons, LooksPastNumbersOnly) {
  EXPECT_TRUE(same_reasons("0/12 nodes: 10 Insufficient cpu", "0/9 nodes: 9 Insufficient cpu"));
  EXPECT_FALSE(same_reasons("3 Insufficient cpu", "3 Insufficient memory"));
  EXPECT_FALSE(same_reasons("3 Insufficient cpu", "3 Insufficient cpu, 1 taint"));
  EXPECT_TRUE(same_reasons("", ""));
  EXPECT_TRUE(same_reasons("7", ""));
}

}  // namespace
}  // namespace basalt
