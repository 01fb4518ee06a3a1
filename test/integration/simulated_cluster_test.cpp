// Server, controllers and simulated nodes in one process, over sockets; a binder that only asks whether a pod has a
// node.
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "embedded/api/server.hpp"
#include "embedded/controllers/controllers.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "simulation/simulation.hpp"

namespace basalt::embedded {
namespace {

constexpr std::chrono::seconds kDeadline{60};
const ResourceName kPods{"", "pods"};

class SimulatedCluster {
 public:
  SimulatedCluster() {
    for (const ResourceName& resource : {kPods, ResourceName{"", "nodes"}, ResourceName{"", "namespaces"},
                                         ResourceName{"batch", "jobs"}, ResourceName{"apps", "deployments"}}) {
      subscriptions_.push_back(cluster.store().subscribe(resource, [this] {
        const std::lock_guard lock(mutex_);
        ++changes_;
        changed_.notify_all();
      }));
    }
    server_ = *HttpServer::start({}, api_);
    transport_ = *kube::make_beast_transport({false, "127.0.0.1", server_->port(), ""}, {});
    client_ = std::make_unique<kube::Client>(*transport_, clock_, waiter_);
    simulation::SimulationOptions options;
    options.fleet.nodes = 2;
    options.fleet.shape.capacity = {{"cpu", "4"}};
    options.fleet.job_run = std::chrono::seconds(0);
    controllers_.emplace(cluster);
    nodes_ = std::make_unique<simulation::Simulation>(*client_, clock_, options);
  }

  void create(const std::string& group, const std::string& plural, const std::string& space, const std::string& body) {
    const KindRef kind = cluster.store().catalogue()->find(group, plural);
    const auto created = cluster.create(*kind, space, Json::parse(body));
    ASSERT_TRUE(created) << created.refusal().message;
  }
  void remove(const std::string& group, const std::string& plural, const Key& key) {
    const auto removed = cluster.remove(*cluster.store().catalogue()->find(group, plural), key, {});
    ASSERT_TRUE(removed) << removed.refusal().message;
  }
  std::vector<Json> all(const std::string& group, const std::string& plural, const std::string& space = "") {
    std::vector<Json> trees;
    const KindRef kind = cluster.store().catalogue()->find(group, plural);
    for (const ObjectPtr& object : cluster.store().list(*kind, space).objects) trees.push_back(object->tree());
    return trees;
  }
  // Binds what has no node until this holds; false when it never does.
  bool bind_until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (true) {
      std::uint64_t seen = 0;
      {
        const std::lock_guard lock(mutex_);
        seen = changes_;
      }
      for (const Json& pod : all("", "pods")) {
        if (!text_at(pod, "spec.nodeName").empty()) continue;
        static_cast<void>(
            client_->bind({text_at(pod, "metadata.namespace"), text_at(pod, "metadata.name"), "", "node-0001", {}}));
      }
      if (holds()) return true;
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, end, [&] { return changes_ != seen; })) return false;
    }
  }
  bool has_condition(const std::string& group, const std::string& plural, const std::string& type) {
    for (const Json& object : all(group, plural)) {
      const Json* conditions = find_at(object, "status.conditions");
      if (conditions == nullptr) continue;
      for (const Json& condition : *conditions) {
        if (condition["type"] == type && condition["status"] == "True") return true;
      }
    }
    return false;
  }

 private:
  const SystemClock clock_;
  kube::SystemWaiter waiter_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;

 public:
  Cluster cluster{clock_, {}};

 private:
  std::vector<std::unique_ptr<Store::Subscription>> subscriptions_;
  ApiServer api_{cluster, {.token = "", .faults = false, .clock = nullptr}};
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<kube::Transport> transport_;
  std::unique_ptr<kube::Client> client_;
  std::optional<ControllerThread> controllers_;
  std::unique_ptr<simulation::Simulation> nodes_;
};

TEST(SimulatedClusterTest, WorkloadsRunEndAndLeaveNothingBehind) {
  SimulatedCluster world;
  ASSERT_TRUE(world.bind_until([&] { return world.all("", "nodes").size() == 2; }));
  world.create("", "namespaces", "", R"({"metadata":{"name":"n"}})");
  world.create("batch", "jobs", "n",
               R"({"metadata":{"name":"j"},"spec":{"parallelism":2,"completions":4,)"
               R"("template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}})");
  world.create("apps", "deployments", "n",
               R"({"metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},)"
               R"("template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_TRUE(world.bind_until([&] { return world.has_condition("batch", "jobs", "Complete"); }));
  EXPECT_TRUE(world.bind_until([&] { return world.has_condition("apps", "deployments", "Available"); }));
  world.remove("apps", "deployments", {"n", "d"});
  EXPECT_TRUE(world.bind_until([&] { return world.all("", "pods").size() == 4; })) << "the pods of the Job stay";
  world.remove("", "namespaces", {"", "n"});
  EXPECT_TRUE(world.bind_until([&] { return world.all("", "namespaces").size() == 4; }));
  EXPECT_TRUE(world.all("", "pods").empty());
}

}  // namespace
}  // namespace basalt::embedded
