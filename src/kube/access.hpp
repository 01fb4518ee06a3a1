#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::kube {

/// Where an API server is.
struct ServerAddress {
  bool tls = true;
  std::string host;  ///< name or IP literal, IPv6 without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  ///< before every path; empty or "/a/b" without a slash at its end

  bool operator==(const ServerAddress&) const = default;
};

/// Reads "https://host:port/prefix", "http://[::1]:8080" or "host:port" (then http, as kubectl takes it). Fails with
/// `invalid`: no host, a scheme other than http and https, a bad port, a query or user name in the URL.
Result<ServerAddress> parse_server_url(std::string_view url);

/// The Host header's value: brackets around IPv6, the port unless it is the scheme's own.
std::string host_header(const ServerAddress& server);

/// PEM text, or the file to read it from. Text beats the file.
struct PemSource {
  std::string text;
  std::string file;

  [[nodiscard]] bool empty() const { return text.empty() && file.empty(); }
  bool operator==(const PemSource&) const = default;
};

/// How the two sides prove who they are. The least version is TLS 1.2.
struct TlsSettings {
  PemSource authorities;  ///< if set, only these are trusted; else those of the system
  PemSource certificate;  ///< ours; with `key` or neither
  PemSource key;
  std::string server_name;  ///< to ask for (SNI) and to verify, instead of the host
  bool verify = true;       ///< false: any server is believed (insecure-skip-tls-verify)

  bool operator==(const TlsSettings&) const = default;
};

/// Whom the requests pretend to come from (headers Impersonate-*). Needs the right "impersonate".
struct Impersonation {
  std::string user;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;

  bool operator==(const Impersonation&) const = default;
};

/// What goes into the headers of each request. At most one of basic and token.
struct AuthSettings {
  std::string token;
  std::string token_file;  ///< read again while running; its token beats `token`
  std::string username;
  std::string password;
  Impersonation impersonation;

  bool operator==(const AuthSettings&) const = default;
};

/// Everything that is needed to talk to a cluster.
struct ClusterAccess {
  ServerAddress server;
  TlsSettings tls;
  AuthSettings auth;
  std::string default_space;  ///< namespace of the context; "default" if it names none
  std::string origin;         ///< for messages, e.g. "kubeconfig /etc/k.conf, context 'prod'" or "in-cluster"
};

}  // namespace basalt::kube
