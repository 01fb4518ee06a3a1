#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "integration/certificates.hpp"
#include "kube/access.hpp"

namespace basalt::testing {

/// How long a test waits for something that must happen. Only a failing test waits that long.
inline constexpr std::chrono::seconds kDeadline{30};

/// One request that a ScriptedServer received, and the way to answer it.
class Exchange {
 public:
  Exchange(int socket, SSL* tls) : socket_(socket), tls_(tls) {}

  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // number of the connection, from 1
  std::string peer;    // common name of the client's certificate

  /// Sends bytes as they are. False when the client is gone.
  bool write(std::string_view bytes);
  /// Sends a whole reply.
  bool reply(int status, const std::string& reply_body, const std::string& more_headers = {});
  /// Sends the head of a chunked reply with status 200.
  bool begin_stream(const std::string& content_type = "application/json");
  bool chunk(const std::string& bytes);
  bool end_stream();
  /// Blocks until the client closes the connection (or the server ends).
  void wait_for_close();
  /// Sends what fits without waiting; 0 when nothing fits within `patience`. Plain connections only.
  std::size_t write_what_fits(std::string_view bytes, std::chrono::milliseconds patience);

  /// Reads the next request. False when the client is gone.
  bool read_request(std::string& buffer);

 private:
  std::ptrdiff_t read_some(char* to, std::size_t size);

  int socket_;
  SSL* tls_;
};

/// A small HTTP/1.1 server on 127.0.0.1, a thread for each connection, whose behaviour is a function.
class ScriptedServer {
 public:
  /// Answers a request; false closes the connection.
  using Answer = std::function<bool(Exchange&)>;

  struct Tls {
    Identity identity;
    std::string client_authority = {};  // PEM: ask for client certificates of this authority, and insist
    int newest_version = TLS1_3_VERSION;
  };

  explicit ScriptedServer(Answer answer, std::optional<Tls> tls = std::nullopt);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] kube::ServerAddress address() const { return {tls_ != nullptr, "127.0.0.1", port_, ""}; }

  /// Connections accepted, requests read, connections closed, and the most that were open at the same time.
  struct Counts {
    int accepted = 0;
    int requests = 0;
    int closed = 0;
    int most_open = 0;
  };
  [[nodiscard]] Counts counts() const;
  /// Waits until the counts satisfy the predicate. False after the deadline.
  bool wait_until(const std::function<bool(const Counts&)>& reached) const;

 private:
  void accept_all();
  void serve(int socket, int number);
  void serve_requests(int socket, SSL* tls, int number);
  void count(const std::function<void(Counts&)>& change);

  const Answer answer_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls_{nullptr, SSL_CTX_free};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Counts counts_;                   // guarded by mutex_
  std::list<int> open_;             // guarded by mutex_; sockets of connections
  bool ending_ = false;             // guarded by mutex_
  std::list<std::thread> threads_;  // of connections; touched by the accepting thread, then by the destructor
  std::thread acceptor_;
};

}  // namespace basalt::testing
