// Our client and reflectors against the embedded API server, over sockets.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "embedded/api/server.hpp"
#include "embedded/http/self_signed.hpp"
#include "integration/libraries.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "kube/frames.hpp"
#include "kube/reflector.hpp"

namespace basalt::embedded {
namespace {

constexpr std::chrono::seconds kDeadline{30};
const std::string kPodBody = R"(,"spec":{"containers":[{"name":"c","image":"i"}]}})";

// A server on a free port, and a client of it.
class Served {
 public:
  explicit Served(kube::HttpLibrary library, bool secure = false) {
    ServerOptions options;
    kube::ServerAddress address{secure, "127.0.0.1", 0, ""};
    kube::TlsSettings tls;
    if (secure) {
      options.identity = *make_self_signed("127.0.0.1");
      tls.authorities.text = options.identity->certificate;
    }
    server_ = *HttpServer::start(options, api);
    address.port = server_->port();
    transport = *kube::make_backend(library, address, tls);
    client = std::make_unique<kube::Client>(*transport, clock, waiter);
  }

  kube::Reply make_pod(const std::string& name) {
    return *client->create({kube::pods_resource(), "default", ""},
                           R"({"metadata":{"name":")" + name + "\"}" + kPodBody);
  }

  const SystemClock clock;
  kube::SystemWaiter waiter;
  Cluster cluster{clock, {}};
  ApiServer api{cluster, {.token = "", .faults = true, .clock = nullptr}};
  std::unique_ptr<kube::Transport> transport;
  std::unique_ptr<kube::Client> client;

 private:
  std::unique_ptr<HttpServer> server_;
};

// Names that are known now; any thread may wait for a set of them.
class Known final : public kube::ObjectSink {
 public:
  void on_replace_begin(const std::string&) override {}
  void on_replace_end() override {}
  void on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change) override {
    const std::lock_guard lock(mutex_);
    names_.insert(head.key.name);
    encoding_ = object.encoding;
    changed_.notify_all();
  }
  void on_delete(const kube::ObjectHead& head, const kube::ObjectBytes*) override {
    const std::lock_guard lock(mutex_);
    names_.erase(head.key.name);
    changed_.notify_all();
  }
  void on_watching() override {
    const std::lock_guard lock(mutex_);
    ++watches_;
    changed_.notify_all();
  }

  bool wait_for(const std::set<std::string>& names) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return names_ == names; });
  }
  bool wait_for_watches(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return watches_ >= count; });
  }
  kube::Encoding encoding() {
    const std::lock_guard lock(mutex_);
    return encoding_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> names_;
  kube::Encoding encoding_ = kube::Encoding::json;
  int watches_ = 0;
};

class Reflecting {
 public:
  explicit Reflecting(Served& served)
      : reflector_(*served.client, known, served.clock, waiter_, kube::seeded_random(1), options()),
        thread_([this](std::stop_token stop) { reflector_.run(stop); }) {}

  Known known;

 private:
  static kube::ReflectorOptions options() {
    kube::ReflectorOptions options;
    options.path = "/api/v1/pods";
    options.page_size = 2;
    options.backoff_start = std::chrono::milliseconds(1);
    options.backoff_cap = std::chrono::milliseconds(10);
    return options;
  }
  kube::SystemWaiter waiter_;
  kube::Reflector reflector_;
  std::jthread thread_;
};

class EmbeddedOver : public ::testing::TestWithParam<kube::HttpLibrary> {};

INSTANTIATE_TEST_SUITE_P(Each, EmbeddedOver, basalt::testing::kLibraries, basalt::testing::library_name);

TEST_P(EmbeddedOver, OurClientBindsAPodOnce) {
  Served served(GetParam());
  EXPECT_EQ(201, served.make_pod("a").status.code);
  EXPECT_TRUE(served.client->bind({"default", "a", "", "n1", {{"k", "v"}}})->ok());
  const auto again = served.client->bind({"default", "a", "", "n1", {}});
  EXPECT_TRUE(again->status.conflict());
  EXPECT_EQ("pods/binding", again->status.kind);
  const auto read = served.client->get({kube::pods_resource(), "default", "a"});
  EXPECT_NE(std::string::npos, read->body.find(R"("nodeName":"n1")"));
  EXPECT_NE(std::string::npos, read->body.find(R"("k":"v")"));
}

TEST_P(EmbeddedOver, OurClientDiscoversWhatIsServed) {
  Served served(GetParam());
  const std::vector<std::string> groups{"", "policy", "none"};
  const auto found = served.client->discover(groups);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->has_subresource("", "pods", "binding"));
  EXPECT_NE(nullptr, found->find("policy", "poddisruptionbudgets"));
}

TEST_P(EmbeddedOver, AReflectorFollowsInProtobuf) {
  Served served(GetParam());
  for (const char* name : {"a", "b", "c"}) served.make_pod(name);
  Reflecting reflecting(served);
  EXPECT_TRUE(reflecting.known.wait_for({"a", "b", "c"}));
  served.make_pod("d");
  ASSERT_TRUE(served.client->remove({kube::pods_resource(), "default", "a"})->ok());
  EXPECT_TRUE(reflecting.known.wait_for({"b", "c", "d"}));
  EXPECT_EQ(kube::Encoding::protobuf, reflecting.known.encoding());
}

TEST_P(EmbeddedOver, AReflectorSurvivesCutWatchesAndCompaction) {
  Served served(GetParam());
  served.make_pod("a");
  Reflecting reflecting(served);
  ASSERT_TRUE(reflecting.known.wait_for_watches(1));
  ASSERT_FALSE(served.api.faults().set_watches(*parse_body(R"({"resource":"pods","stall":true})")));
  served.make_pod("b");
  ASSERT_TRUE(served.client->remove({kube::pods_resource(), "default", "a"})->ok());
  served.cluster.store().compact();
  ASSERT_FALSE(served.api.faults().set_watches(*parse_body(R"({"resource":"pods","stall":false,"cut":true})")));
  EXPECT_TRUE(reflecting.known.wait_for({"b"}));
}

TEST_P(EmbeddedOver, AReplyThatIsLostLeavesTheBindDone) {
  Served served(GetParam());
  served.make_pod("a");
  ASSERT_FALSE(served.api.faults().add(*parse_body(R"({"resource":"pods/binding","dropReply":true})")));
  const auto lost = served.client->bind({"default", "a", "", "n1", {}});
  ASSERT_FALSE(lost);
  EXPECT_EQ(ErrorCode::unavailable, lost.error().code);
  EXPECT_TRUE(served.client->bind({"default", "a", "", "n1", {}})->status.conflict());
}

TEST_P(EmbeddedOver, ABigListComesInParts) {
  Served served(GetParam());
  const std::string big(100'000, 'x');
  const kube::Resource configmaps{"", "v1", "configmaps", true};
  for (int i = 0; i < 60; ++i) {
    const std::string name = "c" + std::to_string(i);
    const auto made = served.client->create({configmaps, "default", ""},
                                            R"({"metadata":{"name":")" + name + R"("},"data":{"k":")" + big + "\"}}");
    ASSERT_TRUE(made && made->ok());
  }
  const auto reply = served.client->list(configmaps, "default", {});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(60U, kube::split_list(reply->encoding, reply->body)->items.size());
}

TEST_P(EmbeddedOver, HttpsIsServedWithACertificateOfItsOwn) {
  Served served(GetParam(), true);
  EXPECT_EQ(201, served.make_pod("a").status.code);
  Reflecting reflecting(served);
  EXPECT_TRUE(reflecting.known.wait_for({"a"}));
  served.make_pod("b");
  EXPECT_TRUE(reflecting.known.wait_for({"a", "b"}));
}

}  // namespace
}  // namespace basalt::embedded
