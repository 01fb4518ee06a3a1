#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "embedded/api/server.hpp"
#include "embedded/cluster/cluster.hpp"

namespace basalt::embedded::testing {

/// A clock that a test moves.
class TestClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return wall_; }
  [[nodiscard]] SteadyTime steady_now() const override { return steady_; }
  void advance(std::chrono::seconds by) {
    wall_ += by;
    steady_ += by;
  }

 private:
  WallTime wall_ = WallTime(std::chrono::seconds(1'800'000'000));
  SteadyTime steady_{};
};

/// A reply as tests look at it.
struct Seen {
  int status = 0;
  std::string content_type;
  std::string text;
  Json body;

  [[nodiscard]] std::string reason() const { return text_at(body, "reason"); }
  [[nodiscard]] std::string message() const { return text_at(body, "message"); }
};

/// An API server without a socket.
class World {
 public:
  explicit World(ApiOptions options = {.token = "", .faults = true, .clock = nullptr}, Store::Limits limits = {})
      : cluster(clock, {.limits = limits, .seed = 7}), api(cluster, std::move(options)) {}

  HttpReply send(std::string method, std::string target, std::string body = "",
                 std::string content_type = "application/json", std::string accept = "application/json") {
    return api.answer(
        {std::move(method), std::move(target), std::move(accept), std::move(content_type), "", std::move(body)});
  }

  /// A whole reply; a stream is read to its present end.
  Seen ask(std::string method, std::string target, std::string body = "", std::string content_type = "application/json",
           std::string accept = "application/json") {
    HttpReply reply =
        send(std::move(method), std::move(target), std::move(body), std::move(content_type), std::move(accept));
    Seen seen;
    if (auto* answer = std::get_if<HttpAnswer>(&reply.what)) {
      seen = {answer->status, answer->content_type, std::move(answer->body), {}};
    } else if (auto* stream = std::get_if<StreamAnswer>(&reply.what)) {
      seen = {200, stream->content_type, "", {}};
      stream->stream->start([] {});
      for (StreamPart part; !part.ended;) {
        part = stream->stream->next();
        seen.text += part.bytes;
        if (part.bytes.empty()) break;
      }
    }
    seen.body = Json::parse(seen.text, nullptr, false);
    return seen;
  }

  Seen get(std::string target) { return ask("GET", std::move(target)); }
  Seen post(std::string target, std::string body) { return ask("POST", std::move(target), std::move(body)); }

  /// A pod of one container in namespace default.
  Seen make_pod(const std::string& name, const std::string& more_metadata = "") {
    return post("/api/v1/namespaces/default/pods",
                R"({"metadata":{"name":")" + name + "\"" + more_metadata +
                    R"(},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"1"}}}]}})");
  }
  Seen bind_pod(const std::string& name, const std::string& node, const std::string& uid = "") {
    return post("/api/v1/namespaces/default/pods/" + name + "/binding",
                R"({"metadata":{"name":")" + name + R"(","uid":")" + uid + R"("},"target":{"kind":"Node","name":")" +
                    node + "\"}}");
  }

  TestClock clock;
  Cluster cluster;
  ApiServer api;
};

inline constexpr const char* kMerge = "application/merge-patch+json";
inline constexpr const char* kStrategic = "application/strategic-merge-patch+json";
inline const std::string kPods = "/api/v1/namespaces/default/pods";

}  // namespace basalt::embedded::testing
