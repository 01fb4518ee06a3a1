#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tools/load/crew.hpp"
#include "tools/load/options.hpp"
#include "tools/load/plan.hpp"
#include "tools/load/tally.hpp"
#include "unit/kube/fakes.hpp"

namespace basalt::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;

Plan gangs_of_two() {
  Plan plan;
  plan.groups = 3;
  plan.group_size = 2;
  plan.pods = 2;
  return plan;
}

TEST(LoadPlan, NamesFollowFromNumbersAlone) {
  const Plan plan = gangs_of_two();
  EXPECT_EQ((Step{Action::create_node, "load-node-00001", ""}), node_step(plan, 0));
  EXPECT_EQ((Step{Action::create_group, "load-group-00003", ""}), group_step(plan, 2));
  std::vector<std::string> pods;
  for (std::size_t i = 0; i < pod_count(plan); ++i) pods.push_back(pod_step(plan, i).name);
  EXPECT_THAT(pods, ElementsAre("load-group-00001-00001", "load-group-00001-00002", "load-group-00002-00001",
                                "load-group-00002-00002", "load-group-00003-00001", "load-group-00003-00002",
                                "load-pod-00001", "load-pod-00002"));
  EXPECT_EQ("load-group-00002", pod_step(plan, 3).group);
  EXPECT_EQ("", pod_step(plan, 6).group);
}

TEST(LoadPlan, ChurnReplacesTheOldestGangWithItsPodsByANewOne) {
  const Plan plan = gangs_of_two();
  std::vector<Step> steps;
  for (std::size_t i = 0; i < 7; ++i) steps.push_back(churn_step(plan, i));
  EXPECT_THAT(steps, ElementsAre(Step{Action::delete_group, "load-group-00001", ""},
                                 Step{Action::delete_pod, "load-group-00001-00001", "load-group-00001"},
                                 Step{Action::delete_pod, "load-group-00001-00002", "load-group-00001"},
                                 Step{Action::create_group, "load-group-00004", ""},
                                 Step{Action::create_pod, "load-group-00004-00001", "load-group-00004"},
                                 Step{Action::create_pod, "load-group-00004-00002", "load-group-00004"},
                                 Step{Action::delete_group, "load-group-00002", ""}));
}

TEST(LoadPlan, ChurnWithoutGangsKeepsTheNumberOfPods) {
  Plan plan;
  plan.pods = 5;
  std::set<std::string> pods;
  for (std::size_t i = 0; i < pod_count(plan); ++i) pods.insert(pod_step(plan, i).name);
  for (std::size_t i = 0; i < 100; ++i) {
    const Step step = churn_step(plan, i);
    const bool creates = step.action == Action::create_pod;
    EXPECT_EQ(1U, creates ? pods.insert(step.name).second : pods.erase(step.name)) << step.name;
    EXPECT_GE(pods.size(), 4U);
    EXPECT_LE(pods.size(), 5U);
  }
}

TEST(LoadPlan, BodiesSayWhatTheFlagsSay) {
  Plan plan = gangs_of_two();
  plan.space = "n";
  plan.cpu = "250m";
  const Json pod = Json::parse(body_of(plan, pod_step(plan, 0), ""));
  EXPECT_EQ("n", pod["metadata"]["namespace"]);
  EXPECT_EQ("load", pod["metadata"]["labels"][kLoadLabel]);
  EXPECT_EQ("load-group-00001", pod["metadata"]["annotations"]["scheduling.k8s.io/group-name"]);
  EXPECT_EQ("250m", pod["spec"]["containers"][0]["resources"]["requests"]["cpu"]);
  EXPECT_EQ("basalt", pod["spec"]["schedulerName"]);
  EXPECT_EQ(2, Json::parse(body_of(plan, group_step(plan, 0), ""))["spec"]["minMember"]);
  const Json node = Json::parse(body_of(plan, node_step(plan, 0), "2026-01-01T00:00:00Z"));
  EXPECT_EQ("16", node["status"]["allocatable"]["cpu"]);
  EXPECT_FALSE(node["metadata"].contains("namespace"));
  EXPECT_EQ("", body_of(plan, churn_step(plan, 0), "")) << "a deletion";
}

TEST(LoadTally, PercentilesAreThoseOfTheNearestRank) {
  std::vector<microseconds> sorted;
  EXPECT_EQ(microseconds(0), percentile(sorted, 50));
  for (int i = 1; i <= 200; ++i) sorted.emplace_back(i);
  EXPECT_EQ(microseconds(100), percentile(sorted, 50));
  EXPECT_EQ(microseconds(198), percentile(sorted, 99));
  EXPECT_EQ(microseconds(200), percentile(sorted, 100));
  EXPECT_EQ(microseconds(1), percentile({microseconds(1)}, 50));
}

TEST(LoadTally, IsTheSumOfItsParts) {
  Tally all;
  Tally part;
  part.add(milliseconds(2));
  part.refuse("first");
  part.refuse("second");
  all.add(milliseconds(1));
  all.add(part);
  const Json json = Json::parse(json_of(all, std::chrono::seconds(2)));
  EXPECT_EQ(2, json["accepted"]);
  EXPECT_EQ(2, json["refused"]);
  EXPECT_EQ("first", json["first_refusal"]);
  EXPECT_DOUBLE_EQ(1.0, json["per_second"].get<double>());
  EXPECT_DOUBLE_EQ(1.0, json["latency_ms"]["p50"].get<double>());
  EXPECT_DOUBLE_EQ(2.0, json["latency_ms"]["max"].get<double>());
}

TEST(LoadPace, SpreadsRequestsOverTime) {
  const Pace pace{.rate = 200, .connections = 1};
  EXPECT_EQ(milliseconds(0), pace.due(0));
  EXPECT_EQ(milliseconds(5), pace.due(1));
  EXPECT_EQ(std::chrono::seconds(1), pace.due(200));
  EXPECT_EQ(milliseconds(0), Pace{}.due(1000));
}

kube::Reply answer(int code, const std::string& message = "") {
  kube::Reply reply;
  reply.status.code = code;
  reply.status.message = message;
  return reply;
}

TEST(LoadCrew, SendsEachRequestOnceWhenItIsDue) {
  kube::testing::FakeClock clock;
  kube::testing::FakeWaiter waiter(clock);
  std::vector<std::size_t> sent;
  const auto send = [&](std::size_t i) -> Result<kube::Reply> {
    sent.push_back(i);
    return answer(i == 2 ? 409 : 201, "it is there already");
  };
  const CrewReport report = send_all({.rate = 100, .connections = 1}, {.count = 4}, clock, waiter, send, {});
  EXPECT_THAT(sent, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(waiter.pauses, ElementsAre(10, 10, 10));
  EXPECT_EQ(3U, report.tally.latencies.size());
  EXPECT_EQ(1U, report.tally.refused);
  EXPECT_EQ("it is there already", report.tally.first_refusal);
  EXPECT_EQ(milliseconds(30), report.took);
}

TEST(LoadCrew, CountsTheTimeThatARequestWasLateAsLatency) {
  kube::testing::FakeClock clock;
  kube::testing::FakeWaiter waiter(clock);
  const auto send = [&](std::size_t i) -> Result<kube::Reply> {
    if (i == 0) clock.advance(milliseconds(100));  // holds up those that come after it
    return answer(201);
  };
  const CrewReport report = send_all({.rate = 100, .connections = 1}, {.count = 2}, clock, waiter, send, {});
  EXPECT_THAT(report.tally.latencies, ElementsAre(milliseconds(100), milliseconds(90)));
}

TEST(LoadCrew, EndsAfterItsTimeOrWhenStopped) {
  kube::testing::FakeClock clock;
  kube::testing::FakeWaiter waiter(clock);
  std::size_t sent = 0;
  std::stop_source stop;
  const auto send = [&](std::size_t) -> Result<kube::Reply> {
    if (++sent == 60) stop.request_stop();
    return answer(201);
  };
  send_all({.rate = 10, .connections = 1}, {.time = std::chrono::seconds(5)}, clock, waiter, send, {});
  EXPECT_EQ(50U, sent);
  send_all({.rate = 0, .connections = 1}, {.count = 1000}, clock, waiter, send, stop.get_token());
  EXPECT_EQ(60U, sent);
}

std::string refusal_of(const std::vector<std::string>& words) {
  const auto command = parse_load(words);
  return command ? "" : command.error().message;
}

TEST(LoadFlags, AreReadWithAndWithoutEqualsSign) {
  const auto command = parse_load({"--nodes=10", "--groups", "4", "--group-size=5", "--rate=2.5", "--clean-up",
                                   "--wait-bound=30", "--kubeconfig", "/k"});
  ASSERT_TRUE(command) << command.error().message;
  EXPECT_EQ(10U, command->load.plan.nodes);
  EXPECT_EQ(20U, pod_count(command->load.plan));
  EXPECT_DOUBLE_EQ(2.5, command->load.pace.rate);
  EXPECT_TRUE(command->load.clean_up);
  EXPECT_EQ(std::chrono::seconds(30), command->load.wait_bound);
  EXPECT_EQ("/k", command->access.kubeconfig);
}

TEST(LoadFlags, ThatCannotBeMeantAreRefusedWithWhatWasExpected) {
  EXPECT_THAT(refusal_of({"--pods=-1"}), HasSubstr("--pods=-1: expected a NUMBER"));
  EXPECT_THAT(refusal_of({"--pods=1x"}), HasSubstr("--pods=1x"));
  EXPECT_THAT(refusal_of({"--pods"}), HasSubstr("--pods without a value: expected a NUMBER"));
  EXPECT_THAT(refusal_of({"--rate=-1"}), HasSubstr("--rate=-1"));
  EXPECT_THAT(refusal_of({"--rate=inf"}), HasSubstr("--rate=inf"));
  EXPECT_THAT(refusal_of({"--connections=0"}), HasSubstr("1 to 1024"));
  EXPECT_THAT(refusal_of({"--group-size=0", "--groups=1"}), HasSubstr("--group-size=0"));
  EXPECT_THAT(refusal_of({"--cpu=much"}), HasSubstr("expected a QUANTITY"));
  EXPECT_THAT(refusal_of({"--prefix=Big_Name"}), HasSubstr("--prefix=Big_Name"));
  EXPECT_THAT(refusal_of({"--clean-up=yes"}), HasSubstr("takes no value"));
  EXPECT_THAT(refusal_of({"--node=1"}), HasSubstr("unknown flag --node"));
  EXPECT_THAT(refusal_of({"pods"}), HasSubstr("'pods' is no flag"));
  EXPECT_THAT(refusal_of({}), HasSubstr("nothing to do"));
  EXPECT_THAT(refusal_of({"--nodes=1", "--churn=1"}), HasSubstr("--churn without"));
  EXPECT_THAT(refusal_of({"--nodes=1", "--wait-bound=1"}), HasSubstr("--wait-bound without"));
  EXPECT_THAT(refusal_of({"--groups=5000000", "--group-size=5"}), HasSubstr("--groups times --group-size"));
  const auto nullbind = parse_null_bind({"--count=many"});
  ASSERT_FALSE(nullbind);
  EXPECT_THAT(nullbind.error().message, HasSubstr("--count=many: expected a NUMBER"));
}

TEST(LoadFlags, AreAllInTheHelp) {
  for (const char* flag : {"--nodes NUMBER", "--group-size NUMBER", "--watchers NUMBER", "--clean-up", "--help"}) {
    EXPECT_THAT(load_help(), HasSubstr(flag));
  }
  EXPECT_THAT(null_bind_help(), HasSubstr("--count NUMBER"));
}

}  // namespace
}  // namespace basalt::load
