#include "basalt/framework/laws.hpp"

#include <gtest/gtest.h>

namespace basalt {
namespace {

/// A plugin that answers what it was told to.
struct Voter {
  Vote vote = Vote::abstain;
  int asked = 0;
};

TaskId task(std::uint32_t number) { return TaskId(number, 0); }

std::vector<TaskId> tasks(std::initializer_list<std::uint32_t> numbers) {
  std::vector<TaskId> made;
  for (const std::uint32_t number : numbers) made.push_back(task(number));
  return made;
}

bool cast(std::vector<std::vector<Voter>>& voters) {
  Tiers<Voter> tiers;
  for (auto& tier : voters) {
    auto& made = tiers.emplace_back();
    for (Voter& voter : tier) made.push_back(&voter);
  }
  return laws::vote(tiers, [](Voter& voter) {
    ++voter.asked;
    return voter.vote;
  });
}

TEST(VoteLaw, PassesWhenNobodyIsAskedOrAllAbstain) {
  std::vector<std::vector<Voter>> nobody;
  EXPECT_TRUE(cast(nobody));
  std::vector<std::vector<Voter>> abstaining = {{{}, {}}, {{}}};
  EXPECT_TRUE(cast(abstaining));
}

TEST(VoteLaw, RejectionBeatsAPermissionOfTheSameTier) {
  std::vector<std::vector<Voter>> voters = {{{Vote::permit}, {Vote::reject}}};
  EXPECT_FALSE(cast(voters));
}

TEST(VoteLaw, PermissionOfAnEarlierTierIsFinal) {
  std::vector<std::vector<Voter>> voters = {{{Vote::permit}}, {{Vote::reject}}};
  EXPECT_TRUE(cast(voters));
  EXPECT_EQ(0, voters[1][0].asked);
}

TEST(VoteLaw, TierThatAbstainsLeavesItToTheNext) {
  std::vector<std::vector<Voter>> voters = {{{Vote::abstain}}, {{Vote::reject}}};
  EXPECT_FALSE(cast(voters));
}

/// A plugin with an opinion on victims.
struct Judge {
  laws::Victims answer;
  VictimRole role = VictimRole::policy;
};

std::vector<TaskId> judge(std::vector<std::vector<Judge>> judges, std::vector<TaskId> candidates) {
  Tiers<Judge> tiers;
  for (auto& tier : judges) {
    auto& made = tiers.emplace_back();
    for (Judge& each : tier) made.push_back(&each);
  }
  return laws::protected_victims(
      tiers, candidates, [](const Judge& each, std::span<const TaskId>) { return each.answer; },
      [](const Judge& each) { return each.role; });
}

std::vector<TaskId> judge_falling_through(std::vector<std::vector<Judge>> judges, std::vector<TaskId> candidates) {
  Tiers<Judge> tiers;
  for (auto& tier : judges) {
    auto& made = tiers.emplace_back();
    for (Judge& each : tier) made.push_back(&each);
  }
  return laws::fall_through_victims(tiers, candidates,
                                    [](const Judge& each, std::span<const TaskId>) { return each.answer; });
}

constexpr VictimRole kProtection = VictimRole::protection;

TEST(VictimLaw, NobodyIsAVictimWhenNobodyHasAnOpinion) {
  EXPECT_TRUE(judge({{{std::nullopt}}}, tasks({1, 2})).empty());
}

TEST(VictimLaw, PoliciesOfATierMustAgree) {
  EXPECT_EQ(tasks({2}), judge({{{tasks({1, 2})}, {tasks({2, 3})}}}, tasks({1, 2, 3})));
}

TEST(VictimLaw, FirstTierOfPoliciesWithAnAnswerDecides) {
  EXPECT_EQ(tasks({1}), judge({{{tasks({1})}}, {{tasks({2, 3})}}}, tasks({1, 2, 3})));
  EXPECT_EQ(tasks({2, 3}), judge({{{std::nullopt}}, {{tasks({2, 3})}}}, tasks({1, 2, 3})));
}

TEST(VictimLaw, ProtectionInALaterTierStillProtects) {
  EXPECT_EQ(tasks({2}), judge({{{tasks({1, 2})}}, {{tasks({2, 3}), kProtection}}}, tasks({1, 2, 3})));
}

TEST(VictimLaw, ProtectionThatLeavesNobodyIsFinal) {
  EXPECT_TRUE(judge({{{tasks({}), kProtection}}, {{tasks({1, 2})}}}, tasks({1, 2})).empty());
}

TEST(VictimLaw, NobodyBringsBackWhomAnEmptyIntersectionExcluded) {
  const std::vector<std::vector<Judge>> tier = {
      {{tasks({1}), kProtection}, {tasks({2}), kProtection}, {tasks({1, 2})}}};
  EXPECT_TRUE(judge(tier, tasks({1, 2})).empty());
  EXPECT_EQ(tasks({1, 2}), judge_falling_through(tier, tasks({1, 2}))) << "Volcano's rule refills";
}

TEST(VictimLaw, UnderVolcanosRuleAVetoFallsThroughToTheNextTier) {
  EXPECT_EQ(tasks({1, 2}), judge_falling_through({{{tasks({})}}, {{tasks({1, 2})}}}, tasks({1, 2})));
}

TEST(FirstTierTogetherLaw, NamesOfATierCountTogetherAndEachOnce) {
  const auto together = [](std::vector<std::vector<Judge>> judges) {
    Tiers<Judge> tiers;
    for (auto& tier : judges) {
      auto& made = tiers.emplace_back();
      for (Judge& each : tier) made.push_back(&each);
    }
    return laws::first_tier_together(tiers, tasks({1, 2, 3}), [](const Judge& each) { return *each.answer; });
  };
  EXPECT_EQ(tasks({1, 2}), together({{{tasks({2, 1})}, {tasks({2})}}, {{tasks({3})}}}));
  EXPECT_EQ(tasks({3}), together({{{tasks({})}, {tasks({9})}}, {{tasks({3})}}})) << "nobody asked about 9";
}

TEST(FirstTierLaw, AsksOnlyTheFirstTierThatHasThePoint) {
  const auto yes = [](bool answer) { return answer; };
  bool agree = true;
  bool refuse = false;
  EXPECT_FALSE(laws::first_tier_agrees(Tiers<bool>{}, [&](bool& each) { return yes(each); }));
  EXPECT_TRUE(laws::first_tier_agrees(Tiers<bool>{{&agree}, {&refuse}}, [&](bool& each) { return yes(each); }));
  EXPECT_FALSE(laws::first_tier_agrees(Tiers<bool>{{&agree, &refuse}}, [&](bool& each) { return yes(each); }));
}

}  // namespace
}  // namespace basalt
