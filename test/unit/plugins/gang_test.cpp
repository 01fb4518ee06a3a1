#include "plugins/gang/gang.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/gang/gang_victims.hpp"
#include "plugins/gang/role_minima.hpp"
#include "plugins/gang/waiting_message.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class GangTest : public testing::Test {
 protected:
  /// Pending tasks of a role.
  void pending(JobId job, const std::string& name, int count, std::string_view role = "", Spec spec = {}) {
    for (int i = 0; i < count; ++i) {
      Task row;
      row.role = world.cluster.symbols().intern(role);
      world.task(job, name + "-" + std::to_string(i), {{"cpu", 1000}}, spec, row);
    }
  }
  std::vector<TaskId> running(JobId job, const std::string& name, int count, std::string_view role = "") {
    std::vector<TaskId> made;
    for (int i = 0; i < count; ++i) {
      made.push_back(world.running(job, name + "-" + std::to_string(i), {{"cpu", 1000}}, node, role));
    }
    return made;
  }
  /// A job whose roles ps and worker have minima.
  JobId with_roles(std::int32_t min_member, std::int32_t ps, std::int32_t workers) {
    Job row;
    row.min_task_member = {{world.cluster.symbols().intern("ps"), ps},
                           {world.cluster.symbols().intern("worker"), workers}};
    return world.job("roles", queue, min_member, row);
  }
  std::string objection(JobId job) {
    Session session(world.cluster, plugin.configuration, {});
    const auto said = session.job_valid(job);
    return said ? said->reason + ": " + said->message : "";
  }
  std::string conditions() {
    Session session(world.cluster, plugin.configuration, {});
    std::string text;
    for (const Decision& decision : std::move(session).close()) {
      if (const auto* condition = std::get_if<JobCondition>(&decision)) {
        const ConditionText& said = condition->condition;
        text += world.cluster.jobs()[condition->job].name + " " + said.type + "=" + said.status + " " + said.reason +
                ": " + said.message + "\n";
      }
    }
    return text;
  }
  World world;
  QueueId queue = world.queue("default");
  NodeId node = world.node("n1", {{"cpu", 100'000}});
  Configured plugin{gang()};
};

class SubGroupTest : public GangTest {
 protected:
  SubGroupTest() {
    Job row;
    row.sub_groups.push_back(SubGroupPolicy{"replica", {}, {key}, 2, 2, std::nullopt});
    job = world.job("train", queue, 3, row);
  }
  /// A pending task of a sub-group.
  TaskId member(const std::string& name, const std::string& replica) {
    Task row;
    row.labels =
        world.cluster.intern_labels(PodLabels{{}, {}, LabelSet({{key, world.cluster.symbols().intern(replica)}})});
    return world.task(job, name, {{"cpu", 1000}}, {}, row);
  }
  bool ready() { return Session(world.cluster, plugin.configuration, {}).job_ready(job); }
  bool pipelined() { return Session(world.cluster, plugin.configuration, {}).job_pipelined(job); }
  std::string ready_parts() {
    Session session(world.cluster, plugin.configuration, {});
    std::string text;
    for (const SubJobId part : world.cluster.jobs()[job].sub_jobs) text += session.sub_job_ready(part) ? "y" : "n";
    return text;
  }

  Symbol key = world.cluster.symbols().intern("replica");
  JobId job;
};

TEST_F(SubGroupTest, WantsAsManyWholeSubGroupsAsThePolicySays) {
  member("train-0", "a");
  member("train-1", "a");
  member("train-2", "b");
  EXPECT_EQ("NotEnoughTasks: Not enough valid sub-groups for gang-scheduling", objection(job));
  member("train-3", "b");
  EXPECT_EQ("", objection(job));
}

TEST_F(SubGroupTest, IsReadyWhenTheMinimumAndItsSubGroupsAre) {
  const TaskId first = member("train-0", "a");
  const TaskId second = member("train-1", "a");
  const TaskId third = member("train-2", "b");
  const TaskId fourth = member("train-3", "b");
  for (const TaskId task : {first, second, third}) world.cluster.move(task, TaskStatus::running, node);
  EXPECT_EQ("yn", ready_parts());
  EXPECT_FALSE(ready());
  EXPECT_FALSE(pipelined());
  world.cluster.move(fourth, TaskStatus::pipelined, node);
  EXPECT_FALSE(ready());
  EXPECT_TRUE(pipelined());
  world.cluster.move(fourth, TaskStatus::pending, NodeId{});
  world.cluster.move(fourth, TaskStatus::running, node);
  EXPECT_EQ("yy", ready_parts());
  EXPECT_TRUE(ready());
}

TEST_F(SubGroupTest, MinimumWithoutItsSubGroupsIsNotCalledScheduled) {
  for (const char* name : {"train-0", "train-1", "train-2"}) {
    world.cluster.move(member(name, name), TaskStatus::running, node);
  }
  member("train-3", "train-0");
  EXPECT_THAT(conditions(), testing::StartsWith("train Unschedulable=True NotEnoughResources: 1/4 tasks in gang"));
}

TEST_F(GangTest, WantsAsManyValidTasksAsTheMinimum) {
  const JobId job = world.job("train", queue, 3);
  pending(job, "train", 2);
  EXPECT_EQ("NotEnoughTasks: Not enough valid tasks for gang-scheduling, valid: 2, min: 3", objection(job));
  world.cluster.move(running(job, "done", 1)[0], TaskStatus::succeeded, NodeId{});
  EXPECT_EQ("", objection(job));
}

TEST_F(GangTest, WantsEnoughTasksOfEachRole) {
  const JobId job = with_roles(3, 1, 2);
  pending(job, "worker", 3, "worker");
  EXPECT_EQ("NotEnoughPodsOfTask: Not enough valid pods of each task for gang-scheduling", objection(job));
  pending(job, "ps", 1, "ps");
  EXPECT_EQ("", objection(job));
}

TEST_F(GangTest, IgnoresRolesWhenTheMinimumIsBelowTheirSum) {
  const JobId job = with_roles(2, 1, 2);
  pending(job, "worker", 2, "worker");
  EXPECT_EQ("", objection(job));
  running(job, "placed", 2, "worker");
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_ready(job));
}

TEST_F(GangTest, IsReadyWhenTheJobAndEachRoleHaveTheirMinimum) {
  const JobId job = with_roles(3, 1, 2);
  running(job, "worker", 3, "worker");
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.job_ready(job));
  EXPECT_FALSE(session.job_starving(job)) << "roles do not make a job starve";
}

TEST_F(GangTest, CountsReservationsForKeepingAGangButNotForBindingIt) {
  const JobId job = world.job("train", queue, 2);
  running(job, "train", 1);
  const TaskId waits = world.task(job, "train-1", {{"cpu", 1000}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.job_pipelined(job));
  EXPECT_TRUE(session.job_starving(job));
  Transaction tx = session.begin();
  tx.pipeline(waits, node);
  EXPECT_TRUE(session.job_pipelined(job));
  EXPECT_FALSE(session.job_ready(job));
  EXPECT_FALSE(session.job_starving(job));
}

TEST_F(GangTest, GivesNoCreditForPendingTasksThatAskForNothing) {
  const JobId job = world.job("light", queue, 1);
  const TaskId light = world.task(job, "light-0", {});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.job_ready(job));
  EXPECT_FALSE(session.job_pipelined(job));
  EXPECT_TRUE(session.job_starving(job));
  Transaction tx = session.begin();
  ASSERT_TRUE(tx.allocate(light, node));
  EXPECT_TRUE(session.job_ready(job));
}

TEST_F(GangTest, PutsJobsBelowTheirMinimumFirst) {
  const JobId ready = world.job("ready", queue, 1);
  running(ready, "ready", 1);
  const JobId waits = world.job("waits", queue, 1);
  pending(waits, "waits", 1);
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_order(waits, ready) < 0);
  EXPECT_TRUE(session.job_order(ready, waits) > 0);
}

TEST_F(GangTest, GivesUpItsSurplusInTheOrderOfTheCandidates) {
  const JobId job = world.job("elastic", queue, 3);
  const std::vector<TaskId> tasks = running(job, "elastic", 5);
  const std::vector<TaskId> asked = {tasks[4], tasks[1], tasks[0], tasks[2]};
  EXPECT_EQ((std::vector{tasks[4], tasks[1]}), surplus_tasks(world.cluster, asked));
}

TEST_F(GangTest, KeepsTheLastTaskOfARoleThatHasAMinimum) {
  const JobId job = with_roles(3, 1, 2);
  const std::vector<TaskId> ps = running(job, "ps", 2, "ps");
  const std::vector<TaskId> workers = running(job, "worker", 3, "worker");
  EXPECT_EQ((std::vector{ps[0], workers[0]}),
            surplus_tasks(world.cluster, std::vector{ps[0], ps[1], workers[0], workers[1]}));
}

TEST_F(GangTest, ProtectsTasksWithoutAJobAndCountsEachJobOnItsOwn) {
  const JobId one = world.job("one", queue, 0);
  const JobId two = world.job("two", queue, 1);
  const TaskId free = running(one, "one", 1)[0];
  const TaskId kept = running(two, "two", 1)[0];
  const TaskId foreign = world.running(JobId{}, "foreign", {{"cpu", 1000}}, node);
  const TaskId evictor = world.task(two, "two-9", {{"cpu", 1000}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_EQ(std::vector{free}, session.preemptable(evictor, std::vector{foreign, kept, free}));
  EXPECT_EQ(std::vector{free}, session.reclaimable(evictor, std::vector{foreign, kept, free}));
}

TEST_F(GangTest, LetsAJobGoWholeOrItsSurplus) {
  const JobId job = world.job("low", queue, 2);
  const std::vector<TaskId> tasks = running(job, "low", 3);
  const TaskId evictor = world.task(world.job("high", queue, 1), "high-0", {{"cpu", 1000}});
  Session session(world.cluster, plugin.configuration, {});
  const EvictionContext context{EvictionContext::Kind::preempt, world.cluster.tasks()[evictor].job, std::nullopt};
  EXPECT_EQ(tasks, session.unified_evictable(context, tasks));
  EXPECT_EQ(std::vector{tasks[2]}, session.unified_evictable(context, std::vector{tasks[2], tasks[1]}));
}

TEST_F(GangTest, SaysWhatAGangWaitsFor) {
  const JobId job = world.job("train", queue, 5);
  running(job, "up", 2);
  pending(job, "train", 3);
  Session session(world.cluster, plugin.configuration, {});
  const std::string head =
      "3/5 tasks in gang unschedulable: pod group is not ready, 3 Pending, 2 Running, 5 minAvailable; "
      "Pending: 3 Unschedulable";
  EXPECT_EQ(head, waiting_message(session, job));
  FitSummary summary;
  summary.add({reasons::kInsufficient, world.cluster.symbols().intern("cpu")}, 12);
  session.wait_report(job).tasks.emplace_back(world.cluster.tasks()[world.cluster.jobs()[job].tasks.back()].spec,
                                              summary);
  EXPECT_EQ(head + ". Origin reason is: 0/12 nodes are unavailable: 12 Insufficient cpu.",
            waiting_message(session, job));
}

TEST_F(GangTest, RepeatsBlockersWordForWord) {
  Job row;
  row.blockers = {"unsupported: sub-groups"};
  const JobId job = world.job("train", queue, 2, row);
  Spec spec;
  spec.blockers = {"unsupported: topology spread"};
  pending(job, "train", 2, "", spec);
  Session session(world.cluster, plugin.configuration, {});
  const std::string head =
      "2/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable; Pending: 2 Unschedulable";
  EXPECT_EQ(head + ". Origin reason is: unsupported: sub-groups; unsupported: topology spread",
            waiting_message(session, job));
  session.wait_report(job).job_reason = "unsupported: sub-groups";
  EXPECT_EQ(head + ". Origin reason is: unsupported: sub-groups; unsupported: topology spread",
            waiting_message(session, job));
}

TEST_F(GangTest, ReportsEachJobThatHasTasksInTheirOrder) {
  const JobId empty = world.job("empty", queue, 3);
  static_cast<void>(empty);
  const JobId waits = world.job("waits", queue, 1);
  pending(waits, "waits", 1);
  const JobId ready = world.job("ready", queue, 1);
  running(ready, "ready", 1);
  EXPECT_EQ(
      "waits Unschedulable=True NotEnoughResources: 1/1 tasks in gang unschedulable: pod group is not ready, "
      "1 Pending, 1 minAvailable; Pending: 1 Unschedulable\n"
      "ready Scheduled=True tasks in gang are ready to be scheduled: \n",
      conditions());
}

TEST_F(GangTest, SaysAgainOnlyWhatHasOtherReasons) {
  Job row;
  row.observed.conditions = {{"Scheduled", "True", "tasks in gang are ready to be scheduled", ""},
                             {"Unschedulable", "True", "NotEnoughResources",
                              "2/7 tasks in gang unschedulable: pod group is not ready, 2 Pending, 4 minAvailable; "
                              "Pending: 2 Unschedulable"}};
  const JobId waits = world.job("waits", queue, 7, row);
  pending(waits, "waits", 7);
  const JobId ready = world.job("ready", queue, 1, row);
  running(ready, "ready", 1);
  EXPECT_EQ("", conditions());
}

TEST_F(GangTest, DoesNotCallAGangUnschedulableWhosePodsAreOnlyTerminating) {
  const JobId job = world.job("leaving", queue, 2);
  const std::vector<TaskId> tasks = running(job, "leaving", 2);
  world.cluster.move(tasks[0], TaskStatus::releasing, node);
  EXPECT_EQ("", conditions());
  pending(job, "replacement", 1);
  EXPECT_NE("", conditions());
}

TEST_F(GangTest, WritesNothingForGroupsWithoutAnObject) {
  Job row;
  row.implicit = true;
  pending(world.job("bare", queue, 1, row), "bare", 1);
  EXPECT_EQ("", conditions());
}

}  // namespace
}  // namespace basalt
