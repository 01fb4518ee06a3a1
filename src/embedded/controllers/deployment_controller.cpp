#include "embedded/controllers/deployment_controller.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/controllers/ownership.hpp"
#include "embedded/controllers/replica_share.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kDeployments{"apps", "deployments"};
const ResourceName kSets{"apps", "replicasets"};
constexpr const char* kHashLabel = "pod-template-hash";
constexpr const char* kRevision = "deployment.kubernetes.io/revision";

// The alphabet of generated names in Kubernetes, which spells no words.
std::string template_hash(const Json& pod_template) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : kube::print_json(pod_template)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += kLetters[hash % kLetters.size()];
    hash /= kLetters.size();
  }
  return text;
}

long long revision_of(const Json& object) {
  const Json& annotations = kube::member_at(kube::member_at(object, "metadata"), "annotations");
  const std::string text = kube::text_at(annotations, kRevision);
  long long revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

Json rollout_condition(const char* type, bool holds, const char* reason, const std::string& message, WallTime now) {
  return {{"type", type},       {"status", holds ? "True" : "False"}, {"reason", reason},
          {"message", message}, {"lastUpdateTime", format_time(now)}, {"lastTransitionTime", format_time(now)}};
}

}  // namespace

std::vector<long long> next_rollout_sizes(const std::vector<RolloutSet>& sets, const RolloutLimits& limits) {
  std::vector<long long> sizes;
  long long total = 0;
  long long available = 0;
  for (const RolloutSet& set : sets) {
    sizes.push_back(set.wanted);
    total += std::max(set.wanted, set.present);
    available += std::min(set.available, set.wanted);
  }
  const long long room = limits.replicas + limits.surge - total;
  sizes[0] = sizes[0] > limits.replicas ? limits.replicas : std::min(limits.replicas, sizes[0] + std::max(0LL, room));
  // Old pods that serve nobody cost nothing; of the others as many as the available ones leave to spare.
  long long spare = available - (limits.replicas - limits.unavailable);
  for (std::size_t i = sets.size(); i-- > 1;) {
    const long long idle = std::max(0LL, sets[i].wanted - sets[i].available);
    const long long dropped = std::clamp(spare, 0LL, sets[i].wanted - idle);
    sizes[i] -= idle + dropped;
    spare -= dropped;
  }
  return sizes;
}

struct DeploymentController::Rollout {
  ObjectName name;
  Json deployment;
  std::string uid;
  std::string hash;
  std::vector<std::pair<ObjectPtr, Json>> sets;  // newest first; the first has the present template, once it exists
  bool has_newest = false;

  [[nodiscard]] RolloutSet size_of(std::size_t at) const {
    const Json& tree = sets[at].second;
    return {integer_at(tree, "spec.replicas").value_or(0), integer_at(tree, "status.replicas").value_or(0),
            integer_at(tree, "status.availableReplicas").value_or(0)};
  }
  [[nodiscard]] RolloutLimits limits() const {
    RolloutLimits limits;
    limits.replicas = integer_at(deployment, "spec.replicas").value_or(1);
    const auto share = [&](const char* path, Rounding rounding) {
      const Json* value = find_at(deployment, path);
      return value == nullptr ? 0LL : share_of(*value, limits.replicas, rounding).value_or(0);
    };
    limits.surge = share("spec.strategy.rollingUpdate.maxSurge", Rounding::up);
    limits.unavailable = share("spec.strategy.rollingUpdate.maxUnavailable", Rounding::down);
    if (limits.surge == 0 && limits.unavailable == 0) limits.unavailable = 1;  // something has to move
    return limits;
  }
};

void DeploymentController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kDeployments) agenda.add(change.name());
  if (change.kind().resource != kSets) return;
  const Json* controller = controller_of(change.tree());
  if (controller == nullptr || resource_of_controller(*controller) != kDeployments) return;
  agenda.add({kDeployments, {change.object().key.space, kube::text_at(*controller, "name")}});
}

Objection DeploymentController::reconcile(const ObjectName& object, WallTime now, Agenda&) {
  const ObjectPtr present = workplace_.find(object);
  if (!present) return {};
  Rollout rollout;
  rollout.name = object;
  rollout.deployment = present->tree();
  rollout.uid = present->uid;
  if (is_being_deleted(rollout.deployment)) return {};
  rollout.hash = template_hash(kube::member_at(rollout.deployment["spec"], "template"));
  for (const ObjectPtr& set : workplace_.cluster.store().list(*workplace_.kind(kSets), object.key.space).objects) {
    Json tree = set->tree();
    const Json* controller = controller_of(tree);
    if (controller == nullptr || kube::text_at(*controller, "uid") != rollout.uid || is_being_deleted(tree)) continue;
    rollout.sets.emplace_back(set, std::move(tree));
  }
  std::stable_sort(rollout.sets.begin(), rollout.sets.end(), [&](const auto& a, const auto& b) {
    const auto rank = [&](const auto& set) {
      return std::pair(set.first->label(kHashLabel) == rollout.hash, revision_of(set.second));
    };
    return rank(a) > rank(b);
  });
  rollout.has_newest = !rollout.sets.empty() && rollout.sets.front().first->label(kHashLabel) == rollout.hash;
  if (auto objection = ensure_newest(rollout)) return objection;
  if (auto objection = resize(rollout)) return objection;
  if (auto objection = drop_old_sets(rollout)) return objection;
  return report(rollout, now);
}

// The set of the present template exists and has the highest revision, and the Deployment says which that is.
Objection DeploymentController::ensure_newest(Rollout& rollout) const {
  if (!rollout.has_newest && is_true_at(rollout.deployment, "spec.paused")) return {};
  long long highest = 0;
  for (std::size_t i = rollout.has_newest ? 1 : 0; i < rollout.sets.size(); ++i) {
    highest = std::max(highest, revision_of(rollout.sets[i].second));
  }
  long long revision = rollout.has_newest ? revision_of(rollout.sets.front().second) : 0;
  if (!rollout.has_newest) {
    revision = highest + 1;
    const Json& spec = rollout.deployment["spec"];
    Json set = {
        {"metadata",
         {{"name", rollout.name.key.name + "-" + rollout.hash},
          {"labels", kube::member_at(spec["template"]["metadata"], "labels")},
          {"annotations", {{kRevision, std::to_string(revision)}}},
          {"ownerReferences", Json::array({reference_to(rollout.deployment)})}}},
        {"spec", {{"replicas", 0}, {"selector", kube::member_at(spec, "selector")}, {"template", spec["template"]}}}};
    if (spec.contains("minReadySeconds")) set["spec"]["minReadySeconds"] = spec["minReadySeconds"];
    set["metadata"]["labels"][kHashLabel] = rollout.hash;
    set["spec"]["selector"]["matchLabels"][kHashLabel] = rollout.hash;
    set["spec"]["template"]["metadata"]["labels"][kHashLabel] = rollout.hash;
    const auto created = workplace_.cluster.create(*workplace_.kind(kSets), rollout.name.key.space, std::move(set));
    if (!created) return created.refusal();
    rollout.sets.insert(rollout.sets.begin(), {*created, (*created)->tree()});
    rollout.has_newest = true;
  } else if (revision <= highest) {
    // Rolled back to an older template: it is the newest now.
    revision = highest + 1;
    const auto changed = workplace_.cluster.modify(*workplace_.kind(kSets), rollout.sets.front().first->key, Part::main,
                                                   [&](const Json& present) -> Outcome<Json> {
                                                     Json wanted = present;
                                                     wanted["metadata"]["annotations"][kRevision] =
                                                         std::to_string(revision);
                                                     return wanted;
                                                   });
    if (!changed) return changed.refusal();
  }
  if (revision_of(rollout.deployment) == revision) return {};
  const auto changed = workplace_.cluster.modify(
      *workplace_.kind(kDeployments), rollout.name.key, Part::main, [&](const Json& present) -> Outcome<Json> {
        Json wanted = present;
        wanted["metadata"]["annotations"][kRevision] = std::to_string(revision);
        return wanted;
      });
  if (!changed) return changed.refusal();
  rollout.deployment = (*changed)->tree();
  return {};
}

Objection DeploymentController::resize(const Rollout& rollout) const {
  if (rollout.sets.empty()) return {};
  std::vector<RolloutSet> before;
  for (std::size_t i = 0; i < rollout.sets.size(); ++i) before.push_back(rollout.size_of(i));
  const RolloutLimits limits = rollout.limits();
  std::vector<long long> sizes(before.size(), 0);
  if (!rollout.has_newest || is_true_at(rollout.deployment, "spec.paused")) {
    for (std::size_t i = 0; i < before.size(); ++i) sizes[i] = before[i].wanted;
    sizes[0] = limits.replicas;
  } else if (text_at(rollout.deployment, "spec.strategy.type") == "Recreate") {
    long long old_pods = 0;
    for (std::size_t i = 1; i < rollout.sets.size(); ++i) {
      // Those that are still ending count too.
      old_pods += static_cast<long long>(workplace_.pods.of_controller(rollout.sets[i].first->uid).size());
    }
    sizes[0] = old_pods == 0 ? limits.replicas : before[0].wanted;
  } else {
    sizes = next_rollout_sizes(before, limits);
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == before[i].wanted) continue;
    if (auto objection = resize(rollout.sets[i].first, sizes[i])) return objection;
  }
  return {};
}

Objection DeploymentController::resize(const ObjectPtr& set, long long replicas) const {
  const auto changed = workplace_.cluster.modify(*workplace_.kind(kSets), set->key, Part::main,
                                                 [&](const Json& present) -> Outcome<Json> {
                                                   Json wanted = present;
                                                   wanted["spec"]["replicas"] = replicas;
                                                   return wanted;
                                                 });
  if (changed || changed.refusal().code == 404) return {};
  return changed.refusal();
}

// Old sets without pods are kept for undoing, up to the limit.
Objection DeploymentController::drop_old_sets(const Rollout& rollout) const {
  const long long limit = integer_at(rollout.deployment, "spec.revisionHistoryLimit").value_or(10);
  long long kept = 0;
  for (std::size_t i = 1; i < rollout.sets.size(); ++i) {
    const RolloutSet size = rollout.size_of(i);
    if (size.wanted > 0 || size.present > 0 || ++kept <= limit) continue;
    const ObjectPtr& set = rollout.sets[i].first;
    if (auto objection = workplace_.remove({kSets, set->key}, set->uid)) return objection;
  }
  return {};
}

Objection DeploymentController::report(const Rollout& rollout, WallTime now) const {
  Json status = kube::member_at(rollout.deployment, "status");
  if (!status.is_object()) status = Json::object();
  long long replicas = 0;
  long long ready = 0;
  long long available = 0;
  for (std::size_t i = 0; i < rollout.sets.size(); ++i) {
    replicas += rollout.size_of(i).present;
    available += rollout.size_of(i).available;
    ready += integer_at(rollout.sets[i].second, "status.readyReplicas").value_or(0);
  }
  const RolloutLimits limits = rollout.limits();
  const long long updated = rollout.has_newest ? rollout.size_of(0).present : 0;
  const auto set = [&status](const char* field, long long value) {
    if (value != 0) {
      status[field] = value;
    } else {
      status.erase(field);
    }
  };
  status["observedGeneration"] = integer_at(rollout.deployment, "metadata.generation").value_or(0);
  set("replicas", replicas);
  set("updatedReplicas", updated);
  set("readyReplicas", ready);
  set("availableReplicas", available);
  set("unavailableReplicas", std::max(0LL, limits.replicas - available));

  const bool enough = available >= limits.replicas - limits.unavailable;
  set_condition(status, enough ? rollout_condition("Available", true, "MinimumReplicasAvailable",
                                                   "Deployment has minimum availability.", now)
                               : rollout_condition("Available", false, "MinimumReplicasUnavailable",
                                                   "Deployment does not have minimum availability.", now));
  const bool through = updated == limits.replicas && replicas == updated && available == updated;
  const std::string newest = rollout.has_newest ? rollout.sets.front().first->key.name : "";
  set_condition(status, through ? rollout_condition("Progressing", true, "NewReplicaSetAvailable",
                                                    "ReplicaSet \"" + newest + "\" has successfully progressed.", now)
                                : rollout_condition("Progressing", true, "ReplicaSetUpdated",
                                                    "ReplicaSet \"" + newest + "\" is progressing.", now));
  // Only the times differ: nothing new is said.
  Json before = kube::member_at(rollout.deployment, "status");
  Json after = status;
  for (Json* one : {&before, &after}) {
    if (!one->is_object() || !one->contains("conditions")) continue;
    for (Json& known : (*one)["conditions"]) known.erase("lastUpdateTime");
  }
  if (before == after) return {};
  return workplace_.write_status(rollout.name, rollout.deployment, std::move(status));
}

}  // namespace basalt::embedded
