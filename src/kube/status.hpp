#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/object.hpp"
#include "kube/transport.hpp"

namespace basalt::kube {

/// One detail of why the API server refused something (StatusDetails.causes).
struct StatusCause {
  std::string reason;  ///< e.g. "ResourceVersionTooLarge", "DisruptionBudget"
  std::string message;
  std::string field;

  bool operator==(const StatusCause&) const = default;
};

/// What the API server said about a request: its meta/v1 Status where it sent one, else what follows from the HTTP
/// status (reason and message are then ours).
struct ApiStatus {
  int code = 0;         ///< HTTP status code, also inside watch ERROR events
  std::string reason;   ///< machine-readable, e.g. "AlreadyExists", "Conflict", "Expired"; empty on success
  std::string message;  ///< for people
  std::string kind;     ///< details.kind: the resource, e.g. "pods/binding"
  std::string name;     ///< details.name
  std::string uid;      ///< details.uid
  std::vector<StatusCause> causes;
  std::optional<std::chrono::seconds> retry_after;  ///< header Retry-After, else details.retryAfterSeconds

  [[nodiscard]] bool ok() const { return code >= 200 && code < 300; }
  [[nodiscard]] bool already_exists() const { return reason == "AlreadyExists"; }
  [[nodiscard]] bool conflict() const { return reason == "Conflict"; }
  /// 410: the resourceVersion or the continue token is older than what the server still knows.
  [[nodiscard]] bool expired() const { return code == 410 || reason == "Expired" || reason == "Gone"; }
  /// The server has not reached the resourceVersion yet (cause ResourceVersionTooLarge; before 1.18.6 only the text).
  [[nodiscard]] bool too_large_resource_version() const;
  [[nodiscard]] bool has_cause(std::string_view cause_reason) const;

  bool operator==(const ApiStatus&) const = default;
};

/// Decodes a meta/v1 Status. Fails with `invalid` when malformed.
Result<ApiStatus> read_status(const ObjectBytes& status);

/// What a reply says: a Status in its body (JSON or protobuf, by Content-Type), else made from the HTTP status code
/// with client-go's reasons (409 is AlreadyExists for POST, else Conflict). `method` is the request's.
ApiStatus status_of(std::string_view method, const HttpResponse& response);

/// The error that callers see for a refusal: 404 not_found, 409 conflict, 401/403 refused, 429 exhausted,
/// 410 conflict, 504 timeout, other 5xx unavailable, 501/405/406/415 unsupported, the rest invalid.
/// `what` says what was attempted and begins the message. REQUIRES: !status.ok().
Error to_error(std::string_view what, const ApiStatus& status);

}  // namespace basalt::kube
