#include "model/cluster_text_attributes.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "basalt/model/pod_request.hpp"
#include "model/cluster_text_setters.hpp"
#include "model/pod_constraints_text.hpp"

namespace basalt::text {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void put(StringPairs& pairs, std::string key, std::string value) {
  const auto place = std::lower_bound(pairs.begin(), pairs.end(), key,
                                      [](const auto& pair, const std::string& wanted) { return pair.first < wanted; });
  if (place != pairs.end() && place->first == key) {
    place->second = std::move(value);
  } else {
    pairs.insert(place, {std::move(key), std::move(value)});
  }
}

Result<void> put_amount(NamedAmounts& amounts, const std::string& name, const std::string& value) {
  auto amount = parse_amount(name, value, Resources::kMaxStatedAmount);
  if (!amount) return amount.error();
  const auto place =
      std::lower_bound(amounts.begin(), amounts.end(), name,
                       [](const NamedAmount& known, const std::string& wanted) { return known.name < wanted; });
  amounts.insert(place, std::move(*amount));
  return {};
}

namespace {

/// "key=value:Effect", "key:Effect" -> key, value, effect.
template <class Object>
Result<void> add_taint(std::vector<Object>& to, const std::string& key, const std::string& rest) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos) return expected("taint:key=value:Effect");
  Object made;
  made.key = key;
  made.value = rest.substr(0, colon);
  made.effect = rest.substr(colon + 1);
  if (made.effect != "NoSchedule" && made.effect != "PreferNoSchedule" && made.effect != "NoExecute") {
    return expected("the effect NoSchedule, PreferNoSchedule or NoExecute, found '" + made.effect + "'");
  }
  to.push_back(std::move(made));
  return {};
}

Result<void> set_pod_phase(PodObject& pod, const std::string& value) {
  static const std::map<std::string, PodPhase, std::less<>> phases = {{"pending", PodPhase::pending},
                                                                      {"running", PodPhase::running},
                                                                      {"succeeded", PodPhase::succeeded},
                                                                      {"failed", PodPhase::failed},
                                                                      {"unknown", PodPhase::unknown}};
  const auto phase = phases.find(value);
  if (phase == phases.end()) return expected("pending, running, succeeded, failed or unknown");
  pod.phase = phase->second;
  return {};
}

Result<void> add_toleration(PodObject& pod, const std::string& key, const std::string& rest) {
  TolerationText made;
  made.key = key;
  const std::size_t colon = rest.rfind(':');
  made.value = colon == std::string::npos ? rest : rest.substr(0, colon);
  made.effect = colon == std::string::npos ? "" : rest.substr(colon + 1);
  made.op = made.value.empty() ? "Exists" : "Equal";
  pod.tolerations.push_back(std::move(made));
  return {};
}

Result<void> add_node_affinity(PodObject& pod, const std::string& key, const std::string& value, bool required) {
  NodeSelectorTermText term;
  term.match_expressions.push_back(RequirementText{key, "In", split(value, ',')});
  if (required) {
    if (!pod.required_nodes) pod.required_nodes.emplace(1);
    pod.required_nodes->front().match_expressions.push_back(term.match_expressions.front());
  } else {
    pod.preferred_nodes.push_back(PreferredNodesText{10, std::move(term)});
  }
  return {};
}

}  // namespace

bool set_meta(ObjectMeta& meta, const Attribute& attribute) {
  if (attribute.key.starts_with("label:")) {
    put(meta.labels, last_part(attribute.key, "label:"), attribute.value);
  } else if (attribute.key.starts_with("annotation:")) {
    put(meta.annotations, last_part(attribute.key, "annotation:"), attribute.value);
  } else if (attribute.key == "created") {
    const auto seconds = parse_integer(attribute.value);
    if (!seconds) return false;
    meta.created = WallTime(std::chrono::seconds(*seconds));
  } else if (attribute.key == "uid") {
    meta.uid = attribute.value;
  } else {
    return false;
  }
  return true;
}

Result<void> set(NodeObject& node, const Attribute& attribute) {
  if (attribute.key == "unschedulable") {
    node.unschedulable = true;
    return {};
  }
  if (attribute.key.starts_with("taint:")) {
    return add_taint(node.taints, last_part(attribute.key, "taint:"), attribute.value);
  }
  if (is_node_resource(attribute.key)) {
    std::erase_if(node.allocatable, [&](const NamedAmount& amount) { return amount.name == attribute.key; });
    return put_amount(node.allocatable, attribute.key, attribute.value);
  }
  return expected("a resource, label:KEY, taint:KEY, unschedulable, created or uid");
}

namespace {

auto set_groups(NodeGroupTerms QueueObject::*terms, std::vector<std::string> NodeGroupTerms::*names) {
  return [terms, names](QueueObject& queue, const std::string& value) -> Result<void> {
    (queue.*terms).*names = split(value, ',');
    return {};
  };
}

}  // namespace

Result<void> set(QueueObject& queue, const Attribute& attribute) {
  static const Setters<QueueObject> setters = {
      {"weight", set_integer(&QueueObject::weight)},
      {"priority", set_integer(&QueueObject::priority)},
      {"parent", set_text(&QueueObject::parent)},
      {"state", set_text(&QueueObject::state)},
      {"strategy", set_text(&QueueObject::dequeue_strategy)},
      {"require-groups", set_groups(&QueueObject::node_groups, &NodeGroupTerms::required)},
      {"prefer-groups", set_groups(&QueueObject::node_groups, &NodeGroupTerms::preferred)},
      {"forbid-groups", set_groups(&QueueObject::anti_groups, &NodeGroupTerms::required)},
      {"avoid-groups", set_groups(&QueueObject::anti_groups, &NodeGroupTerms::preferred)},
      {"reclaimable",
       [](QueueObject& object, const std::string& value) -> Result<void> {
         object.reclaimable = value == "true";
         return value == "true" || value == "false" ? Result<void>{} : expected("true or false");
       }},
  };
  if (const auto setter = setters.find(attribute.key); setter != setters.end())
    return setter->second(queue, attribute.value);
  for (const auto& [prefix, amounts] : {std::pair<std::string_view, NamedAmounts*>{"capability.", &queue.capability},
                                        {"deserved.", &queue.deserved},
                                        {"guarantee.", &queue.guarantee}}) {
    if (attribute.key.starts_with(prefix))
      return put_amount(*amounts, last_part(attribute.key, prefix), attribute.value);
  }
  return expected(
      "weight, priority, parent, state, strategy, reclaimable, capability.R, deserved.R, guarantee.R, require-groups, "
      "prefer-groups, forbid-groups or avoid-groups");
}

Result<void> set(PodObject& pod, const Attribute& attribute) {
  static const Setters<PodObject> setters = {
      {"on", set_text(&PodObject::node_name)},
      {"scheduler", set_text(&PodObject::scheduler_name)},
      {"class", set_text(&PodObject::priority_class_name)},
      {"nominated", set_text(&PodObject::nominated_node_name)},
      {"status", set_pod_phase},
      {"guaranteed", set_guaranteed},
      {"priority",
       [](PodObject& object, const std::string& value) -> Result<void> {
         const auto number = parse_integer(value);
         if (!number) return expected("a whole number");
         object.priority = static_cast<std::int32_t>(*number);
         return {};
       }},
      {"started",
       [](PodObject& object, const std::string& value) -> Result<void> {
         const auto seconds = parse_integer(value);
         if (!seconds) return expected("a whole number of seconds");
         object.started = WallTime(std::chrono::seconds(*seconds));
         return {};
       }},
      {"deleting",
       [](PodObject& object, const std::string&) -> Result<void> {
         object.meta.deleted = object.meta.created;
         return {};
       }},
      {"never-preempts",
       [](PodObject& object, const std::string&) -> Result<void> {
         object.never_preempts = true;
         return {};
       }},
      {"role",
       [](PodObject& object, const std::string& value) -> Result<void> {
         put(object.meta.annotations, "volcano.sh/task-spec", value);
         return {};
       }},
      {"gate",
       [](PodObject& object, const std::string& value) -> Result<void> {
         object.scheduling_gates.push_back(value);
         return {};
       }},
      {"claim",
       [](PodObject& object, const std::string& value) -> Result<void> {
         object.claims.push_back(value);
         return {};
       }},
      {"port",
       [](PodObject& object, const std::string& value) -> Result<void> {
         const auto number = parse_integer(value);
         if (!number) return expected("a port number");
         object.host_ports.push_back(HostPortText{"TCP", "0.0.0.0", static_cast<std::int32_t>(*number)});
         return {};
       }},
  };
  if (const auto setter = setters.find(attribute.key); setter != setters.end())
    return setter->second(pod, attribute.value);
  if (is_pod_constraint(attribute.key)) return add_pod_constraint(pod, attribute.key, attribute.value);
  if (attribute.key.starts_with("tolerate:")) {
    return add_toleration(pod, last_part(attribute.key, "tolerate:"), attribute.value);
  }
  if (attribute.key.starts_with("select:")) {
    put(pod.node_selector, last_part(attribute.key, "select:"), attribute.value);
    return {};
  }
  for (const auto& [prefix, required] : {std::pair<std::string_view, bool>{"require:", true}, {"prefer:", false}}) {
    if (attribute.key.starts_with(prefix)) {
      return add_node_affinity(pod, last_part(attribute.key, prefix), attribute.value, required);
    }
  }
  if (is_node_resource(attribute.key)) {
    if (attribute.key == "cpu" || attribute.key == "memory") {
      auto amount = parse_quantity(attribute.value, unit_of(attribute.key));
      if (!amount) return amount.error();
      (attribute.key == "cpu" ? pod.scoring_cpu : pod.scoring_memory) = *amount;
    }
    return put_amount(pod.request, attribute.key, attribute.value);
  }
  return expected(
      "a resource, on, status, started, priority, class, role, select:KEY, require:KEY, prefer:KEY, tolerate:KEY, "
      "port, gate, "
      "claim, affinity:KEY, anti-affinity:KEY, prefer-affinity:KEY, prefer-anti-affinity:KEY, spread:KEY, nominated, "
      "never-preempts, guaranteed, deleting, scheduler, label:KEY, annotation:KEY, created or uid");
}

Result<void> set(PriorityClassObject& priority_class, const Attribute& attribute) {
  static const Setters<PriorityClassObject> setters = {
      {"value", set_integer(&PriorityClassObject::value)},
      {"default",
       [](PriorityClassObject& object, const std::string&) -> Result<void> {
         object.global_default = true;
         return {};
       }},
  };
  const auto setter = setters.find(attribute.key);
  if (setter == setters.end()) return expected("value or default");
  return setter->second(priority_class, attribute.value);
}

Result<void> set(ClaimObject& claim, const Attribute& attribute) {
  if (attribute.key == "volume") {
    claim.volume_name = attribute.value;
    claim.bound = true;
  } else if (attribute.key == "class") {
    claim.storage_class = attribute.value;
  } else {
    return expected("volume or class");
  }
  return {};
}

Result<void> set(VolumeObject& volume, const Attribute& attribute) {
  if (!attribute.key.starts_with("require:")) return expected("require:KEY");
  if (!volume.required_nodes) volume.required_nodes.emplace(1);
  volume.required_nodes->front().match_expressions.push_back(
      RequirementText{last_part(attribute.key, "require:"), "In", split(attribute.value, ',')});
  return {};
}

Result<void> set(StorageClassObject& storage_class, const Attribute& attribute) {
  if (attribute.key != "wait-for-first-consumer") return expected("wait-for-first-consumer");
  storage_class.wait_for_first_consumer = true;
  return {};
}

Result<void> set(NamespaceObject&, const Attribute&) { return expected("annotation:KEY or label:KEY"); }

}  // namespace basalt::text
