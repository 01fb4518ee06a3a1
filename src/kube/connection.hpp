#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/connect.hpp"
#include "kube/tls_context.hpp"
#include "kube/transport.hpp"

namespace basalt::kube {

/// One open connection to a server, used by one thread at a time. After a failure it cannot be used again.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Sends the request and reads the whole reply. Errors as in `Transport`.
  virtual Result<HttpResponse> exchange(const HttpRequest& request, SteadyTime deadline,
                                        const std::stop_token& stop) = 0;

  /// Sends the request and hands the reply over as it comes. `opened_by`: when the status line must have come.
  virtual Result<StreamEnd> stream(const HttpRequest& request, SteadyTime opened_by, const StreamOptions& options,
                                   StreamReceiver& receiver, const std::stop_token& stop) = 0;

  /// Whether another exchange may be tried: the last one ended well, and the server has neither closed the connection
  /// nor sent something that nobody asked for.
  virtual bool reusable() = 0;

  /// Whether anything of the last reply had come before the exchange failed.
  [[nodiscard]] virtual bool answered() const = 0;
};

/// The outcome of dialling: a connection, or an error.
struct Dialled {
  std::unique_ptr<Connection> connection;
  Error error;                      ///< if there is no connection
  bool connection_refused = false;  ///< the error is that nobody listens there
};

/// Connects to one server; any number of threads may call it at once.
using Dial = std::function<Dialled(SteadyTime deadline, const std::stop_token& stop)>;

/// Dials with Boost.Beast: connects and, with a context, shakes hands. `tls` is null for plain HTTP.
/// A name is looked up in the system's resolver, which cannot be interrupted: a stop then waits for it.
Dial beast_dial(ServerAddress server, std::shared_ptr<TlsContext> tls, const TransportOptions& options);

/// Dials with cpprestsdk, which connects and shakes hands when it is given the first request: what goes wrong then is
/// an error of that exchange. The name is looked up at once, as above. What it cannot do is refused with `invalid`: see
/// docs/decisions/0002-cpprestsdk.md.
Dial cpprest_dial(ServerAddress server, std::shared_ptr<TlsContext> tls, const TransportOptions& options);

}  // namespace basalt::kube
