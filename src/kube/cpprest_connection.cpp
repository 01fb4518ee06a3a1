#include <cpprest/http_client.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pplx/threadpool.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "kube/connection.hpp"
#include "kube/socket_options.hpp"

// How cpprestsdk, whose interface is futures completed by a pool of threads, is made to do what Connection promises:
//  - it shows us the socket before each request (`Wire`), so ours can be opened with our options, checked, and broken;
//  - the body of a reply goes into a buffer of ours (`Body`), which answers only when the asking thread has taken a
//    piece: back-pressure, with no thread of the pool blocked;
//  - deadlines and stops are ours alone: its own time limit restarts with every byte, and its own cancellation closes
//    a socket that its other threads are reading, so a break is a shutdown(2) of a duplicated descriptor instead;
//  - it repeats requests of any kind on a new connection when a kept one turns out to be closed; the second look at
//    the socket within one exchange gives that away, and is answered with an exception.

namespace basalt::kube {
namespace {

namespace streams = concurrency::streams;
using Address = boost::asio::ip::tcp::endpoint;
using Socket = boost::asio::ip::tcp::socket;
using SecureSocket = boost::asio::ssl::stream<Socket&>;

constexpr std::size_t kLargestRefusal = std::size_t{1024} * 1024;
constexpr std::size_t kPoolThreads = 4;
constexpr std::chrono::hours kNoLimitOfItsOwn{24 * 365};
constexpr std::chrono::seconds kGivenBackWithin{5};
constexpr std::size_t kLargestPiece = std::numeric_limits<int>::max();  // a chunk's size is an int there

/// Thrown through cpprestsdk, to come out at the other end.
class Broken : public std::exception {};
class Repeated : public std::exception {};
class BadChunk : public std::exception {};

// The socket below cpprestsdk, which it hands from thread to thread. Thread-safe.
class Wire {
 public:
  Wire(Address address, std::shared_ptr<TlsContext> tls, const TransportOptions& options)
      : address_(std::move(address)), tls_(std::move(tls)), options_(options) {}
  ~Wire() { forget(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// One more exchange may look at the socket, once.
  void expect_exchange() {
    const std::lock_guard lock(mutex_);
    seen_ = false;
  }

  /// cpprestsdk is about to use this socket, which is open if it was kept from the exchange before.
  void inspect(Socket& socket, SSL* tls) {
    const std::lock_guard lock(mutex_);
    if (broken_) throw Broken();
    if (std::exchange(seen_, true)) throw Repeated();
    if (socket.is_open()) return;
    forget();
    socket.open(address_.protocol());
    set_socket_options(socket.native_handle(), options_);
    socket_ = ::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0);
    if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "duplicating a socket");
    if (tls == nullptr) return;
    if (const auto prepared = tls_->prepare(tls); !prepared) throw std::runtime_error(prepared.error().message);
    SSL_up_ref(tls);
    secure_ = tls;
  }

  /// Ends whatever is under way, and all that might come.
  void break_off() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }

  [[nodiscard]] bool connected() const {
    const std::lock_guard lock(mutex_);
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    return socket_ >= 0 && ::getpeername(socket_, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  }

  /// Open, and nothing has come that nobody asked for.
  [[nodiscard]] bool quiet() const {
    const std::lock_guard lock(mutex_);
    char byte = 0;
    if (broken_ || socket_ < 0) return false;
    const ssize_t got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  [[nodiscard]] std::string certificate_failure() const {
    const std::lock_guard lock(mutex_);
    return secure_ == nullptr ? "" : verification_failure(secure_);
  }

 private:
  void forget() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    SSL_free(secure_);
    secure_ = nullptr;
  }

  const Address address_;
  const std::shared_ptr<TlsContext> tls_;
  const TransportOptions options_;
  mutable std::mutex mutex_;
  int socket_ = -1;        // guarded by mutex_; a duplicate: cpprestsdk closes its own when it likes
  SSL* secure_ = nullptr;  // guarded by mutex_; a reference, for what it says after a failure
  bool seen_ = false;      // guarded by mutex_; in this exchange
  bool broken_ = false;    // guarded by mutex_
};

/// What a thread that waits for a reply gets next.
enum class Step { head, piece, end, late, stopped };

// One request and its reply, between the thread that asked and those of cpprestsdk. Thread-safe.
class Talk {
 public:
  /// The next step, within the time. A piece stays valid until taken().
  Step next(SteadyTime deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto come = [this] { return (head_ && (!head_seen_ || !piece_.empty())) || ended_; };
    const bool came = changed_.wait_until(lock, stop, deadline, come);
    if (stop.stop_requested()) return Step::stopped;
    if (!came) return Step::late;
    if (head_ && !std::exchange(head_seen_, true)) return Step::head;
    return piece_.empty() ? Step::end : Step::piece;
  }

  /// REQUIRES: next() said so.
  [[nodiscard]] const HttpResponse& head() const { return *head_; }
  [[nodiscard]] std::string_view piece() const { return piece_; }
  [[nodiscard]] std::exception_ptr failure() const { return failure_; }

  /// Lets more come.
  void taken() {
    const std::size_t size = piece_.size();
    piece_ = {};
    // Outside the lock: this may run what waits for it.
    std::exchange(taken_, pplx::task_completion_event<std::size_t>()).set(size);
  }

  /// The asking thread goes away: whatever comes is refused.
  void leave() {
    bool waits = false;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(left_, true)) return;
      waits = !piece_.empty();
    }
    if (waits) taken_.set_exception(Broken());
  }

  /// Waits until cpprestsdk holds nothing of this exchange any more, so that the connection is in its pool again.
  bool wait_until_released() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kGivenBackWithin, [this] { return released_; });
  }

  // From cpprestsdk's threads.
  void tell_head(HttpResponse head) {
    tell([&] { head_ = std::move(head); });
  }
  void tell_end(std::exception_ptr failure) {
    tell([&] {
      failure_ = std::move(failure);
      ended_ = true;
    });
  }
  void tell_released() {
    tell([&] { released_ = true; });
  }
  pplx::task<std::size_t> tell_piece(std::string_view piece) {
    pplx::task_completion_event<std::size_t> taken;
    bool left = false;
    tell([&] {
      left = left_;
      if (left) return;
      piece_ = piece;
      taken_ = taken;
    });
    if (left) return pplx::task_from_exception<std::size_t>(Broken());
    return pplx::create_task(taken);
  }

 private:
  template <class Change>
  void tell(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<HttpResponse> head_;                  // guarded by mutex_ until head_seen_
  bool head_seen_ = false;                            // guarded by mutex_
  std::string_view piece_;                            // guarded by mutex_ while empty
  pplx::task_completion_event<std::size_t> taken_{};  // like piece_
  bool ended_ = false;                                // guarded by mutex_
  std::exception_ptr failure_;                        // guarded by mutex_ until ended_
  bool left_ = false;                                 // guarded by mutex_
  bool released_ = false;                             // guarded by mutex_
};

// The asking thread's end of a talk.
class Asking {
 public:
  explicit Asking(std::shared_ptr<Talk> talk = nullptr) : talk_(std::move(talk)) {}
  ~Asking() {
    if (talk_) talk_->leave();
  }
  Asking(Asking&& other) noexcept = default;
  Asking& operator=(Asking&&) = delete;

  Talk& operator*() const { return *talk_; }
  Talk* operator->() const { return talk_.get(); }

 private:
  std::shared_ptr<Talk> talk_;
};

// Where cpprestsdk writes the body. It holds this as long as it holds anything of the exchange.
class Body final : public streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  explicit Body(std::shared_ptr<Talk> talk) : streambuf_state_manager(std::ios_base::out), talk_(std::move(talk)) {}
  ~Body() override { talk_->tell_released(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  using streambuf_state_manager::close;
  // The base's has the pool finish it while a thread of the pool waits for that: for ever, if all of them do, or if the
  // pool was stopped because the process ends.
  pplx::task<void> close(std::ios_base::openmode) override { return _close_write(); }
  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return static_cast<pos_type>(traits::eof()); }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return static_cast<pos_type>(traits::eof());
  }
  bool acquire(std::uint8_t*&, std::size_t&) override { return false; }
  void release(std::uint8_t*, std::size_t) override {}

 protected:
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    if (count > kLargestPiece) return pplx::task_from_exception<std::size_t>(BadChunk());  // it read "-2" as a size
    if (count == 0) return pplx::task_from_result<std::size_t>(0);
    return talk_->tell_piece({reinterpret_cast<const char*>(bytes), count});
  }
  pplx::task<int_type> _putc(std::uint8_t) override { return no_character(); }
  pplx::task<int_type> _bumpc() override { return no_character(); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return no_character(); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return no_character(); }
  pplx::task<int_type> _ungetc() override { return no_character(); }
  pplx::task<std::size_t> _getn(std::uint8_t*, std::size_t) override { return pplx::task_from_result<std::size_t>(0); }
  std::size_t _scopy(std::uint8_t*, std::size_t) override { return 0; }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  std::uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

 private:
  static pplx::task<int_type> no_character() { return pplx::task_from_result<int_type>(traits::eof()); }

  const std::shared_ptr<Talk> talk_;
};

HttpResponse head_of(const web::http::http_response& response) {
  HttpResponse head;
  head.status = response.status_code();
  for (const auto& [name, value] : response.headers()) head.headers.push_back({name, value});
  return head;
}

std::size_t size_of(const HttpResponse& head) {
  std::size_t size = 0;
  for (const HttpHeader& header : head.headers) size += header.name.size() + header.value.size() + 4;
  return size;
}

// Several lines of one name would become one line with commas, which is something else to the API server.
Result<web::http::http_request> to_cpprest(const HttpRequest& request, const ServerAddress& server) {
  web::http::http_request message(request.method);
  try {
    message.set_request_uri(server.path_prefix + request.path);
  } catch (const web::uri_exception& error) {
    return Error{ErrorCode::invalid, request.method + " " + request.path + ": " + error.what()};
  }
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    message.set_body(request.body, "");
    message.headers().remove("Content-Type");
  }
  message.headers().add("Host", host_header(server));
  for (const HttpHeader& header : request.headers) {
    if (message.headers().has(header.name)) {
      return Error{ErrorCode::invalid, request.method + " " + request.path + ": cpprestsdk cannot send the header " +
                                           header.name + " more than once; use --http-client=beast"};
    }
    message.headers().add(header.name, header.value);
  }
  return message;
}

web::http::client::http_client_config configuration(const std::shared_ptr<Wire>& wire,
                                                    const std::shared_ptr<TlsContext>& tls) {
  web::http::client::http_client_config config;
  config.set_timeout(kNoLimitOfItsOwn);
  config.set_max_redirects(0);
  config.set_tlsext_sni_enabled(false);  // ours is set when the socket is shown
  config.set_nativehandle_options([wire, secure = tls != nullptr](web::http::client::native_handle handle) {
    if (secure) {
      auto* const stream = static_cast<SecureSocket*>(handle);
      wire->inspect(stream->next_layer(), stream->native_handle());
    } else {
      wire->inspect(*static_cast<Socket*>(handle), nullptr);
    }
  });
  if (tls == nullptr) return config;
  config.set_ssl_context_callback([tls](boost::asio::ssl::context& context) {
    const TlsContext::Shared settings = tls->current();
    SSL_CTX_up_ref(settings.get());
    context = boost::asio::ssl::context(settings.get());  // takes over the reference that was added
  });
  // It sets whether a connection verifies, whatever the context says.
  config.set_validate_certificates(SSL_CTX_get_verify_mode(tls->current().get()) != SSL_VERIFY_NONE);
  return config;
}

// It says "unreachable" of a refused connection, as of a host that is not there; the texts are its own, and final.
bool is_connect_failure(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const web::http::http_exception& error) {
    return std::string_view(error.what()).starts_with("Failed to connect");
  } catch (const std::exception&) {
    return false;
  }
}

class CpprestConnection final : public Connection {
 public:
  CpprestConnection(std::vector<Address> addresses, std::shared_ptr<TlsContext> tls, const ServerAddress& server,
                    const TransportOptions& options)
      : addresses_(std::move(addresses)), tls_(std::move(tls)), server_(server), options_(options) {}
  ~CpprestConnection() override {
    if (wire_) wire_->break_off();
  }
  CpprestConnection(const CpprestConnection&) = delete;
  CpprestConnection& operator=(const CpprestConnection&) = delete;

  Result<HttpResponse> exchange(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop) override;
  Result<StreamEnd> stream(const HttpRequest& request, SteadyTime opened_by, const StreamOptions& options,
                           StreamReceiver& receiver, const std::stop_token& stop) override;
  bool reusable() override { return idle_ && wire_->quiet(); }
  [[nodiscard]] bool answered() const override { return answered_; }

 private:
  /// An exchange that has begun: its head, or why there is none.
  struct Begun {
    Asking talk;
    Error error;                      ///< if there is no head
    bool connection_refused = false;  ///< the error is that nobody listens there
    [[nodiscard]] bool ok() const { return error.message.empty(); }
  };

  [[nodiscard]] std::string name(const HttpRequest& request) const {
    return request.method + " " + request.path + " at " + host_header(server_) + ": ";
  }
  void connect_next();
  std::shared_ptr<Talk> send(const web::http::http_request& message);
  Begun begin(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop);
  [[nodiscard]] Error failure(const HttpRequest& request, Step step, const Talk& talk) const;
  [[nodiscard]] Error failure(const std::string& what, const std::exception_ptr& thrown) const;
  Result<StreamEnd> read_refusal(Talk& talk, StreamEnd end, SteadyTime deadline, const std::stop_token& stop);
  Result<StreamEnd> pump(const HttpRequest& request, Talk& talk, StreamEnd end, const StreamOptions& options,
                         StreamReceiver& receiver, const std::stop_token& stop);

  const std::vector<Address> addresses_;
  const std::shared_ptr<TlsContext> tls_;
  const ServerAddress server_;
  const TransportOptions options_;
  std::size_t next_address_ = 0;
  std::shared_ptr<Wire> wire_;                                // of client_
  std::unique_ptr<web::http::client::http_client> client_{};  // keeps one connection at most
  bool idle_ = false;                                         // the last exchange ended well
  bool answered_ = false;
};

void CpprestConnection::connect_next() {
  const Address& address = addresses_[next_address_++];
  wire_ = std::make_shared<Wire>(address, tls_, options_);
  const std::string url =
      std::string(tls_ ? "https://" : "http://") + address.address().to_string() + ":" + std::to_string(address.port());
  client_ = std::make_unique<web::http::client::http_client>(url, configuration(wire_, tls_));
}

std::shared_ptr<Talk> CpprestConnection::send(const web::http::http_request& message) {
  auto talk = std::make_shared<Talk>();
  web::http::http_request mine = message;
  mine.set_response_stream(streams::streambuf<std::uint8_t>(std::make_shared<Body>(talk)).create_ostream());
  wire_->expect_exchange();
  using Reply = pplx::task<web::http::http_response>;
  // What a task throws has to be asked for, or it ends the process; the asking thread sorts it out.
  const auto or_failed = [talk](const auto& work) {
    try {
      work();
    } catch (const std::exception&) {
      talk->tell_end(std::current_exception());
    }
  };
  or_failed([&] {
    client_->request(mine).then([talk, or_failed](const Reply& opened) {
      or_failed([&] {
        const web::http::http_response response = opened.get();
        talk->tell_head(head_of(response));
        response.content_ready().then([talk, or_failed](const Reply& whole) {
          or_failed([&] {
            whole.get();
            talk->tell_end(nullptr);
          });
        });
      });
    });
  });
  return talk;
}

CpprestConnection::Begun CpprestConnection::begin(const HttpRequest& request, SteadyTime deadline,
                                                  const std::stop_token& stop) {
  idle_ = false;
  answered_ = false;
  const bool kept = wire_ != nullptr;
  while (true) {
    auto message = to_cpprest(request, server_);
    if (!message) return {Asking(), message.error()};
    if (!kept) connect_next();  // and once more after each address that nobody answers at
    const SteadyTime dialled_by = std::chrono::steady_clock::now() + options_.dial_limit;
    Asking talk(send(*message));
    Step step = talk->next(std::min(deadline, dialled_by), stop);
    if (step == Step::late && wire_->connected()) step = talk->next(deadline, stop);
    if (step == Step::head) {
      answered_ = true;
      if (size_of(talk->head()) <= options_.largest_header) return {std::move(talk), {}};
      const std::string most = std::to_string(options_.largest_header);
      return {Asking(), Error{ErrorCode::invalid, name(request) + "headers of more than " + most + " bytes"}};
    }
    const bool unconnected = step == Step::end && is_connect_failure(talk->failure());
    if (unconnected && next_address_ < addresses_.size()) continue;
    return {Asking(), failure(request, step, *talk), unconnected};
  }
}

Error CpprestConnection::failure(const HttpRequest& request, Step step, const Talk& talk) const {
  const std::string what = name(request);
  if (step == Step::stopped) return Error{ErrorCode::stopped, what + "interrupted by a stop request"};
  if (step == Step::late) return Error{ErrorCode::timeout, what + "no complete reply in time"};
  return failure(what, talk.failure());
}

Error CpprestConnection::failure(const std::string& what, const std::exception_ptr& thrown) const {
  try {
    std::rethrow_exception(thrown);
  } catch (const Repeated&) {
    return Error{ErrorCode::unavailable, what + "the server closed the kept connection"};
  } catch (const BadChunk&) {
    return Error{ErrorCode::invalid, what + "a chunk of an impossible size"};
  } catch (const web::http::http_exception& error) {
    const int code = error.error_code().value();
    std::string text = what + error.what();
    if (code == 0) return Error{ErrorCode::invalid, std::move(text)};  // what it read is no HTTP
    // An error of OpenSSL comes as if it were one of the system, but it is far too big for those.
    const auto packed = static_cast<unsigned long>(static_cast<unsigned>(code));
    if (tls_ == nullptr || ERR_GET_LIB(packed) != ERR_LIB_SSL) {
      // 1 and 2 are Asio's own, for the end of a stream; the rest is errno.
      if (code > 2) text += " (" + error.error_code().message() + ")";
      return Error{ErrorCode::unavailable, std::move(text)};
    }
    text += std::string(": ") + ERR_reason_error_string(packed);
    if (!is_certificate_refusal(packed)) return Error{ErrorCode::unavailable, std::move(text)};
    if (const std::string found = wire_->certificate_failure(); !found.empty()) text += " (" + found + ")";
    return Error{ErrorCode::refused, std::move(text)};
  } catch (const std::exception& error) {  // no descriptors, no memory
    return Error{ErrorCode::unavailable, what + error.what()};
  }
}

Result<HttpResponse> CpprestConnection::exchange(const HttpRequest& request, SteadyTime deadline,
                                                 const std::stop_token& stop) {
  const Begun begun = begin(request, deadline, stop);
  if (!begun.ok()) {
    if (wire_) wire_->break_off();
    return begun.error;
  }
  Talk& talk = *begun.talk;
  HttpResponse response = talk.head();
  Step step = talk.next(deadline, stop);
  for (; step == Step::piece; step = talk.next(deadline, stop)) {
    if (response.body.size() + talk.piece().size() > options_.largest_body) {
      wire_->break_off();
      const std::string most = std::to_string(options_.largest_body);
      return Error{ErrorCode::invalid, name(request) + "a body of more than " + most + " bytes"};
    }
    response.body.append(talk.piece());
    talk.taken();
  }
  if (step != Step::end || talk.failure() != nullptr) {
    wire_->break_off();
    return failure(request, step, talk);
  }
  idle_ = talk.wait_until_released();
  return response;
}

Result<StreamEnd> CpprestConnection::read_refusal(Talk& talk, StreamEnd end, SteadyTime deadline,
                                                  const std::stop_token& stop) {
  end.reason = StreamEndReason::refused;
  while (end.head.body.size() < kLargestRefusal && talk.next(deadline, stop) == Step::piece) {
    end.head.body.append(talk.piece());
    talk.taken();
  }
  end.head.body.resize(std::min(end.head.body.size(), kLargestRefusal));
  if (stop.stop_requested()) end.reason = StreamEndReason::stopped;
  return end;
}

Result<StreamEnd> CpprestConnection::pump(const HttpRequest& request, Talk& talk, StreamEnd end,
                                          const StreamOptions& options, StreamReceiver& receiver,
                                          const std::stop_token& stop) {
  while (true) {
    const Step step = talk.next(std::chrono::steady_clock::now() + options.idle_limit, stop);
    if (step == Step::piece) {
      if (!receiver.on_bytes(talk.piece())) {
        end.reason = StreamEndReason::cancelled;
        return end;
      }
      talk.taken();
      continue;
    }
    if (step == Step::stopped) {
      end.reason = StreamEndReason::stopped;
    } else if (step == Step::late) {
      end.reason = StreamEndReason::stalled;
      end.message = "nothing came for " + std::to_string(options.idle_limit.count()) + " ms";
    } else if (talk.failure() != nullptr) {
      Error error = failure(request, step, talk);
      if (error.code == ErrorCode::invalid) return error;
      end.reason = StreamEndReason::cut_off;
      end.message = std::move(error.message);
    }
    return end;
  }
}

Result<StreamEnd> CpprestConnection::stream(const HttpRequest& request, SteadyTime opened_by,
                                            const StreamOptions& options, StreamReceiver& receiver,
                                            const std::stop_token& stop) {
  const Begun begun = begin(request, opened_by, stop);
  if (begun.connection_refused) return StreamEnd{StreamEndReason::connection_refused, {}, begun.error.message};
  if (!begun.ok()) return begun.error;
  StreamEnd end;
  end.head = begun.talk->head();
  if (!end.head.ok()) return read_refusal(*begun.talk, std::move(end), opened_by, stop);
  if (!receiver.on_open(end.head)) {
    end.reason = StreamEndReason::cancelled;
    return end;
  }
  return pump(request, *begun.talk, std::move(end), options, receiver, stop);
}

// IPv4 only: cpprestsdk takes the brackets of an IPv6 address for a part of the name, and does not find it.
Result<std::vector<Address>> look_up(const ServerAddress& server) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const std::string where = "connecting to " + host_header(server) + ": ";
  if (const int code = ::getaddrinfo(server.host.c_str(), nullptr, &wanted, &list); code != 0) {
    return Error{ErrorCode::unavailable, where + "looking up the name: " + ::gai_strerror(code)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET) continue;
    const auto* const found = reinterpret_cast<const sockaddr_in*>(entry->ai_addr);
    addresses.emplace_back(boost::asio::ip::address_v4(ntohl(found->sin_addr.s_addr)), server.port);
  }
  if (addresses.empty()) {
    return Error{ErrorCode::invalid, where +
                                         "it has IPv6 addresses alone, which cpprestsdk cannot connect to; expected "
                                         "an IPv4 address, or --http-client=beast"};
  }
  return addresses;
}

// The pool is one for the process, made by whoever needs it first, with forty threads unless told otherwise.
void limit_pool() {
  static std::once_flag once;
  std::call_once(once, [] {
    try {
      crossplat::threadpool::initialize_with_threads(kPoolThreads);
    } catch (const std::exception&) {  // somebody else in this program was earlier: his pool it is
    }
  });
}

}  // namespace

Dial cpprest_dial(ServerAddress server, std::shared_ptr<TlsContext> tls, const TransportOptions& options) {
  limit_pool();
  return [server = std::move(server), tls = std::move(tls), options](SteadyTime,
                                                                     const std::stop_token& stop) -> Dialled {
    auto addresses = look_up(server);
    if (!addresses) return {nullptr, addresses.error()};
    if (stop.stop_requested()) {
      return {nullptr,
              Error{ErrorCode::stopped, "connecting to " + host_header(server) + ": interrupted by a stop request"}};
    }
    return {std::make_unique<CpprestConnection>(std::move(*addresses), tls, server, options), {}};
  };
}

}  // namespace basalt::kube
