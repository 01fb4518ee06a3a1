#include "simulation/reading.hpp"

#include <gtest/gtest.h>

namespace basalt::simulation {
namespace {

kube::ObjectBytes json(std::string_view text) { return {kube::Encoding::json, text}; }

TEST(Reading, APodWithAllThatItsNodeNeedsToKnow) {
  const auto pod = read_pod(json(R"({"metadata":{"name":"p","namespace":"s","uid":"u",
    "deletionTimestamp":"1970-01-01T00:01:00Z","deletionGracePeriodSeconds":30,
    "annotations":{"basalt.sh/run-seconds":"7","basalt.sh/fail-after-seconds":"soon"}},
    "spec":{"nodeName":"n","restartPolicy":"OnFailure","containers":[{"name":"c","image":"i"}]},
    "status":{"phase":"Running","podIP":"10.128.0.1","startTime":"1970-01-01T00:00:10Z",
      "containerStatuses":[{"name":"c","restartCount":2,"state":{"running":{"startedAt":"1970-01-01T00:00:20Z"}}}]}})"));
  ASSERT_TRUE(pod) << pod.error().message;
  Pod wanted;
  wanted.key = {"s", "p"};
  wanted.uid = "u";
  wanted.node = "n";
  wanted.restart_policy = "OnFailure";
  wanted.containers = {{"c", "i"}};
  wanted.run = std::chrono::seconds(7);
  wanted.deleted = WallTime(std::chrono::seconds(60));
  wanted.grace = std::chrono::seconds(30);
  wanted.phase = Phase::running;
  wanted.begun = WallTime(std::chrono::seconds(10));
  wanted.containers_begun = WallTime(std::chrono::seconds(20));
  wanted.restarts = 2;
  wanted.address = "10.128.0.1";
  EXPECT_EQ(wanted, *pod);
}

TEST(Reading, ANodeThatIsToFailAndHasLostADevice) {
  const auto node = read_node(json(R"({"metadata":{"name":"n","uid":"u","annotations":{
    "basalt.sh/simulate":"down","basalt.sh/allocatable":"nvidia.com/gpu=6,unknown=1,broken"}},
    "status":{"capacity":{"cpu":"8","nvidia.com/gpu":"8"},"allocatable":{"cpu":"8","nvidia.com/gpu":"8"},
      "conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}})"));
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_TRUE(node->down);
  EXPECT_EQ("True", node->ready);
  EXPECT_EQ("10.0.0.1", node->address);
  EXPECT_EQ("8", node->allocatable.at("nvidia.com/gpu"));
  EXPECT_EQ((std::map<std::string, std::string>{{"cpu", "8"}, {"nvidia.com/gpu", "6"}}), node->wanted);
}

TEST(Reading, BytesThatAreNoObjectAreRefused) {
  EXPECT_FALSE(read_pod(json("[]")));
  EXPECT_FALSE(read_pod({kube::Encoding::protobuf, "\x0a\xff"}));
}

}  // namespace
}  // namespace basalt::simulation
