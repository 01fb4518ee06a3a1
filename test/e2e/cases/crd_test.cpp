// The shipped custom resources and the shipped role, on a real API server.

#include <gmock/gmock.h>

#include <sstream>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/subprocess.hpp"

namespace basalt::e2e {
namespace {

using nlohmann::json;

class CustomResourcesTest : public E2eTest {
 protected:
  /// The objects of a YAML file, as kubectl would send them.
  std::vector<json> read_manifest(const std::filesystem::path& file) {
    std::istringstream text(output_of({.words = {"kubectl", "--kubeconfig", control_plane().kubeconfig("admin"),
                                                 "create", "--dry-run=client", "-o", "json", "-f", file}}));
    std::vector<json> objects;
    for (json object; text >> std::ws && !text.eof() && text >> object;) objects.push_back(object);
    return objects;
  }

  json create_and_read(const json& object) {
    const std::string collection = object.at("kind") == "Queue" ? kQueuesPath : pod_groups_path();
    const std::string path = collection + "/" + object.at("metadata").at("name").get<std::string>();
    api().create(collection, object);
    if (object.at("kind") == "Queue" && object.contains("status")) {
      api().patch(path + "/status", {{"status", object.at("status")}});
    }
    return api().get(path);
  }

  int create_status(const std::string& collection, const json& object) {
    return api().send("POST", collection, object).status;
  }
};

/// What the server adds where the sender said nothing; these defaults are part of the contract.
void add_defaults(json& topology_holder) {
  if (topology_holder.contains("networkTopology") && !topology_holder["networkTopology"].contains("mode")) {
    topology_holder["networkTopology"]["mode"] = "hard";
  }
}

json with_defaults(json object) {
  json& spec = object["spec"];
  if (object["kind"] == "Queue") {
    if (!spec.contains("weight")) spec["weight"] = 1;
    if (!spec.contains("dequeueStrategy")) spec["dequeueStrategy"] = "traverse";
    return object;
  }
  if (!spec.contains("queue")) spec["queue"] = "default";
  add_defaults(spec);
  if (!spec.contains("subGroupPolicy")) return object;
  for (json& policy : spec["subGroupPolicy"]) {
    if (!policy.contains("subGroupSize")) policy["subGroupSize"] = 1;
    if (!policy.contains("minSubGroups")) policy["minSubGroups"] = 0;
    add_defaults(policy);
  }
  return object;
}

TEST_F(CustomResourcesTest, EverySampleSurvivesARoundTripUnchanged) {
  int compared = 0;
  for (const auto& folder : {source_folder() / "deploy" / "examples", source_folder() / "test" / "e2e" / "samples"}) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() != ".yaml") continue;
      for (const json& object : read_manifest(file.path())) {
        const json sent = with_defaults(object);
        if (sent["kind"] != "PodGroup" && sent["kind"] != "Queue") continue;
        const json read = create_and_read(object);
        SCOPED_TRACE(file.path().string() + ": " + sent["metadata"]["name"].get<std::string>());
        EXPECT_EQ(sent["spec"].dump(2), read["spec"].dump(2));
        EXPECT_EQ(sent.value("status", json()).dump(2), read.value("status", json()).dump(2));
        EXPECT_EQ(sent["metadata"].value("annotations", json()), read["metadata"].value("annotations", json()));
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 18) << "the samples have got lost";
}

TEST_F(CustomResourcesTest, ObjectsThatMakeNoSenseAreRefused) {
  const auto gang = [](json spec) { return make_gang("bad", {.min_member = 1, .extra = std::move(spec)}); };
  EXPECT_EQ(422, create_status(pod_groups_path(), gang({{"minMember", -1}})));
  EXPECT_EQ(422, create_status(pod_groups_path(), gang({{"minResources", {{"cpu", "a lot"}}}})));
  EXPECT_EQ(422, create_status(pod_groups_path(), gang({{"queue", "Not_A_Name"}})));
  EXPECT_EQ(422, create_status(pod_groups_path(), gang({{"networkTopology", {{"mode", "strict"}}}})));
  EXPECT_EQ(422, create_status(pod_groups_path(),
                               gang({{"networkTopology", {{"highestTierAllowed", 1}, {"highestTierName", "rack"}}}})));
  json policy;
  policy["subGroupPolicy"] = json::array({{{"name", "a"}, {"subGroupSize", 0}}});
  EXPECT_EQ(422, create_status(pod_groups_path(), gang(policy)));
  const auto queue = [](json spec) {
    return json{{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                {"kind", "Queue"},
                {"metadata", {{"name", "bad"}}},
                {"spec", std::move(spec)}};
  };
  EXPECT_EQ(422, create_status(kQueuesPath, queue({{"weight", 0}})));
  EXPECT_EQ(422, create_status(kQueuesPath, queue({{"weight", 65536}})));
  EXPECT_EQ(422, create_status(kQueuesPath, queue({{"dequeueStrategy", "lifo"}})));
  EXPECT_EQ(422, create_status(kQueuesPath, queue({{"priority", -1}})));
}

TEST_F(CustomResourcesTest, APodGroupHasNoStatusSubresourceAndAQueueHasOne) {
  api().create(pod_groups_path(), make_gang("g", {.min_member = 1}));
  EXPECT_EQ(404, api().send("GET", pod_groups_path() + "/g/status").status);
  api().patch(pod_groups_path() + "/g", {{"status", {{"phase", "Inqueue"}}}});
  EXPECT_EQ("Inqueue", status_of("g").value("phase", ""));

  api().create(kQueuesPath, {{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                             {"kind", "Queue"},
                             {"metadata", {{"name", "q"}}},
                             {"spec", {{"weight", 2}}}});
  const std::string queue = std::string(kQueuesPath) + "/q";
  EXPECT_EQ(
      422,
      api().send("PATCH", queue + "/status", {{"status", {{"state", "Open"}}}}, "application/merge-patch+json").status)
      << "status.allocated is required";
  const json status{{"state", "Open"}, {"allocated", {{"cpu", "0"}}}};
  EXPECT_EQ(status, api().patch(queue + "/status", {{"status", status}}).at("status"));
  const json ignored{{"state", "Closed"}, {"allocated", {{"cpu", "1"}}}};
  EXPECT_EQ(status, api().patch(queue, {{"status", ignored}}).at("status"));
}

TEST_F(CustomResourcesTest, AreFoundByTheirShortNamesAndPrintTheColumnsThatUsersKnow) {
  api().create(pod_groups_path(), make_gang("g", {.min_member = 3}));
  api().patch(pod_groups_path() + "/g", {{"status", {{"phase", "Running"}, {"running", 7}}}});
  const auto kubectl = [&](const std::vector<std::string>& words) {
    std::vector<std::string> command{"kubectl", "--kubeconfig", control_plane().kubeconfig("admin"), "get"};
    command.insert(command.end(), words.begin(), words.end());
    return output_of({.words = command});
  };
  EXPECT_THAT(kubectl({"pg", "-o", "wide"}),
              testing::ContainsRegex("NAME +STATUS +MINMEMBER +RUNNINGS +AGE +QUEUE\ng +Running +3 +7 .*default"));
  EXPECT_THAT(kubectl({"podgroup-v1beta1", "-o", "name"}), testing::HasSubstr("/g"));
  EXPECT_NO_THROW(kubectl({"queue-v1beta1"}));
  EXPECT_NO_THROW(kubectl({"q"}));
}

TEST_F(CustomResourcesTest, TheShippedRoleAllowsWhatTheSchedulerNeedsAndNothingMore) {
  Api as_scheduler(control_plane().kubeconfig("scheduler"));
  const auto status = [&](const std::string& method, const std::string& path, const json& body = nullptr) {
    return as_scheduler
        .send(method, path, body, method == "PATCH" ? "application/merge-patch+json" : "application/json")
        .status;
  };
  for (const char* path :
       {"/api/v1/pods", "/api/v1/nodes", "/api/v1/namespaces", "/api/v1/persistentvolumes",
        "/api/v1/persistentvolumeclaims", "/apis/storage.k8s.io/v1/storageclasses",
        "/apis/scheduling.k8s.io/v1/priorityclasses", "/apis/scheduling.volcano.sh/v1beta1/podgroups", kQueuesPath}) {
    EXPECT_EQ(200, status("GET", path)) << path;
  }
  api().create(kNodesPath, make_node("node"));
  api().create(pods_path(), make_pod("pod"));
  api().create(pod_groups_path(), make_gang("g", {.min_member = 1}));
  EXPECT_EQ(200, status("PATCH", pod_groups_path() + "/g", {{"status", {{"phase", "Inqueue"}}}}));
  for (const char* path : {"/api/v1/secrets", "/api/v1/configmaps", "/apis/coordination.k8s.io/v1/leases"}) {
    EXPECT_EQ(403, status("GET", path)) << path;
  }
  EXPECT_EQ(403, status("POST", pods_path(), make_pod("own")));
  EXPECT_EQ(403, status("PATCH", pods_path() + "/pod", {{"metadata", {{"labels", {{"a", "b"}}}}}}));
  EXPECT_EQ(403, status("PATCH", std::string(kNodesPath) + "/node", {{"spec", {{"unschedulable", true}}}}));
  EXPECT_EQ(403, status("DELETE", std::string(kNodesPath) + "/node"));
  EXPECT_EQ(403, status("DELETE", pod_groups_path() + "/g"));
  EXPECT_EQ(200, status("DELETE", pods_path() + "/pod", {{"gracePeriodSeconds", 0}}));
}

}  // namespace
}  // namespace basalt::e2e
