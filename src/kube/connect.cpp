#include "kube/connect.hpp"

#include <utility>

#include "kube/credentials.hpp"

namespace basalt::kube {

std::string user_agent(const std::string& version) { return "basalt-scheduler/" + version + " (linux/amd64)"; }

Result<std::unique_ptr<Transport>> make_transport(const ClusterAccess& access, const TransportOptions& options,
                                                  const std::string& agent, const Clock& clock, HttpLibrary library) {
  auto backend = make_backend(library, access.server, access.tls, options);
  if (!backend) return Error{backend.error().code, access.origin + ": " + backend.error().message};
  return make_authenticated_transport(std::move(*backend), access.auth, agent, clock);
}

}  // namespace basalt::kube
