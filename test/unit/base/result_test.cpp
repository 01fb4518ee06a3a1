#include "basalt/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace basalt {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::invalid, "odd"};
  return number / 2;
}

TEST(Result, HoldsTheValueItWasMadeFrom) {
  const Result<int> result = half(8);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(4, *result);
  EXPECT_EQ(4, result.value());
}

TEST(Result, HoldsTheErrorItWasMadeFrom) {
  const Result<int> result = half(7);
  ASSERT_FALSE(result);
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ((Error{ErrorCode::invalid, "odd"}), result.error());
}

TEST(Result, IsChangedThroughItsReference) {
  Result<std::string> result = std::string("a");
  *result += "b";
  result->append("c");
  result.value() += "d";
  EXPECT_EQ("abcd", *result);
}

TEST(Result, GivesItsValueAway) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(5, *taken);
  const std::vector<int> list = std::move(Result<std::vector<int>>(std::vector<int>{1, 2})).value();
  EXPECT_EQ((std::vector<int>{1, 2}), list);
}

TEST(Result, GivesItsErrorAway) {
  Result<int> result = Error{ErrorCode::timeout, "slow"};
  const Error taken = std::move(result).error();
  EXPECT_EQ((Error{ErrorCode::timeout, "slow"}), taken);
}

TEST(Result, PassesAnErrorOnAsAResultOfAnotherType) {
  const auto text_of_half = [](int number) -> Result<std::string> {
    auto halved = half(number);
    if (!halved) return std::move(halved).error();
    return std::to_string(*halved);
  };
  EXPECT_EQ("3", *text_of_half(6));
  EXPECT_EQ("odd", text_of_half(5).error().message);
}

TEST(Result, IsCopiedAndAssigned) {
  const Result<std::string> good = std::string("value");
  Result<std::string> other = Error{ErrorCode::conflict, "changed"};
  const Result<std::string> copy = other;
  other = good;
  EXPECT_EQ("value", *other);
  EXPECT_EQ("changed", copy.error().message);
}

TEST(Result, CanHoldWhatConvertsToBool) {
  const Result<bool> no = false;
  EXPECT_TRUE(no.has_value());
  EXPECT_FALSE(*no);
  static_assert(!std::is_convertible_v<Result<bool>, bool>, "a Result never turns into the value by itself");
}

TEST(Result, WithoutAValueIsSuccessUnlessMadeFromAnError) {
  const Result<void> success;
  EXPECT_TRUE(success);
  EXPECT_TRUE(success.has_value());
  const Result<void> failure = Error{ErrorCode::refused, "no"};
  EXPECT_FALSE(failure);
  EXPECT_EQ((Error{ErrorCode::refused, "no"}), failure.error());
}

TEST(ResultDeathTest, TheValueOfAFailedResultAbortsWithItsMessage) {
  const Result<int> failed = Error{ErrorCode::invalid, "the reason"};
  EXPECT_DEATH(static_cast<void>(*failed), "value\\(\\) of a failed Result: the reason");
}

TEST(ResultDeathTest, TheErrorOfASuccessAborts) {
  const Result<int> good = 1;
  EXPECT_DEATH(static_cast<void>(good.error()), "error\\(\\) of a Result that holds a value");
  const Result<void> done;
  EXPECT_DEATH(static_cast<void>(done.error()), "error\\(\\) of a Result that holds a value");
}

TEST(ErrorCode, HasTheNameThatLogsAndMetricsShow) {
  EXPECT_EQ("invalid", to_string(ErrorCode::invalid));
  EXPECT_EQ("not_found", to_string(ErrorCode::not_found));
  EXPECT_EQ("conflict", to_string(ErrorCode::conflict));
  EXPECT_EQ("refused", to_string(ErrorCode::refused));
  EXPECT_EQ("exhausted", to_string(ErrorCode::exhausted));
  EXPECT_EQ("unavailable", to_string(ErrorCode::unavailable));
  EXPECT_EQ("timeout", to_string(ErrorCode::timeout));
  EXPECT_EQ("stopped", to_string(ErrorCode::stopped));
  EXPECT_EQ("unsupported", to_string(ErrorCode::unsupported));
}

}  // namespace
}  // namespace basalt
