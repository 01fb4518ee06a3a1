#include "simulation/pod_life.hpp"

#include <gtest/gtest.h>

namespace basalt::simulation {
namespace {

using Kind = PodStep::Kind;
using std::chrono::seconds;

const WallTime kNow{seconds(1'000)};

Pod running(const std::string& policy) {
  Pod pod;
  pod.restart_policy = policy;
  pod.phase = Phase::running;
  pod.begun = kNow;
  return pod;
}

TEST(PodLife, APodOnANodeStartsAtOnce) {
  EXPECT_EQ((PodStep{Kind::start, kNow}), next_step(Pod{}, seconds(30), kNow));
  const Pod started = after_step(Pod{}, Kind::start, kNow);
  EXPECT_EQ(Phase::running, started.phase);
  EXPECT_EQ(kNow, started.begun);
}

TEST(PodLife, SucceedsAfterTheTimeThatItSaysOrThatOfTheFlag) {
  Pod pod = running("Never");
  EXPECT_EQ((PodStep{Kind::succeed, kNow + seconds(30)}), next_step(pod, seconds(30), kNow));
  EXPECT_EQ(std::nullopt, next_step(pod, std::nullopt, kNow));
  pod.run = seconds(5);
  EXPECT_EQ((PodStep{Kind::succeed, kNow + seconds(5)}), next_step(pod, seconds(30), kNow));
}

TEST(PodLife, AServiceRunsForEverUnlessItSaysOtherwiseAndIsRestartedThen) {
  Pod pod = running("Always");
  EXPECT_EQ(std::nullopt, next_step(pod, seconds(30), kNow));
  pod.run = seconds(5);
  EXPECT_EQ((PodStep{Kind::restart, kNow + seconds(5)}), next_step(pod, seconds(30), kNow));
}

TEST(PodLife, FailsForGoodOnlyWhenItIsNeverRestarted) {
  Pod never = running("Never");
  never.fail_after = seconds(3);
  EXPECT_EQ((PodStep{Kind::fail, kNow + seconds(3)}), next_step(never, seconds(30), kNow));
  Pod again = running("OnFailure");
  again.fail_after = seconds(3);
  EXPECT_EQ((PodStep{Kind::restart, kNow + seconds(3)}), next_step(again, seconds(30), kNow));
  const Pod restarted = after_step(again, Kind::restart, kNow + seconds(3));
  EXPECT_EQ(1, restarted.restarts);
  EXPECT_EQ((PodStep{Kind::restart, kNow + seconds(6)}), next_step(restarted, seconds(30), kNow + seconds(3)));
}

TEST(PodLife, WhoEndsBeforeItFailsSucceeds) {
  Pod pod = running("Never");
  pod.run = seconds(2);
  pod.fail_after = seconds(3);
  EXPECT_EQ((PodStep{Kind::succeed, kNow + seconds(2)}), next_step(pod, seconds(30), kNow));
}

TEST(PodLife, ADeletedPodGoesAtOnceOrWhenItsContainersHaveStoppedButNotAfterItsGracePeriod) {
  Pod pod = running("Always");
  pod.grace = seconds(30);
  pod.deleted = kNow + seconds(30);
  EXPECT_EQ((PodStep{Kind::remove, kNow}), next_step(pod, seconds(30), kNow));
  pod.stop = seconds(10);
  EXPECT_EQ((PodStep{Kind::remove, kNow + seconds(10)}), next_step(pod, seconds(30), kNow));
  pod.stop = seconds(100);
  EXPECT_EQ((PodStep{Kind::remove, kNow + seconds(30)}), next_step(pod, seconds(30), kNow));
}

TEST(PodLife, WhatIsOverStaysUntilItIsDeleted) {
  Pod pod = running("Never");
  pod.phase = Phase::succeeded;
  EXPECT_EQ(std::nullopt, next_step(pod, seconds(30), kNow));
  pod.deleted = kNow;
  EXPECT_EQ((PodStep{Kind::remove, kNow}), next_step(pod, seconds(30), kNow));
}

}  // namespace
}  // namespace basalt::simulation
