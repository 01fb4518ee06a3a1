#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"

namespace basalt::daemon {

/// Where a server listens. An empty host: on all addresses of the machine, IPv6 and IPv4.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;  ///< 0: any that is free
  bool operator==(const ListenAddress&) const = default;
};

/// Reads ":8080", "127.0.0.1:0", "[::]:8080", "localhost:8080".
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

/// An answer to a request.
struct Reply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Answers GET and HEAD of a path. Called on the server's thread: must be thread-safe, quick, and not throw.
using Answer = std::function<Reply()>;

/// Paths and who answers them; the part of a request's target behind `?` is not looked at.
using Routes = std::map<std::string, Answer, std::less<>>;

/// A request for what cannot be answered at once.
struct Request {
  std::string method;              ///< "GET", "HEAD" or "POST"; never with a body
  std::string path, query;         ///< before and after the `?`, as sent
  bool from_this_machine = false;  ///< the client is on a loopback address
};

/// Takes a request for a path at or below its own; the answer comes when it is ready, from any thread. Called on the
/// server's thread: must be thread-safe, quick, and not throw.
using Service = std::function<std::future<Reply>(const Request&)>;

/// Services by the path they stand at: "/v1/explain" is asked for "/v1/explain/jobs/a" too.
using Services = std::map<std::string, Service, std::less<>>;

/// Answers with metrics in Prometheus' text format.
[[nodiscard]] Answer answer_metrics(std::function<std::string()> text);
/// Answers 200 "ok" while there is no problem, else 503 with the problem.
[[nodiscard]] Answer answer_health(std::function<std::optional<std::string>()> problem);

/// What a client may take of the server.
struct TelemetryLimits {
  std::size_t connections = 64;                               ///< of one more, the one that was opened first is closed
  std::uint32_t header_bytes = 8192;                          ///< of a request; a body is refused
  std::chrono::milliseconds idle = std::chrono::seconds(10);  ///< to send a request, or to take an answer
  std::chrono::milliseconds service = std::chrono::seconds(30);  ///< for a service to answer; then 503
};

/// A small HTTP/1.1 server for metrics, health and questions: a fixed set of paths, one thread of its own. It serves
/// from `start` until it is destroyed, which ends open connections and joins the thread.
class TelemetryServer {
 public:
  /// Fails when the address cannot be had; the message names it.
  [[nodiscard]] static Result<std::unique_ptr<TelemetryServer>> start(const ListenAddress& address, Routes routes,
                                                                      TelemetryLimits limits = {},
                                                                      Services services = {});
  ~TelemetryServer();
  TelemetryServer(const TelemetryServer&) = delete;
  TelemetryServer& operator=(const TelemetryServer&) = delete;

  /// The port it listens on.
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Listener;
  explicit TelemetryServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace basalt::daemon
