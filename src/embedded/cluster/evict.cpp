#include <nlohmann/json.hpp>

#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// Without a time after which to ask again: clients would wait for it in silence (kubectl drain says what it waits for).
Refusal over_budget(std::string cause) {
  Refusal refusal = too_many_requests("Cannot evict pod as it would violate the pod's disruption budget.", 0);
  refusal.retry_after_seconds.reset();
  refusal.causes.push_back({"DisruptionBudget", std::move(cause), ""});
  return refusal;
}

bool is_ready(const Json& pod) {
  for (const Json& condition : kube::member_at(kube::member_at(pod, "status"), "conditions")) {
    if (kube::text_at(condition, "type") == "Ready") return kube::text_at(condition, "status") == "True";
  }
  return false;
}

// Pods that do not run cost no budget.
bool is_free_to_go(const Json& pod) {
  const std::string phase = text_at(pod, "status.phase");
  return phase == "Succeeded" || phase == "Failed" || phase == "Pending" || is_being_deleted(pod);
}

// A pod that is not ready may go where the budget counts only healthy ones.
bool may_go_unready(const Json& budget) {
  if (text_at(budget, "spec.unhealthyPodEvictionPolicy") == "AlwaysAllow") return true;
  const long long healthy = integer_at(budget, "status.currentHealthy").value_or(0);
  const long long desired = integer_at(budget, "status.desiredHealthy").value_or(0);
  return desired > 0 && healthy >= desired;
}

Objection check_allowance(const Json& budget) {
  const std::string name = text_at(budget, "metadata.name");
  const auto number = [&](const char* path) { return integer_at(budget, path).value_or(0); };
  if (number("status.observedGeneration") < number("metadata.generation")) {
    return over_budget("The disruption budget " + name + " is still being processed by the server.");
  }
  if (number("status.disruptionsAllowed") > 0) return {};
  return over_budget("The disruption budget " + name + " needs " + std::to_string(number("status.desiredHealthy")) +
                     " healthy pods and has " + std::to_string(number("status.currentHealthy")) + " currently");
}

DeleteRequest request_of_eviction(const Json& eviction) {
  DeleteRequest request;
  const Json& options = kube::member_at(eviction, "deleteOptions");
  if (const auto grace = integer_at(options, "gracePeriodSeconds")) request.grace_seconds = *grace;
  request.uid = text_at(options, "preconditions.uid");
  request.resource_version = text_at(options, "preconditions.resourceVersion");
  request.propagation = text_at(options, "propagationPolicy");
  return request;
}

}  // namespace

Objection Cluster::spend_budget(Store::Writer& writer, const Object& pod, WriteOptions options) {
  const Json tree = pod.tree();
  if (is_free_to_go(tree)) return {};
  const KindRef kind = writer.catalogue()->find("policy", "poddisruptionbudgets");
  std::vector<ObjectPtr> matching;
  for (const ObjectPtr& budget : writer.list(*kind, pod.key.space)) {
    const Json budget_tree = budget->tree();
    const Json* selector = find_at(budget_tree, "spec.selector");
    if (selector != nullptr && Selector::of_labels(*selector).matches(pod)) matching.push_back(budget);
  }
  if (matching.empty()) return {};
  if (matching.size() > 1) {
    Refusal refusal = internal_error("");
    refusal.message =
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    return refusal;
  }
  Json budget = matching.front()->tree();
  if (!is_ready(tree) && may_go_unready(budget)) return {};
  if (auto objection = check_allowance(budget)) return objection;
  if (options.dry_run) return {};
  budget["status"]["disruptionsAllowed"] = integer_at(budget, "status.disruptionsAllowed").value_or(0) - 1;
  budget["status"]["disruptedPods"][pod.key.name] = format_time(clock_.now());
  writer.put(*kind, std::move(budget));
  return {};
}

Outcome<Deletion> Cluster::evict(const Key& pod, const Json& eviction, WriteOptions options) {
  const std::string name = text_at(eviction, "metadata.name");
  if (!name.empty() && name != pod.name) {
    return bad_request("name in URL does not match name in Eviction object: " + name + " != " + pod.name);
  }
  Store::Writer writer = store_.write();
  const KindRef pods = writer.catalogue()->find("", "pods");
  ObjectPtr present = writer.find(*pods, pod);
  if (!present) return not_found(pods->resource, pod.name);
  DeleteRequest request = request_of_eviction(eviction);
  request.dry_run = options.dry_run;
  const Json preconditions = {{"uid", request.uid}, {"resourceVersion", request.resource_version}};
  if (auto objection = check_preconditions(*pods, *present, preconditions)) return *objection;
  if (auto objection = spend_budget(writer, *present, options)) return *objection;
  request.resource_version.clear();  // the condition below is a change of our own
  if (!options.dry_run) {
    Json tree = present->tree();
    set_condition(tree["status"], {{"type", "DisruptionTarget"},
                                   {"status", "True"},
                                   {"reason", "EvictionByEvictionAPI"},
                                   {"message", "Eviction API: evicting"},
                                   {"lastTransitionTime", format_time(clock_.now())}});
    present = writer.put(*pods, std::move(tree));
  }
  return remove(writer, *pods, *present, request);
}

}  // namespace basalt::embedded
