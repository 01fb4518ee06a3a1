#include "kube/client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "integration/libraries.hpp"
#include "integration/scripted_server.hpp"
#include "kube/connect.hpp"
#include "kube/credentials.hpp"

namespace basalt::kube {
namespace {

using basalt::testing::Exchange;
using basalt::testing::kDeadline;
using basalt::testing::ScriptedServer;
using std::chrono::milliseconds;

// Lets no time pass, but remembers what it should have been.
class NoWaiting final : public Waiter {
 public:
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) override {
    pauses.push_back(std::chrono::duration_cast<milliseconds>(duration).count());
    return !stop.stop_requested();
  }
  std::vector<long long> pauses;
};

class ClientOver : public ::testing::TestWithParam<HttpLibrary> {
 protected:
  std::unique_ptr<Transport> connect_to(const ScriptedServer& server) {
    return *make_backend(GetParam(), server.address(), {});
  }

  const SystemClock clock_;
  NoWaiting waiter_;
};

INSTANTIATE_TEST_SUITE_P(Each, ClientOver, basalt::testing::kLibraries, basalt::testing::library_name);

const Binding kBinding{"ns", "p", "u-1", "n1", {}};

TEST_P(ClientOver, ALostReplyToABindIsInDoubtAndNotRepeated) {
  std::atomic<int> applied = 0;
  ScriptedServer server([&applied](Exchange& exchange) {
    if (exchange.method != "POST") return exchange.reply(200, R"({"spec":{"nodeName":"n1"}})");
    ++applied;     // the server binds the pod,
    return false;  // and the reply is lost
  });
  const auto transport = connect_to(server);
  Client client(*transport, clock_, waiter_);
  const auto reply = client.bind(kBinding);
  ASSERT_FALSE(reply);
  EXPECT_EQ(ErrorCode::unavailable, reply.error().code);
  EXPECT_EQ(1, applied);
  const auto pod = client.get({pods_resource(), "ns", "p"});  // how the caller settles the doubt
  ASSERT_TRUE(pod);
  EXPECT_NE(std::string::npos, pod->body.find("n1"));
}

TEST_P(ClientOver, AReplyThatNeverComesIsATimeout) {
  ScriptedServer server([](Exchange& exchange) {
    exchange.wait_for_close();
    return false;
  });
  const auto transport = connect_to(server);
  ClientOptions options;
  options.time_limit = milliseconds(100);
  Client client(*transport, clock_, waiter_, options);
  EXPECT_EQ(ErrorCode::timeout, client.bind(kBinding).error().code);
  EXPECT_EQ(1, server.counts().requests);
}

TEST_P(ClientOver, A429WithRetryAfterIsRepeatedAfterThatTime) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&asked](Exchange& exchange) {
    if (++asked < 3) return exchange.reply(429, "", "Retry-After: 7\r\n");
    return exchange.reply(201, R"({"kind":"Status","status":"Success"})");
  });
  const auto transport = connect_to(server);
  Client client(*transport, clock_, waiter_);
  const auto reply = client.bind(kBinding);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ((std::vector<long long>{7000, 7000}), waiter_.pauses);
}

TEST_P(ClientOver, AReadOverABrokenConnectionIsRepeated) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&asked](Exchange& exchange) {
    if (++asked == 1) return false;
    return exchange.reply(200, "{}");
  });
  const auto transport = connect_to(server);
  Client client(*transport, clock_, waiter_);
  EXPECT_EQ(2, client.get({pods_resource(), "ns", "p"})->attempts);
}

TEST_P(ClientOver, ARotatedTokenIsUsedAtOnceAfterA401) {
  const auto token = std::filesystem::temp_directory_path() / ("basalt-rotation-" + std::to_string(::getpid()));
  std::ofstream(token) << "old\n";
  std::atomic<int> refused = 0;
  ScriptedServer server([&](Exchange& exchange) {
    if (exchange.headers["authorization"] == "Bearer new") return exchange.reply(201, exchange.body);
    ++refused;
    std::ofstream(token) << "new\n";
    return exchange.reply(401, R"({"kind":"Status","reason":"Unauthorized","code":401})");
  });
  AuthSettings auth;
  auth.token_file = token.string();
  const auto transport = make_authenticated_transport(connect_to(server), auth, "agent", clock_);
  Client client(*transport, clock_, waiter_);
  const auto reply = client.bind(kBinding);
  std::filesystem::remove(token);
  ASSERT_TRUE(reply);
  EXPECT_EQ(201, reply->status.code);
  EXPECT_EQ(binding_json(kBinding), reply->body);
  EXPECT_EQ(1, refused);
}

TEST_P(ClientOver, ManyThreadsShareAClient) {
  ScriptedServer server([](Exchange& exchange) { return exchange.reply(201, exchange.path); });
  const auto transport = connect_to(server);
  Client client(*transport, clock_, waiter_);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&client, t] {
        for (int i = 0; i < 25; ++i) {
          const std::string name = "p" + std::to_string(t) + "-" + std::to_string(i);
          const auto reply = client.bind({"ns", name, "", "n", {}});
          ASSERT_TRUE(reply) << reply.error().message;
          EXPECT_EQ("/api/v1/namespaces/ns/pods/" + name + "/binding", reply->body);
        }
      });
    }
  }
  EXPECT_EQ(200, server.counts().requests);
  EXPECT_LE(server.counts().most_open, 16);
}

}  // namespace
}  // namespace basalt::kube
