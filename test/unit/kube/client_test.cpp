#include "kube/client.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/kube/fakes.hpp"

namespace basalt::kube {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeTransport;
using testing::FakeWaiter;
using Pauses = std::vector<long long>;

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() : waiter_(clock_), client_(server_, clock_, waiter_) {}

  FakeClock clock_;
  FakeWaiter waiter_;
  FakeTransport server_;
  Client client_;
  const ObjectRef pod_{pods_resource(), "ns", "p"};
};

std::string header(const HttpRequest& request, std::string_view name) {
  for (const HttpHeader& each : request.headers) {
    if (each.name == name) return each.value;
  }
  return "";
}

TEST_F(ClientTest, BindSendsUidAndAnnotations) {
  server_.reply(201, R"({"kind":"Status","status":"Success"})");
  const auto reply = client_.bind({"ns", "p", "u-1", "node-7", {{"basalt.sh/x", "y"}}});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ("POST /api/v1/namespaces/ns/pods/p/binding", server_.paths.at(0));
  EXPECT_EQ(nlohmann::json::parse(R"({"apiVersion":"v1","kind":"Binding",
      "metadata":{"name":"p","namespace":"ns","uid":"u-1","annotations":{"basalt.sh/x":"y"}},
      "target":{"apiVersion":"v1","kind":"Node","name":"node-7"}})"),
            nlohmann::json::parse(server_.requests.at(0).body));
}

TEST_F(ClientTest, RefusalsAreRepliesWithDetails) {
  server_.reply(409, R"({"kind":"Status","code":409,"reason":"Conflict","message":"pod p is already assigned to node n",
                         "details":{"kind":"pods/binding","name":"p"}})");
  const auto reply = client_.bind({"ns", "p", "u", "n", {}});
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->ok());
  EXPECT_TRUE(reply->status.conflict());
  EXPECT_EQ("pods/binding", reply->status.kind);
  EXPECT_FALSE(reply->effect_unknown);
  const auto failed = expect_ok("bind ns/p", reply);
  ASSERT_FALSE(failed);
  EXPECT_EQ(ErrorCode::conflict, failed.error().code);
  EXPECT_EQ("bind ns/p: the API server answered 409 Conflict: pod p is already assigned to node n",
            failed.error().message);
}

TEST_F(ClientTest, AWriteIsNeverRepeatedWithoutAnAnswer) {
  for (const ErrorCode code : {ErrorCode::unavailable, ErrorCode::timeout}) {
    server_.fail(code);
    const auto reply = client_.bind({"ns", "p", "u", "n", {}});
    ASSERT_FALSE(reply);
    EXPECT_EQ(code, reply.error().code);
  }
  EXPECT_EQ(2U, server_.requests.size());
}

TEST_F(ClientTest, AReadIsRepeatedAfterABrokenConnectionASecondLater) {
  server_.fail(ErrorCode::unavailable).fail(ErrorCode::unavailable).reply(200, "{}");
  EXPECT_EQ(3, client_.get(pod_)->attempts);
  EXPECT_EQ((Pauses{1000, 1000}), waiter_.pauses);
}

TEST_F(ClientTest, AReadIsNotRepeatedAfterATimeout) {
  server_.fail(ErrorCode::timeout);
  EXPECT_EQ(ErrorCode::timeout, client_.get(pod_).error().code);
  EXPECT_TRUE(waiter_.pauses.empty());
}

TEST_F(ClientTest, GivesUpAfterTenRepeats) {
  for (int i = 0; i < 12; ++i) server_.fail(ErrorCode::unavailable);
  EXPECT_FALSE(client_.get(pod_));
  EXPECT_EQ(11U, server_.requests.size());
}

TEST_F(ClientTest, RetryAfterIsHonouredForWritesToo) {
  server_.reply(429, "", {{"Retry-After", "2"}}).reply(503, "", {{"Retry-After", "1"}}).reply(201, "{}");
  const auto reply = client_.create({pods_resource(), "ns", ""}, "{}");
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ(3, reply->attempts);
  EXPECT_FALSE(reply->effect_unknown);
  EXPECT_EQ((Pauses{2000, 1000}), waiter_.pauses);
}

TEST_F(ClientTest, WithoutRetryAfterTheRefusalIsReturned) {
  server_.reply(429, "").reply(500, "");
  EXPECT_EQ(429, client_.bind({"ns", "p", "u", "n", {}})->status.code);
  const auto failed = client_.bind({"ns", "p", "u", "n", {}});
  EXPECT_EQ(500, failed->status.code);
  EXPECT_TRUE(failed->effect_unknown);
  EXPECT_TRUE(waiter_.pauses.empty());
}

TEST_F(ClientTest, AConflictAfterAServerErrorMayBeWithOurselves) {
  server_.reply(500, "", {{"Retry-After", "1"}}).reply(409, "");
  const auto reply = client_.create({pods_resource(), "ns", ""}, "{}");
  EXPECT_TRUE(reply->status.already_exists());
  EXPECT_TRUE(reply->effect_unknown);
}

TEST_F(ClientTest, ALongRetryAfterIsTheCallersBusiness) {
  server_.reply(429, "", {{"Retry-After", "31"}});
  const auto reply = client_.get(pod_);
  EXPECT_EQ(429, reply->status.code);
  EXPECT_EQ(seconds(31), reply->status.retry_after);
}

TEST_F(ClientTest, AnEvictionAgainstABudgetIsTheCallersBusiness) {
  server_.reply(429, R"({"kind":"Status","details":{"causes":[{"reason":"DisruptionBudget"}]}})",
                {{"Retry-After", "10"}});
  const auto reply = client_.create({pods_resource(), "ns", "p", "eviction"}, "{}");
  EXPECT_EQ("POST /api/v1/namespaces/ns/pods/p/eviction", server_.paths.at(0));
  EXPECT_TRUE(reply->status.has_cause("DisruptionBudget"));
  EXPECT_EQ(1, reply->attempts);
}

TEST_F(ClientTest, PatchesNameTheirKind) {
  for (const auto& [type, name] : {std::pair(PatchType::merge, "application/merge-patch+json"),
                                   std::pair(PatchType::strategic, "application/strategic-merge-patch+json"),
                                   std::pair(PatchType::json, "application/json-patch+json")}) {
    server_.reply(200, "{}");
    ASSERT_TRUE(client_.patch({pods_resource(), "ns", "p", "status"}, type, "{}"));
    EXPECT_EQ("PATCH /api/v1/namespaces/ns/pods/p/status", server_.paths.back());
    EXPECT_EQ(name, header(server_.requests.back(), "Content-Type"));
  }
}

TEST_F(ClientTest, DeleteCarriesPreconditions) {
  server_.reply(200, "{}");
  ASSERT_TRUE(client_.remove(pod_, {"u-1", "77", 0}));
  EXPECT_EQ("DELETE /api/v1/namespaces/ns/pods/p", server_.paths.at(0));
  EXPECT_EQ(nlohmann::json::parse(R"({"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,
                                      "preconditions":{"uid":"u-1","resourceVersion":"77"}})"),
            nlohmann::json::parse(server_.requests.at(0).body));
}

TEST_F(ClientTest, ListAsksForProtobufAndSelects) {
  server_.reply(200, "{}").reply(200, "{}");
  ListQuery query;
  query.label_selector = "a in (b,c)";
  query.resource_version = "0";
  query.limit = 5;
  ASSERT_TRUE(client_.list(pods_resource(), "", query));
  EXPECT_EQ("GET /api/v1/pods?labelSelector=a%20in%20%28b%2Cc%29&limit=5&resourceVersion=0", server_.paths.at(0));
  EXPECT_EQ("application/vnd.kubernetes.protobuf,application/json", header(server_.requests.at(0), "Accept"));
  query.continue_token = "tok";  // the server refuses a resourceVersion beside it
  ASSERT_TRUE(client_.list(pods_resource(), "ns", query));
  EXPECT_EQ("GET /api/v1/namespaces/ns/pods?labelSelector=a%20in%20%28b%2Cc%29&limit=5&continue=tok",
            server_.paths.at(1));
}

TEST_F(ClientTest, EventsHaveWholeSeconds) {
  server_.reply(201, "{}");
  EventRecord event;
  event.space = "ns";
  event.name = "p.17";
  event.involved_kind = "Pod";
  event.involved_name = "p";
  event.reason = "Scheduled";
  event.message = "bad byte \xff";
  event.component = "basalt";
  event.first = event.last = clock_.now();
  ASSERT_TRUE(client_.create_event(event));
  EXPECT_EQ("POST /api/v1/namespaces/ns/events", server_.paths.at(0));
  const auto body = nlohmann::json::parse(server_.requests.at(0).body);
  EXPECT_EQ("2023-11-14T22:13:20Z", body["lastTimestamp"]);
  EXPECT_EQ("basalt", body["source"]["component"]);
  EXPECT_EQ(1, body["count"]);
}

TEST_F(ClientTest, DiscoversTheVersionThatHasTheResource) {
  server_
      .reply(200, R"({"groups":[{"name":"other","versions":[{"version":"v1"}]},
                     {"name":"g","versions":[{"version":"v2"},{"version":"v1"}],"preferredVersion":{"version":"v2"}}]})")
      .reply(200, R"({"resources":[{"name":"queues","namespaced":false,"kind":"Queue"}]})")
      .reply(200, R"({"resources":[{"name":"queues","namespaced":false},{"name":"podgroups","namespaced":true}]})")
      .reply(200, R"({"resources":[{"name":"pods","namespaced":true}]})");
  const std::vector<std::string> groups{"g", "", "absent"};
  const auto discovery = client_.discover(groups);
  ASSERT_TRUE(discovery) << discovery.error().message;
  EXPECT_EQ((std::vector<std::string>{"GET /apis", "GET /apis/g/v2", "GET /apis/g/v1", "GET /api/v1"}), server_.paths);
  EXPECT_EQ("/apis/g/v2/queues", *discovery->resource_path("g", "queues"));
  EXPECT_EQ("/apis/g/v1/podgroups", *discovery->resource_path("g", "podgroups"));
  EXPECT_EQ("/api/v1/pods", *discovery->resource_path("", "pods"));
  EXPECT_FALSE(discovery->resource_path("absent", "x"));
}

TEST_F(ClientTest, DiscoveryFailsWhenTheServerRefuses) {
  server_.reply(403, "");
  const std::vector<std::string> groups{""};
  EXPECT_EQ(ErrorCode::refused, client_.discover(groups).error().code);
}

TEST_F(ClientTest, EveryAttemptTakesATokenOfTheRateLimit) {
  ClientOptions options;
  options.qps = 1;
  options.burst = 1;
  Client slow(server_, clock_, waiter_, options);
  server_.fail(ErrorCode::unavailable).reply(200, "{}").reply(200, "{}");
  ASSERT_TRUE(slow.get(pod_));
  ASSERT_TRUE(slow.get(pod_));
  EXPECT_EQ((Pauses{1000, 1000}),
            waiter_.pauses);  // the repeat's second has refilled the bucket; then one for the token
}

TEST_F(ClientTest, AStopEndsThePause) {
  server_.on_call([this](const HttpRequest&) -> Result<HttpResponse> {
    server_.request_stop();
    return HttpResponse{429, {{"Retry-After", "5"}}, ""};
  });
  EXPECT_EQ(ErrorCode::stopped, client_.get(pod_, server_.token()).error().code);
}

}  // namespace
}  // namespace basalt::kube
