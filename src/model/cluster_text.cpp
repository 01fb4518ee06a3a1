#include "basalt/model/cluster_text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>

#include "model/cluster_text_attributes.hpp"
#include "model/cluster_text_lines.hpp"
#include "model/cluster_text_setters.hpp"

namespace basalt {
namespace {

using text::Attribute;
using text::complain;
using text::Line;

constexpr std::string_view kGroupName = "scheduling.k8s.io/group-name";

class Parser {
 public:
  explicit Parser(std::int64_t first_second) : second_(first_second) {}

  Result<std::vector<Delta>> parse(std::string_view lines) {
    std::istringstream in{std::string(lines)};
    std::string raw;
    for (std::size_t number = 1; std::getline(in, raw); ++number) {
      auto line = text::take_apart(raw, number);
      if (!line) return line.error();
      if (line->kind.empty()) continue;
      auto names = text::expand(*line);
      if (!names) return names.error();
      for (const std::string& name : *names) {
        if (auto added = add(*line, name); !added) return added.error();
      }
      ++second_;
    }
    return std::move(deltas_);
  }

 private:
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
    if (kind == "hyper-node") return add_object(line, name, HyperNodeObject{});
    if (kind == "quota") return add_object(line, name, ResourceQuotaObject{});
    if (kind == "numatopology") return add_object(line, name, NumatopologyObject{});
    if (kind.starts_with("gone ")) return remove(line, name);
    return complain(line,
                    "expected node, queue, job, task, pod, priority-class, claim, volume, storage-class, namespace, "
                    "hyper-node, quota, numatopology or gone KIND at the beginning of the line");
  }

  static NodeObject make_node() {
    NodeObject node;
    node.allocatable = {{"pods", 110}};
    return node;
  }

  static bool is_cluster_scoped(std::string_view kind) {
    return kind == "node" || kind == "queue" || kind == "priority-class" || kind == "volume" ||
           kind == "storage-class" || kind == "namespace" || kind == "hyper-node" || kind == "numatopology";
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
      if (text::set_meta(object.meta, attribute)) continue;
      if (auto done = text::set(object, attribute); !done) {
        return complain(line, "'" + attribute.key + (attribute.value.empty() ? "" : "=" + attribute.value) +
                                  "': " + done.error().message);
      }
    }
    if constexpr (std::is_same_v<Object, PodObject>) {  // its pods have one container
      if (const auto devices = device_request(object.request)) object.device_requests = {*devices};
      text::finish_guaranteed(object);
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
      text::put(pod.meta.annotations, std::string(kGroupName), job.substr(job.find('/') + 1));
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
        {"gone task", ObjectKind::pod},
        {"gone pod", ObjectKind::pod},
        {"gone node", ObjectKind::node},
        {"gone job", ObjectKind::pod_group},
        {"gone queue", ObjectKind::queue},
        {"gone claim", ObjectKind::claim},
        {"gone volume", ObjectKind::volume},
        {"gone priority-class", ObjectKind::priority_class},
        {"gone hyper-node", ObjectKind::hyper_node},
        {"gone quota", ObjectKind::resource_quota},
        {"gone numatopology", ObjectKind::numatopology},
    };
    const auto kind = kinds.find(line.kind);
    if (kind == kinds.end())
      return complain(line,
                      "expected gone task, pod, node, job, queue, claim, volume, priority-class, hyper-node, quota or "
                      "numatopology");
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
