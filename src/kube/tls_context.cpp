#include "kube/tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace basalt::kube {
namespace {

constexpr std::chrono::minutes kFresh{5};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

// What OpenSSL says about the last failure; empties its queue.
std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

Error invalid(const std::string& what, const PemSource& source, const std::string& why) {
  const std::string where = source.text.empty() ? "file " + source.file : "the given PEM text";
  return Error{ErrorCode::invalid, "TLS " + what + " from " + where + ": " + why};
}

Result<std::string> read_pem(const std::string& what, const PemSource& source) {
  if (!source.text.empty()) return source.text;
  std::ifstream file(source.file, std::ios::binary);
  if (!file) return invalid(what, source, "cannot be opened");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.empty()) return invalid(what, source, "is empty, expected PEM");
  return text;
}

Bio bio_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

Certificate next_certificate(const Bio& bio) {
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

Result<void> add_authorities(SSL_CTX* context, const PemSource& source) {
  if (source.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  const auto text = read_pem("certificate authorities", source);
  if (!text) return text.error();
  const Bio bio = bio_of(*text);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  int added = 0;
  while (const Certificate authority = next_certificate(bio)) added += X509_STORE_add_cert(store, authority.get());
  ERR_clear_error();  // the end of the text counts as an error
  if (added == 0) return invalid("certificate authorities", source, "no certificate found, expected PEM");
  return {};
}

Result<void> add_identity(SSL_CTX* context, const PemSource& certificate, const PemSource& key) {
  if (certificate.empty() && key.empty()) return {};
  if (certificate.empty() || key.empty()) {
    return Error{ErrorCode::invalid, "TLS client certificate and key: expected both or neither"};
  }
  const auto chain = read_pem("client certificate", certificate);
  if (!chain) return chain.error();
  const auto key_text = read_pem("client key", key);
  if (!key_text) return key_text.error();

  const Bio chain_bio = bio_of(*chain);
  const Certificate own = next_certificate(chain_bio);
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) {
    return invalid("client certificate", certificate, "no usable certificate: " + openssl_reason());
  }
  while (const Certificate above = next_certificate(chain_bio)) SSL_CTX_add1_chain_cert(context, above.get());
  ERR_clear_error();
  const Bio key_bio = bio_of(*key_text);
  const Key own_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!own_key) return invalid("client key", key, "no usable key: " + openssl_reason());
  if (SSL_CTX_use_PrivateKey(context, own_key.get()) != 1) {
    return invalid("client key", key, "does not belong to the certificate: " + openssl_reason());
  }
  return {};
}

bool is_ip_literal(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

Error name_refused(const std::string& name) {
  return Error{ErrorCode::invalid, "TLS server name '" + name + "': OpenSSL refuses it: " + openssl_reason()};
}

Result<void> demand_name(SSL_CTX* context, const std::string& name) {
  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = is_ip_literal(name) ? X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1
                                       : X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size()) == 1;
  if (!set) return name_refused(name);
  return {};
}

// Libraries put a callback of their own, with rules of their own, on each connection; it is taken off for the check.
int verify_by_openssl_alone(X509_STORE_CTX* check, void*) {
  X509_STORE_CTX_set_verify_cb(check, [](int verdict, X509_STORE_CTX*) { return verdict; });
  return std::max(0, X509_verify_cert(check));
}

Result<TlsContext::Shared> build(const TlsSettings& settings, const std::string& name) {
  TlsContext::Shared context(SSL_CTX_new(TLS_client_method()), [](SSL_CTX* old) { SSL_CTX_free(old); });
  if (!context) return Error{ErrorCode::unavailable, "OpenSSL: cannot make a context: " + openssl_reason()};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context.get(), settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), verify_by_openssl_alone, nullptr);
  if (settings.verify) {
    if (auto demanded = demand_name(context.get(), name); !demanded) return demanded.error();
    if (auto added = add_authorities(context.get(), settings.authorities); !added) return added.error();
  }
  if (auto added = add_identity(context.get(), settings.certificate, settings.key); !added) return added.error();
  return context;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::make(const TlsSettings& settings, const std::string& host) {
  const std::string& name = settings.server_name.empty() ? host : settings.server_name;
  auto context = build(settings, name);
  if (!context) return context.error();
  std::unique_ptr<TlsContext> made(new TlsContext(settings, name));
  made->context_ = std::move(*context);
  made->read_at_ = std::chrono::steady_clock::now();
  return made;
}

TlsContext::Shared TlsContext::current() {
  const std::lock_guard lock(mutex_);
  const auto from_file = [](const PemSource& source) { return source.text.empty() && !source.file.empty(); };
  const bool files = from_file(settings_.authorities) || from_file(settings_.certificate) || from_file(settings_.key);
  const SteadyTime now = std::chrono::steady_clock::now();
  if (files && now - read_at_ >= kFresh) {
    read_at_ = now;
    if (auto fresh = build(settings_, name_)) context_ = std::move(*fresh);
  }
  return context_;
}

Result<void> TlsContext::prepare(ssl_st* connection) const {
  if (is_ip_literal(name_)) return {};  // an address is never asked for (RFC 6066, 3)
  // SSL_set_tlsext_host_name, whose macro casts in the old style.
  const bool set = SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                            const_cast<char*>(name_.c_str())) == 1;
  if (!set) return name_refused(name_);
  return {};
}

bool is_certificate_refusal(unsigned long openssl_error) {
  switch (ERR_GET_REASON(openssl_error)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // TLS 1.2: our certificate is missing
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return true;
    default: return false;
  }
}

std::string verification_failure(const ssl_st* connection) {
  const long verdict = SSL_get_verify_result(connection);
  return verdict == X509_V_OK ? "" : X509_verify_cert_error_string(verdict);
}

}  // namespace basalt::kube
