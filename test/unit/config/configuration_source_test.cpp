#include "config/configuration_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/fake_types.hpp"

namespace basalt {
namespace {

using Outcome = ConfigurationChange::Outcome;
using testing::HasSubstr;

constexpr const char* kGood = "actions: allocate\ntiers: [plugins: [name: gang]]\n";
constexpr const char* kBad = "actions: alocate\ntiers: [plugins: [name: gang]]\n";
const Error kMissing{ErrorCode::not_found, "configuration file f: No such file or directory"};

class ConfigurationSourceTest : public testing::Test {
 protected:
  Registry registry_ = fake::registry();
  ConfigurationSource source_{"f", registry_, Leniency::strict};
};

TEST_F(ConfigurationSourceTest, StartsWithTheFile) {
  const auto change = source_.start(std::string(kGood), false);
  ASSERT_TRUE(change);
  EXPECT_EQ(Outcome::loaded, change->outcome);
  EXPECT_EQ(1U, change->configuration->actions.size());
}

TEST_F(ConfigurationSourceTest, StartsWithTheDefaultWhenTheFileIsRefusedAndSaysWhy) {
  const auto change = source_.start(std::string(kBad), false);
  ASSERT_TRUE(change);
  EXPECT_EQ(Outcome::defaulted, change->outcome);
  EXPECT_EQ(3U, change->configuration->actions.size());
  ASSERT_EQ(1U, change->findings.size());
  EXPECT_THAT(change->findings[0].message, HasSubstr("f:1:10: unknown action 'alocate'"));
}

TEST_F(ConfigurationSourceTest, DoesNotStartWithTheDefaultWhenThatIsDisabled) {
  const auto refused = source_.start(std::string(kBad), true);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("error: f:1:10: unknown action 'alocate'"));
  EXPECT_FALSE(source_.start(kMissing, true));
}

TEST_F(ConfigurationSourceTest, KeepsWhatIsInForceWhenAReloadIsRefusedOrUnreadable) {
  const ConfigurationChange refused = source_.reload(std::string(kBad));
  EXPECT_EQ(Outcome::refused, refused.outcome);
  EXPECT_FALSE(refused.configuration);
  const ConfigurationChange unreadable = source_.reload(kMissing);
  EXPECT_EQ(Outcome::unreadable, unreadable.outcome);
  EXPECT_FALSE(unreadable.configuration);
  ASSERT_EQ(1U, unreadable.findings.size());
  EXPECT_EQ(kMissing.message, unreadable.findings[0].message);
}

TEST_F(ConfigurationSourceTest, PrintsFindingsWithWhatTheyMean) {
  const Findings findings = {{Finding::Severity::wrong, "a"},
                             {Finding::Severity::unknown, "b"},
                             {Finding::Severity::without_effect, "c"},
                             {Finding::Severity::note, "d"}};
  EXPECT_EQ("error: a\nerror: b\nwarning: c\nnote: d\n", printed(findings, Leniency::strict));
  EXPECT_EQ("error: a\nwarning: b\nwarning: c\nnote: d\n", printed(findings, Leniency::lenient));
}

}  // namespace
}  // namespace basalt
