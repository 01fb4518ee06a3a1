#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cerrno>
#include <list>
#include <thread>

#include "embedded/http/server.hpp"

namespace basalt::embedded {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::uint32_t kLargestHeader = 32 * 1024;
// A client that takes nothing for so long is gone.
constexpr std::chrono::seconds kSendLimit{60};

std::string header_of(const http::request<http::string_body>& request, http::field field) {
  const auto value = request[field];
  return {value.data(), value.size()};
}

std::string hexadecimal(std::size_t number) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[number % 16]);
    number /= 16;
  } while (number > 0);
  return text;
}

class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  // Ends its stream. Only when no thread serves it any more.
  virtual void abandon() = 0;
};

// One client. Lives as long as an operation of it is under way.

template <class Stream>
class Connection final : public OpenConnection, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, HttpHandler& handler, const ServerOptions& options)
      : stream_(std::move(stream)), timer_(stream_.get_executor()), handler_(handler), options_(options) {}

  void start() {
    if constexpr (kSecure) {
      lowest().expires_after(std::chrono::seconds(30));
      stream_.async_handshake(ssl::stream_base::server, [self = this->shared_from_this()](error_code failure) {
        if (!failure) self->read();
      });
    } else {
      asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->read(); });
    }
  }

  void abandon() override { answer_stream_.reset(); }

 private:
  static constexpr bool kSecure = !std::is_same_v<Stream, beast::tcp_stream>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void drop() {
    answer_stream_.reset();
    timer_.cancel();
    error_code ignored;
    lowest().socket().close(ignored);
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kLargestHeader);
    parser_->body_limit(options_.largest_body);
    lowest().expires_after(options_.idle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](error_code failure, std::size_t) { self->handle(failure); });
  }

  void handle(error_code failure) {
    if (failure == http::error::body_limit) {
      HttpAnswer answer;
      answer.status = 413;
      answer.body =
          R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Request entity too )"
          R"(large","reason":"RequestEntityTooLarge","code":413})";
      return send(std::move(answer), false);
    }
    if (failure) return drop();
    http::request<http::string_body> request = parser_->release();
    keep_alive_ = request.keep_alive();
    is_head_ = request.method() == http::verb::head;
    HttpRequest given;
    given.method = std::string(request.method_string());
    given.target = std::string(request.target());
    given.accept = header_of(request, http::field::accept);
    given.content_type = header_of(request, http::field::content_type);
    given.authorization = header_of(request, http::field::authorization);
    given.body = std::move(request.body());
    reply_ = handler_.answer(std::move(given));
    if (reply_.delay.count() == 0) return respond();
    lowest().expires_never();
    timer_.expires_after(reply_.delay);
    timer_.async_wait([self = this->shared_from_this()](error_code cancelled) {
      if (!cancelled) self->respond();
    });
  }

  void respond() {
    if (auto* answer = std::get_if<HttpAnswer>(&reply_.what)) return send(std::move(*answer), keep_alive_);
    if (auto* stream = std::get_if<StreamAnswer>(&reply_.what)) return open(std::move(*stream));
    drop();
  }

  void send(HttpAnswer answer, bool keep_alive) {
    response_ = http::response<http::string_body>(static_cast<http::status>(answer.status), 11);
    response_.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) response_.set(name, value);
    response_.keep_alive(keep_alive);
    response_.content_length(answer.body.size());
    if (!is_head_) response_.body() = std::move(answer.body);
    lowest().expires_after(kSendLimit);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this(), keep_alive](error_code failure, std::size_t) {
                        if (failure || !keep_alive) return self->drop();
                        self->read();
                      });
  }

  void open(StreamAnswer answer) {
    answer_stream_ = std::move(answer.stream);
    outgoing_ = "HTTP/1.1 200 OK\r\nContent-Type: " + answer.content_type +
                "\r\nTransfer-Encoding: chunked\r\nCache-Control: no-cache, private\r\nConnection: close\r\n\r\n";
    sending_ = true;
    // Called from the threads of writers, often: one message under way is enough.
    auto pending = std::make_shared<std::atomic<bool>>(false);
    pending_wake_ = pending;
    answer_stream_->start([weak = this->weak_from_this(), pending, executor = stream_.get_executor()] {
      if (pending->exchange(true)) return;
      asio::post(executor, [weak, pending] {
        pending->store(false);
        if (auto self = weak.lock()) self->pump();
      });
    });
    watch_for_close();
    write_outgoing({});
  }

  // A client that goes away is noticed though nothing is sent to it.
  void watch_for_close() {
    if constexpr (!kSecure) {
      lowest().socket().async_wait(tcp::socket::wait_read, [self = this->shared_from_this()](error_code failure) {
        if (failure || !self->answer_stream_) return;
        char byte = 0;
        const ssize_t got = ::recv(self->lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got > 0) return;  // it says something, so it is there
        // "Readable" may be old news: of the request, which another thread has read since.
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return self->watch_for_close();
        self->drop();
      });
    } else {
      stream_.async_read_some(asio::buffer(unexpected_), [self = this->shared_from_this()](error_code, std::size_t) {
        if (self->answer_stream_) self->drop();
      });
    }
  }

  void pump() {
    if (sending_ || !answer_stream_) return;
    timer_.cancel();
    StreamPart part = answer_stream_->next();
    if (!part.bytes.empty()) outgoing_ = hexadecimal(part.bytes.size()) + "\r\n" + part.bytes + "\r\n";
    if (part.ended && !part.broken) outgoing_ += "0\r\n\r\n";
    if (!outgoing_.empty()) return write_outgoing(std::move(part));
    finish_part(part);
  }

  void write_outgoing(StreamPart part) {
    sending_ = true;
    part.bytes.clear();
    lowest().expires_after(kSendLimit);
    asio::async_write(stream_, asio::buffer(outgoing_),
                      [self = this->shared_from_this(), part = std::move(part)](error_code failure, std::size_t) {
                        self->outgoing_.clear();
                        self->sending_ = false;
                        if (failure) return self->drop();
                        self->lowest().expires_never();
                        if (!self->answer_stream_) return;
                        if (part.ended || part.broken) return self->finish_part(part);
                        self->pump();
                      });
  }

  void finish_part(const StreamPart& part) {
    if (part.ended || part.broken) {
      // Streams are rare and long: their connections are not used again.
      return drop();
    }
    if (!part.ask_again) return;
    timer_.expires_at(*part.ask_again);
    timer_.async_wait([self = this->shared_from_this()](error_code cancelled) {
      if (!cancelled) self->pump();
    });
  }

  Stream stream_;
  asio::steady_timer timer_;
  HttpHandler& handler_;
  const ServerOptions& options_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  HttpReply reply_;
  bool keep_alive_ = true;
  bool is_head_ = false;
  std::unique_ptr<AnswerStream> answer_stream_;
  std::shared_ptr<std::atomic<bool>> pending_wake_;
  std::string outgoing_;
  bool sending_ = false;
  std::array<char, 1> unexpected_{};
};

}  // namespace

class HttpServer::Listener {
 public:
  Listener(ServerOptions options, HttpHandler& handler) : options_(std::move(options)), handler_(handler) {}

  ~Listener() {
    context_.stop();
    threads_.clear();
    // Nobody may wake a stream once the context is gone.
    for (const auto& connection : connections_) {
      if (const auto open = connection.lock()) open->abandon();
    }
  }

  Result<void> start() {
    if (options_.identity) {
      if (const auto ready = use_identity(); !ready) return ready.error();
    }
    error_code failure;
    tcp::resolver resolver(context_);
    const auto found = resolver.resolve(options_.host, std::to_string(options_.port), failure);
    if (!failure) open(found.begin()->endpoint(), failure);
    if (failure) {
      return Error{ErrorCode::unavailable, "cannot listen on " + options_.host + ":" + std::to_string(options_.port) +
                                               ": " + failure.message()};
    }
    accept();
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { context_.run(); });
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Result<void> use_identity() {
    const auto& identity = *options_.identity;
    error_code failure;
    tls_.use_certificate_chain(asio::buffer(identity.certificate), failure);
    if (!failure) tls_.use_private_key(asio::buffer(identity.key), ssl::context::pem, failure);
    if (failure) return Error{ErrorCode::invalid, "the server's certificate or key: " + failure.message()};
    return {};
  }

  void open(const tcp::endpoint& endpoint, error_code& failure) {
    acceptor_.open(endpoint.protocol(), failure);
    if (!failure) acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(tcp::acceptor::max_listen_connections, failure);
    if (!failure) port_ = acceptor_.local_endpoint(failure).port();
  }

  void accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](error_code failure, tcp::socket socket) {
      if (failure) {
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](error_code cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      if (options_.identity) {
        using Secure = beast::ssl_stream<beast::tcp_stream>;
        serve(std::make_shared<Connection<Secure>>(Secure(beast::tcp_stream(std::move(socket)), tls_), handler_,
                                                   options_));
      } else {
        serve(
            std::make_shared<Connection<beast::tcp_stream>>(beast::tcp_stream(std::move(socket)), handler_, options_));
      }
      accept();
    });
  }

  template <class Made>
  void serve(const std::shared_ptr<Made>& connection) {
    std::erase_if(connections_, [](const auto& known) { return known.expired(); });
    connections_.push_back(connection);
    connection->start();
  }

  const ServerOptions options_;
  HttpHandler& handler_;
  ssl::context tls_{ssl::context::tls_server};
  asio::io_context context_;
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::list<std::weak_ptr<OpenConnection>> connections_;  // touched by one accept at a time, then by the destructor
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, HttpHandler& handler) {
  auto listener = std::make_unique<Listener>(options, handler);
  if (const auto started = listener->start(); !started) return started.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

std::uint16_t HttpServer::port() const { return listener_->port(); }

}  // namespace basalt::embedded
