#include <gtest/gtest.h>

#include <sstream>

#include "embedded/files/journal.hpp"
#include "embedded/files/object_file.hpp"
#include "embedded/objects/yaml.hpp"
#include "embedded/wire/message.hpp"
#include "kube/wire.hpp"
#include "unit/embedded/world.hpp"

namespace basalt::embedded {
namespace {

using testing::kMerge;
using testing::World;

const std::string kThings = "/apis/example.org/v1/namespaces/default/things";

// Kind Thing: a size from 1 to 9 with default 3, a color, free notes, /status, a printer column.
constexpr const char* kDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Thing, plural: things, shortNames: [th]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns:
        - {name: Size, type: integer, jsonPath: .spec.size}
        - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status', priority: 1}
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [color]
              properties:
                size: {type: integer, minimum: 1, maximum: 9, default: 3}
                color: {type: string, enum: [red, green], }
                code: {type: string, pattern: '^[a-z]+$'}
                amount: &amount {x-kubernetes-int-or-string: true}
                other: {<<: *amount, description: merged}
                notes: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status:
              type: object
              properties:
                phase: {type: string}
)";

class CustomResources : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto loaded = load_objects(world_.cluster, kDefinition);
    ASSERT_TRUE(loaded) << loaded.error().message;
  }
  testing::Seen make(const std::string& spec) {
    return world_.post(kThings, R"({"metadata":{"name":"t"},"spec":)" + spec + R"(,"status":{"phase":"x"},"extra":1})");
  }
  World world_;
};

TEST_F(CustomResources, AreServedOnceTheirDefinitionIsThere) {
  const auto resources = world_.get("/apis/example.org/v1");
  EXPECT_EQ("things", resources.body["resources"][0]["name"]) << resources.text;
  EXPECT_EQ("things/status", resources.body["resources"][1]["name"]);
  const auto definition = world_.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org").body;
  EXPECT_EQ("Established", definition["status"]["conditions"][1]["type"]);
}

TEST_F(CustomResources, AreDefaultedAndPruned) {
  const auto made = make(R"({"color":"red","unknown":1,"notes":{"kept":true}})");
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ(Json::parse(R"({"color":"red","size":3,"notes":{"kept":true}})"), made.body["spec"]);
  EXPECT_FALSE(made.body.contains("status"));
  EXPECT_FALSE(made.body.contains("extra"));
}

TEST_F(CustomResources, AreValidatedInKubernetesWords) {
  EXPECT_EQ("spec.color: Required value", make("{}").message().substr(make("{}").message().find("spec.")));
  const auto refused = make(R"({"color":"blue","size":10,"code":"A","amount":true})");
  EXPECT_EQ(422, refused.status);
  EXPECT_EQ(4U, refused.body["details"]["causes"].size()) << refused.text;
  EXPECT_NE(std::string::npos,
            refused.message().find(R"(spec.color: Unsupported value: "blue": supported values: "red", "green")"));
  EXPECT_NE(
      std::string::npos,
      refused.message().find("spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"));
}

TEST_F(CustomResources, MergedYamlIsPartOfTheSchema) { EXPECT_EQ(422, make(R"({"color":"red","other":true})").status); }

TEST_F(CustomResources, CountGenerationsOfWhatIsWantedOnly) {
  make(R"({"color":"red"})");
  EXPECT_EQ(
      1,
      world_.ask("PATCH", kThings + "/t/status", R"({"status":{"phase":"y"}})", kMerge).body["metadata"]["generation"]);
  EXPECT_EQ(2, world_.ask("PATCH", kThings + "/t", R"({"spec":{"size":4}})", kMerge).body["metadata"]["generation"]);
}

TEST_F(CustomResources, TakeNoStrategicPatchAndNoUpdateWithoutAVersion) {
  make(R"({"color":"red"})");
  EXPECT_EQ(415, world_.ask("PATCH", kThings + "/t", "{}", "application/strategic-merge-patch+json").status);
  const auto refused = world_.ask("PUT", kThings + "/t", R"({"metadata":{"name":"t"},"spec":{"color":"red"}})");
  EXPECT_EQ(422, refused.status);
}

TEST_F(CustomResources, ArePrintedWithTheirColumns) {
  make(R"({"color":"red"})");
  const auto table = world_.ask("GET", kThings, "", "", "application/json;as=Table;v=v1;g=meta.k8s.io");
  EXPECT_EQ(3U, table.body["columnDefinitions"].size());
  EXPECT_EQ((Json{"t", 3, nullptr}), table.body["rows"][0]["cells"]);
}

TEST_F(CustomResources, AreJsonOnly) {
  EXPECT_EQ(406, world_.ask("GET", kThings, "", "", "application/vnd.kubernetes.protobuf").status);
  EXPECT_EQ("application/json",
            world_.ask("GET", kThings, "", "", "application/vnd.kubernetes.protobuf,application/json").content_type);
}

TEST_F(CustomResources, GoWithTheirDefinition) {
  make(R"({"color":"red"})");
  EXPECT_EQ(200,
            world_.ask("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org").status);
  EXPECT_EQ(404, world_.get(kThings + "/t").status);
  EXPECT_EQ(404, world_.get("/apis/example.org/v1").status);
}

TEST_F(CustomResources, ADefinitionWithABadPatternIsRefused) {
  auto definition = parse_yaml(kDefinition)->front();
  definition["metadata"]["name"] = "others.example.org";
  definition["spec"]["names"]["plural"] = "others";
  definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["code"]
            ["pattern"] = "(";
  const auto refused = world_.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition.dump());
  EXPECT_EQ(422, refused.status);
}

TEST_F(CustomResources, ASavedClusterComesBackAsItWas) {
  make(R"({"color":"red"})");
  world_.make_pod("a");
  world_.bind_pod("a", "n1");
  const std::string saved = save_objects(world_.cluster);
  World other;
  const auto loaded = load_objects(other.cluster, saved);
  ASSERT_TRUE(loaded) << loaded.error().message;
  Json before = world_.get(testing::kPods + "/a").body;
  Json after = other.get(testing::kPods + "/a").body;
  before["metadata"].erase("resourceVersion");
  after["metadata"].erase("resourceVersion");
  EXPECT_EQ(before, after);
  EXPECT_EQ(200, other.get(kThings + "/t").status);
}

TEST_F(CustomResources, AClusterPrintedAsYamlIsReadBack) {
  make(R"({"color":"red","code":"yes"})");
  World other;
  const auto loaded = load_objects(other.cluster, print_objects(world_.cluster));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ("yes", text_at(other.get(kThings + "/t").body, "spec.code"));
}

TEST(EmbeddedFiles, AnObjectThatIsRefusedIsNamed) {
  World world;
  const auto loaded = load_objects(world.cluster, "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {}\n");
  ASSERT_FALSE(loaded);
  EXPECT_NE(std::string::npos,
            loaded.error().message.find("Pod \"p\": Pod \"p\" is invalid: spec.containers: Required value"));
  EXPECT_FALSE(load_objects(world.cluster, "kind: Nothing\napiVersion: v9\n"));
  EXPECT_FALSE(load_objects(world.cluster, "a: ["));
}

TEST(EmbeddedFiles, AJournalHasEveryChangeInItsOrder) {
  const std::string path = ::testing::TempDir() + "embedded_journal_test";
  World world;
  {
    auto journal = Journal::open(path, world.clock);
    ASSERT_TRUE(journal) << journal.error().message;
    world.cluster.store().record_to(
        [&](const ResourceName& resource, const Event& event) { journal->write(resource, event); });
    world.make_pod("a");
    world.clock.advance(std::chrono::seconds(2));
    world.bind_pod("a", "n1");
    world.ask("DELETE", testing::kPods + "/a", R"({"gracePeriodSeconds":0})");
    world.cluster.store().record_to(nullptr);
    EXPECT_TRUE(journal->flush());
  }
  std::istringstream lines(*read_file(path));
  std::string types;
  long long last = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json change = Json::parse(line);
    types += text_at(change, "type") + " ";
    EXPECT_EQ("pods", text_at(change, "resource"));
    EXPECT_LT(last, change["revision"].get<long long>());
    last = change["revision"];
    EXPECT_EQ(text_at(change, "type") == "ADDED" ? 0 : 2'000'000, change["microseconds"].get<long long>());
  }
  EXPECT_EQ("ADDED MODIFIED DELETED ", types);
}

TEST(EmbeddedProtobuf, WhatIsEncodedIsDecoded) {
  const Json pod = Json::parse(R"({
    "metadata": {"name": "p", "labels": {"a": "b"}, "creationTimestamp": "2026-01-02T03:04:05Z", "generation": 2},
    "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
                             "livenessProbe": {"httpGet": {"port": "http"}, "periodSeconds": 3}}],
             "volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}, {"name": "w", "configMap": {"name": "cm"}}],
             "priority": -5, "hostNetwork": true,
             "tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 300}]},
    "status": {"phase": "Running", "startTime": "2026-01-02T03:04:05Z"}})");
  const Message& message = *find_message("Pod");
  const auto back = decode_protobuf(message, encode_protobuf(message, pod));
  ASSERT_TRUE(back) << back.refusal().message;
  EXPECT_EQ(pod, *back);
}

TEST(EmbeddedProtobuf, ABodyWithAFieldThatIsNotKnownIsRefused) {
  std::string bytes;
  append_bytes_field(bytes, 999, "x");
  EXPECT_EQ(400, decode_protobuf(*find_message("Pod"), bytes).refusal().code);
  EXPECT_FALSE(decode_protobuf(*find_message("Pod"), "\x0a\xff"));
}

TEST(EmbeddedProtobuf, IsReadInCreateRequests) {
  World world;
  const Json space = {{"metadata", {{"name", "made"}}}};
  const std::string body = wrap_protobuf("v1", "Namespace", encode_protobuf(*find_message("Namespace"), space));
  EXPECT_EQ(201, world.ask("POST", "/api/v1/namespaces", body, "application/vnd.kubernetes.protobuf").status);
  EXPECT_EQ("Active", text_at(world.get("/api/v1/namespaces/made").body, "status.phase"));
}

TEST(EmbeddedPatches, AStrategicMergeKnowsTheKeysOfLists) {
  World world;
  world.post(
      "/api/v1/nodes",
      R"({"metadata":{"name":"n"},"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Disk","status":"False"}]}})");
  const auto seen = world.ask(
      "PATCH", "/api/v1/nodes/n/status",
      R"({"status":{"$setElementOrder/conditions":[{"type":"Disk"},{"type":"Ready"}],"conditions":[{"type":"Ready","status":"False"}]}})",
      "application/strategic-merge-patch+json");
  EXPECT_EQ(Json::parse(R"([{"type":"Disk","status":"False"},{"type":"Ready","status":"False"}])"),
            seen.body["status"]["conditions"])
      << seen.text;
  const auto less =
      world.ask("PATCH", "/api/v1/nodes/n/status", R"({"status":{"conditions":[{"type":"Disk","$patch":"delete"}]}})",
                "application/strategic-merge-patch+json");
  EXPECT_EQ(1U, less.body["status"]["conditions"].size());
  EXPECT_EQ(400, world
                     .ask("PATCH", "/api/v1/nodes/n/status", R"({"status":{"conditions":[{"status":"x"}]}})",
                          "application/strategic-merge-patch+json")
                     .status);
}

}  // namespace
}  // namespace basalt::embedded
