#include "basalt/base/symbol.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace basalt {
namespace {

TEST(Symbols, AreEqualExactlyWhenTheStringsAre) {
  Symbols symbols;
  const Symbol zone = symbols.intern("zone");
  EXPECT_EQ(zone, symbols.intern("zone"));
  EXPECT_NE(zone, symbols.intern("Zone"));
  EXPECT_NE(zone, symbols.intern("zone "));
}

TEST(Symbols, KnowTheEmptyStringFromTheStart) {
  Symbols symbols;
  EXPECT_EQ(Symbol(), symbols.intern(""));
  EXPECT_EQ("", symbols.text(Symbol()));
  EXPECT_EQ(1U, symbols.size());
}

TEST(Symbols, FindOnlyWhatWasInterned) {
  Symbols symbols;
  const Symbol zone = symbols.intern("zone");
  EXPECT_EQ(zone, symbols.find("zone"));
  EXPECT_EQ(std::nullopt, symbols.find("rack"));
  EXPECT_EQ(2U, symbols.size());
}

TEST(Symbols, DoNotLookAtTheCallersStringLater) {
  Symbols symbols;
  std::string text = "first";
  const Symbol first = symbols.intern(text);
  text = "other";
  EXPECT_EQ("first", symbols.text(first));
  EXPECT_EQ(first, symbols.find("first"));
}

TEST(Symbols, TellTextsWithZeroBytesApart) {
  Symbols symbols;
  const std::string with_zero("a\0b", 3);
  EXPECT_NE(symbols.intern("a"), symbols.intern(with_zero));
  EXPECT_EQ(with_zero, symbols.text(*symbols.find(with_zero)));
}

TEST(Symbols, KeepTheirTextsWhileOthersAreAdded) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Symbols symbols;
    std::map<std::string, Symbol> expected;
    const std::string* const early = &symbols.text(symbols.intern("early"));
    for (int step = 0; step < 3000; ++step) {
      const std::string text(random() % 4, static_cast<char>('a' + random() % 26));
      const std::string long_text = text + std::to_string(random() % 500);
      const Symbol symbol = symbols.intern(long_text);
      const auto [known, is_new] = expected.emplace(long_text, symbol);
      ASSERT_EQ(known->second, symbol) << long_text;
    }
    for (const auto& [text, symbol] : expected) {
      ASSERT_EQ(text, symbols.text(symbol));
      ASSERT_EQ(symbol, symbols.find(text));
    }
    EXPECT_EQ(expected.size() + 2, symbols.size());  // and "" and "early"
    EXPECT_EQ(early, &symbols.text(*symbols.find("early")));
  }
}

TEST(SymbolsDeathTest, ASymbolOfALargerTableAborts) {
  const Symbols symbols;
  EXPECT_DEATH(static_cast<void>(symbols.text(Symbol(7))), "symbol of another table");
}

}  // namespace
}  // namespace basalt
