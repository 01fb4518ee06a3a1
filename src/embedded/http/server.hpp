#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"

namespace basalt::embedded {

/// A request as it came. `target` is the path with its query, still percent-encoded.
struct HttpRequest {
  std::string method;
  std::string target;
  std::string accept;
  std::string content_type;
  std::string authorization;
  std::string body;
};

/// A whole answer.
struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

/// What a stream has to send at the moment.
struct StreamPart {
  std::string bytes;
  bool ended = false;                        ///< nothing comes after these bytes
  bool broken = false;                       ///< the connection breaks after these bytes, in the middle of the body
  std::optional<SteadyTime> ask_again = {};  ///< when to ask at the latest, though nobody woke the stream
};

/// An answer whose end is not known when it begins, such as a watch. The server asks for the next part when the one
/// before has been sent and the stream was woken, or its time has come: that is the back-pressure.
class AnswerStream {
 public:
  virtual ~AnswerStream() = default;
  /// Called once, before any next(): `wake` may be called from any thread for as long as this stream lives, and means
  /// that next() has something to say.
  virtual void start(std::function<void()> wake) = 0;
  /// Never called twice at the same time.
  virtual StreamPart next() = 0;
};

struct StreamAnswer {
  std::string content_type = "application/json";
  std::unique_ptr<AnswerStream> stream = {};
};

/// No answer: the connection is closed.
struct HangUp {};

/// What becomes of a request, and how long to wait before it does.
struct HttpReply {
  std::variant<HttpAnswer, StreamAnswer, HangUp> what;
  std::chrono::milliseconds delay{0};
};

/// Who answers requests. Called on the server's threads, several at a time; must not throw.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual HttpReply answer(HttpRequest request) = 0;
};

/// A certificate with its key, as PEM text.
struct ServerIdentity {
  std::string certificate;
  std::string key;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any that is free
  int threads = 2;
  std::optional<ServerIdentity> identity;  ///< given: TLS, and nothing else
  std::size_t largest_body = std::size_t{8} << 20U;
  std::chrono::seconds idle{300};  ///< a connection on which nothing is asked is closed
};

/// An HTTP/1.1 server: keep-alive, chunked streams, optional TLS. Serves from `start` until it is destroyed, which
/// closes all connections and joins its threads.
class HttpServer {
 public:
  /// Fails when the address cannot be had, or the identity cannot be used.
  static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options, HttpHandler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace basalt::embedded
