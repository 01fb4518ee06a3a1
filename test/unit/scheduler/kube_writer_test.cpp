#include "scheduler/kube_writer.hpp"

#include <gmock/gmock.h>

#include "unit/kube/fakes.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class KubeWriterTest : public ::testing::Test {
 protected:
  static std::string status(const std::string& reason) {
    return R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":")" + reason + "\"}";
  }
  ErrorCode bind_error() {
    const auto bound = writer_.bind({{"ns", "p", "uid-p"}, "n1", {{"key", "value"}}, "gang"}, {});
    return bound ? ErrorCode::invalid : bound.error().code;
  }

  kube::testing::FakeClock clock_;
  kube::testing::FakeWaiter waiter_{clock_};
  kube::testing::FakeTransport server_;
  kube::Client client_{server_, clock_, waiter_};
  KubeWriter writer_{client_};
};

TEST_F(KubeWriterTest, ABindNamesThePodByItsUid) {
  server_.reply(201, "{}");
  EXPECT_TRUE(writer_.bind({{"ns", "p", "uid-p"}, "n1", {{"key", "value"}}, "gang"}, {}));
  EXPECT_THAT(server_.paths, ElementsAre("POST /api/v1/namespaces/ns/pods/p/binding"));
  EXPECT_THAT(server_.requests[0].body, HasSubstr("uid-p"));
  EXPECT_THAT(server_.requests[0].body, HasSubstr(R"("key":"value")"));
}

TEST_F(KubeWriterTest, AnAnswerThatIsNoHttpLeavesTheEffectUnknown) {
  server_.fail(ErrorCode::invalid);
  EXPECT_EQ(ErrorCode::unavailable, bind_error());
  server_.fail(ErrorCode::timeout);
  EXPECT_EQ(ErrorCode::timeout, bind_error());
}

TEST_F(KubeWriterTest, RefusalsAreToldApart) {
  server_.reply(409, status("Conflict"));
  EXPECT_EQ(ErrorCode::conflict, bind_error());
  server_.reply(404, status("NotFound"));
  EXPECT_EQ(ErrorCode::not_found, bind_error());
  server_.reply(403, status("Forbidden"));
  EXPECT_EQ(ErrorCode::refused, bind_error());
  server_.reply(500, status("InternalError"));
  EXPECT_TRUE(effect_is_unknown(bind_error()));
}

TEST_F(KubeWriterTest, ARefusalAfterAFailureOfTheServerSaysNothingAboutTheEffect) {
  server_.reply(503, status("ServiceUnavailable"), {{"Retry-After", "1"}});
  server_.reply(403, status("Forbidden"));
  EXPECT_EQ(ErrorCode::unavailable, bind_error());
}

TEST_F(KubeWriterTest, ReadsWhereAPodIs) {
  server_.reply(200, R"({"metadata":{"name":"p","uid":"uid-p"},"spec":{"nodeName":"n1"}})");
  const auto bound = writer_.read_pod({"ns", "p", "uid-p"}, {});
  ASSERT_TRUE(bound);
  EXPECT_EQ("uid-p", bound->uid);
  EXPECT_EQ("n1", bound->node);
  server_.reply(200, R"({"metadata":{"name":"p","uid":"uid-p"},"spec":{}})");
  EXPECT_EQ("", writer_.read_pod({"ns", "p", "uid-p"}, {})->node);
  server_.reply(200, "not JSON");
  EXPECT_FALSE(writer_.read_pod({"ns", "p", "uid-p"}, {}));
}

TEST_F(KubeWriterTest, EachStatusGoesWhereItsKindHasIt) {
  for (int i = 0; i < 4; ++i) server_.reply(200, "{}");
  EXPECT_TRUE(writer_.patch_pod_status({"ns", "p", "u"}, "{}", {}));
  EXPECT_TRUE(writer_.patch_pod_group({"ns", "g", "u"}, "{}", {}));
  EXPECT_TRUE(writer_.patch_queue_status({"", "q", "u"}, "{}", {}));
  EXPECT_TRUE(writer_.delete_pod({"ns", "p", "uid-p"}, {}));
  EXPECT_THAT(server_.paths, ElementsAre("PATCH /api/v1/namespaces/ns/pods/p/status",
                                         "PATCH /apis/scheduling.volcano.sh/v1beta1/namespaces/ns/podgroups/g",
                                         "PATCH /apis/scheduling.volcano.sh/v1beta1/queues/q/status",
                                         "DELETE /api/v1/namespaces/ns/pods/p"));
  EXPECT_THAT(server_.requests[3].body, HasSubstr("uid-p"));
}

TEST_F(KubeWriterTest, AQueueIsLookedForAndCreated) {
  server_.reply(404, status("NotFound"));
  server_.reply(201, "{}");
  EXPECT_EQ(ErrorCode::not_found, writer_.find_queue("root", {}).error().code);
  EXPECT_TRUE(writer_.create_queue("{}", {}));
  EXPECT_THAT(server_.paths, ElementsAre("GET /apis/scheduling.volcano.sh/v1beta1/queues/root",
                                         "POST /apis/scheduling.volcano.sh/v1beta1/queues"));
}

}  // namespace
}  // namespace basalt
