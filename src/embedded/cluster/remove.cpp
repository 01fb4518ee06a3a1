#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

constexpr const char* kForeground = "foregroundDeletion";
constexpr const char* kOrphan = "orphan";

// Seconds that an object goes on before it is gone: only pods on a node do.
long long grace_of(const Kind& kind, const Json& object, const DeleteRequest& request) {
  if (!kind.is("", "pods")) return 0;
  const std::string phase = text_at(object, "status.phase");
  if (text_at(object, "spec.nodeName").empty() || phase == "Succeeded" || phase == "Failed") return 0;
  return std::max(
      0LL, request.grace_seconds.value_or(integer_at(object, "spec.terminationGracePeriodSeconds").value_or(30)));
}

void add_finalizer(Json& metadata, const char* name) {
  Json& finalizers = metadata["finalizers"];
  for (const Json& known : finalizers) {
    if (known == name) return;
  }
  finalizers.push_back(name);
}

Objection check_propagation(const DeleteRequest& request) {
  const std::string& propagation = request.propagation;
  if (propagation.empty() || propagation == "Background" || propagation == "Foreground" || propagation == "Orphan") {
    return {};
  }
  return invalid("", "DeleteOptions", "",
                 {unsupported_value("propagationPolicy", propagation, {"Background", "Foreground", "Orphan"})});
}

}  // namespace

Outcome<Deletion> Cluster::remove(const Kind& kind, const Key& key, const DeleteRequest& request) {
  Store::Writer writer = store_.write();
  const ObjectPtr present = writer.find(kind, key);
  if (!present) return not_found(kind.resource, key.name);
  return remove(writer, kind, *present, request);
}

Outcome<Deletion> Cluster::remove(Store::Writer& writer, const Kind& kind, const Object& present,
                                  const DeleteRequest& request) {
  if (auto objection = check_propagation(request)) return *objection;
  const Json preconditions = {{"uid", request.uid}, {"resourceVersion", request.resource_version}};
  if (auto objection = check_preconditions(kind, present, preconditions)) return *objection;

  const Json before = present.tree();
  Json tree = before;
  Json& metadata = tree["metadata"];
  if (request.propagation == "Foreground") add_finalizer(metadata, kForeground);
  if (request.propagation == "Orphan") add_finalizer(metadata, kOrphan);
  const long long grace = grace_of(kind, tree, request);
  if (grace == 0 && !has_finalizers(tree)) {
    if (request.dry_run) return Deletion{std::make_shared<const Object>(present), true};
    return erase(writer, kind, std::move(tree));
  }

  const bool first_time = !is_being_deleted(before);
  const bool sooner = grace < kube::integer_at(metadata, "deletionGracePeriodSeconds", 0);
  if (first_time || sooner) {
    metadata["deletionTimestamp"] = format_time(clock_.now() + std::chrono::seconds(grace));
    metadata["deletionGracePeriodSeconds"] = grace;
    if (kind.counts_generation && first_time) {
      metadata["generation"] = kube::integer_at(metadata, "generation", 0) + 1;
    }
  }
  if (kind.is("", "namespaces")) tree["status"]["phase"] = "Terminating";
  if (tree == before || request.dry_run) return Deletion{std::make_shared<const Object>(present), false};
  return Deletion{writer.put(kind, std::move(tree)), false};
}

Deletion Cluster::erase(Store::Writer& writer, const Kind& kind, Json tree) {
  if (kind.is("apiextensions.k8s.io", "customresourcedefinitions")) undefine(writer, tree);
  return Deletion{writer.erase(kind, std::move(tree)), true};
}

}  // namespace basalt::embedded
