// Objects one by one: create, read, update, patch, delete.
#include "api/api_test.hpp"

namespace basalt::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Objects : public ApiTest {};

TEST_F(Objects, ACreatedPodHasWhatTheServerFillsIn) {
  const Seen made = make_pod("a");
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ("v1", made.at("/apiVersion"));
  EXPECT_EQ("Pod", made.at("/kind"));
  EXPECT_EQ(space(), made.at("/metadata/namespace"));
  EXPECT_EQ(36U, made.uid().size());
  EXPECT_THAT(made.at("/metadata/creationTimestamp").get<std::string>(),
              ::testing::MatchesRegex("....-..-..T..:..:..Z"));
  EXPECT_EQ("Always", made.at("/spec/restartPolicy"));
  EXPECT_EQ("ClusterFirst", made.at("/spec/dnsPolicy"));
  EXPECT_EQ("default-scheduler", made.at("/spec/schedulerName"));
  EXPECT_EQ(30, made.at("/spec/terminationGracePeriodSeconds"));
  EXPECT_EQ(Json::object(), made.at("/spec/securityContext"));
  EXPECT_EQ(true, made.at("/spec/enableServiceLinks"));
  EXPECT_EQ(0, made.at("/spec/priority"));
  EXPECT_EQ("PreemptLowerPriority", made.at("/spec/preemptionPolicy"));
  EXPECT_EQ("IfNotPresent", made.at("/spec/containers/0/imagePullPolicy"));
  EXPECT_EQ("/dev/termination-log", made.at("/spec/containers/0/terminationMessagePath"));
  EXPECT_EQ("File", made.at("/spec/containers/0/terminationMessagePolicy"));
  EXPECT_EQ((Json{{"phase", "Pending"}, {"qosClass", "Burstable"}}), made.at("/status"));
  std::vector<std::string> tolerated;
  for (const Json& toleration : made.at("/spec/tolerations")) {
    tolerated.push_back(toleration.value("key", "") + ":" + toleration.value("effect", "") + " for " +
                        std::to_string(toleration.value("tolerationSeconds", 0)));
  }
  EXPECT_EQ(
      (Names{"node.kubernetes.io/not-ready:NoExecute for 300", "node.kubernetes.io/unreachable:NoExecute for 300"}),
      tolerated);
  EXPECT_EQ(made.version(), get(pods("/a")).version());
}

TEST_F(Objects, ALimitIsARequestToo) {
  const Seen made = make_pod(
      "a",
      Json::parse(R"({"spec":{"containers":[{"name":"c","image":"i:latest","resources":{"limits":{"cpu":"2"}}}]}})"));
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ("2", made.at("/spec/containers/0/resources/requests/cpu"));
  EXPECT_EQ("Always", made.at("/spec/containers/0/imagePullPolicy"));
}

TEST_F(Objects, ManagedFieldsAreKeptWhereTheyAreKnown) {
  EXPECT_EQ(has(Trait::managed_fields), !make_config("a").at("/metadata/managedFields").is_null());
}

TEST_F(Objects, ASecondOfTheSameNameAlreadyExists) {
  make_pod("a");
  const Seen second = make_pod("a");
  EXPECT_EQ(409, second.status);
  EXPECT_EQ("AlreadyExists", second.reason());
  EXPECT_EQ("pods \"a\" already exists", second.message());
  EXPECT_EQ((Json{{"name", "a"}, {"kind", "pods"}}), second.at("/details"));
}

TEST_F(Objects, GenerateNameIsCompletedWithFiveCharacters) {
  const auto made = [&] {
    return post(core("configmaps"), {{"metadata", {{"generateName", "made-"}}}})
        .at("/metadata/name")
        .get<std::string>();
  };
  const std::string first = made();
  EXPECT_THAT(first, ::testing::MatchesRegex("made-[a-z0-9]{5}"));
  EXPECT_NE(first, made());
}

TEST_F(Objects, ANewObjectOfAnOldNameHasANewUidAndALaterVersion) {
  const Seen first = make_config("a");
  remove(core("configmaps/a"));
  const Seen second = make_config("a");
  EXPECT_NE(first.uid(), second.uid());
  EXPECT_LT(std::stoll(first.version()), std::stoll(second.version()));
}

TEST_F(Objects, NothingIsMadeInANamespaceThatIsNotThere) {
  const Seen refused = post("/api/v1/namespaces/nowhere/configmaps", {{"metadata", {{"name", "a"}}}});
  EXPECT_EQ(404, refused.status);
  EXPECT_EQ("NotFound", refused.reason());
  EXPECT_EQ("namespaces \"nowhere\" not found", refused.message());
}

TEST_F(Objects, TheNamespaceOfTheBodyMustBeThatOfThePath) {
  const Seen refused = make_config("a", {{"metadata", {{"namespace", "default"}}}});
  EXPECT_EQ(400, refused.status);
  EXPECT_EQ("BadRequest", refused.reason());
  EXPECT_THAT(refused.message(),
              HasSubstr("the namespace of the provided object does not match the namespace sent on the request"));
}

TEST_F(Objects, AnInvalidPodIsRefusedWithEveryCause) {
  const Seen refused = post(pods(), Json::parse(R"({"metadata":{"name":"Bad_Name"},"spec":{"containers":[]}})"));
  EXPECT_EQ(422, refused.status) << refused.text;
  EXPECT_EQ("Invalid", refused.reason());
  EXPECT_THAT(refused.message(), StartsWith("Pod \"Bad_Name\" is invalid: "));
  std::vector<std::string> causes;
  for (const Json& cause : refused.at("/details/causes")) {
    causes.push_back(cause.at("reason").get<std::string>() + " " + cause.at("field").get<std::string>());
  }
  EXPECT_THAT(causes, ::testing::ElementsAre("FieldValueInvalid metadata.name", "FieldValueRequired spec.containers"));
}

TEST_F(Objects, AnUpdateOfAnOldStateIsAConflict) {
  Json object = make_config("a").body;
  EXPECT_EQ(200, patch(core("configmaps/a"), {{"data", {{"k", "w"}}}}).status);
  object["data"]["k"] = "x";
  const Seen refused = put(core("configmaps/a"), object);
  EXPECT_EQ(409, refused.status);
  EXPECT_EQ("Conflict", refused.reason());
  EXPECT_EQ(
      "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to "
      "the latest version and try again",
      refused.message());
  object["metadata"].erase("resourceVersion");  // unconditional
  EXPECT_EQ(200, put(core("configmaps/a"), object).status);
}

TEST_F(Objects, AnUpdateMustNameWhatThePathNames) {
  Json object = make_config("a").body;
  object["metadata"]["name"] = "b";
  const Seen refused = put(core("configmaps/a"), object);
  EXPECT_EQ(400, refused.status);
  EXPECT_EQ("the name of the object (b) does not match the name on the URL (a)", refused.message());
  EXPECT_EQ(404, put(core("configmaps/none"), {{"metadata", {{"name", "none"}}}}).status);
}

TEST_F(Objects, ALeaseMayBeMadeByAnUpdate) {
  const Json lease = {{"metadata", {{"name", "l"}}}, {"spec", {{"holderIdentity", "me"}}}};
  EXPECT_EQ(201, put(in("coordination.k8s.io/v1", "leases/l"), lease).status);
}

TEST_F(Objects, AWriteThatChangesNothingKeepsTheResourceVersion) {
  const Seen made = make_config("a");
  EXPECT_EQ(made.version(), patch(core("configmaps/a"), {{"data", {{"k", "v"}}}}).version());
  EXPECT_EQ(made.version(), put(core("configmaps/a"), made.body).version());
}

TEST_F(Objects, TheStatusIsWrittenApart) {
  make_pod("a");
  const Seen spec_only =
      patch(pods("/a"), {{"metadata", {{"labels", {{"l", "1"}}}}}, {"status", {{"phase", "Running"}}}});
  EXPECT_EQ("Pending", spec_only.at("/status/phase"));
  EXPECT_EQ("1", spec_only.at("/metadata/labels/l"));
  const Seen status_only =
      patch(pods("/a/status"), {{"spec", {{"activeDeadlineSeconds", 5}}}, {"status", {{"phase", "Running"}}}});
  EXPECT_EQ("Running", status_only.at("/status/phase"));
  EXPECT_TRUE(status_only.at("/spec/activeDeadlineSeconds").is_null());
  EXPECT_EQ("Running", get(pods("/a/status")).at("/status/phase"));
}

TEST_F(Objects, TheSpecOfAPodIsFixedButForItsImages) {
  make_pod("a");
  const Seen refused = patch(pods("/a"), {{"spec", {{"nodeName", "n"}}}});
  EXPECT_EQ(422, refused.status) << refused.text;
  EXPECT_THAT(refused.message(), HasSubstr("pod updates may not change fields other than"));
  const Seen changed =
      patch(pods("/a"), Json::parse(R"({"spec":{"containers":[{"name":"c","image":"new:2"}]}})"), kStrategic);
  EXPECT_EQ(200, changed.status) << changed.text;
  EXPECT_EQ("new:2", changed.at("/spec/containers/0/image"));
  EXPECT_EQ("1", changed.at("/spec/containers/0/resources/requests/cpu"));
}

TEST_F(Objects, AMergePatchSetsAndRemoves) {
  make_config("a", {{"data", {{"gone", "1"}}}});
  const Seen changed = patch(core("configmaps/a"), {{"data", {{"gone", nullptr}, {"more", "2"}}}});
  EXPECT_EQ((Json{{"k", "v"}, {"more", "2"}}), changed.at("/data"));
}

TEST_F(Objects, AJsonPatchIsDoneWholeOrNotAtAll) {
  make_config("a");
  const Json change =
      Json::parse(R"([{"op":"add","path":"/data/n","value":"1"},{"op":"test","path":"/data/k","value":"v"},
      {"op":"move","from":"/data/n","path":"/data/m"}])");
  EXPECT_EQ((Json{{"k", "v"}, {"m", "1"}}), patch(core("configmaps/a"), change, kJsonPatch).at("/data"));
  const Json failing =
      Json::parse(R"([{"op":"remove","path":"/data/m"},{"op":"test","path":"/data/k","value":"other"}])");
  const Seen refused = patch(core("configmaps/a"), failing, kJsonPatch);
  EXPECT_EQ(422, refused.status) << refused.text;
  EXPECT_EQ("1", get(core("configmaps/a")).at("/data/m"));
  EXPECT_EQ(422,
            patch(core("configmaps/a"), Json::parse(R"([{"op":"remove","path":"/data/none"}])"), kJsonPatch).status);
}

TEST_F(Objects, AStrategicMergeKnowsTheKeysOfLists) {
  const std::string path = "/api/v1/nodes/" + space();
  post("/api/v1/nodes", {{"metadata", {{"name", space()}}}});
  const auto condition = [](const char* type, const char* status) {
    return Json{{"status", {{"conditions", {{{"type", type}, {"status", status}}}}}}};
  };
  patch(path + "/status", condition("Ready", "True"), kStrategic);
  patch(path + "/status", condition("DiskPressure", "False"), kStrategic);
  const Seen both = patch(path + "/status", condition("Ready", "False"), kStrategic);
  ASSERT_EQ(200, both.status) << both.text;
  std::map<std::string, std::string> found;
  for (const Json& each : both.at("/status/conditions")) found[each.at("type")] = each.at("status");
  EXPECT_EQ((std::map<std::string, std::string>{{"DiskPressure", "False"}, {"Ready", "False"}}), found);
  const Seen removed =
      patch(path + "/status", Json::parse(R"({"status":{"conditions":[{"type":"DiskPressure","$patch":"delete"}]}})"),
            kStrategic);
  EXPECT_EQ(1U, removed.at("/status/conditions").size());
  remove(path);
}

TEST_F(Objects, APatchWithAnotherUidOrVersionIsAConflict) {
  const Seen made = make_config("a");
  make_config("b");
  const Seen stale = patch(core("configmaps/a"), {{"metadata", {{"resourceVersion", "1"}}}, {"data", {{"k", "w"}}}});
  EXPECT_EQ(409, stale.status) << stale.text;
  EXPECT_EQ("Conflict", stale.reason());
  const Seen other = patch(core("configmaps/b"), {{"metadata", {{"uid", made.uid()}}}, {"data", {{"k", "w"}}}});
  EXPECT_EQ(has(Trait::uid_in_patch) ? 409 : 422, other.status) << other.text;
  EXPECT_EQ("v", get(core("configmaps/b")).at("/data/k"));
}

TEST_F(Objects, ServerSideApplyWorksOrIsRefusedAsAMediaType) {
  const std::string body = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"y"}})";
  const Seen applied = ask("PATCH", core("configmaps/a?fieldManager=me"), body, "application/apply-patch+yaml");
  if (has(Trait::server_side_apply)) {
    EXPECT_EQ(201, applied.status) << applied.text;
  } else {
    EXPECT_EQ(415, applied.status);
    EXPECT_EQ("UnsupportedMediaType", applied.reason());
    EXPECT_THAT(applied.message(), HasSubstr("accepted media types include: application/json-patch+json, "
                                             "application/merge-patch+json, application/strategic-merge-patch+json"));
  }
}

TEST_F(Objects, DryRunAnswersAndChangesNothing) {
  EXPECT_EQ(201, post(core("configmaps?dryRun=All"), {{"metadata", {{"name", "dry"}}}}).status);
  EXPECT_EQ(404, get(core("configmaps/dry")).status);
  make_config("a");
  EXPECT_EQ("w", ask("PATCH", core("configmaps/a?dryRun=All"), R"({"data":{"k":"w"}})", kMerge).at("/data/k"));
  EXPECT_EQ("v", get(core("configmaps/a")).at("/data/k"));
  EXPECT_EQ(200, remove(core("configmaps/a?dryRun=All")).status);
  EXPECT_EQ(200, get(core("configmaps/a")).status);
  const Seen refused = post(core("configmaps?dryRun=Some"), {{"metadata", {{"name", "dry"}}}});
  EXPECT_EQ(422, refused.status) << refused.text;
}

TEST_F(Objects, ADeletionIsAnsweredWithAStatusOrTheObject) {
  const Seen made = make_config("a");
  const Seen removed = remove(core("configmaps/a"));
  EXPECT_EQ(200, removed.status);
  EXPECT_EQ("Status", removed.at("/kind"));
  EXPECT_EQ("Success", removed.at("/status"));
  EXPECT_EQ((Json{{"name", "a"}, {"kind", "configmaps"}, {"uid", made.uid()}}), removed.at("/details"));
  const Seen again = remove(core("configmaps/a"));
  EXPECT_EQ(404, again.status);
  EXPECT_EQ("configmaps \"a\" not found", again.message());
  make_pod("p");
  EXPECT_EQ("Pod", remove(pods("/p")).at("/kind"));
}

TEST_F(Objects, ADeletionHappensOnlyIfItsPreconditionsHold) {
  const Seen made = make_config("a");
  const Seen other_uid = remove(core("configmaps/a"), {{"preconditions", {{"uid", "somebody-else"}}}});
  EXPECT_EQ(409, other_uid.status) << other_uid.text;
  EXPECT_EQ("Conflict", other_uid.reason());
  EXPECT_EQ(
      "Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition (somebody-else) does not match "
      "the UID in record (" +
          made.uid() + "). The object might have been deleted and then recreated",
      other_uid.message());
  EXPECT_EQ(409, remove(core("configmaps/a"), {{"preconditions", {{"resourceVersion", "1"}}}}).status);
  EXPECT_EQ(
      200, remove(core("configmaps/a"), {{"preconditions", {{"uid", made.uid()}, {"resourceVersion", made.version()}}}})
               .status);
}

TEST_F(Objects, FinalizersHoldADeletionUntilTheyAreGone) {
  make_config("a", {{"metadata", {{"finalizers", {"example.com/held"}}}}});
  EXPECT_EQ(200, remove(core("configmaps/a")).status);
  const Seen held = get(core("configmaps/a"));
  ASSERT_EQ(200, held.status);
  EXPECT_TRUE(held.at("/metadata/deletionTimestamp").is_string());
  EXPECT_EQ(0, held.at("/metadata/deletionGracePeriodSeconds"));
  const Seen added = patch(core("configmaps/a"),
                           Json::parse(R"({"metadata":{"finalizers":["example.com/held","example.com/more"]}})"));
  EXPECT_EQ(422, added.status) << added.text;
  EXPECT_EQ(200, patch(core("configmaps/a"), {{"metadata", {{"finalizers", nullptr}}}}).status);
  EXPECT_EQ(404, get(core("configmaps/a")).status);
}

TEST_F(Objects, ACollectionIsDeletedBySelector) {
  for (const char* name : {"a", "b", "c"}) {
    make_config(name, {{"metadata", {{"labels", {{"l", *name == 'c' ? "no" : "yes"}}}}}});
  }
  const Seen removed = remove(core("configmaps?labelSelector=l%3Dyes"));
  EXPECT_EQ(200, removed.status) << removed.text;
  EXPECT_EQ(404, get(core("configmaps/a")).status);
  EXPECT_EQ(404, get(core("configmaps/b")).status);
  EXPECT_EQ(200, get(core("configmaps/c")).status);
}

TEST_F(Objects, TextOfASecretIsKeptAsData) {
  const Seen made = post(core("secrets"), {{"metadata", {{"name", "s"}}}, {"stringData", {{"k", "v"}}}});
  EXPECT_EQ("dg==", made.at("/data/k")) << made.text;
  EXPECT_TRUE(made.at("/stringData").is_null());
  EXPECT_EQ("Opaque", made.at("/type"));
}

TEST_F(Objects, MembersOfTheWrongTypeAreRefused) {
  EXPECT_EQ(has(Trait::schemas_of_builtin_kinds) ? 400 : 201, make_config("b", {{"data", "text"}}).status);
  EXPECT_EQ(400, ask("POST", core("configmaps"), "{\"metadata\":").status);
  EXPECT_EQ(400,
            ask("POST", core("configmaps"), R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}})").status);
}

TEST_F(Objects, FieldsThatDoNotExistAreTreatedAsStated) {
  const Seen made = post(core("configmaps"), {{"metadata", {{"name", "a"}}}, {"unknown", 1}});
  EXPECT_EQ(201, made.status);
  EXPECT_EQ(has(Trait::schemas_of_builtin_kinds), made.at("/unknown").is_null());
  const Seen strict = post(core("configmaps?fieldValidation=Strict"), {{"metadata", {{"name", "b"}}}, {"unknown", 1}});
  EXPECT_EQ(has(Trait::field_validation) ? 400 : 201, strict.status);
  const Seen node =
      post("/api/v1/nodes", {{"metadata", {{"name", space()}}}, {"status", {{"capacity", {{"cpu", "1000m"}}}}}});
  EXPECT_EQ(has(Trait::canonical_quantities) ? "1" : "1000m", node.at("/status/capacity/cpu"));
  remove("/api/v1/nodes/" + space());
}

TEST_F(Objects, GenerationsCountChangesOfWhatIsWanted) {
  const Json deployment = Json::parse(R"({"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},
      "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  const std::string path = in("apps/v1", "deployments");
  const Seen made = post(path, deployment);
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ(1, made.at("/metadata/generation"));
  EXPECT_EQ(1, made.at("/spec/replicas"));
  EXPECT_EQ(1, patch(path + "/d", {{"metadata", {{"labels", {{"x", "y"}}}}}}).at("/metadata/generation"));
  EXPECT_EQ(2, patch(path + "/d", {{"spec", {{"paused", true}}}}).at("/metadata/generation"));
}

TEST_F(Objects, AScaleIsReadAndWritten) {
  const Json deployment =
      Json::parse(R"({"metadata":{"name":"d"},"spec":{"paused":true,"replicas":0,"selector":{"matchLabels":{"a":"b"}},
      "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  const std::string path = in("apps/v1", "deployments");
  ASSERT_EQ(201, post(path, deployment).status);
  const Seen scale = get(path + "/d/scale");
  EXPECT_EQ("Scale", scale.at("/kind"));
  EXPECT_EQ("autoscaling/v1", scale.at("/apiVersion"));
  EXPECT_EQ("a=b", scale.at("/status/selector"));
  const Seen scaled = patch(path + "/d/scale", {{"spec", {{"replicas", 3}}}});
  EXPECT_EQ(3, scaled.at("/spec/replicas")) << scaled.text;
  EXPECT_EQ(3, get(path + "/d").at("/spec/replicas"));
}

}  // namespace
}  // namespace basalt::api
