#include "kube/reflector.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "integration/libraries.hpp"
#include "integration/scripted_server.hpp"
#include "kube/connect.hpp"

namespace basalt::kube {
namespace {

using basalt::testing::Exchange;
using basalt::testing::kDeadline;
using basalt::testing::ScriptedServer;
using std::chrono::milliseconds;
using Lines = std::vector<std::string>;

// Writes down what it is told; any thread may wait for it.
class Story final : public ObjectSink {
 public:
  void on_replace_begin(const std::string& version) override { add("list at " + version); }
  void on_replace_end() override {}
  void on_upsert(const ObjectHead& head, const ObjectBytes&, Change) override { add(head.key.name); }
  void on_delete(const ObjectHead& head, const ObjectBytes*) override { add("no " + head.key.name); }
  void on_watching() override { add("watching"); }
  void on_interrupted(SteadyTime, const Error&) override { add("interrupted"); }

  // The lines, once there are this many.
  Lines wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    added_.wait_for(lock, kDeadline, [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  void add(std::string line) {
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::move(line));
    }
    added_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable added_;
  Lines lines_;
};

std::string object(const std::string& name, const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","uid":"u-)" + name + R"(","resourceVersion":")" + version + "\"}}";
}

std::string list(const std::string& version, const std::string& items, const std::string& token = {}) {
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + token + R"("},"items":[)" + items +
         "]}";
}

std::string added(const std::string& name, const std::string& version) {
  return R"({"type":"ADDED","object":)" + object(name, version) + "}\n";
}

constexpr const char* kExpired = R"({"kind":"Status","status":"Failure","reason":"Expired","code":410})";

bool is_watch(const Exchange& exchange) { return exchange.path.find("watch=true") != std::string::npos; }

bool hold(Exchange& exchange) {
  exchange.wait_for_close();
  return false;
}

// A reflector at work on its own thread, with pauses of a millisecond.
class Running {
 public:
  Running(HttpLibrary library, const ServerAddress& address, milliseconds idle_limit)
      : transport_(*make_backend(library, address, {})), client_(*transport_, clock_, waiter_) {
    ReflectorOptions options;
    options.path = "/p";
    options.idle_limit = idle_limit;
    options.backoff_start = milliseconds(1);
    options.backoff_cap = milliseconds(10);
    reflector_ = std::make_unique<Reflector>(client_, story, clock_, waiter_, seeded_random(1), options);
    thread_ = std::jthread([this](std::stop_token stop) { reflector_->run(stop); });
  }
  void stop() {
    thread_.request_stop();
    thread_.join();
  }
  [[nodiscard]] ReflectorHealth health() const { return reflector_->health(); }

  Story story;

 private:
  const SystemClock clock_;
  SystemWaiter waiter_;
  const std::unique_ptr<Transport> transport_;
  Client client_;
  std::unique_ptr<Reflector> reflector_;
  std::jthread thread_;
};

class ReflectorOver : public ::testing::TestWithParam<HttpLibrary> {};

INSTANTIATE_TEST_SUITE_P(Each, ReflectorOver, basalt::testing::kLibraries, basalt::testing::library_name);

TEST_P(ReflectorOver, FollowsChunkedEventsAndStopsAtOnce) {
  ScriptedServer server([](Exchange& exchange) {
    if (!is_watch(exchange)) return exchange.reply(200, list("1", object("a", "1")));
    const std::string events = added("b", "2") + added("c", "3");
    exchange.begin_stream();
    for (const char byte : events) exchange.chunk(std::string(1, byte));
    return hold(exchange);
  });
  Running running(GetParam(), server.address(), milliseconds(60'000));
  EXPECT_EQ((Lines{"list at 1", "a", "watching", "b", "c"}), running.story.wait_for(5));
  EXPECT_TRUE(running.health().watching);
  running.stop();  // while the watch is blocked in a read
}

TEST_P(ReflectorOver, AnExpiredPageLeadsToAFullList) {
  ScriptedServer server([](Exchange& exchange) {
    if (is_watch(exchange)) return exchange.begin_stream() && hold(exchange);
    if (exchange.path.find("continue=") != std::string::npos) return exchange.reply(410, kExpired);
    const bool paged = exchange.path.find("limit=") != std::string::npos;
    return exchange.reply(200, paged ? list("1", object("a", "1"), "t") : list("5", object("b", "1")));
  });
  Running running(GetParam(), server.address(), milliseconds(60'000));
  EXPECT_EQ((Lines{"list at 5", "b", "watching"}), running.story.wait_for(3));
}

TEST_P(ReflectorOver, AnExpiredWatchLeadsToANewListWithDeletes) {
  std::atomic<int> lists = 0;
  std::atomic<int> watches = 0;
  ScriptedServer server([&](Exchange& exchange) {
    if (!is_watch(exchange))
      return exchange.reply(200, ++lists == 1 ? list("1", object("a", "1")) : list("9", object("b", "8")));
    exchange.begin_stream();
    if (++watches > 1) return hold(exchange);
    exchange.chunk(R"({"type":"ERROR","object":)" + std::string(kExpired) + "}\n");
    return hold(exchange);
  });
  Running running(GetParam(), server.address(), milliseconds(60'000));
  EXPECT_EQ((Lines{"list at 1", "a", "watching", "interrupted", "list at 9", "b", "no a", "watching"}),
            running.story.wait_for(8));
}

TEST_P(ReflectorOver, AStalledWatchIsOpenedAgainFromTheLastVersion) {
  std::atomic<int> watches = 0;
  ScriptedServer server([&watches](Exchange& exchange) {
    if (!is_watch(exchange)) return exchange.reply(200, list("1", ""));
    exchange.begin_stream();
    const bool resumed = exchange.path.find("resourceVersion=2&") != std::string::npos;
    if (resumed) {
      exchange.chunk(added("b", "3"));
      return hold(exchange);
    }
    exchange.chunk(added("a", "2"));
    ++watches;
    return hold(exchange);  // half-open: the connection lives and nothing comes
  });
  Running running(GetParam(), server.address(), milliseconds(100));
  const Lines lines = running.story.wait_for(6);
  EXPECT_EQ((Lines{"list at 1", "watching", "a", "interrupted", "watching", "b"}),
            Lines(lines.begin(), lines.begin() + 6));
  EXPECT_EQ(1, watches);
  running.stop();
  EXPECT_GE(running.health().stalls, 1U);
}

TEST_P(ReflectorOver, ABrokenWatchIsResumed) {
  ScriptedServer server([](Exchange& exchange) {
    if (!is_watch(exchange)) return exchange.reply(200, list("1", ""));
    exchange.begin_stream();
    if (exchange.path.find("resourceVersion=2&") != std::string::npos)
      return exchange.chunk(added("b", "3")) && hold(exchange);
    exchange.chunk(added("a", "2") + R"({"type":"ADDED","obj)");
    return false;
  });
  Running running(GetParam(), server.address(), milliseconds(60'000));
  EXPECT_EQ((Lines{"list at 1", "watching", "a", "b"}), running.story.wait_for(4));
}

TEST_P(ReflectorOver, WaitsForAServerThatIsNotThereYet) {
  std::optional<ScriptedServer> server;
  std::atomic<bool> ready = false;
  server.emplace([&ready](Exchange& exchange) {
    if (!ready) return exchange.reply(503, "", "Retry-After: 0\r\n");
    if (is_watch(exchange)) return exchange.begin_stream() && hold(exchange);
    return exchange.reply(200, list("1", ""));
  });
  Running running(GetParam(), server->address(), milliseconds(60'000));
  ASSERT_TRUE(server->wait_until([](const auto& counts) { return counts.requests >= 3; }));
  ready = true;
  const Lines lines = running.story.wait_for(2);
  EXPECT_EQ("watching", lines.back());
  running.stop();
}

}  // namespace
}  // namespace basalt::kube
