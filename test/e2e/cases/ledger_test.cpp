// The ledger's own judgement, on histories made by hand: above all that it fails
// when it must. Needs no control plane.

#include "e2e/ledger/judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "e2e/harness/objects.hpp"

namespace basalt::e2e {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A history that a test writes line by line; each line is one revision, ten milliseconds after the one before.
class Story {
 public:
  Story& node(const std::string& name, const std::string& cpu) { return add(make_node(name, {.cpu = cpu})); }
  Story& node_gone(const std::string& name) { return add(make_node(name), true); }
  Story& gang(const std::string& name, int min_member) { return add(make_gang(name, {.min_member = min_member})); }
  Story& pod(const std::string& name, const std::string& node, const std::string& gang = "",
             const std::string& phase = "Pending") {
    return add(pod_object(name, node, gang, phase));
  }
  Story& gone(const std::string& name, const std::string& node, const std::string& gang = "") {
    return add(pod_object(name, node, gang, "Running"), true);
  }

  [[nodiscard]] Judgement judged(milliseconds partial = milliseconds{1000}) const {
    return judge(history_, {.partial = partial});
  }

 private:
  static nlohmann::json pod_object(const std::string& name, const std::string& node, const std::string& gang,
                                   const std::string& phase) {
    nlohmann::json pod = make_pod(name, {.gang = gang, .requests = {{"cpu", "1"}}, .node = node});
    pod["status"]["phase"] = phase;
    return pod;
  }

  Story& add(nlohmann::json object, bool deleted = false) {
    const auto revision = static_cast<std::int64_t>(history_.size()) + 1;
    object["metadata"]["resourceVersion"] = std::to_string(revision);
    object["metadata"]["uid"] = "uid-of-" + object["metadata"]["name"].get<std::string>();
    if (object["kind"] != "Node") object["metadata"]["namespace"] = "default";
    history_.push_back(
        read_object(object, "", deleted, std::chrono::steady_clock::time_point{milliseconds{10 * revision}}));
    return *this;
  }

  std::vector<Entry> history_;
};

TEST(Amounts, ReadsTheQuantityGrammarExactly) {
  EXPECT_EQ(100, parse_amount("0.1"));
  EXPECT_EQ(100, parse_amount("100m"));
  EXPECT_EQ(1500, parse_amount("1500m"));
  EXPECT_EQ(1, parse_amount("1n"));  // rounded up, as Kubernetes does
  EXPECT_EQ(1000.0L * 1024 * 1024 * 1024 * 3 / 2, parse_amount("1.5Gi"));
  EXPECT_EQ(2'000'000, parse_amount("2k"));
  EXPECT_EQ(1'000'000, parse_amount("1e3"));
  EXPECT_EQ(-1000, parse_amount("-1"));
  EXPECT_THROW(parse_amount("many"), std::runtime_error);
  EXPECT_THROW(parse_amount(""), std::runtime_error);
}

TEST(Amounts, APodTakesUpWhatRunsTogetherOrTheHungriestStart) {
  auto pod = make_pod("a", {.requests = {{"cpu", "1"}}});
  EXPECT_EQ(1000, requests_of(pod)["cpu"]);
  EXPECT_EQ(1000, requests_of(pod)["pods"]);
  const auto init = [](const char* cpu) { return nlohmann::json{{"resources", {{"requests", {{"cpu", cpu}}}}}}; };
  auto sidecar = init("2");
  sidecar["restartPolicy"] = "Always";
  pod["spec"]["initContainers"] = nlohmann::json::array({sidecar, init("5")});
  EXPECT_EQ(7000, requests_of(pod)["cpu"]);  // 2 of the sidecar and 5 while starting; 1 + 2 later
  pod["spec"]["overhead"] = {{"cpu", "500m"}};
  EXPECT_EQ(7500, requests_of(pod)["cpu"]);
  pod["spec"]["resources"] = {{"requests", {{"cpu", "3"}}}};
  EXPECT_EQ(3500, requests_of(pod)["cpu"]);  // what the pod as a whole asks for replaces the sum
}

TEST(Judgement, AWholeGangOnNodesWithRoomIsClean) {
  const auto judgement = Story()
                             .node("n1", "2")
                             .gang("g", 2)
                             .pod("a", "", "g")
                             .pod("b", "", "g")
                             .pod("a", "n1", "g")
                             .pod("b", "n1", "g")
                             .judged();
  EXPECT_THAT(judgement.violations, IsEmpty());
  const GangReport& gang = judgement.gangs.at("default/g");
  EXPECT_EQ(2U, gang.holding);
  EXPECT_EQ(5, gang.first_bind);
  EXPECT_EQ(6, gang.last_bind);
  EXPECT_EQ(milliseconds{10}, gang.first_to_last);
  EXPECT_EQ(2U, judgement.bound);
}

TEST(Judgement, FailsOnANodeThatHoldsTooMuch) {
  const auto judgement = Story().node("n1", "1").pod("a", "n1").pod("b", "n1").judged();
  EXPECT_THAT(judgement.violations,
              ElementsAre("revision 3: node n1 holds 2 of cpu, has 1 (after the change of default/b)"));
}

TEST(Judgement, FailsOnANodeThatHeldTooMuchForOneRevisionOnly) {
  const auto judgement = Story().node("n1", "1").pod("a", "n1").pod("b", "n1").gone("a", "n1").judged();
  EXPECT_THAT(judgement.violations, ElementsAre(HasSubstr("revision 3: node n1 holds 2 of cpu")));
}

TEST(Judgement, AFinishedPodTakesUpNoRoom) {
  const auto judgement =
      Story().node("n1", "1").pod("a", "n1", "", "Running").pod("a", "n1", "", "Succeeded").pod("b", "n1").judged();
  EXPECT_THAT(judgement.violations, IsEmpty());
}

TEST(Judgement, FailsOnAPodThatIsBoundTwice) {
  const auto judgement = Story().node("n1", "1").node("n2", "1").pod("a", "n1").pod("a", "n2").judged();
  EXPECT_THAT(judgement.violations, ElementsAre("revision 4: pod default/a moved from n1 to 'n2'"));
}

TEST(Judgement, FailsOnAPodThatIsBoundToNoKnownNode) {
  EXPECT_THAT(Story().pod("a", "n9").judged().violations,
              ElementsAre("revision 1: pod default/a bound to unknown node n9"));
}

TEST(Judgement, FailsOnAPodThatIsBoundToANodeThatIsGone) {
  EXPECT_THAT(Story().node("n1", "1").node_gone("n1").pod("a", "n1").judged().violations,
              ElementsAre("revision 3: pod default/a bound to unknown node n1"));
}

TEST(Judgement, APodMayOutliveItsNode) {
  const auto judgement =
      Story().node("n1", "1").pod("a", "n1").node_gone("n1").pod("a", "n1", "", "Failed").gone("a", "n1").judged();
  EXPECT_THAT(judgement.violations, IsEmpty());
}

TEST(Judgement, FailsOnAGangThatIsLeftBoundInPart) {
  const auto judgement = Story().node("n1", "9").gang("g", 3).pod("a", "n1", "g").pod("b", "n1", "g").judged();
  EXPECT_THAT(judgement.violations, ElementsAre("revision 3: gang default/g is left with 2 of 3 members bound"));
}

TEST(Judgement, FailsOnAGangThatIsBoundInPartForTooLong) {
  const auto judgement = Story()
                             .node("n1", "9")
                             .gang("g", 2)
                             .pod("a", "n1", "g")
                             .pod("x", "")
                             .pod("y", "")
                             .pod("b", "n1", "g")
                             .judged(milliseconds{20});
  EXPECT_THAT(judgement.violations, ElementsAre("revision 6: gang default/g was bound in part for 30ms"));
  EXPECT_EQ(milliseconds{30}, judgement.longest_partial());
}

TEST(Judgement, AGangThatWasWholeMayShrink) {
  const auto judgement =
      Story().node("n1", "9").gang("g", 2).pod("a", "n1", "g").pod("b", "n1", "g").gone("b", "n1", "g").judged();
  EXPECT_THAT(judgement.violations, IsEmpty());
}

TEST(Judgement, MembersBeyondTheMinimumMayComeLater) {
  const auto judgement =
      Story().node("n1", "9").gang("g", 1).pod("a", "n1", "g").pod("x", "").pod("b", "n1", "g").judged();
  EXPECT_THAT(judgement.violations, IsEmpty());
}

TEST(Judgement, ReadsTheHistoryInTheOrderOfRevisionsNotOfArrival) {
  // The watch on pods may be ahead of the one on nodes.
  std::vector<Entry> history;
  auto pod = make_pod("a", {.node = "n1"});
  pod["metadata"]["resourceVersion"] = "8";
  pod["metadata"]["uid"] = "u";
  pod["metadata"]["namespace"] = "default";
  auto node = make_node("n1");
  node["metadata"]["resourceVersion"] = "7";
  history.push_back(read_object(pod, "", false, {}));
  history.push_back(read_object(node, "", false, {}));
  EXPECT_THAT(judge(history, {}).violations, IsEmpty());
}

}  // namespace
}  // namespace basalt::e2e
