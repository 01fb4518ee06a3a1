#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/access.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace basalt::kube {

/// OpenSSL's client settings made from ours, kept fresh: files are read again when the last reading is older than five
/// minutes, as client-go does with client certificates. A reading that fails leaves the previous settings in force.
/// Thread-safe.
class TlsContext {
 public:
  using Shared = std::shared_ptr<ssl_ctx_st>;

  /// Reads the material now. Fails with `invalid`, naming the file or "given text", when a part cannot be read, is no
  /// PEM, when certificate and key do not belong together, or when only one of the two is given.
  static Result<std::unique_ptr<TlsContext>> make(const TlsSettings& settings);

  /// For one new connection.
  Shared current();

  /// Sets the server name to ask for and to verify. `host` is used unless the settings name another.
  [[nodiscard]] Result<void> prepare(ssl_st* connection, const std::string& host) const;

 private:
  explicit TlsContext(TlsSettings settings) : settings_(std::move(settings)) {}

  const TlsSettings settings_;
  std::mutex mutex_;
  Shared context_;      // guarded by mutex_
  SteadyTime read_at_;  // guarded by mutex_
};

}  // namespace basalt::kube
