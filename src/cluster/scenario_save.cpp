#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <variant>

#include "adapter/decode.hpp"
#include "adapter/encode.hpp"
#include "basalt/model/cluster_text.hpp"
#include "cluster/scenario_file.hpp"

namespace basalt::cluster {
namespace {

using embedded::Cluster;
using embedded::Json;
using embedded::ObjectPtr;
using embedded::ResourceName;

/// The kinds of the format, in the order in which they are written: what others name comes first.
struct WrittenKind {
  ObjectKind kind;
  std::string_view group;
  std::string_view plural;
};
constexpr std::array<WrittenKind, 12> kWrittenKinds = {{
    {ObjectKind::namespace_kind, "", "namespaces"},
    {ObjectKind::priority_class, "scheduling.k8s.io", "priorityclasses"},
    {ObjectKind::queue, "scheduling.volcano.sh", "queues"},
    {ObjectKind::hyper_node, "topology.volcano.sh", "hypernodes"},
    {ObjectKind::node, "", "nodes"},
    {ObjectKind::numatopology, "nodeinfo.volcano.sh", "numatopologies"},
    {ObjectKind::resource_quota, "", "resourcequotas"},
    {ObjectKind::storage_class, "storage.k8s.io", "storageclasses"},
    {ObjectKind::volume, "", "persistentvolumes"},
    {ObjectKind::claim, "", "persistentvolumeclaims"},
    {ObjectKind::pod_group, "scheduling.volcano.sh", "podgroups"},
    {ObjectKind::pod, "", "pods"},
}};

ObjectMeta& meta_of(ObjectVariant& object) {
  return std::visit([](auto& kind) -> ObjectMeta& { return kind.meta; }, object);
}
const ObjectMeta& meta_of(const ObjectVariant& object) {
  return std::visit([](const auto& kind) -> const ObjectMeta& { return kind.meta; }, object);
}

/// What every cluster has from the beginning.
bool is_from_the_beginning(const ResourceName& resource, const std::string& name) {
  if (resource == ResourceName{"", "namespaces"}) return name == "default" || name.starts_with("kube-");
  return resource == ResourceName{"scheduling.k8s.io", "priorityclasses"} && name.starts_with("system-");
}

void move_times(ObjectVariant& object, std::chrono::microseconds by) {
  ObjectMeta& meta = meta_of(object);
  meta.created += by;
  if (meta.deleted) *meta.deleted += by;
  if (auto* pod = std::get_if<PodObject>(&object); pod != nullptr && pod->started) *pod->started += by;
}

// --- what the format leaves out on purpose, and what it says in another way ---

/// Labels as expressions: the format has one way to write both.
void unite(std::optional<LabelSelectorText>& selector) {
  if (!selector) return;
  std::vector<RequirementText> all;
  for (const auto& [key, value] : selector->match_labels) all.push_back({key, "In", {value}});
  all.insert(all.end(), selector->match_expressions.begin(), selector->match_expressions.end());
  *selector = {{}, std::move(all)};
}
void unite(PodAffinityTermText& term) {
  unite(term.selector);
  unite(term.namespace_selector);
}

void simplify(PodObject& pod) {
  pod.conditions.clear();
  pod.meta.deleted = pod.meta.deleted ? std::optional(pod.meta.created) : std::nullopt;
  for (auto* terms : {&pod.required_affinity, &pod.required_anti_affinity}) {
    for (PodAffinityTermText& term : *terms) unite(term);
  }
  for (auto* wishes : {&pod.preferred_affinity, &pod.preferred_anti_affinity}) {
    for (PreferredPodsText& wish : *wishes) unite(wish.term);
  }
  for (TopologySpreadText& spread : pod.topology_spread) unite(spread.selector);
}
void simplify(PodGroupObject& group) {
  group.conditions.clear();
  group.running = group.succeeded = group.failed = 0;
}
void simplify(QueueObject& queue) { queue.allocated.clear(); }
template <class Object>
void simplify(Object&) {}

/// The object as far as two texts of it can differ.
Json essence(ObjectVariant object) {
  std::visit([](auto& kind) { simplify(kind); }, object);
  ObjectMeta& meta = meta_of(object);
  meta.uid.clear();
  meta.resource_version.clear();
  meta.controller.reset();
  return Json::parse(adapter::encode(object));
}

/// What a line does not say of its object, as paths; empty: it says all.
std::string unsaid(const ObjectVariant& object, const std::string& line) {
  const auto read = parse_cluster_text(line);
  if (!read) return read.error().message;
  const auto* back = read->size() == 1 ? std::get_if<Upserted>(&read->front()) : nullptr;
  if (back == nullptr) return "its name";
  std::set<std::string> paths;
  for (const Json& difference : Json::diff(essence(object), essence(back->object))) {
    paths.insert(difference["path"].get<std::string>());
  }
  std::string all;
  for (const std::string& path : paths) all += (all.empty() ? "" : ", ") + path.substr(1);
  return all;
}

/// Gathers the lines of a cluster.
class Writing {
 public:
  explicit Writing(const Cluster& cluster) : cluster_(cluster) {}

  SavedScenario save() {
    for (const WrittenKind& kind : kWrittenKinds) read(kind);
    const WallTime oldest = oldest_creation();
    for (ObjectVariant& object : objects_) {
      move_times(object, WallTime{} - oldest);
      write(object);
    }
    count_other_kinds();
    std::string comments;
    for (const std::string& what : saved_.left_out) comments += "# left out: " + what + "\n";
    saved_.text = comments + saved_.text;
    return std::move(saved_);
  }

 private:
  void read(const WrittenKind& written) {
    const auto kind = cluster_.store().catalogue()->find(written.group, written.plural);
    if (!kind) return;
    const auto first = static_cast<std::ptrdiff_t>(objects_.size());
    for (const ObjectPtr& object : cluster_.store().list(*kind, "").objects) {
      if (is_from_the_beginning(kind->resource, object->key.name)) continue;
      auto decoded = adapter::decode(written.kind, {kube::Encoding::json, object->json});
      if (decoded) {
        objects_.push_back(*std::move(decoded));
      } else {
        saved_.left_out.push_back(kind->kind + " " + name_of(object->key.space, object->key.name) + ": " +
                                  decoded.error().message);
      }
    }
    std::stable_sort(objects_.begin() + first, objects_.end(), [](const ObjectVariant& a, const ObjectVariant& b) {
      return meta_of(a).created < meta_of(b).created;
    });
  }

  [[nodiscard]] WallTime oldest_creation() const {
    WallTime oldest = WallTime::max();
    for (const ObjectVariant& object : objects_) oldest = std::min(oldest, meta_of(object).created);
    return oldest;
  }

  void write(const ObjectVariant& object) {
    const std::string line = print_cluster_text(object);
    const std::string missing = unsaid(object, line);
    const bool is_readable = parse_cluster_text(line).has_value();
    saved_.text += (is_readable ? "" : "# ") + line + "\n";
    if (missing.empty()) return;
    const ObjectMeta& meta = meta_of(object);
    const auto kind = static_cast<ObjectKind>(object.index());
    saved_.left_out.push_back(std::string(to_string(kind)) + " " + name_of(meta.namespace_name, meta.name) + ": " +
                              missing);
  }

  void count_other_kinds() {
    for (const auto& kind : cluster_.store().catalogue()->kinds()) {
      const bool is_written = std::any_of(kWrittenKinds.begin(), kWrittenKinds.end(), [&](const WrittenKind& written) {
        return kind->is(written.group, written.plural);
      });
      if (is_written || kind->is("apiextensions.k8s.io", "customresourcedefinitions")) continue;
      const std::size_t count = cluster_.store().list(*kind, "").objects.size();
      if (count != 0) saved_.left_out.push_back(kind->resource.qualified() + ": all " + std::to_string(count));
    }
  }

  static std::string name_of(const std::string& space, const std::string& name) {
    return space.empty() ? name : space + "/" + name;
  }

  const Cluster& cluster_;
  std::vector<ObjectVariant> objects_;
  SavedScenario saved_;
};

}  // namespace

SavedScenario save_scenario(const Cluster& cluster) { return Writing(cluster).save(); }

}  // namespace basalt::cluster
