#include "kube/status.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "basalt/base/check.hpp"
#include "kube/frames.hpp"
#include "kube/json_access.hpp"
#include "kube/wire.hpp"

namespace basalt::kube {
namespace {

constexpr long long kLongestRetryAfter = 24LL * 3600;  // more is taken as this

std::optional<std::chrono::seconds> retry_after(long long seconds) {
  if (seconds <= 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, kLongestRetryAfter));
}

std::optional<std::chrono::seconds> retry_after_header(const HttpResponse& response) {
  const std::string_view text = response.header("Retry-After");
  long long seconds = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;  // or a date
  return std::chrono::seconds(std::min(seconds, kLongestRetryAfter));
}

StatusCause read_cause(std::string_view message) {
  StatusCause cause;
  WireReader fields(message);
  while (fields.next()) {
    switch (fields.number()) {
      case 1: cause.reason = fields.bytes(); break;
      case 2: cause.message = fields.bytes(); break;
      case 3: cause.field = fields.bytes(); break;
      default: break;
    }
  }
  return cause;
}

bool read_details(std::string_view message, ApiStatus& status) {
  WireReader fields(message);
  while (fields.next()) {
    switch (fields.number()) {
      case 1: status.name = fields.bytes(); break;
      case 3: status.kind = fields.bytes(); break;
      case 4: status.causes.push_back(read_cause(fields.bytes())); break;
      case 5: status.retry_after = retry_after(fields.int64()); break;
      case 6: status.uid = fields.bytes(); break;
      default: break;
    }
  }
  return !fields.malformed();
}

Result<ApiStatus> read_protobuf_status(std::string_view message) {
  ApiStatus status;
  bool whole = true;
  WireReader fields(message);
  while (fields.next()) {
    switch (fields.number()) {
      case 3: status.message = fields.bytes(); break;
      case 4: status.reason = fields.bytes(); break;
      case 5: whole = read_details(fields.bytes(), status) && whole; break;
      case 6: status.code = static_cast<int>(fields.int64()); break;
      default: break;
    }
  }
  if (fields.malformed() || !whole) return Error{ErrorCode::invalid, "malformed protobuf meta/v1 Status"};
  return status;
}

Result<ApiStatus> read_json_status(std::string_view text) {
  const nlohmann::json parsed = parse_json(text);
  if (!parsed.is_object() || text_at(parsed, "kind") != "Status") {
    return Error{ErrorCode::invalid, "expected a JSON object of kind Status"};
  }
  ApiStatus status;
  status.code = static_cast<int>(integer_at(parsed, "code", 0));
  status.reason = text_at(parsed, "reason");
  status.message = text_at(parsed, "message");
  const nlohmann::json& details = member_at(parsed, "details");
  status.kind = text_at(details, "kind");
  status.name = text_at(details, "name");
  status.uid = text_at(details, "uid");
  status.retry_after = retry_after(integer_at(details, "retryAfterSeconds", 0));
  const nlohmann::json& causes = member_at(details, "causes");
  if (causes.is_array()) {
    for (const nlohmann::json& cause : causes) {
      status.causes.push_back({text_at(cause, "reason"), text_at(cause, "message"), text_at(cause, "field")});
    }
  }
  return status;
}

std::optional<ApiStatus> status_in_body(const HttpResponse& response) {
  const auto encoding = encoding_of(response.header("Content-Type"));
  if (!encoding) return std::nullopt;
  if (*encoding == Encoding::protobuf) {
    const auto envelope = open_envelope(response.body);
    if (!envelope || envelope->kind != "Status") return std::nullopt;
    auto status = read_status({Encoding::protobuf, envelope->raw});
    return status ? std::optional(std::move(*status)) : std::nullopt;
  }
  auto status = read_status({Encoding::json, response.body});
  return status ? std::optional(std::move(*status)) : std::nullopt;
}

// client-go's table of reasons for replies without a Status.
std::string reason_of(std::string_view method, int code) {
  switch (code) {
    case 400: return "BadRequest";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 405: return "MethodNotAllowed";
    case 406: return "NotAcceptable";
    case 409: return method == "POST" ? "AlreadyExists" : "Conflict";
    case 410: return "Gone";
    case 415: return "UnsupportedMediaType";
    case 422: return "Invalid";
    case 429: return "TooManyRequests";
    case 503: return "ServiceUnavailable";
    case 504: return "Timeout";
    default: return code >= 500 ? "InternalError" : "Unknown";
  }
}

ErrorCode code_of(int http) {
  switch (http) {
    case 401:
    case 403: return ErrorCode::refused;
    case 404: return ErrorCode::not_found;
    case 409:
    case 410: return ErrorCode::conflict;
    case 429: return ErrorCode::exhausted;
    case 405:
    case 406:
    case 415:
    case 501: return ErrorCode::unsupported;
    case 504: return ErrorCode::timeout;
    default: return http >= 500 ? ErrorCode::unavailable : ErrorCode::invalid;
  }
}

}  // namespace

bool ApiStatus::has_cause(std::string_view cause_reason) const {
  return std::any_of(causes.begin(), causes.end(),
                     [&](const StatusCause& cause) { return cause.reason == cause_reason; });
}

bool ApiStatus::too_large_resource_version() const {
  return !ok() &&
         (has_cause("ResourceVersionTooLarge") || message.find("Too large resource version") != std::string::npos);
}

Result<ApiStatus> read_status(const ObjectBytes& status) {
  return status.encoding == Encoding::protobuf ? read_protobuf_status(status.bytes) : read_json_status(status.bytes);
}

ApiStatus status_of(std::string_view method, const HttpResponse& response) {
  ApiStatus status;
  if (!response.ok()) {
    status = status_in_body(response).value_or(ApiStatus{});
    if (status.reason.empty()) status.reason = reason_of(method, response.status);
    if (status.message.empty()) status.message = response.body.substr(0, 500);
  }
  status.code = response.status;  // what the wire says counts, even if the body differs
  if (const auto pause = retry_after_header(response)) status.retry_after = pause;
  return status;
}

Error to_error(std::string_view what, const ApiStatus& status) {
  BASALT_CHECK(!status.ok(), "to_error() of a success");
  std::string message(what);
  message += ": the API server answered " + std::to_string(status.code);
  if (!status.reason.empty()) message += " " + status.reason;
  if (!status.message.empty()) message += ": " + status.message;
  return Error{code_of(status.code), std::move(message)};
}

}  // namespace basalt::kube
