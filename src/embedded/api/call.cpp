#include "embedded/api/call.hpp"

namespace basalt::embedded {
namespace {

// What a method does to an object, or to a collection; empty when nothing.
std::string verb_of(const Call& call) {
  const std::string& method = call.http.method;
  const bool is_collection = call.name.empty();
  if (method == "GET" || method == "HEAD") {
    if (call.target.flag("watch")) return "watch";
    return is_collection ? "list" : "get";
  }
  if (method == "POST") return is_collection || !call.part.empty() ? "create" : "";
  if (method == "PUT") return is_collection ? "" : "update";
  if (method == "PATCH") return is_collection ? "" : "patch";
  if (method == "DELETE") return is_collection ? "deletecollection" : call.part.empty() ? "delete" : "";
  return "";
}

}  // namespace

Outcome<Call> resolve_call(const Catalogue& catalogue, HttpRequest request, Target target) {
  Call call;
  call.http = std::move(request);
  call.target = std::move(target);
  const auto& segments = call.target.segments();
  const bool is_core = !segments.empty() && segments[0] == "api";
  const std::size_t before = is_core ? 2 : 3;  // "api/v1", "apis/<group>/<version>"
  if (segments.size() <= before || (!is_core && segments[0] != "apis")) return unknown_path();
  const std::string group = is_core ? "" : segments[1];
  const std::string& version = segments[before - 1];

  std::size_t at = before;
  // "namespaces/x/pods", but "namespaces/x/status" is about the namespace itself.
  const bool in_namespace = segments[at] == "namespaces" && segments.size() > at + 2 &&
                            !(is_core && (segments[at + 2] == "status" || segments[at + 2] == "finalize"));
  if (in_namespace) {
    call.space = segments[at + 1];
    at += 2;
  }
  call.kind = catalogue.find(group, segments[at]);
  const ServedVersion* served = call.kind ? call.kind->find_version(version) : nullptr;
  if (served == nullptr) return unknown_path();
  call.version = std::shared_ptr<const ServedVersion>(call.kind, served);
  const std::size_t left = segments.size() - at - 1;
  if (left > 2 || in_namespace != call.kind->namespaced) {
    // All namespaces at once are listed and watched, but hold no object.
    const bool is_everywhere = call.kind->namespaced && left == 0;
    if (left > 2 || !is_everywhere) return unknown_path();
  }
  if (left >= 1) call.name = segments[at + 1];
  if (left == 2) call.part = segments[at + 2];
  call.verb = verb_of(call);
  const bool needs_space =
      call.kind->namespaced && !in_namespace && (call.verb == "create" || call.verb == "deletecollection");
  if (call.verb.empty() || needs_space) return method_not_allowed();
  return call;
}

}  // namespace basalt::embedded
