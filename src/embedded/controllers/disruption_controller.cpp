#include "embedded/controllers/disruption_controller.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/controllers/replica_share.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kBudgets{"policy", "poddisruptionbudgets"};
const ResourceName kReplicaSetsOfPods{"apps", "replicasets"};
// How long an eviction that was allowed counts while its pod does not go.
constexpr std::chrono::minutes kDisruptionLasts{2};

}  // namespace

void DisruptionController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kBudgets) agenda.add(change.name());
  if (!change.kind().is("", "pods") && change.kind().resource != kReplicaSetsOfPods) return;
  const KindRef budgets = workplace_.kind(kBudgets);
  for (const ObjectPtr& budget : workplace_.cluster.store().list(*budgets, change.object().key.space).objects) {
    agenda.add({kBudgets, budget->key});
  }
}

Objection DisruptionController::reconcile(const ObjectName& object, WallTime now, Agenda& agenda) {
  const ObjectPtr present = workplace_.find(object);
  if (!present) return {};
  const Json budget = present->tree();
  const Json* stated = find_at(budget, "spec.selector");
  Json status = kube::member_at(budget, "status");
  if (!status.is_object()) status = Json::object();
  Json disrupted = kube::member_at(status, "disruptedPods");
  if (!disrupted.is_object()) disrupted = Json::object();

  std::vector<const PodState*> pods;
  const Selector selector = stated == nullptr ? Selector() : Selector::of_labels(*stated);
  for (const PodState* pod : workplace_.pods.in_namespace(object.key.space)) {
    if (stated != nullptr && !pod->finished() && selector.matches(*pod->object)) pods.push_back(pod);
  }
  Json still_disrupted = Json::object();
  long long healthy = 0;
  for (const PodState* pod : pods) {
    if (pod->deleting) continue;
    const auto since = parse_time(kube::text_at(disrupted, pod->key().name.c_str()));
    if (since && now < *since + kDisruptionLasts) {
      still_disrupted[pod->key().name] = disrupted[pod->key().name];
      agenda.add_at(object, *since + kDisruptionLasts);
    } else if (pod->ready) {
      ++healthy;
    }
  }
  long long expected = static_cast<long long>(pods.size());
  long long desired = 0;
  if (const Json* most = find_at(budget, "spec.maxUnavailable"); most != nullptr && !most->is_null()) {
    expected = expected_pods(pods);
    desired = std::max(0LL, expected - share_of(*most, expected, Rounding::up).value_or(0));
  } else {
    const Json* least = find_at(budget, "spec.minAvailable");
    const Json one = 1;
    if (least == nullptr || least->is_null()) least = &one;
    if (least->is_string()) expected = expected_pods(pods);
    desired = share_of(*least, expected, Rounding::up).value_or(expected);
  }
  const long long allowed = expected > 0 ? std::max(0LL, healthy - desired) : 0;
  status["observedGeneration"] = integer_at(budget, "metadata.generation").value_or(0);
  status["currentHealthy"] = healthy;
  status["desiredHealthy"] = desired;
  status["expectedPods"] = expected;
  status["disruptionsAllowed"] = allowed;
  if (still_disrupted.empty()) {
    status.erase("disruptedPods");
  } else {
    status["disruptedPods"] = std::move(still_disrupted);
  }
  set_condition(status, {{"type", "DisruptionAllowed"},
                         {"status", allowed > 0 ? "True" : "False"},
                         {"reason", allowed > 0 ? "SufficientPods" : "InsufficientPods"},
                         {"message", ""},
                         {"observedGeneration", status["observedGeneration"]},
                         {"lastTransitionTime", format_time(now)}});
  return workplace_.write_status(object, budget, std::move(status));
}

long long DisruptionController::expected_pods(const std::vector<const PodState*>& pods) const {
  std::map<std::string, long long> by_set;
  long long others = 0;
  for (const PodState* pod : pods) {
    if (pod->controller_name.resource != kReplicaSetsOfPods) {
      ++others;
    } else if (!by_set.contains(pod->controller)) {
      const ObjectPtr set = workplace_.find(pod->controller_name);
      by_set[pod->controller] =
          set && set->uid == pod->controller ? integer_at(set->tree(), "spec.replicas").value_or(1) : 0;
    }
  }
  for (const auto& [uid, replicas] : by_set) others += replicas;
  return others;
}

}  // namespace basalt::embedded
