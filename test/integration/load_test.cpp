// basalt-load and basalt-nullbind against the embedded API server, over sockets.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "embedded/api/server.hpp"
#include "embedded/files/object_file.hpp"
#include "kube/connect.hpp"
#include "tools/load/load.hpp"
#include "tools/load/null_bind.hpp"

namespace basalt::load {
namespace {

using Json = nlohmann::json;

class LoadedServer {
 public:
  LoadedServer() {
    const auto definitions = embedded::read_file(BASALT_SOURCE "/deploy/crds/scheduling.volcano.sh_podgroups.yaml");
    EXPECT_TRUE(embedded::load_objects(cluster_, *definitions));
    server_ = *embedded::HttpServer::start({}, api_);
    transport_ = *kube::make_beast_transport({false, "127.0.0.1", server_->port(), ""}, {});
    kube::ClientOptions options;
    options.qps = -1;
    client = std::make_unique<kube::Client>(*transport_, clock, waiter_, options);
  }

  std::size_t count(const std::string& group, const std::string& plural) {
    return cluster_.store().list(*cluster_.store().catalogue()->find(group, plural), "").objects.size();
  }

 private:
  kube::SystemWaiter waiter_;

 public:
  const SystemClock clock;
  std::unique_ptr<kube::Client> client;

 private:
  embedded::Cluster cluster_{clock, {}};
  embedded::ApiServer api_{cluster_, {.token = "", .faults = false, .clock = nullptr}};
  std::unique_ptr<embedded::HttpServer> server_;
  std::unique_ptr<kube::Transport> transport_;
};

LoadOptions small_load() {
  LoadOptions options;
  options.plan.nodes = 3;
  options.plan.groups = 4;
  options.plan.group_size = 5;
  options.plan.pods = 7;
  options.plan.space = "made";
  options.pace.connections = 4;
  return options;
}

TEST(LoadTest, CreatesWhatItIsAskedForAndSaysHowFast) {
  LoadedServer world;
  const LoadReport report = put_load(*world.client, world.clock, small_load(), {});
  EXPECT_TRUE(report.as_planned) << report.json;
  EXPECT_EQ(3U, world.count("", "nodes"));
  EXPECT_EQ(4U, world.count("scheduling.volcano.sh", "podgroups"));
  EXPECT_EQ(27U, world.count("", "pods"));
  const Json json = Json::parse(report.json);
  EXPECT_EQ(27, json["pods"]["accepted"]);
  EXPECT_GT(json["pods"]["per_second"], 0);
  EXPECT_EQ(std::string::npos, report.json.find('\n'));
}

TEST(LoadTest, RepeatedWithoutCleanUpItSaysThatItIsThereAlready) {
  LoadedServer world;
  put_load(*world.client, world.clock, small_load(), {});
  const LoadReport again = put_load(*world.client, world.clock, small_load(), {});
  EXPECT_FALSE(again.as_planned);
  const Json json = Json::parse(again.json);
  EXPECT_EQ(27, json["pods"]["refused"]);
  EXPECT_NE(std::string::npos, json["pods"]["first_refusal"].get<std::string>().find("already exists"));
}

TEST(LoadTest, CleanUpLeavesNothingOfItAndWhatOthersMade) {
  LoadedServer world;
  LoadOptions others;
  others.plan.prefix = "others";
  others.plan.nodes = 1;
  put_load(*world.client, world.clock, others, {});
  LoadOptions options = small_load();
  options.clean_up = true;
  const LoadReport report = put_load(*world.client, world.clock, options, {});
  EXPECT_TRUE(report.as_planned) << report.json;
  EXPECT_EQ(1U, world.count("", "nodes"));
  EXPECT_EQ(0U, world.count("scheduling.volcano.sh", "podgroups"));
  EXPECT_EQ(0U, world.count("", "pods"));
}

TEST(LoadTest, ChurnKeepsTheNumberOfPodsAndWatchersSeeIt) {
  LoadedServer world;
  LoadOptions options = small_load();
  // So many that a gang made by churn is not deleted by it: a connection that lags behind the others could still be
  // creating it.
  options.plan.groups = 40;
  options.churn = std::chrono::seconds(1);
  options.pace.rate = 200;
  options.watchers = 2;
  const LoadReport report = put_load(*world.client, world.clock, options, {});
  EXPECT_TRUE(report.as_planned) << report.json;
  const Json json = Json::parse(report.json);
  EXPECT_GT(json["churn"]["accepted"], 0);
  EXPECT_GT(json["watches"]["events"], 27);
  // A gang may have been half replaced when the time was over.
  EXPECT_GE(world.count("", "pods"), 202U);
  EXPECT_LE(world.count("", "pods"), 212U);
}

TEST(LoadTest, ANullBinderBindsEveryPodOnceAndInTurn) {
  LoadedServer world;
  put_load(*world.client, world.clock, small_load(), {});
  NullBindOptions options;
  options.count = 20;
  auto first = null_bind(*world.client, world.clock, options, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(20U, first->binds.tally.latencies.size());
  EXPECT_EQ(3U, first->nodes);
  auto second = null_bind(*world.client, world.clock, {}, {});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(7U, second->binds.tally.latencies.size());
  EXPECT_EQ(0U, second->binds.tally.refused);
  const Json json = Json::parse(json_of(*std::move(second)));
  EXPECT_EQ(7, json["binds"]["accepted"]);
}

TEST(LoadTest, ANullBinderWithoutNodesSaysSo) {
  LoadedServer world;
  const auto bound = null_bind(*world.client, world.clock, {}, {});
  ASSERT_FALSE(bound);
  EXPECT_EQ(ErrorCode::not_found, bound.error().code);
}

TEST(LoadTest, WaitsUntilItsPodsAreOnNodes) {
  LoadedServer world;
  LoadOptions options = small_load();
  options.wait_bound = std::chrono::seconds(60);
  LoadReport report;
  std::jthread load([&] { report = put_load(*world.client, world.clock, options, {}); });
  std::size_t bound = 0;
  while (bound < pod_count(options.plan)) {
    const auto done = null_bind(*world.client, world.clock, {}, {});
    if (done) bound += done->binds.tally.latencies.size();
  }
  load.join();
  EXPECT_TRUE(report.as_planned) << report.json;
  EXPECT_EQ(27, Json::parse(report.json)["bound"]["accepted"]);
}

}  // namespace
}  // namespace basalt::load
