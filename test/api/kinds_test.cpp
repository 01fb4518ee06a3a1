// What is served and how it is shown: discovery, tables, refusals, custom resources, reviews.
#include "api/api_test.hpp"
#include "kube/frames.hpp"
#include "kube/object.hpp"

namespace basalt::api {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class Shown : public ApiTest {};
class Refusals : public ApiTest {};

Names columns(const Seen& table) {
  Names found;
  for (const Json& column : table.at("/columnDefinitions")) found.push_back(column.at("name"));
  return found;
}

TEST_F(Shown, ResourcesAreDiscovered) {
  Names core;
  for (const Json& resource : get("/api/v1").at("/resources")) core.push_back(resource.at("name"));
  EXPECT_THAT(core, IsSupersetOf({"pods", "pods/binding", "pods/eviction", "pods/status", "nodes", "nodes/status",
                                  "namespaces", "namespaces/finalize", "events", "configmaps"}));
  Names groups;
  for (const Json& group : get("/apis").at("/groups")) groups.push_back(group.at("name"));
  EXPECT_THAT(groups, IsSupersetOf({"apps", "batch", "policy", "coordination.k8s.io", "scheduling.k8s.io",
                                    "storage.k8s.io", "authorization.k8s.io", "apiextensions.k8s.io"}));
  EXPECT_EQ("v1", get("/apis/apps").at("/preferredVersion/version"));
  EXPECT_EQ((Json{"v1"}), get("/api").at("/versions"));
  const Seen version = get("/version");
  EXPECT_EQ("1", version.at("/major"));
  EXPECT_THAT(version.at("/gitVersion").get<std::string>(), ::testing::StartsWith("v1."));
  for (const char* path : {"/healthz", "/livez", "/readyz"}) EXPECT_EQ("ok", get(path).text) << path;
}

TEST_F(Shown, AnyoneWhoMayDoEverythingIsTold) {
  const Seen review = post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                           {{"spec", {{"resourceAttributes", {{"verb", "create"}, {"resource", "pods"}}}}}});
  EXPECT_EQ(201, review.status) << review.text;
  EXPECT_EQ(true, review.at("/status/allowed"));
}

TEST_F(Shown, ProtobufIsReadByOurClient) {
  make_pod("a");
  make_pod("b");
  const Seen seen = get(pods(), "application/vnd.kubernetes.protobuf,application/json");
  EXPECT_EQ("application/vnd.kubernetes.protobuf", seen.content_type);
  const auto page = kube::split_list(kube::Encoding::protobuf, seen.text);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(2U, page->items.size());
  const auto head = kube::read_head(page->items[1]);
  ASSERT_TRUE(head);
  EXPECT_EQ("b", head->key.name);
  EXPECT_EQ(space(), head->key.space);
  EXPECT_EQ(36U, head->uid.size());
}

TEST_F(Shown, TablesHaveTheColumnsOfTheirKind) {
  make_pod("a");
  const Seen table = get(pods(), kTable);
  EXPECT_EQ("Table", table.at("/kind"));
  EXPECT_EQ((Names{"Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"}),
            columns(table));
  Json cells = table.at("/rows/0/cells");
  ASSERT_EQ(9U, cells.size());
  EXPECT_EQ(has(Trait::restarts_as_text) ? Json("0") : Json(0), cells[3]);
  EXPECT_TRUE(cells[4].is_string());
  cells.erase(3);
  cells.erase(3);
  EXPECT_EQ((Json{"a", "0/1", "Pending", "<none>", "<none>", "<none>", "<none>"}), cells);
  EXPECT_EQ("PartialObjectMetadata", table.at("/rows/0/object/kind"));
  EXPECT_EQ((Names{"Name", "Data", "Age"}), columns(get(core("configmaps"), kTable)));
  EXPECT_EQ((Names{"Name", "Status", "Roles", "Age", "Version", "Internal-IP", "External-IP", "OS-Image",
                   "Kernel-Version", "Container-Runtime"}),
            columns(get("/api/v1/nodes", kTable)));
  EXPECT_EQ((Names{"Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"}),
            columns(get(in("apps/v1", "deployments"), kTable)));
}

TEST_F(Shown, MetadataAloneIsGivenWhenAskedFor) {
  make_config("a");
  const Seen list =
      get(core("configmaps"), "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json");
  EXPECT_EQ("PartialObjectMetadataList", list.at("/kind"));
  EXPECT_THAT(names(list), Contains("a"));
  EXPECT_TRUE(list.at("/items/0/data").is_null());
}

TEST_F(Refusals, ANameThatIsNotThereIsNotFound) {
  const Seen refused = get(pods("/none"));
  EXPECT_EQ(404, refused.status);
  EXPECT_EQ((Json{{"kind", "Status"},
                  {"apiVersion", "v1"},
                  {"metadata", Json::object()},
                  {"status", "Failure"},
                  {"message", "pods \"none\" not found"},
                  {"reason", "NotFound"},
                  {"details", {{"name", "none"}, {"kind", "pods"}}},
                  {"code", 404}}),
            refused.body);
}

TEST_F(Refusals, AKindThatIsNotServedIsNotFound) {
  EXPECT_EQ(404, get("/apis/example.com/v9/things").status);
  EXPECT_EQ(404, get("/api/v1/things").status);  // clients word it themselves
}

TEST_F(Refusals, AVerbThatIsNotServedIsNotAllowed) {
  EXPECT_EQ(405, ask("PUT", core("pods"), "{}").status);
  const Seen refused = get(pods("/a/binding"));
  EXPECT_EQ(405, refused.status) << refused.text;
  EXPECT_EQ("MethodNotAllowed", refused.reason());
}

TEST_F(Refusals, MediaTypesThatAreNotServedAreRefused) {
  make_config("a");
  const Seen body = ask("POST", core("configmaps"), "a=b", "text/plain");
  EXPECT_EQ(415, body.status) << body.text;
  EXPECT_EQ("UnsupportedMediaType", body.reason());
  EXPECT_EQ(415, ask("PATCH", core("configmaps/a"), "{}", kJson).status);
  const Seen accept = get(core("configmaps"), "text/html");
  EXPECT_EQ(406, accept.status) << accept.text;
  EXPECT_EQ("NotAcceptable", accept.reason());
}

TEST_F(Refusals, SomebodyUnknownIsUnauthorized) {
  const auto seen =
      server()->stranger().call({"GET", pods(), {{"Authorization", "Bearer wrong"}}, ""}, std::chrono::seconds(30), {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(401, seen->status);
  EXPECT_EQ("Unauthorized", Json::parse(seen->body).value("reason", ""));
}

TEST_F(Refusals, BodiesInYamlAreTaken) {
  const Seen made =
      ask("POST", core("configmaps"), "metadata:\n  name: made-of-yaml\ndata:\n  k: v\n", "application/yaml");
  EXPECT_EQ(201, made.status) << made.text;
  EXPECT_EQ("v", made.at("/data/k"));
}

// Custom resources, of a definition for each test.
class CustomResources : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    if (IsSkipped()) return;
    group_ = space() + ".example.com";
    const Json definition = Json::parse(R"({"spec":{"scope":"Namespaced",
      "names":{"kind":"Widget","listKind":"WidgetList","plural":"widgets","singular":"widget","shortNames":["wd"]},
      "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
        "additionalPrinterColumns":[{"name":"Color","type":"string","jsonPath":".spec.color"}],
        "schema":{"openAPIV3Schema":{"type":"object","properties":{
          "spec":{"type":"object","required":["color"],"properties":{
            "color":{"type":"string","enum":["red","blue"]},
            "count":{"type":"integer","minimum":1,"default":2}}},
          "status":{"type":"object","properties":{"seen":{"type":"integer"}}}}}}}]}})");
    Json named = definition;
    named["metadata"]["name"] = "widgets." + group_;
    named["spec"]["group"] = group_;
    const Seen made = post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", named);
    ASSERT_EQ(201, made.status) << made.text;
    // It is served a moment later, at a time that nothing tells better than asking.
    for (int i = 0; i < 3000 && get(widgets()).status != 200; ++i) {
      watch("/apis/apiextensions.k8s.io/v1/customresourcedefinitions?timeoutSeconds=1", 1);
    }
  }
  void TearDown() override {
    if (!group_.empty()) remove("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets." + group_);
    ApiTest::TearDown();
  }

  [[nodiscard]] std::string widgets(const std::string& rest = "") const { return in(group_ + "/v1", "widgets" + rest); }
  Seen make(const std::string& name, const Json& spec) {
    return post(widgets(),
                {{"apiVersion", group_ + "/v1"}, {"kind", "Widget"}, {"metadata", {{"name", name}}}, {"spec", spec}});
  }

  std::string group_;
};

TEST_F(CustomResources, AreDefaultedAndPruned) {
  const Seen made = make("a", {{"color", "red"}, {"unknown", true}});
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ((Json{{"color", "red"}, {"count", 2}}), made.at("/spec"));
}

TEST_F(CustomResources, AreValidatedInKubernetesWords) {
  const Seen refused = make("a", {{"color", "green"}, {"count", 0}});
  EXPECT_EQ(422, refused.status);
  EXPECT_EQ("Invalid", refused.reason());
  EXPECT_THAT(refused.message(), HasSubstr("Widget." + group_ + " \"a\" is invalid"));
  EXPECT_THAT(refused.message(), HasSubstr("spec.color: Unsupported value: \"green\": supported values: "));
  EXPECT_THAT(refused.message(), HasSubstr("spec.count in body should be greater than or equal to 1"));
  EXPECT_THAT(make("a", Json::object()).message(), HasSubstr("spec.color: Required value"));
}

TEST_F(CustomResources, KeepStatusAndSpecApart) {
  make("a", {{"color", "red"}});
  const Seen spec = patch(widgets("/a"), {{"spec", {{"color", "blue"}}}, {"status", {{"seen", 1}}}});
  EXPECT_TRUE(spec.at("/status").is_null()) << spec.text;
  EXPECT_EQ(2, spec.at("/metadata/generation"));
  const Seen status = patch(widgets("/a/status"), {{"spec", {{"color", "red"}}}, {"status", {{"seen", 1}}}});
  EXPECT_EQ("blue", status.at("/spec/color"));
  EXPECT_EQ(1, status.at("/status/seen"));
  EXPECT_EQ(2, status.at("/metadata/generation"));
}

TEST_F(CustomResources, TakeNoStrategicPatchAndNoUpdateWithoutAVersion) {
  const Seen made = make("a", {{"color", "red"}});
  EXPECT_EQ(415, patch(widgets("/a"), {{"spec", {{"color", "blue"}}}}, kStrategic).status);
  Json object = made.body;
  object["metadata"].erase("resourceVersion");
  const Seen refused = put(widgets("/a"), object);
  EXPECT_EQ(422, refused.status) << refused.text;
  EXPECT_THAT(refused.message(), HasSubstr("metadata.resourceVersion: Invalid value"));
  EXPECT_THAT(refused.message(), HasSubstr("must be specified for an update"));
}

TEST_F(CustomResources, ArePrintedWithTheirColumns) {
  make("a", {{"color", "red"}});
  const Seen table = get(widgets(), kTable);
  EXPECT_EQ((Names{"Name", "Color"}), columns(table));
  EXPECT_EQ((Json{"a", "red"}), table.at("/rows/0/cells"));
}

TEST_F(CustomResources, AreWatched) {
  make("a", {{"color", "red"}});
  const std::string from = get(widgets()).version();
  patch(widgets("/a"), {{"spec", {{"color", "blue"}}}});
  remove(widgets("/a"));
  EXPECT_EQ((Names{"MODIFIED a", "DELETED a"}), story(watch(widgets("?resourceVersion=" + from), 2)));
}

// Here because a real server remembers what came since it first served a kind: of these, nothing before the test.
TEST_F(CustomResources, AForgottenRevisionIsAnErrorEventWith410) {
  make("a", {{"color", "red"}});
  const auto events = watch(widgets("?resourceVersion=" + server()->forgotten_version()), 1);
  ASSERT_EQ((Names{"ERROR"}), story(events));
  const Json& status = events[0]["object"];
  EXPECT_EQ("Status", status["kind"]);
  EXPECT_EQ(410, status["code"]);
  EXPECT_EQ("Expired", status["reason"]);
  EXPECT_THAT(status["message"].get<std::string>(), HasSubstr("too old resource version: 1 ("));
}

TEST_F(CustomResources, AreJsonOnly) {
  make("a", {{"color", "red"}});
  EXPECT_EQ(kJson, get(widgets(), "application/vnd.kubernetes.protobuf,application/json").content_type);
}

}  // namespace
}  // namespace basalt::api
