#include "config/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "unit/config/finding_printing.hpp"

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Reads "key: ..." and returns the value, which must be there without findings.
DocumentValue value_of(const std::string& yaml) {
  PlacedFindings findings("f");
  auto root = parse_document("key: " + yaml, findings);
  EXPECT_THAT(findings.all(), IsEmpty()) << yaml;
  EXPECT_TRUE(root && root->find("key") != nullptr) << yaml;
  return root && root->find("key") != nullptr ? *root->find("key") : DocumentValue{};
}

// The single finding of a text.
std::string finding_in(const std::string& yaml) {
  PlacedFindings findings("f");
  static_cast<void>(parse_document(yaml, findings));
  EXPECT_EQ(1U, findings.all().size());
  return findings.all().empty() ? "" : findings.all().front().message;
}

TEST(Document, KnowsTheWordsOfYaml11ForTrueAndFalse) {
  for (const char* word : {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    EXPECT_EQ(Kind::boolean, value_of(word).kind) << word;
    EXPECT_TRUE(value_of(word).boolean) << word;
  }
  for (const char* word : {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    EXPECT_EQ(Kind::boolean, value_of(word).kind) << word;
    EXPECT_FALSE(value_of(word).boolean) << word;
  }
  EXPECT_EQ(Kind::text, value_of("\"yes\"").kind);
  EXPECT_EQ(Kind::text, value_of("tRue").kind);
}

TEST(Document, ReadsNumbersAsGoDoes) {
  struct Case {
    const char* text;
    Kind kind;
    double number;
  };
  for (const Case& sample :
       {Case{"10", Kind::integer, 10}, Case{"-10", Kind::integer, -10}, Case{"+7", Kind::integer, 7},
        Case{"0x1F", Kind::integer, 31}, Case{"0b101", Kind::integer, 5}, Case{"0o17", Kind::integer, 15},
        Case{"017", Kind::integer, 15}, Case{"0", Kind::integer, 0}, Case{"1_000", Kind::integer, 1000},
        Case{"1.5", Kind::number, 1.5}, Case{"-.5", Kind::number, -0.5}, Case{"1.", Kind::number, 1},
        Case{"1e3", Kind::number, 1000}, Case{"08", Kind::number, 8},
        Case{"18446744073709551615", Kind::number, 18446744073709551615.0}}) {
    const DocumentValue value = value_of(sample.text);
    EXPECT_EQ(sample.kind, value.kind) << sample.text;
    EXPECT_EQ(sample.number, value.kind == Kind::integer ? static_cast<double>(value.integer) : value.number)
        << sample.text;
    EXPECT_EQ(sample.text, value.text);
  }
  EXPECT_EQ(std::numeric_limits<std::int64_t>::min(), value_of("-9223372036854775808").integer);
  EXPECT_EQ(Kind::number, value_of(".inf").kind);
}

TEST(Document, ReadsAsTextWhatOnlyLooksLikeANumber) {
  for (const char* text : {"10s", "2024-01-01", "1.2.3", "1:30", "+", ".", "0x", "1e", "-x", "\"10\"", "'1.5'"}) {
    EXPECT_EQ(Kind::text, value_of(text).kind) << text;
  }
}

TEST(Document, TellsNothingFromEmptyText) {
  for (const char* word : {"", "~", "null"}) EXPECT_EQ(Kind::null, value_of(word).kind) << word;
  EXPECT_EQ(Kind::text, value_of("\"\"").kind);
}

TEST(Document, FollowsStandardTags) {
  EXPECT_EQ(Kind::text, value_of("!!str 10").kind);
  EXPECT_EQ(Kind::number, value_of("!!float 3").kind);
  EXPECT_EQ(Kind::integer, value_of("!!int \"3\"").kind);
  EXPECT_THAT(finding_in("key: !!bool 3"), HasSubstr("f:1:6: \"3\" with the tag 'tag:yaml.org,2002:bool'"));
  EXPECT_THAT(finding_in("key: !mine 3"), HasSubstr("with the tag '!mine'"));
}

TEST(Document, KnowsWhereEverythingStands) {
  PlacedFindings findings("f");
  const auto root = parse_document("a: 1\nb:\n  - x\n  - c: y\n", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ((Place{2, 1}), root->entries[1].place);
  const DocumentValue* list = root->find("b");
  ASSERT_EQ(2U, list->items.size());
  EXPECT_EQ((Place{3, 5}), list->items[0].place);
  EXPECT_EQ((Place{4, 8}), list->items[1].find("c")->place);
}

TEST(Document, TakesTheLastOfAKeyThatIsGivenTwiceWithANote) {
  PlacedFindings findings("f");
  const auto root = parse_document("a: 1\nb: 2\na: 3\n", findings);
  ASSERT_TRUE(root);
  ASSERT_EQ(2U, root->entries.size());
  EXPECT_EQ(3, root->find("a")->integer);
  EXPECT_THAT(findings.all(), ElementsAre(Finding{Finding::Severity::note,
                                                  "f:3:1: 'a' was given before, in line 1: the last one counts"}));
}

TEST(Document, MergesMapsBelowWhatStandsThere) {
  PlacedFindings findings("f");
  const auto root = parse_document("base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n", findings);
  ASSERT_TRUE(root);
  const DocumentValue* mine = root->find("mine");
  ASSERT_EQ(2U, mine->entries.size());
  EXPECT_EQ(1, mine->find("x")->integer);
  EXPECT_EQ(3, mine->find("y")->integer);
  EXPECT_THAT(finding_in("a:\n  <<: 3\n"), HasSubstr("f:2:3: '<<' merges maps"));
}

TEST(Document, OfSeveralDocumentsReadsTheFirst) {
  EXPECT_EQ("f:2:1: a second document: only the first counts", finding_in("a: 1\n---\nb: 2\n"));
}

TEST(Document, RefusesWhatIsNoYamlWithThePlace) {
  EXPECT_EQ("f:3:1: no YAML: a quote is opened and not closed", finding_in("actions: \"allocate\ntiers: [\n"));
  EXPECT_EQ("f:2:1: no YAML: a quote is opened and not closed", finding_in("actions: 'allocate"));
  EXPECT_THAT(finding_in("a: [1, 2\nb: 3\n"), HasSubstr(": no YAML: "));
  EXPECT_THAT(finding_in("a: *nobody\n"), HasSubstr("f:1:4: no YAML: "));
}

TEST(Document, RefusesTextsThatGrowBeyondMeasure) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    laughs += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int copy = 1; copy < 10; ++copy) laughs += ", " + below;
    laughs += "]\n";
  }
  EXPECT_THAT(finding_in(laughs), HasSubstr("too much: expected at most"));
  EXPECT_THAT(finding_in(std::string(100, '[') + std::string(100, ']')), HasSubstr("too much: expected at most"));
  EXPECT_THAT(finding_in(std::string(100'000, '[')), HasSubstr("too much: expected at most"));
  EXPECT_THAT(finding_in(std::string(kLongestConfiguration + 1, '#')), HasSubstr("1048577 bytes: expected at most"));
}

TEST(Document, RefusesWhatDoesNotBelongToTheRest) {
  EXPECT_EQ("f:3:1: no YAML: this does not belong to what stands before it (is the indentation right?)",
            finding_in("- a\n  , b\nc: d\n"));
  EXPECT_THAT(finding_in("a: 1\n  b: 2\n"), HasSubstr("no YAML"));
}

TEST(Document, RefusesAValueThatIsPartOfItself) {
  EXPECT_EQ("f:1:9: an alias of a value that it is part of", finding_in("a: &x [ *x ]\n"));
}

TEST(Document, CopiesWhatAnAliasStandsFor) {
  PlacedFindings findings("f");
  const auto root = parse_document("a: &x [1, {b: 2}]\nc: *x\nd: *x\n", findings);
  ASSERT_TRUE(root);
  EXPECT_THAT(findings.all(), IsEmpty());
  EXPECT_EQ(2, root->find("d")->items[1].find("b")->integer);
}

TEST(Document, RefusesLongTextsThatAliasesMultiply) {
  std::string text = "a: &x \"" + std::string(100'000, 'x') + "\"\nb: [";
  for (int copy = 0; copy < 100; ++copy) text += "*x, ";
  EXPECT_THAT(finding_in(text + "]\n"), HasSubstr("too much: expected at most"));
}

TEST(Document, RefusesAKeyThatIsAList) {
  EXPECT_EQ("f:1:3: a list or map stands where a key was expected", finding_in("? [a, b]\n: 1\n"));
}

TEST(Document, BecomesAnArgument) {
  PlacedFindings findings("f");
  const auto root = parse_document("{a: 1, b: [x, 2.5, yes, ~], c: {d: e}}", findings);
  ASSERT_TRUE(root);
  const ArgumentValue value = root->argument();
  const Arguments& map = *value.as_map();
  EXPECT_EQ(1, *map[0].second.as_int());
  const ArgumentValue::List& list = *map[1].second.as_list();
  EXPECT_EQ("x", *list[0].as_string());
  EXPECT_EQ(2.5, *list[1].as_double());
  EXPECT_TRUE(*list[2].as_bool());
  EXPECT_TRUE(list[3].is_null());
  EXPECT_EQ("e", *map[2].second.as_map()->front().second.as_string());
}

}  // namespace
}  // namespace basalt
