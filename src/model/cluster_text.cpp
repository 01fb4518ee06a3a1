#include "basalt/model/cluster_text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "basalt/model/pod_request.hpp"
#include "model/pod_constraints_text.hpp"

namespace basalt {
namespace {

constexpr std::string_view kGroupName = "scheduling.k8s.io/group-name";

struct Attribute {
  std::string key, value;
};

/// One line, taken apart.
struct Line {
  std::size_t number = 0;
  std::string kind, name;
  std::vector<Attribute> attributes;
};

Error complain(const Line& line, const std::string& what) {
  return Error{ErrorCode::invalid,
               "line " + std::to_string(line.number) + ": " + line.kind + " " + line.name + ": " + what};
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "n{1..3}" -> n1, n2, n3.
Result<std::vector<std::string>> expand(const Line& line) {
  const std::size_t open = line.name.find('{');
  if (open == std::string::npos) return std::vector{line.name};
  const std::size_t dots = line.name.find("..", open);
  const std::size_t close = line.name.find('}', open);
  if (dots == std::string::npos || close == std::string::npos || dots > close) {
    return complain(line, "expected a range like {0..2} in the name");
  }
  const auto first = parse_integer(std::string_view(line.name).substr(open + 1, dots - open - 1));
  const auto last = parse_integer(std::string_view(line.name).substr(dots + 2, close - dots - 2));
  if (!first || !last || *first > *last || *last - *first > 1'000'000) {
    return complain(line, "expected a range of two rising numbers in the name");
  }
  std::vector<std::string> names;
  for (std::int64_t i = *first; i <= *last; ++i) {
    names.push_back(line.name.substr(0, open) + std::to_string(i) + line.name.substr(close + 1));
  }
  return names;
}

std::string last_part(const std::string& key, std::string_view prefix) { return key.substr(prefix.size()); }

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

/// What an attribute does to an object; fails with what was expected.
template <class Object>
using Setters = std::map<std::string, std::function<Result<void>(Object&, const std::string&)>, std::less<>>;

Error expected(const std::string& what) { return Error{ErrorCode::invalid, "expected " + what}; }

template <class Object, class Member>
auto set_integer(Member Object::*member) {
  return [member](Object& object, const std::string& value) -> Result<void> {
    const auto number = parse_integer(value);
    if (!number) return expected("a whole number");
    object.*member = static_cast<std::int32_t>(*number);
    return {};
  };
}

template <class Object, class Member>
auto set_text(Member Object::*member) {
  return [member](Object& object, const std::string& value) -> Result<void> {
    object.*member = value;
    return {};
  };
}

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

// --- kinds ---

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

Result<void> set(QueueObject& queue, const Attribute& attribute) {
  static const Setters<QueueObject> setters = {
      {"weight", set_integer(&QueueObject::weight)},
      {"priority", set_integer(&QueueObject::priority)},
      {"parent", set_text(&QueueObject::parent)},
      {"state", set_text(&QueueObject::state)},
      {"strategy", set_text(&QueueObject::dequeue_strategy)},
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
  return expected("weight, priority, parent, state, strategy, reclaimable, capability.R, deserved.R or guarantee.R");
}

Result<void> set(PodGroupObject& group, const Attribute& attribute) {
  static const Setters<PodGroupObject> setters = {
      {"min", set_integer(&PodGroupObject::min_member)},
      {"queue", set_text(&PodGroupObject::queue)},
      {"priority", set_text(&PodGroupObject::priority_class_name)},
      {"phase", set_text(&PodGroupObject::phase)},
      {"network-topology",
       [](PodGroupObject& object, const std::string&) -> Result<void> {
         object.has_network_topology = true;
         return {};
       }},
  };
  if (const auto setter = setters.find(attribute.key); setter != setters.end())
    return setter->second(group, attribute.value);
  if (attribute.key == "min-resources") {  // stated, and empty
    group.min_resources.emplace();
    return {};
  }
  if (attribute.key.starts_with("min-resources.")) {
    if (!group.min_resources) group.min_resources.emplace();
    return put_amount(*group.min_resources, last_part(attribute.key, "min-resources."), attribute.value);
  }
  if (attribute.key.starts_with("role:")) {
    const auto minimum = parse_integer(attribute.value);
    if (!minimum) return expected("a whole number");
    group.min_task_member.emplace_back(last_part(attribute.key, "role:"), static_cast<std::int32_t>(*minimum));
    std::sort(group.min_task_member.begin(), group.min_task_member.end());
    return {};
  }
  return expected("min, queue, priority, phase, min-resources.R, role:NAME, label:KEY, annotation:KEY, created or uid");
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

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
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

Result<void> set(PodObject& pod, const Attribute& attribute) {
  static const Setters<PodObject> setters = {
      {"on", set_text(&PodObject::node_name)},
      {"scheduler", set_text(&PodObject::scheduler_name)},
      {"class", set_text(&PodObject::priority_class_name)},
      {"nominated", set_text(&PodObject::nominated_node_name)},
      {"status", set_pod_phase},
      {"priority",
       [](PodObject& object, const std::string& value) -> Result<void> {
         const auto number = parse_integer(value);
         if (!number) return expected("a whole number");
         object.priority = static_cast<std::int32_t>(*number);
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
      "a resource, on, status, priority, class, role, select:KEY, require:KEY, prefer:KEY, tolerate:KEY, port, gate, "
      "claim, affinity:KEY, anti-affinity:KEY, prefer-affinity:KEY, prefer-anti-affinity:KEY, spread:KEY, nominated, "
      "never-preempts, deleting, scheduler, label:KEY, annotation:KEY, created or uid");
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

class Parser {
 public:
  explicit Parser(std::int64_t first_second) : second_(first_second) {}

  Result<std::vector<Delta>> parse(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::string raw;
    for (std::size_t number = 1; std::getline(in, raw); ++number) {
      auto line = take_apart(raw, number);
      if (!line) return line.error();
      if (line->kind.empty()) continue;
      auto names = expand(*line);
      if (!names) return names.error();
      for (const std::string& name : *names) {
        if (auto added = add(*line, name); !added) return added.error();
      }
      ++second_;
    }
    return std::move(deltas_);
  }

 private:
  static Result<Line> take_apart(const std::string& raw, std::size_t number) {
    Line line;
    line.number = number;
    std::istringstream words(raw.substr(0, raw.find('#')));
    if (!(words >> line.kind)) return line;
    if (line.kind == "gone") {
      std::string kind;
      words >> kind;
      line.kind += " " + kind;
    }
    if (!(words >> line.name)) return complain(line, "expected a name");
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      line.attributes.push_back(equals == std::string::npos
                                    ? Attribute{word, {}}
                                    : Attribute{word.substr(0, equals), word.substr(equals + 1)});
    }
    return line;
  }

  Result<void> add(const Line& line, const std::string& name) {
    const std::string& kind = line.kind;
    if (kind == "node") return add_object(line, name, make_node());
    if (kind == "queue") return add_object(line, name, QueueObject{});
    if (kind == "job") {
      jobs_.insert(name);
      return add_object(line, name, PodGroupObject{});
    }
    if (kind == "task" || kind == "pod") return add_pod(line, name);
    if (kind == "priority-class") return add_object(line, name, PriorityClassObject{});
    if (kind == "claim") return add_object(line, name, ClaimObject{});
    if (kind == "volume") return add_object(line, name, VolumeObject{});
    if (kind == "storage-class") return add_object(line, name, StorageClassObject{});
    if (kind == "namespace") return add_object(line, name, NamespaceObject{});
    if (kind.starts_with("gone ")) return remove(line, name);
    return complain(line,
                    "expected node, queue, job, task, pod, priority-class, claim, volume, storage-class, namespace or "
                    "gone KIND at the beginning of the line");
  }

  static NodeObject make_node() {
    NodeObject node;
    node.allocatable = {{"pods", 110}};
    return node;
  }

  static bool is_cluster_scoped(std::string_view kind) {
    return kind == "node" || kind == "queue" || kind == "priority-class" || kind == "volume" ||
           kind == "storage-class" || kind == "namespace";
  }

  static void name_object(ObjectMeta& meta, std::string_view kind, const std::string& name) {
    const std::size_t slash = name.find('/');
    if (is_cluster_scoped(kind)) {
      meta.name = name;
    } else {
      meta.namespace_name = slash == std::string::npos ? "default" : name.substr(0, slash);
      meta.name = slash == std::string::npos ? name : name.substr(slash + 1);
    }
    meta.uid = "uid-" + std::string(kind) + "-" + name;
  }

  template <class Object>
  Result<void> add_object(const Line& line, const std::string& name, Object object) {
    name_object(object.meta, line.kind, name);
    object.meta.created = WallTime(std::chrono::seconds(second_));
    for (const Attribute& attribute : line.attributes) {
      if (set_meta(object.meta, attribute)) continue;
      if (auto done = set(object, attribute); !done) {
        return complain(line, "'" + attribute.key + (attribute.value.empty() ? "" : "=" + attribute.value) +
                                  "': " + done.error().message);
      }
    }
    deltas_.emplace_back(Upserted{std::move(object)});
    return {};
  }

  Result<void> add_pod(const Line& line, const std::string& name) {
    PodObject pod;
    pod.scheduler_name = "basalt";
    pod.scoring_cpu = 100;  // kube-scheduler's defaults for what is not stated
    pod.scoring_memory = std::int64_t{200} << 20U;
    Line rest = line;
    const auto stated = std::find_if(rest.attributes.begin(), rest.attributes.end(),
                                     [](const Attribute& attribute) { return attribute.key == "job"; });
    std::string job;
    if (stated != rest.attributes.end()) {
      job = stated->value;
      rest.attributes.erase(stated);
    } else if (line.kind == "task") {
      job = job_of(name);
      if (job.empty()) return complain(line, "expected a job whose name begins the task's, or job=NAME; or 'pod'");
    }
    if (!job.empty()) {
      put(pod.meta.annotations, std::string(kGroupName), job.substr(job.find('/') + 1));
    }
    return add_object(rest, name, std::move(pod));
  }

  [[nodiscard]] std::string job_of(const std::string& task) const {
    std::string longest;
    for (const std::string& job : jobs_) {
      if (task.starts_with(job + "-") && job.size() > longest.size()) longest = job;
    }
    // A block that changes a cluster may name tasks of jobs that an earlier block made.
    if (longest.empty()) longest = task.substr(0, std::min(task.rfind('-'), task.size()));
    return longest == task ? std::string() : longest;
  }

  Result<void> remove(const Line& line, const std::string& name) {
    static const std::map<std::string, ObjectKind, std::less<>> kinds = {
        {"gone task", ObjectKind::pod},      {"gone pod", ObjectKind::pod},
        {"gone node", ObjectKind::node},     {"gone job", ObjectKind::pod_group},
        {"gone queue", ObjectKind::queue},   {"gone claim", ObjectKind::claim},
        {"gone volume", ObjectKind::volume}, {"gone priority-class", ObjectKind::priority_class},
    };
    const auto kind = kinds.find(line.kind);
    if (kind == kinds.end()) return complain(line, "expected gone task, pod, node, job, queue, claim or volume");
    ObjectMeta meta;
    name_object(meta, line.kind.substr(5), name);
    deltas_.emplace_back(Removed{kind->second, meta.namespace_name, meta.name, {}});
    return {};
  }

  std::vector<Delta> deltas_;
  std::set<std::string> jobs_;
  std::int64_t second_;
};

}  // namespace

Result<std::vector<Delta>> parse_cluster_text(std::string_view text, std::int64_t first_second) {
  return Parser(first_second).parse(text);
}

}  // namespace basalt
