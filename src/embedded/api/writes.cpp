#include <nlohmann/json.hpp>

#include "embedded/api/bodies.hpp"
#include "embedded/api/server.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/wire/message.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

WriteOptions options_of(const Call& call) { return WriteOptions{.dry_run = call.is_dry_run()}; }

std::string_view message_of(const Kind& kind) {
  return kind.message == nullptr ? std::string_view() : std::string_view(kind.message->name);
}

Outcome<DeleteRequest> request_of_call(const Call& call) {
  DeleteRequest request;
  request.dry_run = call.is_dry_run();
  request.propagation = call.target.query("propagationPolicy");
  if (const auto grace = call.target.number("gracePeriodSeconds")) {
    request.grace_seconds = static_cast<long long>(*grace);
  }
  if (call.http.body.empty()) return request;
  const auto body = read_object(call.http, "DeleteOptions");
  if (!body) return body.refusal();
  if (const auto grace = integer_at(*body, "gracePeriodSeconds")) request.grace_seconds = *grace;
  if (const std::string given = kube::text_at(*body, "propagationPolicy"); !given.empty()) request.propagation = given;
  if (is_true_at(*body, "orphanDependents")) request.propagation = "Orphan";
  request.uid = text_at(*body, "preconditions.uid");
  request.resource_version = text_at(*body, "preconditions.resourceVersion");
  for (const Json& mode : kube::member_at(*body, "dryRun")) request.dry_run = request.dry_run || mode == "All";
  return request;
}

HttpReply success_reply(int status, const ResourceName& resource = {}, std::string_view name = {},
                        std::string_view uid = {}) {
  return HttpReply{json_answer(status, success_status(resource, name, uid))};
}

// The scale subresource of an object, as autoscaling/v1 has it.
Json scale_of(const Json& object, const ScalePaths& paths) {
  const Json& metadata = object["metadata"];
  Json scale = {{"kind", "Scale"},
                {"apiVersion", "autoscaling/v1"},
                {"metadata", Json::object()},
                {"spec", Json::object()},
                {"status", {{"replicas", 0}}}};
  for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (metadata.contains(field)) scale["metadata"][field] = metadata[field];
  }
  scale["spec"]["replicas"] = integer_at(object, paths.spec_replicas).value_or(0);
  scale["status"]["replicas"] = integer_at(object, paths.status_replicas).value_or(0);
  const Json* selector = paths.selector.empty() ? nullptr : find_at(object, paths.selector);
  if (selector == nullptr) return scale;
  std::string text = selector->is_string() ? selector->get<std::string>() : "";
  for (const auto& [key, value] : kube::member_at(*selector, "matchLabels").items()) {
    if (value.is_string()) text += (text.empty() ? "" : ",") + key + "=" + value.get<std::string>();
  }
  if (!text.empty()) scale["status"]["selector"] = text;
  return scale;
}

// Sets the member at a dotted path, making the objects on the way.
void set_at(Json& object, std::string_view path, Json value) {
  Json* here = &object;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    here = &(*here)[std::string(path.substr(0, dot))];
    path.remove_prefix(dot + 1);
  }
  (*here)[std::string(path)] = std::move(value);
}

Objection check_options(const Call& call, const char* options) {
  const std::string_view dry_run = call.target.query("dryRun");
  if (dry_run.empty() || dry_run == "All") return {};
  return invalid(
      "meta.k8s.io", options, "",
      {{"FieldValueNotSupported",
        "Unsupported value: []string{\"" + std::string(dry_run) + "\"}: supported values: \"All\"", "dryRun"}});
}

// Kinds of which an update of an object that is not there makes it.
bool may_be_made_by_update(const Kind& kind) {
  if (kind.resource.group == "rbac.authorization.k8s.io" || kind.is("coordination.k8s.io", "leases")) return true;
  if (kind.is("scheduling.k8s.io", "priorityclasses")) return true;
  for (const char* plural : {"endpoints", "events", "limitranges", "podtemplates", "resourcequotas", "services"}) {
    if (kind.is("", plural)) return true;
  }
  return false;
}

// Kinds whose deletion is answered with the object, not with a Status.
bool answers_deleted_object(const Kind& kind) {
  for (const char* plural :
       {"persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "resourcequotas", "serviceaccounts"}) {
    if (kind.is("", plural)) return true;
  }
  return false;
}

}  // namespace

Outcome<HttpReply> ApiServer::create(const Call& call) {
  if (auto objection = check_options(call, "CreateOptions")) return *objection;
  auto body = read_object(call.http, message_of(*call.kind));
  if (!body) return body.refusal();
  const auto created = cluster_.create(*call.kind, call.space, *std::move(body), options_of(call));
  if (!created) return created.refusal();
  return object_reply(call, 201, **created);
}

Outcome<HttpReply> ApiServer::change(const Call& call) {
  const auto body = read_change(call);
  if (!body) return body.refusal();
  if (auto objection = check_options(call, call.verb == "update" ? "UpdateOptions" : "PatchOptions")) return *objection;
  if (call.verb == "update" && call.part.empty() && may_be_made_by_update(*call.kind) &&
      !cluster_.store().find(*call.kind, call.key())) {
    if (text_at(*body, "metadata.name") != call.name) {
      return bad_request("the name of the object (" + text_at(*body, "metadata.name") +
                         ") does not match the name on the URL (" + call.name + ")");
    }
    const auto created = cluster_.create(*call.kind, call.space, *body, options_of(call));
    // Somebody else may have made it in between: then it is there to be updated.
    if (created) return object_reply(call, 201, **created);
    if (created.refusal().code != 409) return created.refusal();
  }
  const Part part = call.part == "status" ? Part::status : Part::main;
  const auto changed = cluster_.modify(
      *call.kind, call.key(), part, [&](const Json& present) { return wanted_tree(call, *body, present); },
      options_of(call));
  if (!changed) return changed.refusal();
  return object_reply(call, 200, **changed);
}

Outcome<HttpReply> ApiServer::remove(const Call& call) {
  const auto request = request_of_call(call);
  if (!request) return request.refusal();
  const auto deletion = cluster_.remove(*call.kind, call.key(), *request);
  if (!deletion) return deletion.refusal();
  if (!deletion->gone || answers_deleted_object(*call.kind)) return object_reply(call, 200, *deletion->object);
  return success_reply(200, call.kind->resource, call.name, deletion->object->uid);
}

Outcome<HttpReply> ApiServer::remove_collection(const Call& call) {
  const auto request = request_of_call(call);
  if (!request) return request.refusal();
  auto page = page_of(call);
  if (!page) return page.refusal();
  Page removed;
  for (const ObjectPtr& object : page->objects) {
    DeleteRequest one = *request;
    one.uid = object->uid;
    const auto deletion = cluster_.remove(*call.kind, object->key, one);
    if (deletion) removed.objects.push_back(deletion->object);
  }
  removed.revision = cluster_.store().revision();
  HttpAnswer answer;
  ListRendering(*call.kind, *call.version, std::move(removed), {}, cluster_.clock().now())
      .append(answer.body, std::string::npos / 2);
  return HttpReply{std::move(answer)};
}

Outcome<HttpReply> ApiServer::bind(const Call& call) {
  const auto body = read_object(call.http, "Binding");
  if (!body) return body.refusal();
  const auto bound = cluster_.bind(call.key(), *body, options_of(call));
  if (!bound) return bound.refusal();
  return success_reply(201);
}

Outcome<HttpReply> ApiServer::evict(const Call& call) {
  const auto body = read_object(call.http, "Eviction");
  if (!body) return body.refusal();
  const auto evicted = cluster_.evict(call.key(), *body, options_of(call));
  if (!evicted) return evicted.refusal();
  return success_reply(201);
}

Outcome<HttpReply> ApiServer::scale(const Call& call) {
  const ScalePaths& paths = *call.version->scale;
  if (call.verb == "get") {
    const ObjectPtr object = cluster_.store().find(*call.kind, call.key());
    if (!object) return not_found(call.kind->resource, call.name);
    return HttpReply{json_answer(200, scale_of(object->tree(), paths))};
  }
  if (call.verb != "update" && call.verb != "patch") return method_not_allowed();
  const auto body = read_change(call);
  if (!body) return body.refusal();
  const auto changed = cluster_.modify(
      *call.kind, call.key(), Part::main,
      [&](const Json& present) -> Outcome<Json> {
        auto wanted = wanted_tree(call, *body, scale_of(present, paths));
        if (!wanted) return wanted;
        const auto replicas = integer_at(*wanted, "spec.replicas");
        if (!replicas || *replicas < 0) {
          return invalid("autoscaling", "Scale", call.name,
                         {invalid_value("spec.replicas", replicas.value_or(0), "must be greater than or equal to 0")});
        }
        Json tree = present;
        tree["metadata"]["resourceVersion"] = text_at(*wanted, "metadata.resourceVersion");
        set_at(tree, paths.spec_replicas, *replicas);
        return tree;
      },
      options_of(call));
  if (!changed) return changed.refusal();
  return HttpReply{json_answer(200, scale_of((*changed)->tree(), paths))};
}

Outcome<HttpReply> ApiServer::finalize(const Call& call) {
  const auto body = read_object(call.http, message_of(*call.kind));
  if (!body) return body.refusal();
  const Json* finalizers = find_at(*body, "spec.finalizers");
  const auto changed = cluster_.modify(
      *call.kind, call.key(), Part::main,
      [&](const Json& present) -> Outcome<Json> {
        Json tree = present;
        tree["metadata"]["resourceVersion"] = text_at(*body, "metadata.resourceVersion");
        tree["spec"]["finalizers"] = finalizers == nullptr ? Json::array() : *finalizers;
        return tree;
      },
      options_of(call));
  if (!changed) return changed.refusal();
  return object_reply(call, 200, **changed);
}

}  // namespace basalt::embedded
