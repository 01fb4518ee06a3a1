#include "kube/access.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace basalt::kube {
namespace {

Error bad_url(std::string_view url, const std::string& why) {
  return Error{ErrorCode::invalid, "server URL '" + std::string(url) + "': " + why +
                                       ", expected for example https://10.0.0.1:6443 or https://[::1]:6443/prefix"};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

Result<ServerAddress> parse_server_url(std::string_view url) {
  ServerAddress server;
  std::string_view rest = url;
  const std::size_t scheme_end = rest.find("://");
  const std::string_view scheme = scheme_end == std::string_view::npos ? "http" : rest.substr(0, scheme_end);
  if (scheme_end != std::string_view::npos) rest.remove_prefix(scheme_end + 3);
  if (scheme != "https" && scheme != "http") return bad_url(url, "scheme '" + std::string(scheme) + "'");
  if (!printable(url)) return bad_url(url, "a character that no URL has");
  server.tls = scheme == "https";
  server.port = server.tls ? 443 : 80;

  if (rest.find_first_of("?#@") != std::string_view::npos) return bad_url(url, "a user name, query or fragment");
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  server.path_prefix = rest.substr(slash);
  while (server.path_prefix.ends_with('/')) server.path_prefix.pop_back();
  std::string_view authority = rest.substr(0, slash);

  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return bad_url(url, "no ']' after an IPv6 address");
    server.host = authority.substr(1, bracket - 1);
    authority.remove_prefix(bracket + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    server.host = authority.substr(0, colon);
    authority.remove_prefix(colon);
  }
  if (server.host.empty()) return bad_url(url, "no host");
  if (authority.empty()) return server;
  const auto port = authority.front() == ':' ? parse_port(authority.substr(1)) : std::nullopt;
  if (!port) return bad_url(url, "a bad port (IPv6 addresses need brackets)");
  server.port = *port;
  return server;
}

std::string host_header(const ServerAddress& server) {
  const bool ipv6 = server.host.find(':') != std::string::npos;
  std::string header = ipv6 ? "[" + server.host + "]" : server.host;
  if (server.port != (server.tls ? 443 : 80)) header += ":" + std::to_string(server.port);
  return header;
}

}  // namespace basalt::kube
