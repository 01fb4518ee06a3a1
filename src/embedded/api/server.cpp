#include "embedded/api/server.hpp"

#include <nlohmann/json.hpp>

#include "embedded/api/bodies.hpp"
#include "embedded/api/discovery.hpp"
#include "embedded/wire/message.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

HttpReply reply_of(HttpAnswer answer) { return HttpReply{std::move(answer)}; }

HttpReply text_reply(int status, std::string text) {
  return reply_of(HttpAnswer{status, "text/plain; charset=utf-8", {}, std::move(text)});
}

// The refusal that a fault stands for.
Refusal injected(const Call& call, const FaultEffect& effect) {
  Refusal refusal;
  switch (effect.status) {
    case 404: refusal = not_found(call.kind->resource, call.name); break;
    case 409: refusal = conflict(call.kind->resource, call.name, "injected fault"); break;
    case 429: refusal = too_many_requests("injected fault", effect.retry_after_seconds.value_or(1)); break;
    default: refusal = internal_error("injected fault"); break;
  }
  refusal.code = effect.status;
  refusal.retry_after_seconds = effect.retry_after_seconds;
  return refusal;
}

}  // namespace

ApiServer::ApiServer(Cluster& cluster, ApiOptions options)
    : cluster_(cluster), options_(std::move(options)), faults_(options_.faults) {}

bool ApiServer::is_allowed(const HttpRequest& request) const {
  return options_.token.empty() || request.authorization == "Bearer " + options_.token;
}

HttpReply ApiServer::refusal_reply(const HttpRequest& request, const Refusal& refusal) const {
  const Json status = status_of(refusal);
  HttpAnswer answer;
  answer.status = refusal.code;
  const bool takes_json = request.accept.empty() || request.accept.find("json") != std::string::npos ||
                          request.accept.find("*/*") != std::string::npos;
  if (!takes_json && request.accept.find(kProtobufType) != std::string::npos) {
    answer.content_type = kProtobufType;
    answer.body = wrap_protobuf("v1", "Status", encode_protobuf(*find_message("Status"), status));
  } else {
    answer.body = kube::print_json(status);
  }
  if (refusal.retry_after_seconds) {
    answer.headers.emplace_back("Retry-After", std::to_string(*refusal.retry_after_seconds));
  }
  return reply_of(std::move(answer));
}

HttpReply ApiServer::answer(HttpRequest request) {
  const HttpRequest asked{request.method, request.target, request.accept, "", "", ""};
  try {
    return route(std::move(request));
  } catch (const Json::exception& error) {
    // The JSON library says so when a member that is looked into is no object or list.
    return refusal_reply(
        asked, bad_request(std::string("a member of the object has a type that it cannot have: ") + error.what()));
  }
}

HttpReply ApiServer::route(HttpRequest request) {
  Target target(request.target);
  if (!is_allowed(request)) return refusal_reply(request, unauthorized());
  const auto& segments = target.segments();
  const std::string first = segments.empty() ? "" : segments.front();
  if (first == "basalt" && options_.faults) return answer_testing(request, target);
  if (auto reply = answer_fixed(request, target)) return std::move(*reply);
  if (auto reply = answer_discovery(request, target)) return std::move(*reply);
  if (auto reply = answer_review(request, target)) return std::move(*reply);
  return answer_object(std::move(request), std::move(target));
}

HttpReply ApiServer::answer_object(HttpRequest request, Target target) {
  const auto catalogue = cluster_.store().catalogue();
  const HttpRequest asked{request.method, request.target, request.accept, "", "", ""};
  auto call = resolve_call(*catalogue, std::move(request), std::move(target));
  if (!call) return refusal_reply(asked, call.refusal());
  const auto fault = faults_.take(call->verb, call->resource(), call->name);
  if (fault && fault->status != 0) {
    HttpReply refused = refusal_reply(asked, injected(*call, *fault));
    refused.delay = fault->delay;
    return refused;
  }
  auto done = perform(*call);
  HttpReply reply = done ? *std::move(done) : refusal_reply(asked, done.refusal());
  if (!fault) return reply;
  reply.delay = fault->delay;
  if (fault->drop_reply) reply.what = HangUp{};
  return reply;
}

Outcome<HttpReply> ApiServer::perform(const Call& call) {
  if (call.verb == "watch") return watch(call);
  if (call.verb == "list") return list(call);
  if (call.part.empty()) {
    if (call.verb == "get") return get(call);
    if (call.verb == "create") return create(call);
    if (call.verb == "delete") return remove(call);
    if (call.verb == "deletecollection") return remove_collection(call);
    return change(call);
  }
  if (call.part == "status" && call.version->has_status) {
    if (call.verb == "get") return get(call);
    return call.verb == "create" ? Outcome<HttpReply>(method_not_allowed()) : change(call);
  }
  if (call.part == "scale" && call.version->scale) return scale(call);
  const bool is_pod = call.kind->is("", "pods");
  if (is_pod && (call.part == "binding" || call.part == "eviction")) {
    if (call.verb != "create") return method_not_allowed();
    return call.part == "binding" ? bind(call) : evict(call);
  }
  if (call.kind->is("", "namespaces") && call.part == "finalize" && call.verb == "update") return finalize(call);
  if (is_pod && (call.part == "log" || call.part == "exec" || call.part == "attach" || call.part == "portforward")) {
    return not_implemented("pods of this cluster are simulated: they have no " + call.part);
  }
  return unknown_path();
}

std::optional<HttpReply> ApiServer::answer_fixed(const HttpRequest& request, const Target& target) {
  const std::string path = target.path();
  if (path == "/healthz" || path == "/livez" || path == "/readyz") return text_reply(200, "ok");
  if (path == "/version") return reply_of(json_answer(200, version_document()));
  if (path == "/metrics") {
    const Store::Size size = cluster_.store().size();
    return text_reply(200, "# TYPE basalt_cluster_objects gauge\nbasalt_cluster_objects " +
                               std::to_string(size.objects) +
                               "\n# TYPE basalt_cluster_remembered_events gauge\nbasalt_cluster_remembered_events " +
                               std::to_string(size.events) + "\n");
  }
  if (path == "/") {
    return reply_of(
        json_answer(200, {{"paths", {"/api", "/apis", "/healthz", "/metrics", "/openapi/v2", "/version"}}}));
  }
  if (path != "/openapi/v2") return std::nullopt;
  if (request.accept.find("protobuf") == std::string::npos) {
    return reply_of(json_answer(200, minimal_open_api_json()));
  }
  // The real server's spelling: kubectl refuses one that has an '@' in it.
  return reply_of(
      HttpAnswer{200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", {}, minimal_open_api_protobuf()});
}

std::optional<HttpReply> ApiServer::answer_discovery(const HttpRequest& request, const Target& target) {
  const auto& segments = target.segments();
  if (segments.empty() || (segments[0] != "api" && segments[0] != "apis")) return std::nullopt;
  const bool is_core = segments[0] == "api";
  if (segments.size() > (is_core ? 2U : 3U)) return std::nullopt;
  if (request.method != "GET") return refusal_reply(request, method_not_allowed());
  const auto catalogue = cluster_.store().catalogue();
  if (segments.size() == 1) {
    for (const char* version : {"v2", "v2beta1"}) {
      const std::string type =
          "application/json;g=apidiscovery.k8s.io;v=" + std::string(version) + ";as=APIGroupDiscoveryList";
      if (request.accept.find(type) == std::string::npos) continue;
      HttpAnswer answer = json_answer(200, aggregated_discovery(*catalogue, is_core, version));
      answer.content_type = type;
      return reply_of(std::move(answer));
    }
    return reply_of(json_answer(200, is_core ? core_versions() : group_list(*catalogue)));
  }
  const Json document = is_core                ? resource_list(*catalogue, "", segments[1])
                        : segments.size() == 2 ? group(*catalogue, segments[1])
                                               : resource_list(*catalogue, segments[1], segments[2]);
  if (document.is_null()) return refusal_reply(request, unknown_path());
  return reply_of(json_answer(200, document));
}

std::optional<HttpReply> ApiServer::answer_review(const HttpRequest& request, const Target& target) {
  const auto& segments = target.segments();
  if (segments.size() < 4 || segments[0] != "apis" || segments[2] != "v1") return std::nullopt;
  const bool authorizes = segments[1] == "authorization.k8s.io";
  if (!authorizes && segments[1] != "authentication.k8s.io") return std::nullopt;
  const std::string& plural = segments.back();
  if (request.method != "POST") return refusal_reply(request, method_not_allowed());
  auto body = read_object(request, plural == "selfsubjectaccessreviews"  ? "SelfSubjectAccessReview"
                                   : plural == "selfsubjectrulesreviews" ? "SelfSubjectRulesReview"
                                                                         : "");
  if (!body) return refusal_reply(request, body.refusal());
  Json review = *std::move(body);
  const Json user = {{"username", "basalt-cluster"}, {"groups", {"system:masters", "system:authenticated"}}};
  if (plural == "selfsubjectrulesreviews") {
    review["status"] = {{"resourceRules", {{{"verbs", {"*"}}, {"apiGroups", {"*"}}, {"resources", {"*"}}}}},
                        {"nonResourceRules", {{{"verbs", {"*"}}, {"nonResourceURLs", {"*"}}}}},
                        {"incomplete", false}};
  } else if (authorizes) {
    review["status"] = {{"allowed", true}, {"reason", "everybody may do everything here"}};
  } else if (plural == "tokenreviews") {
    review["status"] = {{"authenticated", true}, {"user", user}};
  } else if (plural == "selfsubjectreviews") {
    review["status"] = {{"userInfo", user}};
  } else {
    return refusal_reply(request, unknown_path());
  }
  return reply_of(json_answer(201, review));
}

HttpReply ApiServer::answer_testing(const HttpRequest& request, const Target& target) {
  const std::string path = target.path();
  if (path == "/basalt/compact" && request.method == "POST") {
    cluster_.store().compact();
    return reply_of(json_answer(200, success_status()));
  }
  if (path == "/basalt/clock" && request.method == "POST" && options_.clock != nullptr) {
    const auto body = parse_body(request.body);
    const auto seconds = body ? integer_at(*body, "advanceSeconds") : std::nullopt;
    constexpr long long kCentury = 100LL * 365 * 24 * 3600;
    if (!seconds || *seconds > kCentury || *seconds < -kCentury) {
      return refusal_reply(request, bad_request("expected {\"advanceSeconds\": NUMBER}, at most a century"));
    }
    options_.clock->move(std::chrono::seconds(*seconds));
    return reply_of(json_answer(200, success_status()));
  }
  if (path != "/basalt/faults" && path != "/basalt/watches") return refusal_reply(request, unknown_path());
  if (request.method == "GET") return reply_of(json_answer(200, faults_.describe()));
  if (request.method == "DELETE") {
    faults_.clear();
    return reply_of(json_answer(200, success_status()));
  }
  if (request.method != "POST") return refusal_reply(request, method_not_allowed());
  const auto rule = parse_body(request.body);
  if (!rule) return refusal_reply(request, rule.refusal());
  const auto objection = path == "/basalt/faults" ? faults_.add(*rule) : faults_.set_watches(*rule);
  if (objection) return refusal_reply(request, *objection);
  return reply_of(json_answer(201, success_status()));
}

}  // namespace basalt::embedded
