#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/access.hpp"
#include "kube/transport.hpp"

namespace basalt::kube {

/// Limits of a transport. The defaults are client-go's where it has them.
struct TransportOptions {
  std::size_t connections = 16;  ///< kept-alive connections for calls at most; further calls wait for one
  std::chrono::milliseconds dial_limit{30'000};
  std::chrono::milliseconds handshake_limit{10'000};
  std::chrono::milliseconds keep_alive{30'000};       ///< silence before TCP probes
  std::chrono::milliseconds user_timeout{30'000};     ///< TCP_USER_TIMEOUT: unacknowledged bytes break the connection
  std::chrono::milliseconds idle_connection{60'000};  ///< a pooled connection unused for longer is not used again
  std::size_t largest_body = std::size_t{1} << 30U;   ///< of a call's reply: lists of big clusters are hundreds of MB
  std::size_t largest_header = 64 * 1024;
};

/// "basalt-scheduler/<version> (linux/amd64)": what servers log, and what the API server's pretty-printing goes by.
std::string user_agent(const std::string& version);

/// The library that speaks HTTP. docs/decisions/0002-cpprestsdk.md says when to use which.
enum class HttpLibrary {
  beast,       ///< Boost.Beast on OpenSSL: the default
  cpprestsdk,  ///< its threads, up to four, are the process's: they are never more, and never end before it does
};

/// HTTP/1.1 without credentials in headers. TLS material that comes from files is read again for new connections when
/// it is older than five minutes. Fails with `invalid` when the material cannot be read or is no PEM; does not connect
/// yet.
Result<std::unique_ptr<Transport>> make_backend(HttpLibrary library, const ServerAddress& server,
                                                const TlsSettings& tls, const TransportOptions& options = {});

/// The default backend.
Result<std::unique_ptr<Transport>> make_beast_transport(const ServerAddress& server, const TlsSettings& tls,
                                                        const TransportOptions& options = {});

/// The transport for a cluster: backend, credentials and User-Agent. REQUIRES: `clock` outlives the result.
Result<std::unique_ptr<Transport>> make_transport(const ClusterAccess& access, const TransportOptions& options,
                                                  const std::string& agent, const Clock& clock,
                                                  HttpLibrary library = HttpLibrary::beast);

}  // namespace basalt::kube
