#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "kube/connect.hpp"
#include "kube/connection.hpp"
#include "kube/tls_context.hpp"

namespace basalt::kube {
namespace {

// Calls share up to `connections` kept-alive connections, the one used last first; each stream has its own.
class PooledTransport final : public Transport {
 public:
  PooledTransport(Dial dial, const TransportOptions& options) : dial_(std::move(dial)), options_(options) {}

  Result<HttpResponse> call(const HttpRequest& request, std::chrono::milliseconds time_limit,
                            std::stop_token stop) override;
  Result<StreamEnd> stream(const HttpRequest& request, const StreamOptions& options, StreamReceiver& receiver,
                           std::stop_token stop) override;

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    SteadyTime since;
  };

  // The right to have one connection; given back when it ends.
  class Seat {
   public:
    explicit Seat(PooledTransport& pool) : pool_(pool) {}
    ~Seat() { pool_.leave(); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

   private:
    PooledTransport& pool_;
  };

  Result<void> enter(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop);
  void leave();
  std::unique_ptr<Connection> take_idle();
  void put_idle(std::unique_ptr<Connection> connection);

  const Dial dial_;
  const TransportOptions options_;
  std::mutex mutex_;
  std::condition_variable_any seat_free_;
  std::size_t seated_ = 0;  // guarded by mutex_
  std::vector<Idle> idle_;  // guarded by mutex_; used last at the end
};

Result<void> PooledTransport::enter(const HttpRequest& request, SteadyTime deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!seat_free_.wait_until(lock, stop, deadline, [this] { return seated_ < options_.connections; })) {
    const std::string what = request.method + " " + request.path + ": ";
    if (stop.stop_requested()) return Error{ErrorCode::stopped, what + "interrupted by a stop request"};
    return Error{ErrorCode::timeout, what + "all " + std::to_string(options_.connections) +
                                         " connections were busy for the whole time limit; nothing was sent"};
  }
  ++seated_;
  return {};
}

void PooledTransport::leave() {
  {
    const std::lock_guard lock(mutex_);
    --seated_;
  }
  seat_free_.notify_one();
}

std::unique_ptr<Connection> PooledTransport::take_idle() {
  std::vector<Idle> unusable;  // closed after the lock is released
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  while (!idle_.empty()) {
    Idle last = std::move(idle_.back());
    idle_.pop_back();
    if (now - last.since < options_.idle_connection && last.connection->reusable()) return std::move(last.connection);
    unusable.push_back(std::move(last));
  }
  return nullptr;
}

void PooledTransport::put_idle(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back({std::move(connection), std::chrono::steady_clock::now()});
}

Result<HttpResponse> PooledTransport::call(const HttpRequest& request, std::chrono::milliseconds time_limit,
                                           std::stop_token stop) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + time_limit;
  if (auto entered = enter(request, deadline, stop); !entered) return entered.error();
  const Seat seat(*this);
  if (auto kept = take_idle()) {
    auto response = kept->exchange(request, deadline, stop);
    const bool closed_before = !response && response.error().code == ErrorCode::unavailable && !kept->answered();
    if (!closed_before || request.method != "GET") {
      if (kept->reusable()) put_idle(std::move(kept));
      return response;
    }
  }
  Dialled fresh = dial_(deadline, stop);
  if (!fresh.connection) return std::move(fresh.error);
  auto response = fresh.connection->exchange(request, deadline, stop);
  if (fresh.connection->reusable()) put_idle(std::move(fresh.connection));
  return response;
}

Result<StreamEnd> PooledTransport::stream(const HttpRequest& request, const StreamOptions& options,
                                          StreamReceiver& receiver, std::stop_token stop) {
  const SteadyTime opened_by = std::chrono::steady_clock::now() + options.open_limit;
  Dialled dialled = dial_(opened_by, stop);
  if (dialled.connection_refused) {
    return StreamEnd{StreamEndReason::connection_refused, {}, std::move(dialled.error.message)};
  }
  if (!dialled.connection) return std::move(dialled.error);
  return dialled.connection->stream(request, opened_by, options, receiver, stop);
}

}  // namespace

Result<std::unique_ptr<Transport>> make_backend(HttpLibrary library, const ServerAddress& server,
                                                const TlsSettings& tls, const TransportOptions& options) {
  std::shared_ptr<TlsContext> context;
  if (server.tls) {
    auto made = TlsContext::make(tls, server.host);
    if (!made) return made.error();
    context = std::move(*made);
  }
  Dial dial = library == HttpLibrary::beast ? beast_dial(server, std::move(context), options)
                                            : cpprest_dial(server, std::move(context), options);
  return std::unique_ptr<Transport>(std::make_unique<PooledTransport>(std::move(dial), options));
}

Result<std::unique_ptr<Transport>> make_beast_transport(const ServerAddress& server, const TlsSettings& tls,
                                                        const TransportOptions& options) {
  return make_backend(HttpLibrary::beast, server, tls, options);
}

}  // namespace basalt::kube
