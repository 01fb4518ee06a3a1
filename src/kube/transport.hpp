#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::kube {

/// One header line. Names compare without regard to case.
struct HttpHeader {
  std::string name;
  std::string value;

  bool operator==(const HttpHeader&) const = default;
};

/// A request to the API server. `path` begins with '/' and includes the query, already percent-encoded; the path prefix
/// of the server's URL is put before it by the transport, which also adds Host and Content-Length.
struct HttpRequest {
  std::string method = "GET";
  std::string path;
  std::vector<HttpHeader> headers;
  std::string body;
};

/// A reply. In streams, `body` is empty unless the reply was a refusal.
struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
  /// Value of the first header with this name; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Takes what a stream brings, on the thread that called stream(). While a call has not returned, nothing more is read
/// from the network: that is the back-pressure.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  /// Status (2xx) and headers have come. Called once. False: end the stream.
  virtual bool on_open(const HttpResponse& head) = 0;
  /// Some bytes of the body, chunk coding taken off, cut anywhere. False: end the stream.
  virtual bool on_bytes(std::string_view bytes) = 0;
};

/// Limits of one stream.
struct StreamOptions {
  /// From the call until the status line has come, connecting included.
  std::chrono::milliseconds open_limit{30'000};
  /// Longest silence of the server while the stream is read; time spent in the receiver does not count.
  std::chrono::milliseconds idle_limit{240'000};
};

/// Why a stream ended. Errors before the status line are an `Error` instead, but for a refused connection.
enum class StreamEndReason {
  finished,            ///< the server ended the body properly
  cut_off,             ///< the connection broke in the middle of the body
  stalled,             ///< nothing came for the idle limit
  cancelled,           ///< the receiver said so
  stopped,             ///< the stop token said so
  refused,             ///< status other than 2xx: see the head, whose body then holds up to 1 MiB of the reason
  connection_refused,  ///< nobody listens at the address: the server is being restarted
};

/// How a stream ended.
struct StreamEnd {
  StreamEndReason reason = StreamEndReason::finished;
  HttpResponse head;    ///< empty when `connection_refused`, or stopped before the status line
  std::string message;  ///< of the failure, for logs; may be empty
};

/// The narrow door to an HTTP server: one server, many requests. Thread-safe; calls block the calling thread.
///
/// Errors of both calls: `unavailable` (could not connect, or the connection broke), `timeout` (no complete reply in
/// time), `stopped` (stop token), `invalid` (a reply that is not HTTP, or larger than the cap), `refused` (the server's
/// certificate does not verify, or it does not accept ours). After `unavailable`, `timeout`, `stopped` and `invalid` it
/// is unknown whether the server acted on the request. A status other than 2xx is not an error here.
/// Redirects are not followed; nothing is repeated, except a GET whose kept-alive connection turned out to be closed.
class Transport {
 public:
  virtual ~Transport() = default;

  /// One request, one whole reply, on a pooled keep-alive connection. `time_limit` covers everything: waiting for a
  /// connection, dialling, the handshake, sending, and reading the reply to its end.
  virtual Result<HttpResponse> call(const HttpRequest& request, std::chrono::milliseconds time_limit,
                                    std::stop_token stop) = 0;

  /// One request whose reply is handed over as it comes, on a connection of its own. Returns when the stream has ended,
  /// for whatever reason. A stop request ends a blocked read at once.
  virtual Result<StreamEnd> stream(const HttpRequest& request, const StreamOptions& options, StreamReceiver& receiver,
                                   std::stop_token stop) = 0;
};

}  // namespace basalt::kube
