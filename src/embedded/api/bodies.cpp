#include "embedded/api/bodies.hpp"

#include <nlohmann/json.hpp>

#include "embedded/api/patch.hpp"
#include "embedded/objects/yaml.hpp"
#include "embedded/wire/message.hpp"
#include "kube/frames.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

constexpr std::string_view kBodies = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
constexpr std::string_view kPatches =
    "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

std::string media_type(const HttpRequest& request) {
  std::string type = request.content_type.substr(0, request.content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type;
}

Outcome<Json> read_protobuf(const HttpRequest& request, std::string_view message) {
  const Message* found = find_message(message);
  if (found == nullptr) return unsupported_media_type("application/json, application/yaml");
  const auto envelope = kube::open_envelope(request.body);
  if (!envelope) return bad_request("the protobuf body cannot be read: " + envelope.error().message);
  auto object = decode_protobuf(*found, envelope->raw);
  if (!object) return object.refusal();
  if (!envelope->api_version.empty()) (*object)["apiVersion"] = envelope->api_version;
  if (!envelope->kind.empty()) (*object)["kind"] = envelope->kind;
  return object;
}

}  // namespace

Outcome<Json> read_object(const HttpRequest& request, std::string_view message) {
  const std::string type = media_type(request);
  if (type == "application/vnd.kubernetes.protobuf") return read_protobuf(request, message);
  if (type == "application/yaml") {
    auto documents = parse_yaml(request.body);
    if (!documents) return bad_request(documents.error().message);
    if (documents->size() != 1 || !documents->front().is_object()) return bad_request("expected one YAML object");
    return std::move(documents->front());
  }
  if (!type.empty() && type != "application/json" && type != "application/x-www-form-urlencoded") {
    return unsupported_media_type(kBodies);
  }
  auto body = parse_body(request.body);
  if (body && !body->is_object()) return bad_request("expected a JSON object");
  return body;
}

Outcome<Json> read_change(const Call& call) {
  if (call.http.method == "PUT") {
    return read_object(call.http, call.kind->message == nullptr ? std::string_view() : call.kind->message->name);
  }
  const std::string type = media_type(call.http);
  if (type == "application/apply-patch+yaml" || type == "application/apply-patch+cbor") {
    Refusal refusal = unsupported_media_type(kPatches);
    refusal.message = "server-side apply is not served: " + refusal.message;
    return refusal;
  }
  const bool known = type == "application/json-patch+json" || type == "application/merge-patch+json" ||
                     (type == "application/strategic-merge-patch+json" && !call.kind->is_custom);
  if (!known) {
    return unsupported_media_type(call.kind->is_custom ? "application/json-patch+json, application/merge-patch+json"
                                                       : kPatches);
  }
  return parse_body(call.http.body);
}

Outcome<Json> wanted_tree(const Call& call, const Json& body, const Json& present) {
  if (call.http.method == "PUT") {
    if (call.kind->is_custom && text_at(body, "metadata.resourceVersion").empty()) {
      return invalid(call.kind->resource.group, call.kind->kind, call.name,
                     {invalid_value("metadata.resourceVersion", 0, "must be specified for an update")});
    }
    return body;
  }
  const std::string type = media_type(call.http);
  if (type == "application/json-patch+json") return json_patch(present, body);
  if (!body.is_object()) return bad_request("a merge patch is an object");
  if (type == "application/merge-patch+json") return merge_patch(present, body);
  return strategic_merge_patch(*call.kind, present, body);
}

HttpAnswer json_answer(int status, const Json& body) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = kube::print_json(body);
  return answer;
}

}  // namespace basalt::embedded
