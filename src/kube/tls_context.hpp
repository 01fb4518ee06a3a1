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

  /// Reads the material now, for connections to `host`. Fails with `invalid`, naming the file or "given text", when a
  /// part cannot be read, is no PEM, when certificate and key do not belong together, or when only one of the two is
  /// given.
  static Result<std::unique_ptr<TlsContext>> make(const TlsSettings& settings, const std::string& host);

  /// For one new connection. What is made of it verifies the server's certificate and its name (the host, or another
  /// that the settings give) by OpenSSL's rules alone, whatever callback a library adds.
  Shared current();

  /// Sets the server name to ask for (SNI). It is verified anyway.
  [[nodiscard]] Result<void> prepare(ssl_st* connection) const;

 private:
  TlsContext(TlsSettings settings, std::string name) : settings_(std::move(settings)), name_(std::move(name)) {}

  const TlsSettings settings_;
  const std::string name_;
  std::mutex mutex_;
  Shared context_;      // guarded by mutex_
  SteadyTime read_at_;  // guarded by mutex_
};

/// Whether an error of OpenSSL says that a certificate was refused: the server's by us, or ours (or its absence) by the
/// server.
bool is_certificate_refusal(unsigned long openssl_error);

/// What the verification of the server's certificate found, in OpenSSL's words; empty when it found nothing wrong.
std::string verification_failure(const ssl_st* connection);

}  // namespace basalt::kube
