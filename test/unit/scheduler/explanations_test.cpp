// Why jobs and pods wait, as values and as people read it.

#include "scheduler/explanations.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actions/builtin.hpp"
#include "basalt/framework/explanation.hpp"
#include "basalt/model/cluster_text.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kWithoutShares = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: overcommit
  - name: predicates
)";
constexpr const char* kWithShares = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: gang
- plugins:
  - name: predicates
  - name: proportion
)";

constexpr const char* kWithDomains = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: predicates
  - name: network-topology-aware
)";
constexpr const char* kWithEvictions = R"(
actions: "enqueue, preempt, reclaim"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: predicates
  - name: proportion
)";

class ExplanationTest : public ::testing::Test {
 protected:
  void use(const char* configuration) {
    auto parsed = parse_configuration(configuration, "test", registry_, Leniency::strict);
    ASSERT_NE(nullptr, parsed.configuration);
    configuration_ = std::move(parsed.configuration);
    configuration_->attach(state_.cluster());
  }
  void happens(const std::string& text) {
    const auto deltas = parse_cluster_text(text, 100 * ++blocks_);
    ASSERT_TRUE(deltas) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  void cycle() {
    Session session(state_.cluster(), *configuration_, Moment{WallTime(), ++cycle_});
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    state_.assume(std::move(session).close());
  }
  /// The explanation of a job after a cycle; asking for it must leave no trace.
  JobExplanation explained(const std::string& cluster, const std::string& job) {
    if (configuration_ == nullptr) use(kWithoutShares);
    happens("queue default\n" + cluster);
    cycle();
    const std::uint64_t before = state_.cluster().fingerprint();
    Session session(state_.cluster(), *configuration_, Moment{WallTime(), cycle_}, SessionPurpose::what_if);
    const JobExplanation explained = explain(session, find_job(state_.cluster(), job));
    static_cast<void>(std::move(session).close());
    EXPECT_EQ(before, state_.cluster().fingerprint());
    return explained;
  }
  std::optional<std::string> text(const Subject& subject, bool as_json = false) {
    Session session(state_.cluster(), *configuration_, Moment{WallTime(), cycle_}, SessionPurpose::what_if);
    return explain(session, subject, as_json);
  }

  const Registry registry_{builtin_plugins(), builtin_actions()};
  State state_{Ownership{}};
  std::unique_ptr<Configuration> configuration_;
  std::uint64_t cycle_ = 0;
  std::int64_t blocks_ = 0;
};

TEST_F(ExplanationTest, NoNodeHasEnoughLeft) {
  const JobExplanation job = explained("node n1 cpu=2\nnode n2 cpu=4\njob a min=1\ntask a-0 cpu=5", "a");
  EXPECT_EQ(Hindrance::no_room, job.hindrance);
  EXPECT_EQ(1U, job.cycle);
  ASSERT_THAT(job.tasks, SizeIs(1));
  EXPECT_THAT(job.tasks[0].nodes, ElementsAre(NodesByReason{"Insufficient cpu", 2, {"n1", "n2"}}));
  EXPECT_EQ("n2", job.tasks[0].nearest_node);
  EXPECT_THAT(job.tasks[0].missing, ElementsAre(MissingAmount{"cpu", 5000, 4000, 1000, 6000}));
  EXPECT_THAT(job.remedies, ElementsAre(Remedy{Remedy::Kind::free_on_node, "n2", {{"cpu", 1000}}, 0}))
      << "no node like these could ever take it, however many there were";
}

TEST_F(ExplanationTest, AllMissingKindsAreNamedNotTheFirstAlone) {
  const JobExplanation job = explained(
      "node n1 cpu=2 memory=2Gi nvidia.com/gpu=1\njob a min=1\ntask a-0 cpu=3 memory=4Gi nvidia.com/gpu=2", "a");
  ASSERT_THAT(job.tasks, SizeIs(1));
  std::vector<std::string> kinds;
  for (const MissingAmount& amount : job.tasks[0].missing) kinds.push_back(amount.kind);
  EXPECT_THAT(kinds, ElementsAre("cpu", "memory", "nvidia.com/gpu"));
}

TEST_F(ExplanationTest, TaintsAndLabelsRefuseEveryNode) {
  const JobExplanation job = explained(
      "node n1 cpu=8 label:zone=a taint:gpu=yes:NoSchedule\nnode n2 cpu=8 label:zone=b\njob a min=1\n"
      "task a-0 cpu=1 select:zone=a",
      "a");
  EXPECT_EQ(Hindrance::no_node, job.hindrance);
  ASSERT_THAT(job.tasks, SizeIs(1));
  EXPECT_THAT(job.tasks[0].nodes, SizeIs(2));
  EXPECT_THAT(job.tasks[0].nearest_node, IsEmpty());
  EXPECT_THAT(job.remedies, IsEmpty());
}

TEST_F(ExplanationTest, OfAGangTheMemberThatFindsNoPlaceIsNamedAndThoseThatDoAreCounted) {
  const JobExplanation job = explained("node n1 cpu=4\nnode n2 cpu=1\njob a min=4\ntask a-{0..4} cpu=2", "a");
  EXPECT_EQ(Hindrance::no_room, job.hindrance);
  EXPECT_EQ(2U, job.placeable);
  EXPECT_THAT(job.sentence, HasSubstr("2 of 5 waiting pod(s) fit, minMember 4"));
  EXPECT_THAT(job.remedies, ElementsAre(Remedy{Remedy::Kind::add_nodes, "n1", {{"cpu", 4000}, {"pods", 110}}, 1},
                                        Remedy{Remedy::Kind::lower_minimum, "a", {}, 2}));
}

TEST_F(ExplanationTest, OfRolesTheOneThatFitsWaitsForTheOneThatDoesNot) {
  const JobExplanation job = explained(
      "node n1 cpu=2\njob a min=2\ntask a-master-0 cpu=1 role=master\ntask a-worker-0 cpu=8 role=worker", "a");
  ASSERT_THAT(job.tasks, SizeIs(2));
  EXPECT_EQ("master", job.tasks[0].role);
  EXPECT_EQ(Hindrance::gang_does_not_fit, job.tasks[0].hindrance);
  EXPECT_EQ(Hindrance::no_room, job.tasks[1].hindrance);
}

TEST_F(ExplanationTest, AGangWithoutAllItsPodsSaysHowManyOfWhichRoleAreMissing) {
  const JobExplanation job =
      explained("node n1 cpu=8\njob a min=3 role:master=1 role:worker=2\ntask a-worker-0 cpu=1 role=worker", "a");
  EXPECT_EQ(Hindrance::gang_incomplete, job.hindrance);
  EXPECT_THAT(job.missing_members, ElementsAre(MissingMembers{"master", 0, 1}, MissingMembers{"worker", 1, 2}));
  EXPECT_THAT(job.remedies, ElementsAre(Remedy{Remedy::Kind::create_pods, "a", {}, 2}));
}

TEST_F(ExplanationTest, AQueueBeyondItsShareSaysOfWhat) {
  use(kWithShares);
  const JobExplanation job = explained(
      "queue q1\nqueue q2\nnode n1 cpu=4\njob b queue=q2 min=1\ntask b-0 cpu=4\n"
      "job a queue=q1 min=1\ntask a-0 cpu=2 on=n1 status=running\ntask a-1 cpu=1",
      "a");
  EXPECT_EQ(Hindrance::queue_limit, job.hindrance) << job.sentence;
  ASSERT_THAT(job.tasks, SizeIs(1));
  EXPECT_THAT(job.tasks[0].bounds, ElementsAre(ExceededBound{"q1", "deserved", "cpu", 2000, 2000, 1000, 1000}));
  EXPECT_THAT(job.remedies, IsEmpty()) << "a share is nobody's to raise";
}

TEST_F(ExplanationTest, ACapabilityThatIsInTheWayMayBeRaised) {
  use(kWithShares);
  const JobExplanation job =
      explained("queue q1 capability.cpu=2\nnode n1 cpu=8\njob a queue=q1 min=1\ntask a-0 cpu=3", "a");
  EXPECT_EQ(Hindrance::queue_limit, job.hindrance) << job.sentence;
  EXPECT_THAT(job.remedies, ElementsAre(Remedy{Remedy::Kind::raise_capability, "q1", {{"cpu", 3000}}, 0}));
}

TEST_F(ExplanationTest, AJobThatIsNotLetInSaysWhoIsAgainstIt) {
  const JobExplanation job = explained("node n1 cpu=2\njob a min=1 min-resources.cpu=50\ntask a-0 cpu=50", "a");
  EXPECT_EQ(Hindrance::not_enqueued, job.hindrance);
  EXPECT_THAT(job.sentence, HasSubstr("cpu"));
}

TEST_F(ExplanationTest, AReservationInTheWayNamesItsJob) {
  happens(
      "queue default\nnode n1 cpu=4\npriority-class high value=100\n"
      "pod leaving scheduler=other cpu=4 on=n1 status=running deleting");
  use(kWithoutShares);
  happens("job first min=2 priority=high\ntask first-{0..1} cpu=2");
  cycle();
  const JobExplanation job = explained("job second min=1\ntask second-0 cpu=2", "second");
  EXPECT_EQ(Hindrance::reserved, job.hindrance) << job.sentence;
  ASSERT_THAT(job.tasks, SizeIs(1));
  EXPECT_THAT(job.tasks[0].holders, ElementsAre(Holder{"first", "n1"}));
  EXPECT_THAT(job.remedies, ::testing::Contains(Remedy{Remedy::Kind::end_reservation, "first", {}, 0}));

  Session session(state_.cluster(), *configuration_, Moment{WallTime(), cycle_}, SessionPurpose::what_if);
  const JobExplanation first = explain(session, find_job(state_.cluster(), "first"));
  EXPECT_EQ(Hindrance::awaits_release, first.hindrance);
  ASSERT_THAT(first.tasks, SizeIs(1));
  EXPECT_THAT(first.tasks[0].reserved_on, ElementsAre("n1", "n1"));
}

TEST_F(ExplanationTest, AConstraintThatIsNotEvaluatedIsNamed) {
  const JobExplanation job = explained("node n1 cpu=2\njob a min=1\ntask a-0 cpu=1 claim=data", "a");
  EXPECT_EQ(Hindrance::blocked, job.hindrance);
  EXPECT_THAT(job.sentence, HasSubstr("persistentvolumeclaim \"data\" not found"));
}

TEST_F(ExplanationTest, AQueueThatDoesNotExistAndAGatedPodAreSaid) {
  const JobExplanation homeless = explained("node n1 cpu=2\njob a min=1 queue=nowhere\ntask a-0 cpu=1", "a");
  EXPECT_EQ(Hindrance::no_queue, homeless.hindrance);
  const JobExplanation gated = explained("job b min=1\ntask b-0 cpu=1 gate=hold", "b");
  EXPECT_EQ(Hindrance::gated, gated.hindrance);
}

TEST_F(ExplanationTest, AClusterWithoutNodesIsSaid) {
  const JobExplanation job = explained("job a min=1\ntask a-0 cpu=1", "a");
  EXPECT_EQ(Hindrance::no_node, job.hindrance);
  EXPECT_THAT(job.sentence, HasSubstr("there are no nodes"));
}

TEST_F(ExplanationTest, WhatDoesNotWaitSaysSo) {
  const JobExplanation job = explained("node n1 cpu=2\njob a min=1\ntask a-0 cpu=1", "a");
  EXPECT_EQ(Hindrance::nothing, job.hindrance);
  EXPECT_THAT(*text({Subject::Kind::pod, "a-0"}), HasSubstr("pod a-0 is Binding on node n1"));
  EXPECT_EQ("no job waits\n", *text({}));
}

TEST_F(ExplanationTest, HyperNodesThatWereTriedSayWhatTheyHold) {
  use(kWithDomains);
  const JobExplanation job = explained(
      "node n{1..3} cpu=1\nhyper-node r1 tier=1 nodes=n1,n2\nhyper-node r2 tier=1 nodes=n3\n"
      "job a min=3 topology=hard:1\ntask a-{0..2} cpu=1",
      "a");
  EXPECT_EQ(Hindrance::no_domain, job.hindrance);
  EXPECT_THAT(job.sentence,
              HasSubstr("none of 2 HyperNode(s) holds enough of it; \"r1\" has places for the most, 2 of 3"));
  EXPECT_EQ(2U, job.domains_tried);
  ASSERT_THAT(job.domains, SizeIs(2));
  EXPECT_EQ((TriedDomain{"r1", 1, 2, 2, false, "0/2 nodes are unavailable: 2 Insufficient cpu."}), job.domains[0]);
  EXPECT_EQ((TriedDomain{"r2", 1, 1, 1, false, "0/1 nodes are unavailable: 1 Insufficient cpu."}), job.domains[1]);
  EXPECT_THAT(print(job), HasSubstr("HyperNode r1 (tier 1, 2 node(s)): places for 2; then 0/2 nodes"));
}

TEST_F(ExplanationTest, SubGroupsThatLackPodsAreNamed) {
  const JobExplanation job = explained(
      "node n1 cpu=2\njob a sub-group:g=g sub-group-size:g=2 sub-group-min:g=2\n"
      "task a-{0..1} cpu=1 label:g=0\ntask a-2 cpu=1 label:g=1",
      "a");
  EXPECT_EQ(Hindrance::not_valid, job.hindrance);
  EXPECT_EQ(2U, job.parts_missing);
  EXPECT_THAT(job.parts, ElementsAre(IncompletePart{"g/0", 2, 0, 0, 2}, IncompletePart{"g/1", 1, 0, 0, 2}));
}

TEST_F(ExplanationTest, EvictionsThatCouldHelpAreNamed) {
  use(kWithEvictions);
  happens(
      "queue default\npriority-class high value=100\nnode n1 cpu=2\njob low min=0\n"
      "task low-{0..1} cpu=1 on=n1 status=running\njob a min=1 priority=high phase=Inqueue\ntask a-0 cpu=1");
  Session session(state_.cluster(), *configuration_, Moment{}, SessionPurpose::what_if);
  const JobExplanation job = explain(session, find_job(state_.cluster(), "a"));
  EXPECT_THAT(job.evictions,
              ElementsAre(EvictionOutlook{"preempt", {"low-1"}, 1, {"n1"}, ""},
                          EvictionOutlook{"reclaim", {}, 0, {}, "its queue would have more than it deserves"}));
  EXPECT_THAT(print(job), HasSubstr("preempt could evict 1 pod(s) (low-1), for places on n1\n"));
  const Decisions decisions = std::move(session).close();
  EXPECT_TRUE(std::none_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
    return std::holds_alternative<Evict>(decision) || std::holds_alternative<Reserve>(decision);
  })) << "a what-if decides nothing";
}

TEST_F(ExplanationTest, WhyNobodyWouldBeEvictedIsSaid) {
  use(kWithEvictions);
  const JobExplanation job = explained(
      "priority-class high value=100\nnode n1 cpu=2\njob other min=0 priority=high\n"
      "task other-{0..1} cpu=1 on=n1 status=running\njob a min=1\ntask a-0 cpu=1",
      "a");
  ASSERT_THAT(job.evictions, SizeIs(2));
  EXPECT_EQ("nobody may be evicted for it", job.evictions[0].why_not);
  EXPECT_THAT(print(job), HasSubstr("preempt evicts nobody for it: nobody may be evicted for it\n"));
}

TEST_F(ExplanationTest, TextNamesWhatPeopleNeed) {
  static_cast<void>(explained("node n1 cpu=2\njob a min=1\ntask a-0 cpu=3", "a"));
  EXPECT_EQ(R"(job a, queue default, Inqueue, as of cycle 1
  no_room: 0 of 1 waiting pod(s) fit; a-0: 0/1 nodes are unavailable: 1 Insufficient cpu.
  minMember 1: 0 ready, 0 with reservations, 1 pending
  pods a-0 (1; each asks cpu 3, pods 1)
    no_room: 0/1 nodes are unavailable: 1 Insufficient cpu.
    1 node(s): Insufficient cpu (n1)
    missing cpu: 1 on n1, which has 2 left; suitable nodes together have 2
  would help: cpu 1 more left on node n1
)",
            *text({Subject::Kind::job, "a"}));
  EXPECT_EQ(std::nullopt, text({Subject::Kind::job, "b"}));
  EXPECT_THAT(*text({}), HasSubstr("a no_room: "));
}

TEST_F(ExplanationTest, JsonIsJson) {
  static_cast<void>(explained("node n1 cpu=2\njob a min=1\ntask a-0 cpu=3 claim=x\"y", "a"));
  for (const Subject& subject :
       {Subject{}, Subject{Subject::Kind::job, "a"}, Subject{Subject::Kind::pod, "default/a-0"}}) {
    const auto json = nlohmann::json::parse(*text(subject, true), nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << *text(subject, true);
  }
  const auto job = nlohmann::json::parse(*text({Subject::Kind::job, "a"}, true));
  EXPECT_EQ("blocked", job.at("hindrance"));
  EXPECT_EQ(3000, job.at("tasks").at(0).at("request").at("cpu"));
}

}  // namespace
}  // namespace basalt
