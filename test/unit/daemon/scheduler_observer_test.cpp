#include "daemon/scheduler_observer.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

namespace basalt::daemon {
namespace {

using ::testing::HasSubstr;

class SchedulerObserverTest : public ::testing::Test {
 protected:
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  /// The metrics after a cycle that decided nothing.
  std::string metrics_after_a_cycle() {
    observer_.cycle_done(CycleReport{.cluster = state_.cluster(), .decisions = {}});
    return metrics_.text();
  }

  State state_{Ownership{}};
  std::ostringstream out_;
  const Log log_{0, out_};
  const SchedulerMetrics metrics_;
  SchedulerObserver observer_{log_, metrics_, 0};
};

TEST_F(SchedulerObserverTest, CountsTheJobsThatWaitAsTheyComeAndGo) {
  apply(
      "queue default\nnode n1 cpu=9\njob waits min=2\ntask waits-0 cpu=1\ntask waits-1 cpu=1\n"
      "job runs min=1\ntask runs-0 cpu=1 on=n1 status=running");
  EXPECT_THAT(metrics_after_a_cycle(), HasSubstr("volcano_unschedule_job_count 1\n"));
  apply("job more min=1\ntask more-0 cpu=1");
  EXPECT_THAT(metrics_after_a_cycle(), HasSubstr("volcano_unschedule_job_count 2\n"));
  EXPECT_THAT(metrics_after_a_cycle(), HasSubstr("volcano_unschedule_job_count 2\n"));
  apply("task waits-0 cpu=1 on=n1 status=running\ntask waits-1 cpu=1 on=n1 status=running");
  EXPECT_THAT(metrics_after_a_cycle(), HasSubstr("volcano_unschedule_job_count 1\n"));
  state_.apply(Removed{ObjectKind::pod_group, "default", "more", {}});
  state_.apply(Removed{ObjectKind::pod, "default", "more-0", {}});
  EXPECT_THAT(metrics_after_a_cycle(), HasSubstr("volcano_unschedule_job_count 0\n"));
}

}  // namespace
}  // namespace basalt::daemon
