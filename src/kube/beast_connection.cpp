#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "kube/connection.hpp"
#include "kube/socket_options.hpp"

namespace basalt::kube {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kReadAtOnce = std::size_t{64} * 1024;
constexpr std::size_t kLargestRefusal = std::size_t{1024} * 1024;
constexpr SteadyTime kNever = SteadyTime::max();

using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

bool is_http_error(error_code code) {
  return code.category() == http::make_error_code(http::error::bad_chunk).category() &&
         code != http::error::end_of_stream && code != http::error::partial_message;
}

ErrorCode classify(error_code code) {
  if (code == beast::error::timeout) return ErrorCode::timeout;
  if (is_http_error(code)) return ErrorCode::invalid;
  if (code.category() == asio::error::get_ssl_category() &&
      is_certificate_refusal(static_cast<unsigned long>(code.value()))) {
    return ErrorCode::refused;
  }
  return ErrorCode::unavailable;
}

// An event loop for the one operation that is under way: blocking calls out of Asio's asynchronous ones, which alone
// can be given a deadline and be interrupted.
class Loop {
 public:
  asio::io_context& context() { return context_; }

  // Starts an operation, which must call what it is given when it ends, and runs it to its end. A stop request closes
  // `stream`, which ends the operation.
  template <class Start>
  error_code run(beast::tcp_stream& stream, SteadyTime deadline, const std::stop_token& stop, Start start) {
    error_code result = asio::error::operation_aborted;
    if (stop.stop_requested()) return result;
    if (deadline == kNever) {
      stream.expires_never();
    } else {
      stream.expires_at(deadline);
    }
    start([&result](error_code code) { result = code; });
    const std::stop_callback interrupt(stop, [this, &stream] { asio::post(context_, [&stream] { stream.close(); }); });
    context_.restart();
    context_.run();
    return result;
  }

 private:
  asio::io_context context_{1};
};

template <class Fields>
void copy_head(const Fields& from, HttpResponse& to) {
  to.status = static_cast<int>(from.result_int());
  to.headers.clear();
  for (const auto& field : from) {
    to.headers.push_back({std::string(field.name_string().data(), field.name_string().size()),
                          std::string(field.value().data(), field.value().size())});
  }
}

http::request<http::string_body> to_beast(const HttpRequest& request, const ServerAddress& server) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(server.path_prefix + request.path);
  message.set(http::field::host, host_header(server));
  for (const HttpHeader& header : request.headers) message.insert(header.name, header.value);
  message.body() = request.body;
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    message.content_length(request.body.size());
  }
  return message;
}

template <class Stream>
class BeastConnection final : public Connection {
 public:
  BeastConnection(std::unique_ptr<Loop> loop, std::unique_ptr<Stream> stream, TlsContext::Shared tls,
                  const ServerAddress& server, const TransportOptions& options)
      : loop_(std::move(loop)), tls_(std::move(tls)), stream_(std::move(stream)), server_(server), options_(options) {
    buffer_.reserve(kReadAtOnce);  // Beast asks for as much as there is room for, at first for 512 bytes
  }

  Result<HttpResponse> exchange(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop) override;
  Result<StreamEnd> stream(const HttpRequest& request, SteadyTime opened_by, const StreamOptions& options,
                           StreamReceiver& receiver, const std::stop_token& stop) override;
  bool reusable() override;
  [[nodiscard]] bool answered() const override { return answered_; }

 private:
  using StreamParser = http::response_parser<http::buffer_body>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(*stream_); }
  [[nodiscard]] Error failure(const HttpRequest& request, error_code code, const std::stop_token& stop) const;
  error_code send(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop);
  template <class Parser>
  error_code read_head(Parser& parser, SteadyTime deadline, const std::stop_token& stop);
  error_code read_some(StreamParser& parser, std::string_view& bytes, SteadyTime deadline, const std::stop_token& stop);
  StreamEnd read_refusal(StreamParser& parser, StreamEnd end, SteadyTime deadline, const std::stop_token& stop);
  Result<StreamEnd> pump(const HttpRequest& request, StreamParser& parser, StreamEnd end, const StreamOptions& options,
                         StreamReceiver& receiver, const std::stop_token& stop);

  std::unique_ptr<Loop> loop_;
  TlsContext::Shared tls_;
  std::unique_ptr<Stream> stream_;
  const ServerAddress server_;
  const TransportOptions options_;
  beast::flat_buffer buffer_;
  std::vector<char> piece_;
  bool idle_ = true;  // no exchange under way, the last one ended well
  bool answered_ = false;
};

template <class Stream>
Error BeastConnection<Stream>::failure(const HttpRequest& request, error_code code, const std::stop_token& stop) const {
  std::string what = request.method + " " + request.path + " at " + host_header(server_) + ": ";
  if (stop.stop_requested()) return Error{ErrorCode::stopped, what + "interrupted by a stop request"};
  const ErrorCode kind = classify(code);
  what += kind == ErrorCode::timeout ? "no complete reply in time" : code.message();
  return Error{kind, std::move(what)};
}

template <class Stream>
error_code BeastConnection<Stream>::send(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop) {
  auto message = to_beast(request, server_);
  return loop_->run(lowest(), deadline, stop, [&](auto ended) {
    http::async_write(*stream_, message, [ended](error_code code, std::size_t) mutable { ended(code); });
  });
}

template <class Stream>
template <class Parser>
error_code BeastConnection<Stream>::read_head(Parser& parser, SteadyTime deadline, const std::stop_token& stop) {
  parser.header_limit(static_cast<std::uint32_t>(options_.largest_header));
  const error_code code = loop_->run(lowest(), deadline, stop, [&](auto ended) {
    http::async_read_header(*stream_, buffer_, parser, [ended](error_code c, std::size_t) mutable { ended(c); });
  });
  answered_ = parser.got_some() || buffer_.size() > 0;
  return code;
}

template <class Stream>
Result<HttpResponse> BeastConnection<Stream>::exchange(const HttpRequest& request, SteadyTime deadline,
                                                       const std::stop_token& stop) {
  idle_ = false;
  answered_ = false;
  http::response_parser<http::string_body> parser;
  parser.body_limit(options_.largest_body);
  error_code code = send(request, deadline, stop);
  if (!code) code = read_head(parser, deadline, stop);
  if (!code) {
    code = loop_->run(lowest(), deadline, stop, [&](auto ended) {
      http::async_read(*stream_, buffer_, parser, [ended](error_code c, std::size_t) mutable { ended(c); });
    });
  }
  if (code == http::error::body_limit) {
    return Error{ErrorCode::invalid, request.method + " " + request.path + ": the reply is larger than the limit of " +
                                         std::to_string(options_.largest_body) + " bytes"};
  }
  if (code) return failure(request, code, stop);
  HttpResponse response;
  copy_head(parser.get(), response);
  idle_ = parser.get().keep_alive() && !stop.stop_requested();
  response.body = std::move(parser.get().body());
  return response;
}

template <class Stream>
error_code BeastConnection<Stream>::read_some(StreamParser& parser, std::string_view& bytes, SteadyTime deadline,
                                              const std::stop_token& stop) {
  auto& body = parser.get().body();
  body.data = piece_.data();
  body.size = piece_.size();
  body.more = true;
  error_code code = loop_->run(lowest(), deadline, stop, [&](auto ended) {
    http::async_read_some(*stream_, buffer_, parser, [ended](error_code c, std::size_t) mutable { ended(c); });
  });
  if (code == http::error::need_buffer) code = {};
  bytes = std::string_view(piece_.data(), piece_.size() - body.size);
  return code;
}

template <class Stream>
StreamEnd BeastConnection<Stream>::read_refusal(StreamParser& parser, StreamEnd end, SteadyTime deadline,
                                                const std::stop_token& stop) {
  end.reason = StreamEndReason::refused;
  while (!parser.is_done() && end.head.body.size() < kLargestRefusal) {
    std::string_view bytes;
    if (read_some(parser, bytes, deadline, stop)) break;  // the status is enough
    end.head.body.append(bytes);
  }
  end.head.body.resize(std::min(end.head.body.size(), kLargestRefusal));
  if (stop.stop_requested()) end.reason = StreamEndReason::stopped;
  return end;
}

template <class Stream>
Result<StreamEnd> BeastConnection<Stream>::pump(const HttpRequest& request, StreamParser& parser, StreamEnd end,
                                                const StreamOptions& options, StreamReceiver& receiver,
                                                const std::stop_token& stop) {
  while (!parser.is_done()) {
    std::string_view bytes;
    const error_code code = read_some(parser, bytes, std::chrono::steady_clock::now() + options.idle_limit, stop);
    if (!bytes.empty() && !stop.stop_requested() && !receiver.on_bytes(bytes)) {
      end.reason = StreamEndReason::cancelled;
      return end;
    }
    if (stop.stop_requested()) {
      end.reason = StreamEndReason::stopped;
      return end;
    }
    if (!code) continue;
    const Error error = failure(request, code, stop);
    if (error.code == ErrorCode::invalid) return error;
    const bool stalled = error.code == ErrorCode::timeout;
    end.reason = stalled ? StreamEndReason::stalled : StreamEndReason::cut_off;
    end.message = stalled ? "nothing came for " + std::to_string(options.idle_limit.count()) + " ms" : error.message;
    return end;
  }
  end.reason = StreamEndReason::finished;
  return end;
}

template <class Stream>
Result<StreamEnd> BeastConnection<Stream>::stream(const HttpRequest& request, SteadyTime opened_by,
                                                  const StreamOptions& options, StreamReceiver& receiver,
                                                  const std::stop_token& stop) {
  idle_ = false;
  StreamParser parser;
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // Beast 1.74 takes `none` for 0 here
  error_code code = send(request, opened_by, stop);
  if (!code) code = read_head(parser, opened_by, stop);
  if (code) return failure(request, code, stop);
  piece_.resize(kReadAtOnce);
  StreamEnd end;
  copy_head(parser.get(), end.head);
  if (!end.head.ok()) return read_refusal(parser, std::move(end), opened_by, stop);
  if (!receiver.on_open(end.head)) {
    end.reason = StreamEndReason::cancelled;
    return end;
  }
  return pump(request, parser, std::move(end), options, receiver, stop);
}

template <class Stream>
bool BeastConnection<Stream>::reusable() {
  if (!idle_ || buffer_.size() > 0 || !lowest().socket().is_open()) return false;
  char byte = 0;
  const ssize_t got = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);  // 0: closed; more: close_notify or a stray reply
}

Dialled failed(const ServerAddress& server, const char* step, error_code code, const std::stop_token& stop) {
  const std::string where = "connecting to " + host_header(server) + ": ";
  if (stop.stop_requested()) return {nullptr, Error{ErrorCode::stopped, where + "interrupted by a stop request"}};
  const std::string why = code == beast::error::timeout ? "no answer in time" : code.message();
  return {nullptr, Error{classify(code), where + step + ": " + why}, code == asio::error::connection_refused};
}

// A literal needs no resolver, which could not be interrupted.
error_code resolve(Loop& loop, const ServerAddress& server, std::vector<asio::ip::tcp::endpoint>& endpoints) {
  error_code code;
  const auto literal = asio::ip::make_address(server.host, code);
  if (!code) {
    endpoints.emplace_back(literal, server.port);
    return {};
  }
  asio::ip::tcp::resolver resolver(loop.context());
  for (const auto& entry : resolver.resolve(server.host, std::to_string(server.port), code)) {
    endpoints.push_back(entry.endpoint());
  }
  return code;
}

// Takes the loop and the stream only if it succeeds: a stream, even one that was moved from, must not outlive its loop.
Dialled shake_hands(std::unique_ptr<Loop>& loop, beast::tcp_stream& tcp, const ServerAddress& server, TlsContext& tls,
                    const TransportOptions& options, SteadyTime deadline, const std::stop_token& stop) {
  TlsContext::Shared settings = tls.current();
  SSL_CTX_up_ref(settings.get());
  asio::ssl::context context(settings.get());  // takes over the reference that was added
  auto stream = std::make_unique<Tls>(std::move(tcp), context);
  if (auto prepared = tls.prepare(stream->native_handle()); !prepared) return {nullptr, prepared.error()};
  const error_code code = loop->run(beast::get_lowest_layer(*stream), deadline, stop, [&](auto ended) {
    stream->async_handshake(asio::ssl::stream_base::client, [ended](error_code c) mutable { ended(c); });
  });
  if (code) {
    Dialled result = failed(server, "TLS handshake", code, stop);
    const std::string verdict = verification_failure(stream->native_handle());
    if (!verdict.empty() && result.error.code == ErrorCode::refused) result.error.message += " (" + verdict + ")";
    return result;
  }
  return {
      std::make_unique<BeastConnection<Tls>>(std::move(loop), std::move(stream), std::move(settings), server, options),
      {}};
}

Dialled dial_or_throw(const ServerAddress& server, TlsContext* tls, const TransportOptions& options,
                      SteadyTime deadline, const std::stop_token& stop) {
  auto loop = std::make_unique<Loop>();
  std::vector<asio::ip::tcp::endpoint> endpoints;
  if (const error_code code = resolve(*loop, server, endpoints)) {
    return failed(server, "looking up the name", code, stop);
  }
  const SteadyTime begin = std::chrono::steady_clock::now();
  beast::tcp_stream tcp(loop->context());
  const error_code code = loop->run(tcp, std::min(deadline, begin + options.dial_limit), stop, [&](auto ended) {
    tcp.async_connect(endpoints, [ended](error_code c, const asio::ip::tcp::endpoint&) mutable { ended(c); });
  });
  if (code) return failed(server, "dialling", code, stop);
  set_socket_options(tcp.socket().native_handle(), options);
  if (tls == nullptr) {
    auto stream = std::make_unique<Plain>(std::move(tcp));
    return {std::make_unique<BeastConnection<Plain>>(std::move(loop), std::move(stream), nullptr, server, options), {}};
  }
  const SteadyTime shaken_by = std::min(deadline, std::chrono::steady_clock::now() + options.handshake_limit);
  return shake_hands(loop, tcp, server, *tls, options, shaken_by, stop);
}

}  // namespace

Dial beast_dial(ServerAddress server, std::shared_ptr<TlsContext> tls, const TransportOptions& options) {
  return [server = std::move(server), tls = std::move(tls), options](SteadyTime deadline,
                                                                     const std::stop_token& stop) -> Dialled {
    try {
      return dial_or_throw(server, tls.get(), options, deadline, stop);
    } catch (const boost::system::system_error& error) {  // no file descriptors left, for example
      return {nullptr,
              Error{ErrorCode::unavailable, "connecting to " + host_header(server) + ": " + std::string(error.what())}};
    }
  };
}

}  // namespace basalt::kube
