#include "embedded/objects/yaml.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace basalt::embedded {
namespace {

using ::testing::HasSubstr;

TEST(Yaml, EveryDocumentIsRead) {
  const auto documents = parse_yaml("a: 1\n---\n- b\n---\n---\n\"c\"\n");
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(3U, documents->size());  // an empty one is none
  EXPECT_EQ(1, documents->at(0)["a"]);
  EXPECT_EQ("c", documents->at(2));
}

TEST(Yaml, WhatStandsInAValueOrBeginsAKeyIsNoOtherDocument) {
  const auto documents = parse_yaml("'a': b, c\n? d");
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(std::vector<Json>({{{"a", "b, c"}, {"d", nullptr}}}), *documents);
}

TEST(Yaml, WhatStandsBehindADocumentAndBeginsNoOtherIsRefusedAndFoundAtOnce) {
  for (const char* text : {"\"50%\",\"x", "\"50%\", x", "a: b\n]", "{a: b}}", "[a]]", "a: 1\n---\n}", ","}) {
    const auto documents = parse_yaml(text);
    ASSERT_FALSE(documents) << text;
    EXPECT_EQ(ErrorCode::invalid, documents.error().code);
    EXPECT_THAT(documents.error().message, HasSubstr("line ")) << text;
  }
  const auto comma = parse_yaml("\"50%\",\"x\"");
  ASSERT_FALSE(comma);
  EXPECT_THAT(comma.error().message, HasSubstr("line 1, column 6: expected the end, or --- and another document"));
}

TEST(Yaml, AliasesThatMultiplyAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) text += last + ", ";
    text += last + "]\n";
  }
  const auto documents = parse_yaml(text);
  ASSERT_FALSE(documents);
  EXPECT_THAT(documents.error().message, HasSubstr("too large"));
}

}  // namespace
}  // namespace basalt::embedded
