#include "basalt/framework/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "unit/config/finding_printing.hpp"

namespace basalt {
namespace {

using Severity = Finding::Severity;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ArgumentReader, GivesTheFallbackOfWhatIsNotThere) {
  const Arguments arguments;
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_EQ(7, reader.integer("a", 7));
  EXPECT_EQ(1.5, reader.number("a", 1.5));
  EXPECT_TRUE(reader.boolean("a", true));
  EXPECT_EQ("x", reader.text("a", "x"));
  reader.finish();
  EXPECT_THAT(findings, IsEmpty());
}

TEST(ArgumentReader, ReadsValuesOfTheTypeThatIsAskedFor) {
  const Arguments arguments = {{"i", 3}, {"d", 2.5}, {"whole", 4}, {"b", false}, {"go", "T"}, {"s", "text"}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_EQ(3, reader.integer("i", 0));
  EXPECT_EQ(2.5, reader.number("d", 0));
  EXPECT_EQ(4.0, reader.number("whole", 0));
  EXPECT_FALSE(reader.boolean("b", true));
  EXPECT_TRUE(reader.boolean("go", false));
  EXPECT_EQ("text", reader.text("s", ""));
  reader.finish();
  EXPECT_THAT(findings, IsEmpty());
}

TEST(ArgumentReader, ReadsANumberInQuotesWithANote) {
  const Arguments arguments = {{"i", "-10"}, {"d", "0.5"}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_EQ(-10, reader.integer("i", 0));
  EXPECT_EQ(0.5, reader.number("d", 0));
  ASSERT_EQ(2U, findings.size());
  EXPECT_EQ(Severity::note, findings[0].severity);
  EXPECT_EQ(
      "p: argument 'i' is the text \"-10\", read as a number: write it without quotes (Volcano would ignore it and "
      "take "
      "the default)",
      findings[0].message);
}

TEST(ArgumentReader, RefusesAnyOtherMismatchAndNamesOwnerKeyValueAndWhatWasExpected) {
  const Arguments arguments = {{"a", 1.5}, {"b", ArgumentValue::List{}}, {"c", 1}, {"d", 5}, {"e", ArgumentValue()}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_EQ(1, reader.integer("a", 1));
  EXPECT_EQ(2.0, reader.number("b", 2));
  EXPECT_TRUE(reader.boolean("c", true));
  EXPECT_EQ("x", reader.text("d", "x"));
  EXPECT_EQ(3, reader.integer("e", 3));
  EXPECT_THAT(findings,
              ElementsAre(Finding{Severity::wrong, "p: argument 'a' is 1.5: expected an integer"},
                          Finding{Severity::wrong, "p: argument 'b' is a list: expected a number"},
                          Finding{Severity::wrong, "p: argument 'c' is 1: expected true or false"},
                          Finding{Severity::wrong,
                                  "p: argument 'd' is 5: expected text (in quotes, if it looks like something else)"},
                          Finding{Severity::wrong, "p: argument 'e' is nothing: expected an integer"}));
}

TEST(ArgumentReader, RefusesNumbersThatAreNotFinite) {
  const Arguments arguments = {{"a", std::numeric_limits<double>::infinity()}, {"b", "nan"}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_EQ(1.0, reader.number("a", 1));
  EXPECT_EQ(1.0, reader.number("b", 1));
  ASSERT_EQ(2U, findings.size());
  EXPECT_EQ(Severity::wrong, findings[0].severity);
  EXPECT_EQ(Severity::wrong, findings[1].severity);
}

TEST(ArgumentReader, RefusesAQuotedNumberWithMoreBehindIt) {
  const Arguments arguments = {{"a", "10x"}, {"b", "99999999999999999999"}, {"c", ""}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  for (const char* key : {"a", "b", "c"}) EXPECT_EQ(1, reader.integer(key, 1));
  ASSERT_EQ(3U, findings.size());
  EXPECT_EQ("p: argument 'a' is \"10x\": expected an integer", findings[0].message);
}

TEST(ArgumentReader, ReportsWhatNobodyAskedForOnce) {
  const Arguments arguments = {{"binpack.wieght", 2}};
  Findings findings;
  ArgumentReader reader("binpack", arguments, findings);
  EXPECT_EQ(1, reader.integer("binpack.weight", 1));
  reader.finish();
  reader.finish();
  EXPECT_THAT(findings, ElementsAre(Finding{Severity::unknown, "binpack: unknown argument 'binpack.wieght'"}));
}

TEST(ArgumentReader, SaysOfAKeyWithoutEffectWhyWhenItIsGiven) {
  const Arguments arguments = {{"old", true}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  reader.without_effect("old", "every node is considered");
  reader.without_effect("absent", "never said");
  reader.finish();
  EXPECT_THAT(findings, ElementsAre(Finding{Severity::without_effect,
                                            "p: argument 'old' has no effect: every node is considered"}));
}

TEST(ArgumentReader, ListsKeysWithAPrefixUntilTheyAreConsumed) {
  const Arguments arguments = {{"r.gpu", 2}, {"other", 1}, {"r.fpga", 3}};
  Findings findings;
  ArgumentReader reader("p", arguments, findings);
  EXPECT_THAT(reader.keys_with_prefix("r."), ElementsAre("r.gpu", "r.fpga"));
  EXPECT_EQ(2, reader.integer("r.gpu", 0));
  EXPECT_THAT(reader.keys_with_prefix("r."), ElementsAre("r.fpga"));
}

TEST(ArgumentValue, PrintsItselfForMessages) {
  EXPECT_EQ("nothing", ArgumentValue().text());
  EXPECT_EQ("true", ArgumentValue(true).text());
  EXPECT_EQ("-3", ArgumentValue(-3).text());
  EXPECT_EQ("0.1", ArgumentValue(0.1).text());
  EXPECT_EQ("\"a b\"", ArgumentValue("a b").text());
  EXPECT_EQ("a list", ArgumentValue(ArgumentValue::List{1}).text());
  EXPECT_EQ("a map", ArgumentValue(Arguments{{"k", 1}}).text());
}

}  // namespace
}  // namespace basalt
