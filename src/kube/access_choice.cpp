#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "kube/kubeconfig.hpp"

namespace basalt::kube {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  line.erase(line.find_last_not_of(" \t\r\n") + 1);
  return line;
}

std::vector<fs::path> default_files(const Surroundings& surroundings) {
  std::vector<fs::path> files;
  if (const auto list = surroundings.variable("KUBECONFIG"); list && !list->empty()) {
    std::istringstream parts(*list);
    for (std::string part; std::getline(parts, part, ':');) {
      if (!part.empty()) files.emplace_back(part);
    }
  } else if (const auto home = surroundings.variable("HOME"); home && !home->empty()) {
    files.push_back(fs::path(*home) / ".kube" / "config");
  }
  return files;
}

}  // namespace

Surroundings process_surroundings() {
  Surroundings surroundings;
  surroundings.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets variables
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return surroundings;
}

Result<ClusterAccess> in_cluster_access(const Surroundings& surroundings) {
  const auto host = surroundings.variable("KUBERNETES_SERVICE_HOST");
  const auto port = surroundings.variable("KUBERNETES_SERVICE_PORT");
  if (!host || host->empty() || !port || port->empty()) {
    return Error{ErrorCode::not_found,
                 "in-cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: not inside a pod"};
  }
  const bool ipv6 = host->find(':') != std::string::npos && !host->starts_with('[');
  auto server = parse_server_url("https://" + (ipv6 ? "[" + *host + "]" : *host) + ":" + *port);
  if (!server) return Error{ErrorCode::invalid, "in-cluster: " + server.error().message};
  const fs::path token = surroundings.service_account / "token";
  if (!is_there(token)) {
    return Error{ErrorCode::not_found, "in-cluster: there is no token file " + token.string() +
                                           ", expected one (automountServiceAccountToken?)"};
  }
  ClusterAccess access;
  access.server = std::move(*server);
  access.auth.token_file = token.string();
  const fs::path authorities = surroundings.service_account / "ca.crt";
  if (is_there(authorities)) access.tls.authorities.file = authorities.string();
  access.default_space = first_line(surroundings.service_account / "namespace");
  if (access.default_space.empty()) access.default_space = "default";
  access.origin = "in-cluster";
  return access;
}

Result<ClusterAccess> choose_access(const AccessFlags& flags, const Surroundings& surroundings) {
  if (flags.kubeconfig.empty() && !flags.master.empty()) {
    auto server = parse_server_url(flags.master);
    if (!server) return Error{ErrorCode::invalid, "--master: " + server.error().message};
    return ClusterAccess{std::move(*server), {}, {}, "default", "--master " + flags.master};
  }
  if (!flags.kubeconfig.empty()) {
    const fs::path file(flags.kubeconfig);
    return load_kubeconfig({&file, 1}, flags.context, flags.master);
  }
  auto inside = in_cluster_access(surroundings);
  if (inside || inside.error().code == ErrorCode::invalid) return inside;
  auto outside = load_kubeconfig(default_files(surroundings), flags.context);
  if (outside || outside.error().code != ErrorCode::not_found) return outside;
  return Error{ErrorCode::not_found, "no cluster to talk to: no --master or --kubeconfig given; " +
                                         inside.error().message + "; " + outside.error().message};
}

}  // namespace basalt::kube
