#include "kube/json_scan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <vector>

namespace basalt::kube {
namespace {

std::vector<std::string> members(std::string_view text) {
  std::vector<std::string> result;
  JsonScanner scanner(text);
  while (scanner.next()) result.push_back(std::string(scanner.key()) + "=" + std::string(scanner.value()));
  if (scanner.malformed()) result.emplace_back("malformed");
  return result;
}

using Members = std::vector<std::string>;

TEST(JsonScanner, GivesMembersAsTheyAreWritten) {
  EXPECT_EQ((Members{"a=1", "b=\"x,}\"", "c={\"d\":[1,{\"e\":\"]\"}]}", "f=null"}),
            members(R"( { "a" : 1 , "b":"x,}","c":{"d":[1,{"e":"]"}]} ,"f":null } )"));
}

TEST(JsonScanner, GivesElementsOfArrays) {
  EXPECT_EQ((Members{"=1", "=\"a\\\"b\"", "=[]", "={}"}), members(R"([1,"a\"b",[],{}])"));
  EXPECT_EQ(Members{}, members("[]"));
  EXPECT_EQ(Members{}, members("{ }"));
}

TEST(JsonScanner, KnowsEscapedQuotesFromEnds) {
  EXPECT_EQ((Members{R"(a="\\")", R"(b="\\\"")"}), members(R"({"a":"\\","b":"\\\""})"));
}

TEST(JsonScanner, SaysWhatIsMalformed) {
  for (const char* text : {"", "x", "1", "\"a\"", "{", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{a:1}",
                           "[1 2]", "[1,]", "[,1]", "{\"a\":1}x", "[\"a]", "[{\"a\":1]", "{\"a\":1,}"}) {
    const Members all = members(text);
    EXPECT_TRUE(!all.empty() && all.back() == "malformed") << text;
  }
}

TEST(JsonScanner, EveryTruncationOfAnObjectIsMalformed) {
  const std::string text = R"({"metadata":{"name":"a\"b","labels":{"x":"y"}},"items":[1,2,{"z":[]}]})";
  ASSERT_NE("malformed", members(text).back());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ("malformed", members(std::string_view(text).substr(0, size)).back()) << size;
  }
}

TEST(JsonScanner, AgreesWithARealParserOnMutatedText) {
  const std::string text = R"({"a":{"b":[1,"x\\",true]},"c":"d\"e","f":[{},[]]})";
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string mutated = text;
    mutated[random() % mutated.size()] = "{}[]\",:\\1a "[random() % 11];
    const auto parsed = nlohmann::json::parse(mutated, nullptr, false);
    if (!parsed.is_object()) continue;
    // The scanner may accept more than JSON, never less.
    const Members all = members(mutated);
    EXPECT_TRUE(all.empty() || all.back() != "malformed") << mutated;
    JsonScanner scanner(mutated);
    while (scanner.next()) {
      EXPECT_FALSE(nlohmann::json::parse(scanner.value(), nullptr, false).is_discarded()) << mutated;
    }
  }
}

TEST(JsonString, ResolvesEscapes) {
  EXPECT_EQ("a\"b\n\u00e9", json_string(R"("a\"b\n\u00e9")"));
  EXPECT_EQ("plain", json_string("\"plain\""));
  EXPECT_EQ(std::nullopt, json_string("12"));
  EXPECT_EQ(std::nullopt, json_string("\""));
  EXPECT_EQ(std::nullopt, json_string(R"("\x")"));
}

}  // namespace
}  // namespace basalt::kube
