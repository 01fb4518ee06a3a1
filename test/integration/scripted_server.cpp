#include "integration/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace basalt::testing {
namespace {

BIO* bio_of(const std::string& text) { return BIO_new_mem_buf(text.data(), static_cast<int>(text.size())); }

X509* read_certificate(const std::string& pem) {
  BIO* const bio = bio_of(pem);
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

SSL_CTX* make_context(const ScriptedServer::Tls& tls) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context, 0);  // lets a test offer old versions
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, tls.newest_version);
  X509* const certificate = read_certificate(tls.identity.certificate);
  BIO* const key_bio = bio_of(tls.identity.key);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_bio, nullptr, nullptr, nullptr);
  if (SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1) std::abort();
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(key_bio);
  if (!tls.client_authority.empty()) {
    X509* const authority = read_certificate(tls.client_authority);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    X509_free(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::string peer_name(SSL* tls) {
  if (tls == nullptr) return "";
  X509* const certificate = SSL_get1_peer_certificate(tls);
  if (certificate == nullptr) return "";
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  return name;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

bool Exchange::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                                : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t Exchange::write_what_fits(std::string_view bytes, std::chrono::milliseconds patience) {
  pollfd writable{socket_, POLLOUT, 0};
  if (::poll(&writable, 1, static_cast<int>(patience.count())) <= 0) return 0;
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent <= 0 ? 0 : static_cast<std::size_t>(sent);
}

bool Exchange::reply(int status, const std::string& reply_body, const std::string& more_headers) {
  return write("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + more_headers +
               "Content-Length: " + std::to_string(reply_body.size()) + "\r\n\r\n" + reply_body);
}

bool Exchange::begin_stream(const std::string& content_type) {
  return write("HTTP/1.1 200 OK\r\nContent-Type: " + content_type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool Exchange::chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return write(size + bytes + "\r\n");
}

bool Exchange::end_stream() { return write("0\r\n\r\n"); }

std::ptrdiff_t Exchange::read_some(char* to, std::size_t size) {
  return tls_ != nullptr ? SSL_read(tls_, to, static_cast<int>(size)) : ::recv(socket_, to, size, 0);
}

void Exchange::wait_for_close() {
  char ignored[256];
  while (read_some(ignored, sizeof ignored) > 0) {
  }
}

bool Exchange::read_request(std::string& buffer) {
  char piece[4096];
  std::size_t head_end = 0;
  while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
    const std::ptrdiff_t got = read_some(piece, sizeof piece);
    if (got <= 0) return false;
    buffer.append(piece, static_cast<std::size_t>(got));
  }
  const std::string head = buffer.substr(0, head_end + 2);
  buffer.erase(0, head_end + 4);
  const std::size_t first_space = head.find(' ');
  method = head.substr(0, first_space);
  path = head.substr(first_space + 1, head.find(' ', first_space + 1) - first_space - 1);
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(':', at);
    const std::size_t value = head.find_first_not_of(' ', colon + 1);
    headers[lower(head.substr(at, colon - at))] = head.substr(value, end - value);
    at = end + 2;
  }
  const auto length = headers.find("content-length");
  const std::size_t size = length == headers.end() ? 0 : std::stoul(length->second);
  while (buffer.size() < size) {
    const std::ptrdiff_t got = read_some(piece, sizeof piece);
    if (got <= 0) return false;
    buffer.append(piece, static_cast<std::size_t>(got));
  }
  body = buffer.substr(0, size);
  buffer.erase(0, size);
  return true;
}

ScriptedServer::ScriptedServer(Answer answer, std::optional<Tls> tls) : answer_(std::move(answer)) {
  if (tls) tls_.reset(make_context(*tls));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

ScriptedServer::Counts ScriptedServer::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool ScriptedServer::wait_until(const std::function<bool(const Counts&)>& reached) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return reached(counts_); });
}

void ScriptedServer::count(const std::function<void(Counts&)>& change) {
  {
    const std::lock_guard lock(mutex_);
    change(counts_);
    counts_.most_open = std::max(counts_.most_open, counts_.accepted - counts_.closed);
  }
  changed_.notify_all();
}

void ScriptedServer::accept_all() {
  for (int number = 1;; ++number) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      const std::lock_guard lock(mutex_);
      if (ending_) {
        ::close(socket);
        return;
      }
      open_.push_back(socket);
    }
    count([](Counts& counts) { ++counts.accepted; });
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void ScriptedServer::serve(int socket, int number) {
  // OpenSSL writes to sockets without MSG_NOSIGNAL. Blocked in this thread only: the client must not need it.
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  SSL* const tls = tls_ ? SSL_new(tls_.get()) : nullptr;
  bool open = true;
  if (tls != nullptr) {
    SSL_set_fd(tls, socket);
    open = SSL_accept(tls) == 1;
  }
  if (open) {
    serve_requests(socket, tls, number);
  } else {  // closing with unread bytes would reset the connection before the client has seen the alert
    ::shutdown(socket, SHUT_WR);
    char ignored[256];
    while (::recv(socket, ignored, sizeof ignored, 0) > 0) {
    }
  }
  SSL_free(tls);
  {
    const std::lock_guard lock(mutex_);
    open_.remove(socket);
    ::close(socket);  // under the lock: the destructor must not shut down a number that is used anew
  }
  count([](Counts& counts) { ++counts.closed; });
}

void ScriptedServer::serve_requests(int socket, SSL* tls, int number) {
  std::string buffer;
  while (true) {
    Exchange exchange(socket, tls);
    if (!exchange.read_request(buffer)) return;
    exchange.connection = number;
    exchange.peer = peer_name(tls);
    count([](Counts& counts) { ++counts.requests; });
    if (!answer_(exchange)) return;
  }
}

}  // namespace basalt::testing
