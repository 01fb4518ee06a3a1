#include "embedded/controllers/replica_set_controller.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "embedded/cluster/metadata.hpp"
#include "embedded/controllers/ownership.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kReplicaSets{"apps", "replicasets"};
const ResourceName kPodsOfSets{"", "pods"};

// Who goes first when there are too many: not bound, not running, not ready, young.
auto value_of(const PodState& pod) {
  return std::tuple(!pod.node.empty(), pod.phase == PodState::Phase::running, pod.ready,
                    -pod.created.time_since_epoch().count());
}

}  // namespace

void ReplicaSetController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kReplicaSets) agenda.add(change.name());
  if (change.kind().resource != kPodsOfSets) return;
  if (const PodState* pod = workplace_.pods.find(change.object().key)) {
    if (pod->controller_name.resource == kReplicaSets) agenda.add(pod->controller_name);
  } else if (const Json* controller = controller_of(change.tree());
             controller != nullptr && resource_of_controller(*controller) == kReplicaSets) {
    agenda.add({kReplicaSets, {change.object().key.space, kube::text_at(*controller, "name")}});
  }
}

Objection ReplicaSetController::reconcile(const ObjectName& object, WallTime now, Agenda& agenda) {
  const ObjectPtr present = workplace_.find(object);
  if (!present) return {};
  const Json replica_set = present->tree();
  if (is_being_deleted(replica_set)) return {};
  std::vector<const PodState*> active;
  for (const PodState* pod : workplace_.pods.of_controller(present->uid)) {
    if (pod->active()) active.push_back(pod);
  }
  const std::chrono::seconds steady(integer_at(replica_set, "spec.minReadySeconds").value_or(0));
  long long ready = 0;
  long long available = 0;
  for (const PodState* pod : active) {
    if (!pod->ready) continue;
    ++ready;
    const WallTime due = pod->ready_since + steady;
    if (due <= now || steady.count() == 0) {
      ++available;
    } else {
      agenda.add_at(object, due);
    }
  }
  Json status = kube::member_at(replica_set, "status");
  if (!status.is_object()) status = Json::object();
  status["replicas"] = active.size();
  status["fullyLabeledReplicas"] = active.size();
  status["readyReplicas"] = ready;
  status["availableReplicas"] = available;
  status["observedGeneration"] = integer_at(replica_set, "metadata.generation").value_or(0);
  const Objection refused = scale_and_remember(replica_set, active, now, status);
  if (auto objection = workplace_.write_status(object, replica_set, std::move(status))) return objection;
  return refused;
}

Objection ReplicaSetController::scale_and_remember(const Json& replica_set, const std::vector<const PodState*>& active,
                                                   WallTime now, Json& status) const {
  Objection refused = scale(replica_set, active);
  const Json& conditions_before = kube::member_at(status, "conditions");
  const bool said = std::any_of(conditions_before.begin(), conditions_before.end(), [](const Json& condition) {
    return kube::text_at(condition, "type") == "ReplicaFailure";
  });
  // Each refusal names another pod: saying it again would be a change that calls for another try.
  if (refused && said) return refused;
  if (refused) {
    set_condition(status, {{"type", "ReplicaFailure"},
                           {"status", "True"},
                           {"reason", "FailedCreate"},
                           {"message", refused->message},
                           {"lastTransitionTime", format_time(now)}});
    workplace_.warn(replica_set, "FailedCreate", "Error creating: " + refused->message);
  } else if (status.contains("conditions")) {
    Json& conditions = status["conditions"];
    conditions.erase(
        std::remove_if(conditions.begin(), conditions.end(),
                       [](const Json& condition) { return kube::text_at(condition, "type") == "ReplicaFailure"; }),
        conditions.end());
    if (conditions.empty()) status.erase("conditions");
  }
  return refused;
}

Objection ReplicaSetController::scale(const Json& replica_set, std::vector<const PodState*> active) const {
  const long long missing =
      integer_at(replica_set, "spec.replicas").value_or(1) - static_cast<long long>(active.size());
  const std::string space = text_at(replica_set, "metadata.namespace");
  for (long long i = 0; i < missing; ++i) {
    const auto created = workplace_.cluster.create(*workplace_.kind(kPodsOfSets), space, pod_of_template(replica_set));
    if (!created) return created.refusal();
  }
  if (missing >= 0) return {};
  std::stable_sort(active.begin(), active.end(),
                   [](const PodState* a, const PodState* b) { return value_of(*a) < value_of(*b); });
  for (long long i = 0; i < -missing; ++i) {
    const PodState& pod = *active[static_cast<std::size_t>(i)];
    if (auto objection = workplace_.remove({kPodsOfSets, pod.key()}, pod.object->uid)) return objection;
  }
  return {};
}

}  // namespace basalt::embedded
