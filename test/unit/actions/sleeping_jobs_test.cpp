// Which jobs a cycle looks at again after a plugin had refused them before any node was asked.

#include <gmock/gmock.h>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

namespace basalt {
namespace {

using ::testing::Contains;
using ::testing::Not;

class SleepingJobsTest : public ::testing::Test {
 protected:
  SleepingJobsTest() {
    Findings findings;
    for (const PluginType& type : builtin_plugins()) {
      if (type.name != "gang" && type.name != "overcommit" && type.name != "proportion") continue;
      if (configuration_.tiers.empty()) configuration_.tiers.emplace_back();
      configuration_.tiers.front().plugins.push_back({type.name, type.configure({}, findings), {}});
    }
    for (const std::string_view name : {"enqueue", "allocate"}) {
      for (const ActionType& type : builtin_actions()) {
        if (type.name == name) configuration_.actions.push_back({type.name, type.configure({}, findings)});
      }
    }
    configuration_.attach(state_.cluster());
  }
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  /// The jobs that a cycle looked at.
  std::vector<std::string> cycle() {
    Session session(state_.cluster(), configuration_, Moment{WallTime{}, ++cycles_});
    std::vector<std::string> looked_at;
    for (const JobId job : session.jobs_in_view()) looked_at.push_back(state_.cluster().jobs()[job].name);
    for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
    state_.assume(std::move(session).close());
    return looked_at;
  }
  /// Until nothing that was decided wakes anybody any more.
  void settle() {
    for (int i = 0; i < 3; ++i) cycle();
  }

  State state_{Ownership{}};
  Configuration configuration_;  // after the state: its plugins have columns in the tables
  std::uint64_t cycles_ = 0;
};

TEST_F(SleepingJobsTest, AJobThatWasNotLetInIsNotLookedAtWhenMoreJobsCome) {
  apply(
      "queue default\nqueue other\nnode n1 cpu=4\njob known queue=other min=1\ntask known-0 cpu=1\n"
      "job big min=1 min-resources.cpu=100\ntask big-0 cpu=100");
  settle();
  apply("job small queue=other min=1 min-resources.cpu=1\ntask small-0 cpu=1");
  EXPECT_THAT(cycle(), Not(Contains("big")));
}

TEST_F(SleepingJobsTest, AJobThatWasNotLetInIsLookedAtWhenAnotherGoes) {
  apply(
      "queue default\nnode n1 cpu=4\njob first min=2 min-resources.cpu=4\ntask first-0 cpu=2\n"
      "job second min=1 min-resources.cpu=4\ntask second-0 cpu=4");
  settle();
  EXPECT_THAT(cycle(), Not(Contains("second")));
  state_.apply(Removed{ObjectKind::pod_group, "default", "first", {}});
  state_.apply(Removed{ObjectKind::pod, "default", "first-0", {}});
  EXPECT_THAT(cycle(), Contains("second"));
}

TEST_F(SleepingJobsTest, AJobThatWasNotLetInAndGoesIsForgotten) {
  apply("queue default\nnode n1 cpu=4\njob big min=1 min-resources.cpu=100\ntask big-0 cpu=100");
  settle();
  state_.apply(Removed{ObjectKind::pod_group, "default", "big", {}});
  state_.apply(Removed{ObjectKind::pod, "default", "big-0", {}});
  EXPECT_THAT(cycle(), Not(Contains("big")));
}

TEST_F(SleepingJobsTest, AJobOfAQueueThatHasItsShareIsNotLookedAtWhenOthersAskForMore) {
  apply(
      "queue full capability.cpu=2\nqueue other\nnode n1 cpu=4\njob known queue=other min=1\ntask known-0 cpu=1\n"
      "job runs queue=full min=1\ntask runs-0 cpu=2 on=n1 status=running\n"
      "job waits queue=full min=1\ntask waits-0 cpu=1");
  settle();
  EXPECT_THAT(cycle(), Not(Contains("waits")));
  apply("job more queue=other min=1\ntask more-0 cpu=9");
  EXPECT_THAT(cycle(), Not(Contains("waits")));
}

TEST_F(SleepingJobsTest, AJobOfAQueueThatHasItsShareIsLookedAtWhenATaskOfTheQueueEnds) {
  apply(
      "queue full capability.cpu=2\nnode n1 cpu=4\n"
      "job runs queue=full min=1\ntask runs-0 cpu=2 on=n1 status=running\n"
      "job waits queue=full min=1\ntask waits-0 cpu=1");
  settle();
  apply("task runs-0 job=runs cpu=2 on=n1 status=succeeded");
  EXPECT_THAT(cycle(), Contains("waits"));
}

}  // namespace
}  // namespace basalt
