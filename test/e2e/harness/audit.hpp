#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace basalt::e2e {

/// One request of the scheduler, as the API server recorded it.
struct AuditedRequest {
  std::string verb;      ///< "create", "patch", ...
  std::string resource;  ///< with its subresource, e.g. "pods/binding"; empty for paths that are no resources
  std::string space;
  std::string name;
  int code = 0;
  std::string path;

  [[nodiscard]] bool writes() const { return verb != "get" && verb != "list" && verb != "watch"; }
};

/// "create pods/binding default/a-1: 409".
std::string to_string(const AuditedRequest& request);

/// All requests that are in the log by now. A log that does not exist yet is empty.
std::vector<AuditedRequest> read_audit_log(const std::filesystem::path& log);

}  // namespace basalt::e2e
