#include "embedded/objects/refusal.hpp"

#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

using nlohmann::json;

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// How validation messages show a value: strings quoted, the rest as JSON.
std::string shown(const json& value) { return kube::print_json(value); }

Refusal about(int code, std::string reason, const ResourceName& resource, std::string_view name, std::string message) {
  Refusal refusal;
  refusal.code = code;
  refusal.reason = std::move(reason);
  refusal.message = std::move(message);
  refusal.resource = resource;
  refusal.name = name;
  return refusal;
}

Refusal plain(int code, std::string reason, std::string message) {
  return about(code, std::move(reason), {}, {}, std::move(message));
}

json details_of(const Refusal& refusal) {
  json details = json::object();
  if (!refusal.name.empty()) details["name"] = refusal.name;
  if (!refusal.resource.group.empty()) details["group"] = refusal.resource.group;
  if (!refusal.resource.plural.empty()) details["kind"] = refusal.resource.plural;
  if (!refusal.uid.empty()) details["uid"] = refusal.uid;
  if (refusal.retry_after_seconds) details["retryAfterSeconds"] = *refusal.retry_after_seconds;
  for (const Cause& cause : refusal.causes) {
    json item = json::object();
    if (!cause.reason.empty()) item["reason"] = cause.reason;
    if (!cause.message.empty()) item["message"] = cause.message;
    if (!cause.field.empty()) item["field"] = cause.field;
    details["causes"].push_back(std::move(item));
  }
  return details;
}

}  // namespace

Refusal bad_request(std::string message) { return plain(400, "BadRequest", std::move(message)); }

Refusal unauthorized() { return plain(401, "Unauthorized", "Unauthorized"); }

Refusal forbidden(const ResourceName& resource, std::string_view name, std::string_view why) {
  return about(403, "Forbidden", resource, name,
               resource.qualified() + " " + in_quotes(name) + " is forbidden: " + std::string(why));
}

Refusal not_found(const ResourceName& resource, std::string_view name) {
  return about(404, "NotFound", resource, name, resource.qualified() + " " + in_quotes(name) + " not found");
}

Refusal unknown_path() { return plain(404, "NotFound", "the server could not find the requested resource"); }

Refusal method_not_allowed() {
  return plain(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

Refusal not_acceptable(std::string_view accepted) {
  return plain(406, "NotAcceptable", "only the following media types are accepted: " + std::string(accepted));
}

Refusal unsupported_media_type(std::string_view accepted) {
  return plain(
      415, "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: " + std::string(accepted));
}

Refusal already_exists(const ResourceName& resource, std::string_view name) {
  return about(409, "AlreadyExists", resource, name, resource.qualified() + " " + in_quotes(name) + " already exists");
}

Refusal conflict(const ResourceName& resource, std::string_view name, std::string_view why) {
  return about(
      409, "Conflict", resource, name,
      "Operation cannot be fulfilled on " + resource.qualified() + " " + in_quotes(name) + ": " + std::string(why));
}

Refusal modified_in_between(const ResourceName& resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to the latest version and try again");
}

Refusal invalid(std::string_view group, std::string_view kind, std::string_view name, std::vector<Cause> causes) {
  BASALT_CHECK(!causes.empty(), "invalid, and nothing is wrong");
  std::string list;
  for (const Cause& cause : causes) list += (list.empty() ? "" : ", ") + cause.field + ": " + cause.message;
  if (causes.size() > 1) list = "[" + list + "]";
  const ResourceName named{std::string(group), std::string(kind)};
  Refusal refusal =
      about(422, "Invalid", named, name, named.qualified() + " " + in_quotes(name) + " is invalid: " + list);
  refusal.causes = std::move(causes);
  return refusal;
}

Refusal expired(std::string message) { return plain(410, "Expired", std::move(message)); }

Refusal revision_too_large(std::uint64_t asked, std::uint64_t current) {
  Refusal refusal =
      plain(504, "Timeout",
            "Timeout: Too large resource version: " + std::to_string(asked) + ", current: " + std::to_string(current));
  refusal.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  refusal.retry_after_seconds = 1;
  return refusal;
}

Refusal too_many_requests(std::string message, int retry_after_seconds) {
  Refusal refusal = plain(429, "TooManyRequests", std::move(message));
  refusal.retry_after_seconds = retry_after_seconds;
  return refusal;
}

Refusal request_too_large(std::size_t limit) {
  return plain(413, "RequestEntityTooLarge", "Request entity too large: limit is " + std::to_string(limit) + " bytes");
}

Refusal internal_error(std::string message) {
  return plain(500, "InternalError", "Internal error occurred: " + std::move(message));
}

Refusal not_implemented(std::string message) { return plain(501, "NotImplemented", std::move(message)); }

Cause required(std::string field, std::string_view why) {
  return {"FieldValueRequired", why.empty() ? "Required value" : "Required value: " + std::string(why),
          std::move(field)};
}

Cause invalid_value(std::string field, const json& value, std::string_view why) {
  return {"FieldValueInvalid", "Invalid value: " + shown(value) + ": " + std::string(why), std::move(field)};
}

Cause unsupported_value(std::string field, const json& value, const std::vector<std::string>& supported) {
  std::string list;
  for (const std::string& one : supported) list += (list.empty() ? "" : ", ") + in_quotes(one);
  return {"FieldValueNotSupported", "Unsupported value: " + shown(value) + ": supported values: " + list,
          std::move(field)};
}

Cause wrong_type(std::string field, const json& value, std::string_view why) {
  return {"FieldValueTypeInvalid", "Invalid value: " + in_quotes(value.type_name()) + ": " + std::string(why),
          std::move(field)};
}

Cause forbidden_field(std::string field, std::string_view why) {
  return {"FieldValueForbidden", "Forbidden: " + std::string(why), std::move(field)};
}

json status_of(const Refusal& refusal) {
  json status = {{"kind", "Status"},    {"apiVersion", "v1"},         {"metadata", json::object()},
                 {"status", "Failure"}, {"message", refusal.message}, {"reason", refusal.reason},
                 {"code", refusal.code}};
  json details = details_of(refusal);
  if (!details.empty()) status["details"] = std::move(details);
  return status;
}

json success_status(const ResourceName& resource, std::string_view name, std::string_view uid) {
  json status = {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::object()}, {"status", "Success"}};
  if (name.empty()) return status;
  json details = {{"name", name}};
  if (!resource.group.empty()) details["group"] = resource.group;
  if (!resource.plural.empty()) details["kind"] = resource.plural;
  if (!uid.empty()) details["uid"] = uid;
  status["details"] = std::move(details);
  return status;
}

}  // namespace basalt::embedded
