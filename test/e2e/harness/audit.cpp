#include "e2e/harness/audit.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

namespace basalt::e2e {

std::string to_string(const AuditedRequest& request) {
  const std::string what = request.resource.empty() ? request.path : request.resource;
  return request.verb + " " + what + " " + request.space + "/" + request.name + ": " + std::to_string(request.code);
}

std::vector<AuditedRequest> read_audit_log(const std::filesystem::path& log) {
  std::vector<AuditedRequest> requests;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object()) continue;  // a line that is being written
    const auto object = event.value("objectRef", nlohmann::json::object());
    const std::string subresource = object.value("subresource", "");
    requests.push_back({.verb = event.value("verb", ""),
                        .resource = object.value("resource", "") + (subresource.empty() ? "" : "/" + subresource),
                        .space = object.value("namespace", ""),
                        .name = object.value("name", ""),
                        .code = event.value("responseStatus", nlohmann::json::object()).value("code", 0),
                        .path = event.value("requestURI", "")});
  }
  return requests;
}

}  // namespace basalt::e2e
