#include "daemon/telemetry_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace basalt::daemon {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

// A connection to a server on this machine.
class Client {
 public:
  explicit Client(const TelemetryServer& server, const std::string& host = "127.0.0.1") : socket_(context_) {
    socket_.connect(tcp::endpoint(asio::ip::make_address(host), server.port()));
  }

  void send(const std::string& text) {
    boost::system::error_code ignored;  // the server may have refused before all was sent
    asio::write(socket_, asio::buffer(text), ignored);
  }

  // Everything until the server closes.
  std::string read_all() {
    std::string text;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(text), end);
    return text;
  }

  // Up to the end of an answer whose body ends with `last`.
  std::string read_to(const std::string& last) {
    boost::system::error_code end;
    const std::size_t length = asio::read_until(socket_, asio::dynamic_buffer(pending_), last, end);
    const std::string text = pending_.substr(0, length);
    pending_.erase(0, length);
    return text;
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
  std::string pending_;
};

class TelemetryServerTest : public testing::Test {
 protected:
  std::unique_ptr<TelemetryServer> start(TelemetryLimits limits = {}, const std::string& address = "127.0.0.1:0") {
    Routes routes;
    routes["/metrics"] = answer_metrics([] { return std::string("up 1\n"); });
    routes["/healthz"] = answer_health([] { return std::nullopt; });
    routes["/readyz"] = answer_health([this]() -> std::optional<std::string> {
      if (ready_) return std::nullopt;
      return "pods are not listed yet";
    });
    Services services;
    services["/v1/ask"] = [this](const Request& request) { return take(request); };
    auto server = TelemetryServer::start(*parse_listen_address(address), routes, limits, services);
    EXPECT_TRUE(server) << server.error().message;
    return *std::move(server);
  }

  // Answers at once, or, when asked to hold, once `held_` is answered.
  std::future<Reply> take(const Request& request) {
    asked_ = request;
    if (request.path == "/v1/ask/hold") {
      held_.emplace();
      auto answer = held_->get_future();
      is_held_ = true;
      is_held_.notify_all();
      return answer;
    }
    std::promise<Reply> answer;
    answer.set_value(Reply{200, "text/plain", "answered\n"});
    return answer.get_future();
  }

  static std::string get(const TelemetryServer& server, const std::string& path, const std::string& method = "GET") {
    Client client(server);
    client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return client.read_all();
  }

  std::atomic<bool> ready_ = false;
  Request asked_;
  std::optional<std::promise<Reply>> held_;
  std::atomic<bool> is_held_ = false;
};

TEST_F(TelemetryServerTest, ServesMetrics) {
  const auto server = start();
  const std::string answer = get(*server, "/metrics?x=y");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nup 1\n"));
}

TEST_F(TelemetryServerTest, SaysWhyItIsNotReady) {
  const auto server = start();
  EXPECT_THAT(get(*server, "/healthz"), HasSubstr("\r\n\r\nok\n"));
  const std::string waiting = get(*server, "/readyz");
  EXPECT_THAT(waiting, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(waiting, HasSubstr("\r\n\r\npods are not listed yet\n"));
  ready_ = true;
  EXPECT_THAT(get(*server, "/readyz"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(TelemetryServerTest, AnswersOtherPathsAndMethodsWithAnError) {
  const auto server = start();
  EXPECT_THAT(get(*server, "/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(get(*server, "/healthz/../metrics"), StartsWith("HTTP/1.1 404 "));
  const std::string answer = get(*server, "/metrics", "DELETE");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST_F(TelemetryServerTest, AnswersHeadWithoutABody) {
  const std::string answer = get(*start(), "/healthz", "HEAD");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(TelemetryServerTest, KeepsAConnectionForFurtherRequests) {
  const auto server = start();
  Client client(*server);
  for (int request = 0; request < 3; ++request) {
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read_to("ok\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

TEST_F(TelemetryServerTest, RefusesRequestsThatAreTooLargeOrNoHttp) {
  const auto server = start();
  const auto answer_to = [&](const std::string& request) {
    Client client(*server);
    client.send(request);
    return client.read_all();
  };
  EXPECT_THAT(answer_to("GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(answer_to("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer_to("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(TelemetryServerTest, ClosesAConnectionThatSaysNothing) {
  const auto server = start({.idle = std::chrono::milliseconds(20)});
  Client client(*server);
  client.send("GET /metr");
  EXPECT_EQ("", client.read_all());
}

TEST_F(TelemetryServerTest, OfTooManyConnectionsClosesTheFirst) {
  const auto server = start({.connections = 2});
  Client first(*server);
  first.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(first.read_to("ok\n"), HasSubstr("200 OK"));
  Client second(*server);
  Client third(*server);
  third.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(third.read_to("ok\n"), HasSubstr("200 OK"));
  EXPECT_EQ("", first.read_all());
}

TEST_F(TelemetryServerTest, EndsWithConnectionsOpen) {
  auto server = start();
  Client client(*server);
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_to("ok\n"), HasSubstr("200 OK"));
  server.reset();
  EXPECT_EQ("", client.read_all());
}

TEST_F(TelemetryServerTest, ListensOnAllAddressesWhenNoneIsNamed) {
  const auto server = start({}, ":0");
  EXPECT_NE(0, server->port());
  EXPECT_THAT(get(*server, "/healthz"), HasSubstr("ok"));
}

TEST_F(TelemetryServerTest, RefusesAnAddressThatIsTaken) {
  const auto server = start();
  const auto second = TelemetryServer::start({"127.0.0.1", server->port()}, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              StartsWith("cannot listen on 127.0.0.1:" + std::to_string(server->port()) + ": Address already in use"));
}

TEST(ListenAddress, IsHostAndPort) {
  EXPECT_EQ((ListenAddress{"", 8080}), *parse_listen_address(":8080"));
  EXPECT_EQ((ListenAddress{"127.0.0.1", 0}), *parse_listen_address("127.0.0.1:0"));
  EXPECT_EQ((ListenAddress{"::", 8080}), *parse_listen_address("[::]:8080"));
  EXPECT_EQ((ListenAddress{"localhost", 1}), *parse_listen_address("localhost:1"));
  for (const char* bad : {"", "8080", "localhost", ":", ":x", ":70000", "::1:8080", "[::1]", "a[b]:1", ":-1", ":80 "}) {
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
  }
}

TEST_F(TelemetryServerTest, AServiceIsAskedForAllThatLiesBelowItsPath) {
  const auto server = start();
  EXPECT_THAT(get(*server, "/v1/ask/jobs/default/a?format=json"), HasSubstr("answered"));
  EXPECT_EQ("/v1/ask/jobs/default/a", asked_.path);
  EXPECT_EQ("format=json", asked_.query);
  EXPECT_TRUE(asked_.from_this_machine);
  EXPECT_THAT(get(*server, "/v1/ask"), HasSubstr("answered"));
  EXPECT_THAT(get(*server, "/v1/ask", "POST"), HasSubstr("answered"));
  EXPECT_EQ("POST", asked_.method);
  EXPECT_THAT(get(*server, "/v1/asking"), StartsWith("HTTP/1.1 404"));
}

TEST_F(TelemetryServerTest, WhileAServiceThinksOthersAreAnswered) {
  const auto server = start();
  Client waiting(*server);
  waiting.send("GET /v1/ask/hold HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  is_held_.wait(false);
  EXPECT_THAT(get(*server, "/healthz"), HasSubstr("ok"));
  held_->set_value(Reply{200, "text/plain", "at last\n"});
  EXPECT_THAT(waiting.read_all(), HasSubstr("at last"));
}

TEST_F(TelemetryServerTest, AServiceThatDoesNotAnswerIsNotWaitedForForEver) {
  TelemetryLimits limits;
  limits.service = std::chrono::milliseconds(20);
  const auto server = start(limits);
  EXPECT_THAT(get(*server, "/v1/ask/hold"), StartsWith("HTTP/1.1 503"));
}

}  // namespace
}  // namespace basalt::daemon
