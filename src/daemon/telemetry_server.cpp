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

// How often a service is looked at whether it has answered.
constexpr std::chrono::milliseconds kLook{5};

std::string_view target_of(const http::request<http::empty_body>& request) {
  return {request.target().data(), request.target().size()};
}
std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

// The service that stands at a path or above it.
const Service* find_service(const Services& services, std::string_view path) {
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
    const auto found = services.find(path.substr(0, end));
    if (found != services.end()) return &found->second;
  }
  return nullptr;
}

http::response<http::string_body> response_of(const http::request<http::empty_body>& request, Reply reply) {
  http::response<http::string_body> response(static_cast<http::status>(reply.status), request.version());
  response.set(http::field::content_type, reply.content_type);
  response.set(http::field::cache_control, "no-store");
  if (reply.status == 405) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(request.keep_alive());
  response.content_length(reply.body.size());
  if (request.method() != http::verb::head) response.body() = std::move(reply.body);
  return response;
}

Reply answer(const http::request<http::empty_body>& request, const Routes& routes) {
  Reply reply;
  const auto route = routes.find(path_of(target_of(request)));
  const bool readable = request.method() == http::verb::get || request.method() == http::verb::head;
  if (route == routes.end()) return Reply{404, reply.content_type, "not found\n"};
  if (!readable) return Reply{405, reply.content_type, "only GET and HEAD\n"};
  return route->second();
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
  Session(tcp::socket socket, const Routes& routes, const Services& services, const TelemetryLimits& limits)
      : stream_(std::move(socket)),
        look_(stream_.get_executor()),
        routes_(routes),
        services_(services),
        limits_(limits) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes);
    parser_->body_limit(0);
    stream_.expires_after(limits_.idle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code failure, std::size_t) { self->reply(failure); });
  }

  void close() {
    look_.cancel();
    stream_.close();
  }

 private:
  void reply(error_code failure) {
    if (failure) {
      const auto status = refusal(failure);
      if (!status) return;
      response_ = http::response<http::string_body>(*status, kHttp11);
      response_.keep_alive(false);
      response_.prepare_payload();
    } else if (const Service* service = find_service(services_, path_of(target_of(parser_->get())))) {
      return ask(*service);
    } else {
      response_ = response_of(parser_->get(), answer(parser_->get(), routes_));
    }
    write();
  }

  void ask(const Service& service) {
    const auto& request = parser_->get();
    const std::string_view target = target_of(request);
    const std::string_view path = path_of(target);
    error_code ignored;
    const auto peer = stream_.socket().remote_endpoint(ignored).address();
    const bool is_mapped = peer.is_v6() && peer.to_v6().is_v4_mapped();
    Request asked;
    asked.method = std::string(request.method_string());
    asked.path = path;
    asked.query = path.size() < target.size() ? target.substr(path.size() + 1) : "";
    asked.from_this_machine =
        is_mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()).is_loopback() : peer.is_loopback();
    pending_ = service(asked);
    until_ = std::chrono::steady_clock::now() + limits_.service;
    stream_.expires_never();
    look();
  }

  // The answer is made elsewhere: looks for it now and then, so that nobody else needs to know this connection.
  void look() {
    if (pending_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
      response_ = response_of(parser_->get(), pending_.get());
      return write();
    }
    if (std::chrono::steady_clock::now() >= until_) {
      response_ = response_of(parser_->get(), Reply{503, Reply{}.content_type, "no answer in time\n"});
      return write();
    }
    look_.expires_after(kLook);
    look_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->look();
    });
  }

  void write() {
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
  asio::steady_timer look_;
  std::future<Reply> pending_;
  std::chrono::steady_clock::time_point until_;
  const Routes& routes_;
  const Services& services_;
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
  Listener(Routes routes, Services services, TelemetryLimits limits)
      : routes_(std::move(routes)), services_(std::move(services)), limits_(limits) {}

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
      auto session = std::make_shared<Session>(std::move(socket), routes_, services_, limits_);
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
  const Services services_;
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
                                                                TelemetryLimits limits, Services services) {
  auto listener = std::make_unique<Listener>(std::move(routes), std::move(services), limits);
  if (const auto started = listener->start(address); !started) return started.error();
  return std::unique_ptr<TelemetryServer>(new TelemetryServer(std::move(listener)));
}

std::uint16_t TelemetryServer::port() const { return listener_->port(); }

}  // namespace basalt::daemon
