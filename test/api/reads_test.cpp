// Lists and watches.
#include "api/api_test.hpp"

namespace basalt::api {
namespace {

using ::testing::HasSubstr;

class Lists : public ApiTest {};
class Watches : public ApiTest {
 protected:
  [[nodiscard]] std::string configs(const std::string& query = "") const { return core("configmaps" + query); }
  // The version of the namespace's configmaps as a list says it.
  std::string now() { return get(configs()).version(); }
};

TEST_F(Lists, SelectorsOfLabelsAndFieldsChoose) {
  make_pod("a", Json::parse(R"({"metadata":{"labels":{"app":"x","tier":"1"}}})"));
  make_pod("b", Json::parse(R"({"metadata":{"labels":{"app":"y"}}})"));
  make_pod("c");
  bind("c", "n1");
  const auto chosen = [&](const std::string& query) { return names(get(pods("?" + query))); };
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=app%3Dx"));
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=app%3D%3Dx"));
  EXPECT_EQ((Names{"b", "c"}), chosen("labelSelector=app!%3Dx"));
  EXPECT_EQ((Names{"a", "b"}), chosen("labelSelector=app+in+(x,y)"));
  EXPECT_EQ((Names{"b", "c"}), chosen("labelSelector=app+notin+(x)"));
  EXPECT_EQ((Names{"c"}), chosen("labelSelector=!app"));
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=app,tier"));
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=tier%3E0"));
  EXPECT_EQ((Names{"c"}), chosen("fieldSelector=spec.nodeName%3Dn1"));
  EXPECT_EQ((Names{"a", "b"}), chosen("fieldSelector=spec.nodeName%3D,status.phase%3DPending"));
  EXPECT_EQ((Names{"a", "b"}), chosen("fieldSelector=spec.nodeName!%3Dn1"));
  EXPECT_EQ((Names{"b"}), chosen("fieldSelector=metadata.name%3Db"));
  EXPECT_EQ((Names{"a", "b", "c"}), chosen("fieldSelector=spec.schedulerName%3Ddefault-scheduler"));
}

TEST_F(Lists, SelectorsThatMakeNoSenseAreRefused) {
  const Seen field = get(pods("?fieldSelector=spec.none%3Dx"));
  EXPECT_EQ(400, field.status);
  EXPECT_EQ("BadRequest", field.reason());
  EXPECT_THAT(field.message(), HasSubstr("field label not supported: spec.none"));
  EXPECT_EQ(400, get(pods("?labelSelector=a+of+b")).status);
  EXPECT_EQ(400, get(core("configmaps?fieldSelector=data.k%3Dv")).status);
}

TEST_F(Lists, AreOfAllNamespacesOrOne) {
  make_config("a", {{"metadata", {{"labels", {{"of", space()}}}}}});
  const Seen all = get("/api/v1/configmaps?labelSelector=of%3D" + space());
  EXPECT_EQ((Names{"a"}), names(all));
  EXPECT_EQ("ConfigMapList", all.at("/kind"));
  EXPECT_EQ(has(Trait::items_without_kind), all.at("/items/0/kind").is_null());
  EXPECT_EQ(Json::array(), get("/api/v1/namespaces/nowhere/configmaps").at("/items"));
}

TEST_F(Lists, PagesShowOneMomentThoughTheClusterChanges) {
  for (const char* name : {"a", "b", "c", "d"}) make_pod(name);
  const Seen first = get(pods("?limit=2"));
  EXPECT_EQ((Names{"a", "b"}), names(first));
  EXPECT_EQ(2, first.at("/metadata/remainingItemCount"));
  const std::string token = first.at("/metadata/continue");
  remove(pods("/c"));
  make_pod("e");
  const Seen second = get(pods("?limit=1&continue=" + token));
  EXPECT_EQ((Names{"c"}), names(second));
  EXPECT_EQ(first.version(), second.version());
  const Seen third = get(pods("?limit=10&continue=" + second.at("/metadata/continue").get<std::string>()));
  EXPECT_EQ((Names{"d"}), names(third));
  EXPECT_TRUE(third.at("/metadata/continue").is_null());
  EXPECT_EQ((Names{"a", "b", "d", "e"}), names(get(pods())));
}

TEST_F(Lists, PagesWithASelectorDoNotCountWhatRemains) {
  for (const char* name : {"a", "b", "c"}) make_config(name, {{"metadata", {{"labels", {{"l", "1"}}}}}});
  const Seen first = get(core("configmaps?limit=2&labelSelector=l%3D1"));
  EXPECT_EQ((Names{"a", "b"}), names(first));
  EXPECT_TRUE(first.at("/metadata/remainingItemCount").is_null());
}

TEST_F(Lists, APageIsExpiredOnceItsMomentIsForgotten) {
  for (const char* name : {"a", "b", "c"}) make_config(name);
  const Seen first = get(core("configmaps?limit=1"));
  make_config("d");
  server()->compact();
  const Seen late = get(core("configmaps?limit=1&continue=" + first.at("/metadata/continue").get<std::string>()));
  EXPECT_EQ(410, late.status) << late.text;
  EXPECT_EQ("Expired", late.reason());
  // The token that comes with it goes on with the present.
  const std::string token = late.at("/metadata/continue");
  EXPECT_EQ((Names{"b", "c", "d"}), names(get(core("configmaps?continue=" + token))));
}

TEST_F(Lists, ATokenOfNobodyIsRefused) { EXPECT_EQ(400, get(core("configmaps?continue=rubbish")).status); }

TEST_F(Lists, ARevisionOfTheFutureIsTooLarge) {
  const Seen refused = get(pods("?resourceVersion=999999999"));
  EXPECT_EQ(504, refused.status);
  EXPECT_EQ("Timeout", refused.reason());
  EXPECT_EQ("ResourceVersionTooLarge", refused.at("/details/causes/0/reason"));
}

TEST_F(Lists, AnExactRevisionShowsThePast) {
  make_config("a");
  const std::string then = get(core("configmaps")).version();
  make_config("b");
  EXPECT_EQ((Names{"a"}), names(get(core("configmaps?limit=10&resourceVersionMatch=Exact&resourceVersion=" + then))));
  const std::string now = get(core("configmaps")).version();
  EXPECT_THAT(names(get(core("configmaps?resourceVersionMatch=NotOlderThan&resourceVersion=" + now))),
              ::testing::UnorderedElementsAre("a", "b"));
}

TEST_F(Watches, TellWhatHappenedAfterARevision) {
  make_config("a");
  const std::string from = now();
  make_config("b");
  const Seen changed = patch(configs("/b"), {{"data", {{"k", "w"}}}});
  remove(configs("/a"));
  const auto events = watch(configs("?resourceVersion=" + from), 3);
  EXPECT_EQ((Names{"ADDED b", "MODIFIED b", "DELETED a"}), story(events));
  ASSERT_EQ(3U, events.size());
  EXPECT_EQ("ConfigMap", events[0]["object"]["kind"]);
  EXPECT_EQ(changed.version(), events[1]["object"]["metadata"]["resourceVersion"]);
  // The last state of what is gone, with the version of its deletion.
  EXPECT_EQ("v", events[2]["object"]["data"]["k"]);
  const std::string deleted_at = events[2]["object"]["metadata"]["resourceVersion"];
  EXPECT_LT(std::stoll(changed.version()), std::stoll(deleted_at));
  EXPECT_EQ(
      (Names{"MODIFIED b", "DELETED a"}),
      story(watch(configs("?resourceVersion=" + events[0]["object"]["metadata"]["resourceVersion"].get<std::string>()),
                  2)));
}

TEST_F(Watches, FromZeroOrNothingBeginWithWhatIsThere) {
  make_config("a");
  make_config("b");
  EXPECT_THAT(story(watch(configs(), 2)), ::testing::UnorderedElementsAre("ADDED a", "ADDED b"));
  EXPECT_THAT(story(watch(configs("?resourceVersion=0"), 2)), ::testing::UnorderedElementsAre("ADDED a", "ADDED b"));
}

TEST_F(Watches, ObjectsComeAndGoWithTheSelector) {
  const std::string from = now();
  make_config("a", {{"metadata", {{"labels", {{"l", "no"}}}}}});
  patch(configs("/a"), {{"metadata", {{"labels", {{"l", "yes"}}}}}});
  patch(configs("/a"), {{"data", {{"k", "w"}}}});
  patch(configs("/a"), {{"metadata", {{"labels", {{"l", "no"}}}}}});
  patch(configs("/a"), {{"data", {{"k", "x"}}}});
  remove(configs("/a"));
  make_config("b", {{"metadata", {{"labels", {{"l", "yes"}}}}}});
  const auto events = watch(configs("?labelSelector=l%3Dyes&resourceVersion=" + from), 4);
  EXPECT_EQ((Names{"ADDED a", "MODIFIED a", "DELETED a", "ADDED b"}), story(events));
}

TEST_F(Watches, FieldsSelectToo) {
  make_pod("a");
  make_pod("b");
  const std::string from = get(pods()).version();
  bind("a", "n1");
  bind("b", "n1");
  EXPECT_EQ((Names{"DELETED a", "DELETED b"}),
            story(watch(pods("?fieldSelector=spec.nodeName%3D&resourceVersion=" + from), 2)));
  EXPECT_EQ((Names{"ADDED b"}),
            story(watch(pods("?fieldSelector=metadata.name%3Db,spec.nodeName%3Dn1&resourceVersion=" + from), 1)));
}

TEST_F(Watches, EndAtTheirTimeAndSayWhereTheyAreBefore) {
  make_pod("a");
  const std::string from = get(pods()).version();
  make_config("elsewhere");
  const auto events = watch(pods("?allowWatchBookmarks=true&timeoutSeconds=4&resourceVersion=" + from), 100);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ("BOOKMARK", events[0]["type"]);
  EXPECT_EQ("Pod", events[0]["object"]["kind"]);
  const std::string version = events[0]["object"]["metadata"]["resourceVersion"];
  EXPECT_LE(std::stoll(from), std::stoll(version));
  EXPECT_EQ((Names{}), story(watch(pods("?timeoutSeconds=1&resourceVersion=" + from), 100)));  // not asked for: none
}

TEST_F(Watches, AStreamingListEndsWithABookmarkThatSaysSo) {
  make_config("a");
  const auto events = watch(
      configs("?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=5"),
      2);
  if (!has(Trait::streaming_lists)) {
    EXPECT_EQ((Names{"HTTP"}), story(events));  // resourceVersionMatch is forbidden in a watch that it does not know
    return;
  }
  ASSERT_EQ(2U, events.size());
  EXPECT_EQ((Names{"ADDED a", "BOOKMARK"}), story(events));
  EXPECT_EQ("true", events[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"]);
}

}  // namespace
}  // namespace basalt::api
