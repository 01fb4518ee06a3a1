#include "daemon/telemetry_server.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

namespace basalt::daemon {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// After a failure to accept, such as too many open files, the next attempt waits this long.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr unsigned kHttp11 = 11;

http::response<http::string_body> answer(const http::request<http::empty_body>& request, const Routes& routes) {
  Reply reply;
  const std::string_view target(request.target().data(), request.target().size());
  const auto route = routes.find(target.substr(0, target.find('?')));
  const bool readable = request.method() == http::verb::get || request.method() == http::verb::head;
  if (route == routes.end()) {
    reply = Reply{404, reply.content_type, "not found\n"};
  } else if (!readable) {
    reply = Reply{405, reply.content_type, "only GET and HEAD\n"};
  } else {
    reply = route->second();
  }
  http::response<http::string_body> response(static_cast<http::status>(reply.status), request.version());
  response.set(http::field::content_type, reply.content_type);
  response.set(http::field::cache_control, "no-store");
  if (reply.status == 405) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(request.keep_alive());
  response.content_length(reply.body.size());
  if (request.method() != http::verb::head) response.body() = std::move(reply.body);
  return response;
}

// What is said to a client whose request cannot be read; nothing when it is gone or too slow.
std::optional<http::status> refusal(error_code failure) {
  if (failure == http::error::header_limit) return http::status::request_header_fields_too_large;
  if (failure == http::error::body_limit || failure == http::error::unexpected_body) {
    return http::status::payload_too_large;
  }
  const bool malformed = failure.category() == http::make_error_code(http::error::bad_method).category() &&
                         failure != http::error::end_of_stream && failure != http::error::partial_message;
  return malformed ? std::optional(http::status::bad_request) : std::nullopt;
}

// One client. Lives as long as an operation of it is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const Routes& routes, const TelemetryLimits& limits)
      : stream_(std::move(socket)), routes_(routes), limits_(limits) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes);
    parser_->body_limit(0);
    stream_.expires_after(limits_.idle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code failure, std::size_t) { self->reply(failure); });
  }

  void close() { stream_.close(); }

 private:
  void reply(error_code failure) {
    if (failure) {
      const auto status = refusal(failure);
      if (!status) return;
      response_ = http::response<http::string_body>(*status, kHttp11);
      response_.keep_alive(false);
      response_.prepare_payload();
    } else {
      response_ = answer(parser_->get(), routes_);
    }
    stream_.expires_after(limits_.idle);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](error_code lost, std::size_t) { self->go_on(lost); });
  }

  void go_on(error_code failure) {
    if (failure) return;
    if (response_.keep_alive()) return read();
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  const Routes& routes_;
  const TelemetryLimits& limits_;
};

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto refuse = [text] {
    return Error{ErrorCode::invalid,
                 "address \"" + std::string(text) + "\": expected host:port, such as :8080 or [::1]:8080"};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || failure != std::errc{} || end != port.data() + port.size()) return refuse();
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.find_first_of("[]") != std::string_view::npos) return refuse();
  if (!bracketed && host.find(':') != std::string_view::npos) return refuse();
  address.host = host;
  return address;
}

Answer answer_metrics(std::function<std::string()> text) {
  return [text = std::move(text)] { return Reply{200, "text/plain; version=0.0.4; charset=utf-8", text()}; };
}

Answer answer_health(std::function<std::optional<std::string>()> problem) {
  return [problem = std::move(problem)] {
    const std::optional<std::string> reason = problem();
    Reply reply;
    reply.status = reason ? 503 : 200;
    reply.body = reason.value_or("ok") + "\n";
    return reply;
  };
}

class TelemetryServer::Listener {
 public:
  Listener(Routes routes, TelemetryLimits limits) : routes_(std::move(routes)), limits_(limits) {}

  ~Listener() { context_.stop(); }  // the thread then ends, and is joined as the last member

  Result<void> start(const ListenAddress& address) {
    error_code failure;
    if (address.host.empty()) {
      failure = open(tcp::endpoint(tcp::v6(), address.port));
      // A machine without IPv6.
      if (failure) failure = open(tcp::endpoint(tcp::v4(), address.port));
    } else {
      tcp::resolver resolver(context_);
      const auto found = resolver.resolve(address.host, std::to_string(address.port), failure);
      if (!failure) failure = open(found.begin()->endpoint());
    }
    if (failure) {
      return Error{ErrorCode::unavailable,
                   "cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " + failure.message()};
    }
    accept();
    thread_ = std::jthread([this] { context_.run(); });
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  error_code open(const tcp::endpoint& endpoint) {
    error_code failure;
    const auto failed = [&](error_code code) {
      failure = code;
      return static_cast<bool>(code);
    };
    error_code code;
    if (acceptor_.is_open()) acceptor_.close(code);
    if (acceptor_.open(endpoint.protocol(), code); failed(code)) return failure;
    if (acceptor_.set_option(tcp::acceptor::reuse_address(true), code); failed(code)) return failure;
    const bool any_v6 = endpoint.protocol() == tcp::v6() && endpoint.address().is_unspecified();
    if (any_v6) acceptor_.set_option(asio::ip::v6_only(false), code);
    if (acceptor_.bind(endpoint, code); failed(code)) return failure;
    if (acceptor_.listen(tcp::acceptor::max_listen_connections, code); failed(code)) return failure;
    port_ = acceptor_.local_endpoint(code).port();
    return code;
  }

  void accept() {
    acceptor_.async_accept([this](error_code failure, tcp::socket socket) {
      if (failure) return accept_later();
      auto session = std::make_shared<Session>(std::move(socket), routes_, limits_);
      make_room();
      sessions_.push_back(session);
      session->read();
      accept();
    });
  }

  void accept_later() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code failure) {
      if (!failure) accept();
    });
  }

  // For one more: forgets clients that are gone, and closes the first when all are there.
  void make_room() {
    std::erase_if(sessions_, [](const std::weak_ptr<Session>& session) { return session.expired(); });
    if (sessions_.size() < limits_.connections) return;
    if (const auto first = sessions_.front().lock()) first->close();
    sessions_.pop_front();
  }

  const Routes routes_;
  const TelemetryLimits limits_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::deque<std::weak_ptr<Session>> sessions_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

TelemetryServer::TelemetryServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
TelemetryServer::~TelemetryServer() = default;

Result<std::unique_ptr<TelemetryServer>> TelemetryServer::start(const ListenAddress& address, Routes routes,
                                                                TelemetryLimits limits) {
  auto listener = std::make_unique<Listener>(std::move(routes), limits);
  if (const auto started = listener->start(address); !started) return started.error();
  return std::unique_ptr<TelemetryServer>(new TelemetryServer(std::move(listener)));
}

std::uint16_t TelemetryServer::port() const { return listener_->port(); }

}  // namespace basalt::daemon
