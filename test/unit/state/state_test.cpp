#include "state/state.hpp"

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"

// What scenarios cannot say: answers that come late, objects that were rejected, ownership.
namespace basalt {
namespace {

class StateTest : public ::testing::Test {
 protected:
  void apply(std::string_view text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  TaskId task(std::string_view name) {
    TaskId found;
    state_.cluster().tasks().for_each([&](TaskId id, const Task& row) {
      if (row.name == name) found = id;
    });
    return found;
  }
  NodeId node(std::string_view name) {
    for (const NodeId id : state_.cluster().nodes_in_order()) {
      if (state_.cluster().node_name(id) == name) return id;
    }
    return {};
  }
  JobId job(std::string_view name) {
    JobId found;
    state_.cluster().jobs().for_each([&](JobId id, const Job& row) {
      if (row.name == name) found = id;
    });
    return found;
  }
  TaskStatus status(std::string_view name) { return state_.cluster().status(task(name)); }

  State state_{Ownership{}};
};

BindResult bind_result(std::string uid, BindResult::Outcome outcome) {
  return BindResult{"default", "web", std::move(uid), "n1", outcome, "answer"};
}

TEST_F(StateTest, AssumedBindCountsUntilItIsRefuted) {
  apply("queue default\nnode n1 cpu=2\npod web cpu=1");
  state_.assume({Bind{task("web"), node("n1"), {}}});
  EXPECT_EQ(TaskStatus::binding, status("web"));
  EXPECT_EQ(1000, state_.cluster().used(node("n1"))[kCpu]);
  state_.apply(bind_result("uid-pod-web", BindResult::Outcome::in_doubt));
  EXPECT_EQ(1000, state_.cluster().used(node("n1"))[kCpu]);
  state_.apply(bind_result("uid-pod-web", BindResult::Outcome::refuted));
  EXPECT_EQ(TaskStatus::pending, status("web"));
  EXPECT_EQ(0, state_.cluster().used(node("n1"))[kCpu]);
}

TEST_F(StateTest, NominationsOfAnEarlierRunAreReservationsAgainWhereThereIsRoom) {
  apply("queue default\nnode n1 cpu=2");
  auto deltas = parse_cluster_text("pod early-0 cpu=1\npod early-1 cpu=1\npod late-0 cpu=1\npod lost-0 cpu=1");
  for (Delta& delta : *deltas) {
    auto& pod = std::get<PodObject>(std::get<Upserted>(delta).object);
    pod.nominated_node_name = pod.meta.name.starts_with("lost") ? "gone" : "n1";
    if (pod.meta.name.starts_with("late")) pod.meta.created += std::chrono::seconds(1);
    state_.apply(delta);
  }
  EXPECT_EQ(2U, state_.restore_reservations());
  EXPECT_EQ(TaskStatus::pipelined, status("early-0"));
  EXPECT_EQ(TaskStatus::pipelined, status("early-1"));
  EXPECT_EQ(TaskStatus::pending, status("late-0"));
  EXPECT_EQ(TaskStatus::pending, status("lost-0"));
}

TEST_F(StateTest, AnswerAboutAnEarlierPodOfTheNameIsDropped) {
  apply("queue default\nnode n1 cpu=2\npod web cpu=1");
  state_.assume({Bind{task("web"), node("n1"), {}}});
  apply("pod web cpu=1 uid=second");
  EXPECT_EQ(TaskStatus::pending, status("web"));
  state_.apply(bind_result("uid-pod-web", BindResult::Outcome::acknowledged));
  EXPECT_EQ(TaskStatus::pending, status("web"));
  EXPECT_EQ(0, state_.cluster().used(node("n1"))[kCpu]);
}

TEST_F(StateTest, FailedEvictionPutsThePodBack) {
  apply("queue default\nnode n1 cpu=2\npod web cpu=1 on=n1 status=running");
  state_.assume({Evict{task("web"), "preempt"}});
  EXPECT_EQ(TaskStatus::releasing, status("web"));
  EXPECT_EQ(1000, state_.cluster().releasing(node("n1"))[kCpu]);
  state_.apply(EvictResult{"default", "web", "uid-pod-web", false, "refused"});
  EXPECT_EQ(TaskStatus::running, status("web"));
  EXPECT_EQ(0, state_.cluster().releasing(node("n1"))[kCpu]);
}

TEST_F(StateTest, RejectedPodThatRunsClosesItsNodeUntilItIsSound) {
  apply("queue default\nnode n1 cpu=2");
  state_.apply(Rejected{ObjectKind::pod, "default", "huge", "uid-huge", "n1", "a quantity beyond any machine"});
  EXPECT_EQ(1U, state_.cluster().nodes()[node("n1")].uncountable_pods);
  state_.apply(Rejected{ObjectKind::pod, "default", "huge", "uid-huge", "n1", "still"});
  EXPECT_EQ(1U, state_.cluster().nodes()[node("n1")].uncountable_pods);
  state_.apply(Removed{ObjectKind::pod, "default", "huge", "uid-huge"});
  EXPECT_EQ(0U, state_.cluster().nodes()[node("n1")].uncountable_pods);
}

TEST_F(StateTest, RejectedGroupLeavesItsPodsWaitingWithTheReason) {
  apply("queue default\nnode n1 cpu=2\njob train min=1\ntask train-0 cpu=1");
  state_.apply(Rejected{ObjectKind::pod_group, "default", "train", "uid-job-train", "", "spec.minMember: negative"});
  const Job& row = state_.cluster().jobs()[job("train")];
  EXPECT_TRUE(row.implicit) << "nothing is written to an object that was set aside";
  ASSERT_EQ(1U, row.blockers.size());
  EXPECT_NE(std::string::npos, row.blockers.front().find("spec.minMember: negative"));
}

TEST_F(StateTest, GroupIsOursWhenItsPodsAre) {
  apply("queue default\njob theirs min=1\ntask theirs-0 scheduler=volcano cpu=1\njob empty min=1");
  EXPECT_FALSE(job("theirs"));
  EXPECT_FALSE(job("empty"));
  apply("task theirs-1 cpu=1");
  EXPECT_TRUE(job("theirs"));
}

TEST_F(StateTest, EmptyGroupsAreClaimedWhereWeAreTheOnlyScheduler) {
  Ownership ownership;
  ownership.claim_empty_groups = true;
  State state(ownership);
  const auto deltas = parse_cluster_text("queue default\njob empty min=1");
  for (const Delta& delta : *deltas) state.apply(delta);
  EXPECT_EQ(1U, state.cluster().jobs().size());
}

TEST_F(StateTest, PodsOfOneControllerShareAnImplicitGroupWhenTheTemplateStatesAMinimum) {
  for (const char* name : {"a", "b"}) {
    PodObject pod;
    pod.meta.namespace_name = "default";
    pod.meta.name = name;
    pod.meta.uid = name;
    pod.meta.annotations = {{"scheduling.volcano.sh/group-min-member", "2"}};
    pod.meta.controller = OwnerReference{"apps/v1", "ReplicaSet", "web", "owner-uid"};
    pod.scheduler_name = "basalt";
    state_.apply(Upserted{pod});
  }
  ASSERT_EQ(1U, state_.cluster().jobs().size());
  EXPECT_EQ(2, state_.cluster().jobs()[job("web")].min_member);
  EXPECT_EQ(2U, state_.cluster().jobs()[job("web")].tasks.size());
}

TEST_F(StateTest, WriteThatFailedIsDecidedAgain) {
  apply("queue default\nnode n1 cpu=1\njob train min=1\ntask train-0 cpu=1");
  state_.assume({JobStatus{job("train"), JobPhase::inqueue, 0, 0, 0}});
  EXPECT_EQ("Inqueue", state_.cluster().jobs()[job("train")].observed.phase_text);
  state_.apply(StatusResult{ObjectKind::pod_group, "default", "train", "uid-job-train", false, "conflict"});
  EXPECT_EQ("", state_.cluster().jobs()[job("train")].observed.phase_text);
}

TEST_F(StateTest, PodsAndGroupsThatAreGoneLeaveNothingBehind) {
  apply("queue default\nnode n1 cpu=2\njob train min=2\ntask train-{0..1} cpu=1\npod web cpu=1 on=n1 status=running");
  apply("gone task train-0\ngone task train-1\ngone job train\ngone pod web");
  EXPECT_EQ(0U, state_.cluster().tasks().size());
  EXPECT_EQ(0U, state_.cluster().jobs().size());
  EXPECT_EQ(0U, state_.cluster().specs().size());
  EXPECT_EQ(0U, state_.cluster().label_sets().size());
  EXPECT_EQ(0, state_.cluster().used(node("n1"))[kCpu]);
}

TEST_F(StateTest, PodsOfOneTemplateShareASpecWhateverTheirLabels) {
  apply(
      "queue default\njob train min=1\ntask train-{0..2} cpu=1 label:app=train\ntask train-3 cpu=1 label:app=train "
      "label:index=3");
  EXPECT_EQ(1U, state_.cluster().specs().size());
  EXPECT_EQ(2U, state_.cluster().label_sets().size());
  EXPECT_EQ(state_.cluster().tasks()[task("train-0")].labels, state_.cluster().tasks()[task("train-2")].labels);
  EXPECT_NE(state_.cluster().tasks()[task("train-0")].labels, state_.cluster().tasks()[task("train-3")].labels);
  apply("task train-3 cpu=1 label:app=train");  // a label is taken off
  EXPECT_EQ(1U, state_.cluster().label_sets().size());
}

TEST_F(StateTest, TermsOfAPodNameTheNamespacesThatItsSelectorsMean) {
  apply("queue default\nnamespace blue label:team=a\nnamespace red label:team=b");
  apply(
      "pod one affinity:zone=a\npod two affinity:zone=a@x\npod three affinity:zone=a@?team=a\npod all "
      "affinity:zone=a@*");
  const auto names = [&](const std::string& pod) {
    const PodSelection& pods = state_.cluster().spec(task(pod)).required_affinity.front().pods;
    std::string text = pods.in_all_namespaces ? "*" : "";
    for (const Symbol name : pods.namespaces) text += state_.cluster().symbols().text(name) + " ";
    return text;
  };
  EXPECT_EQ("default ", names("one"));
  EXPECT_EQ("x ", names("two"));
  EXPECT_EQ("blue ", names("three"));
  EXPECT_EQ("*", names("all"));
  apply("namespace blue label:team=c\nnamespace red label:team=a");
  EXPECT_EQ("red ", names("three"));
}

TEST_F(StateTest, WhetherAPodMeetsItsOwnTermsIsPartOfItsSpec) {
  apply(
      "queue default\npod one label:app=a affinity:zone=app=a spread:zone=1:app=a\n"
      "pod two label:app=b affinity:zone=app=a spread:zone=1:app=a");
  const Spec& one = state_.cluster().spec(task("one"));
  const Spec& two = state_.cluster().spec(task("two"));
  EXPECT_TRUE(one.meets_own_affinity);
  EXPECT_TRUE(one.spread.front().counts_itself);
  EXPECT_FALSE(two.meets_own_affinity);
  EXPECT_FALSE(two.spread.front().counts_itself);
  EXPECT_NE(one, two);
}

TEST_F(StateTest, OnlyNodesOfTheSelectorTakeTasks) {
  Ownership ownership;
  ownership.node_selector = {{"pool", "batch"}};
  State state(ownership);
  const auto deltas = parse_cluster_text("node n1 cpu=1 label:pool=batch\nnode n2 cpu=1");
  for (const Delta& delta : *deltas) state.apply(delta);
  EXPECT_EQ(1U, state.cluster().nodes_in_order().size());
}

TEST_F(StateTest, QuotasOfANamespaceAreToldByName) {
  apply("quota b hard.cpu=2\nquota a hard.cpu=1\nquota other/c hard.cpu=3");
  const auto quotas = state_.cluster().quotas("default");
  ASSERT_EQ(2U, quotas.size());
  EXPECT_EQ("a", quotas[0].meta.name);
  EXPECT_EQ("b", quotas[1].meta.name);
  EXPECT_EQ(1U, state_.cluster().quotas("other").size());
  apply("gone quota a\ngone quota b");
  EXPECT_TRUE(state_.cluster().quotas("default").empty());
}

TEST_F(StateTest, AQuotaThatLeavesMoreRoomIsAChangeOfClaims) {
  const auto changes = [&](std::string_view text) {
    const std::uint64_t before = state_.cluster().claims_moment();
    apply(text);
    return state_.cluster().claims_moment() != before;
  };
  EXPECT_FALSE(changes("quota a hard.cpu=2 used.cpu=1"));
  EXPECT_FALSE(changes("quota a hard.cpu=2 used.cpu=2"));
  EXPECT_FALSE(changes("quota a hard.cpu=1 used.cpu=2 hard.memory=1"));
  EXPECT_TRUE(changes("quota a hard.cpu=1 used.cpu=1 hard.memory=1"));
  EXPECT_TRUE(changes("quota a hard.cpu=1 used.cpu=1"));
  EXPECT_TRUE(changes("gone quota a"));
}

TEST_F(StateTest, ANumatopologyBelongsToTheNodeOfItsNameWhicheverComesFirst) {
  apply("queue default\nnumatopology n1 numa:0=0-3\nnode n1 cpu=4");
  ASSERT_TRUE(state_.cluster().nodes()[node("n1")].numa);
  apply("numatopology n1 numa:0=0-1\nnode n1 cpu=8");
  EXPECT_EQ(2U, state_.cluster().nodes()[node("n1")].numa->cpus.size());
  apply("gone numatopology n1");
  EXPECT_FALSE(state_.cluster().nodes()[node("n1")].numa);
}

TEST_F(StateTest, RatesArePutTogetherFromWhatAnnotationsSay) {
  const auto io_of = [&](const std::string& annotations) {
    apply("queue default\npod p " + annotations);
    return state_.cluster().spec(task("p")).io;
  };
  EXPECT_EQ((IoRates{10'000'000, 0}), io_of("annotation:kubernetes.io/ingress-bandwidth=10M"));
  EXPECT_EQ((IoRates{20'000'000, 0}),
            io_of("annotation:kubernetes.io/ingress-bandwidth=10M annotation:kubernetes.io/egress-bandwidth=20M"));
  EXPECT_EQ((IoRates{1'000'000, 1048576}),
            io_of("annotation:kubernetes.io/egress-bandwidth=20M annotation:basalt.sh/network-bandwidth=1M "
                  "annotation:basalt.sh/disk-bandwidth=1Mi"));
  EXPECT_EQ((IoRates{-1, 0}), io_of("annotation:kubernetes.io/egress-bandwidth=fast"));
  EXPECT_EQ((IoRates{0, -1}), io_of("annotation:basalt.sh/disk-bandwidth=-5"));
}

TEST_F(StateTest, ANodeSaysHowMuchItCanMove) {
  const auto capacity_of = [&](const std::string& annotations) {
    apply("queue default\nnode n1 cpu=1 " + annotations);
    return state_.cluster().nodes()[node("n1")].io;
  };
  EXPECT_EQ((IoCapacity{}), capacity_of(""));
  EXPECT_EQ((IoCapacity{std::int64_t{10'000'000'000}, std::nullopt}),
            capacity_of("annotation:volcano.sh/network-bandwidth-rate=10000"));
  EXPECT_EQ((IoCapacity{std::int64_t{1'000'000}, std::int64_t{5}}),
            capacity_of("annotation:volcano.sh/network-bandwidth-rate=10000 "
                        "annotation:basalt.sh/network-bandwidth=1M annotation:basalt.sh/disk-bandwidth=5"));
  EXPECT_EQ((IoCapacity{std::int64_t{0}, std::nullopt}), capacity_of("annotation:basalt.sh/network-bandwidth=fast"));
}

TEST_F(StateTest, AnUnknownNumaPolicyKeepsAPodWaiting) {
  apply("queue default\npod p cpu=1 annotation:volcano.sh/numa-topology-policy=strict");
  ASSERT_EQ(1U, state_.cluster().spec(task("p")).blockers.size());
  EXPECT_EQ(
      "annotation volcano.sh/numa-topology-policy: \"strict\": expected none, best-effort, restricted or "
      "single-numa-node",
      state_.cluster().spec(task("p")).blockers[0]);
}

TEST_F(StateTest, AnEstimateIsADurationOrSeconds) {
  const auto estimate_of = [&](const std::string& text) {
    apply("queue default\njob a min=1 estimate=" + text + "\ntask a-0 cpu=1");
    return state_.cluster().jobs()[job("a")].running_estimate;
  };
  EXPECT_EQ(estimate_of("30m"), std::chrono::minutes(30));
  EXPECT_EQ(estimate_of("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(estimate_of("90"), std::chrono::seconds(90));
  EXPECT_EQ(estimate_of("99999999999999999"), std::chrono::hours(24 * 3650));
  EXPECT_TRUE(state_.cluster().jobs()[job("a")].faults.empty());
  for (const char* bad : {"soon", "-5m", "0", "0s", "-3"}) {
    EXPECT_EQ(estimate_of(bad), std::nullopt) << bad;
    EXPECT_EQ(state_.cluster().jobs()[job("a")].faults.size(), 1) << bad;
  }
}

TEST_F(StateTest, APodWithoutAPodGroupEstimatesForItself) {
  apply("queue default\npod a cpu=1 annotation:basalt.sh/running-estimate=5m started=7");
  EXPECT_EQ(state_.cluster().jobs()[state_.cluster().tasks()[task("a")].job].running_estimate, std::chrono::minutes(5));
  EXPECT_EQ(state_.cluster().tasks()[task("a")].started, WallTime(std::chrono::seconds(7)));
}

}  // namespace
}  // namespace basalt
