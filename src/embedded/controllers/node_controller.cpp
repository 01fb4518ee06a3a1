#include "embedded/controllers/node_controller.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kNodes{"", "nodes"};
const ResourceName kPodsOnNodes{"", "pods"};
constexpr const char* kNotReady = "node.kubernetes.io/not-ready";
constexpr const char* kUnreachable = "node.kubernetes.io/unreachable";
// Kubernetes waits so long before it takes the pods of a vanished node for lost.
constexpr std::chrono::seconds kQuarantine{40};

bool tolerates(const Json& toleration, const EvictingTaint& taint) {
  const std::string effect = kube::text_at(toleration, "effect");
  if (!effect.empty() && effect != "NoExecute") return false;
  const std::string key = kube::text_at(toleration, "key");
  const bool exists = kube::text_at(toleration, "operator") == "Exists";
  if (key.empty()) return exists;
  if (key != taint.key) return false;
  return exists || kube::text_at(toleration, "value") == taint.value;
}

// The key of the taint that the Ready condition asks for; null: none.
const char* taint_of_readiness(const Json& node) {
  for (const Json& condition : kube::member_at(kube::member_at(node, "status"), "conditions")) {
    if (kube::text_at(condition, "type") != "Ready") continue;
    const std::string status = kube::text_at(condition, "status");
    return status == "True" ? nullptr : status == "Unknown" ? kUnreachable : kNotReady;
  }
  return nullptr;
}

Json with_taints_of_readiness(const Json& node, WallTime now) {
  const char* wanted_key = taint_of_readiness(node);
  const Json& before = kube::member_at(kube::member_at(node, "spec"), "taints");
  Json taints = Json::array();
  bool has_no_schedule = false;
  bool has_no_execute = false;
  for (const Json& taint : before) {
    const std::string key = kube::text_at(taint, "key");
    const std::string effect = kube::text_at(taint, "effect");
    const bool is_ours = (key == kNotReady || key == kUnreachable) && (effect == "NoSchedule" || effect == "NoExecute");
    if (is_ours && (wanted_key == nullptr || key != wanted_key)) continue;
    has_no_schedule = has_no_schedule || (is_ours && effect == "NoSchedule");
    has_no_execute = has_no_execute || (is_ours && effect == "NoExecute");
    taints.push_back(taint);
  }
  if (wanted_key != nullptr && !has_no_schedule) taints.push_back({{"key", wanted_key}, {"effect", "NoSchedule"}});
  if (wanted_key != nullptr && !has_no_execute) {
    taints.push_back({{"key", wanted_key}, {"effect", "NoExecute"}, {"timeAdded", format_time(now)}});
  }
  Json wanted = node;
  if (!taints.empty()) {
    wanted["spec"]["taints"] = std::move(taints);
  } else if (wanted.contains("spec")) {
    wanted["spec"].erase("taints");
  }
  return wanted;
}

std::vector<EvictingTaint> evicting_taints(const Json& node, const std::vector<EvictingTaint>& before, WallTime now) {
  std::vector<EvictingTaint> taints;
  for (const Json& taint : kube::member_at(kube::member_at(node, "spec"), "taints")) {
    if (kube::text_at(taint, "effect") != "NoExecute") continue;
    EvictingTaint evicting{kube::text_at(taint, "key"), kube::text_at(taint, "value"), now};
    const auto known = std::find_if(before.begin(), before.end(), [&](const EvictingTaint& other) {
      return other.key == evicting.key && other.value == evicting.value;
    });
    if (known != before.end()) evicting.since = known->since;
    if (const auto added = parse_time(kube::text_at(taint, "timeAdded"))) evicting.since = *added;
    taints.push_back(std::move(evicting));
  }
  return taints;
}

}  // namespace

std::optional<WallTime> eviction_time(const Json& tolerations, const std::vector<EvictingTaint>& taints) {
  std::optional<WallTime> earliest;
  for (const EvictingTaint& taint : taints) {
    bool tolerated = false;
    std::optional<WallTime> until;
    for (const Json& toleration : tolerations) {
      if (!tolerates(toleration, taint)) continue;
      tolerated = true;
      const auto seconds = integer_at(toleration, "tolerationSeconds");
      if (!seconds) continue;
      const WallTime end = taint.since + std::chrono::seconds(std::max(0LL, *seconds));
      until = until ? std::min(*until, end) : end;
    }
    if (!tolerated) until = taint.since;
    if (until) earliest = earliest ? std::min(*earliest, *until) : *until;
  }
  return earliest;
}

void NodeController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kNodes) agenda.add(change.name());
  if (change.kind().resource != kPodsOnNodes || change.gone()) return;
  const PodState* pod = workplace_.pods.find(change.object().key);
  if (pod == nullptr || pod->node.empty() || pod->deleting) return;
  if (evicting_.contains(pod->node)) agenda.add(change.name());
  const ObjectName node{kNodes, {"", pod->node}};
  if (!gone_.contains(pod->node) && !workplace_.find(node)) agenda.add(node);
}

Objection NodeController::reconcile(const ObjectName& object, WallTime now, Agenda& agenda) {
  return object.resource == kNodes ? reconcile_node(object, now, agenda) : reconcile_pod(object, now, agenda);
}

Objection NodeController::reconcile_node(const ObjectName& node, WallTime now, Agenda& agenda) {
  const std::string& name = node.key.name;
  ObjectPtr present = workplace_.find(node);
  if (!present) {
    evicting_.erase(name);
    const std::vector<const PodState*> pods = workplace_.pods.on_node(name);
    if (pods.empty()) {
      gone_.erase(name);
      return {};
    }
    const WallTime due = gone_.try_emplace(name, now).first->second + kQuarantine;
    if (now < due) {
      agenda.add_at(node, due);
      return {};
    }
    DeleteRequest request;
    request.grace_seconds = 0;
    for (const PodState* pod : pods) {
      if (auto objection = workplace_.remove({kPodsOnNodes, pod->key()}, pod->object->uid, request)) return objection;
    }
    gone_.erase(name);
    return {};
  }
  gone_.erase(name);
  const auto tainted = workplace_.cluster.modify(
      *workplace_.kind(kNodes), node.key, Part::main,
      [&](const Json& before) -> Outcome<Json> { return with_taints_of_readiness(before, now); });
  if (!tainted) return tainted.refusal();
  const std::vector<EvictingTaint> before = evicting_.contains(name) ? evicting_[name] : std::vector<EvictingTaint>();
  std::vector<EvictingTaint> taints = evicting_taints((*tainted)->tree(), before, now);
  if (taints.empty()) {
    evicting_.erase(name);
    return {};
  }
  evicting_[name] = std::move(taints);
  for (const PodState* pod : workplace_.pods.on_node(name)) {
    if (!pod->deleting) agenda.add({kPodsOnNodes, pod->key()});
  }
  return {};
}

Objection NodeController::reconcile_pod(const ObjectName& name, WallTime now, Agenda& agenda) {
  const PodState* pod = workplace_.pods.find(name.key);
  if (pod == nullptr || pod->deleting) return {};
  const auto taints = evicting_.find(pod->node);
  if (taints == evicting_.end()) return {};
  const Json tree = pod->object->tree();
  const auto due = eviction_time(kube::member_at(kube::member_at(tree, "spec"), "tolerations"), taints->second);
  if (!due) return {};
  if (now < *due) {
    agenda.add_at(name, *due);
    return {};
  }
  Json status = kube::member_at(tree, "status");
  set_condition(status, {{"type", "DisruptionTarget"},
                         {"status", "True"},
                         {"reason", "DeletionByTaintManager"},
                         {"message", "Taint manager: deleting due to NoExecute taint"},
                         {"lastTransitionTime", format_time(now)}});
  const std::string uid = pod->object->uid;
  if (auto objection = workplace_.write_status(name, tree, std::move(status))) return objection;
  return workplace_.remove(name, uid);
}

}  // namespace basalt::embedded
