#include "embedded/controllers/pod_index.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "embedded/controllers/ownership.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

PodState::Phase phase_of(const Json& pod) {
  const std::string phase = text_at(pod, "status.phase");
  if (phase == "Running") return PodState::Phase::running;
  if (phase == "Succeeded") return PodState::Phase::succeeded;
  if (phase == "Failed") return PodState::Phase::failed;
  return PodState::Phase::pending;
}

WallTime time_at(const Json& object, const char* path) {
  return parse_time(text_at(object, path)).value_or(WallTime{});
}

std::optional<int> completion_index_of(const Json& metadata) {
  const std::string text =
      kube::text_at(kube::member_at(metadata, "annotations"), "batch.kubernetes.io/job-completion-index");
  int index = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

PodState state_of(const Change& change) {
  const Json& pod = change.tree();
  const Json& metadata = kube::member_at(pod, "metadata");
  const Json& status = kube::member_at(pod, "status");
  PodState state;
  state.object = change.shared();
  if (const Json* controller = controller_of(pod)) {
    state.controller = kube::text_at(*controller, "uid");
    state.controller_name = {resource_of_controller(*controller),
                             {change.object().key.space, kube::text_at(*controller, "name")}};
  }
  state.node = text_at(pod, "spec.nodeName");
  state.phase = phase_of(pod);
  state.created = time_at(pod, "metadata.creationTimestamp");
  state.deleting = metadata.contains("deletionTimestamp");
  state.completion_index = completion_index_of(metadata);
  for (const Json& finalizer : kube::member_at(metadata, "finalizers")) {
    state.tracked = state.tracked || finalizer == kJobTracking;
  }
  for (const Json& condition : kube::member_at(status, "conditions")) {
    if (kube::text_at(condition, "type") != "Ready") continue;
    state.ready = kube::text_at(condition, "status") == "True";
    state.ready_since = time_at(condition, "lastTransitionTime");
  }
  for (const Json& container : kube::member_at(status, "containerStatuses")) {
    state.restarts += kube::integer_at(container, "restartCount", 0);
  }
  return state;
}

void erase_from(std::map<std::string, std::set<Key>>& index, const std::string& entry, const Key& key) {
  const auto found = index.find(entry);
  if (found == index.end()) return;
  found->second.erase(key);
  if (found->second.empty()) index.erase(found);
}

}  // namespace

void PodIndex::observe(const Change& change) {
  if (!change.kind().is("", "pods")) return;
  drop(change.object().key);
  if (change.gone()) return;
  PodState state = state_of(change);
  const Key& key = change.object().key;
  if (!state.controller.empty()) by_controller_[state.controller].insert(key);
  if (!state.node.empty()) by_node_[state.node].insert(key);
  pods_.emplace(key, std::move(state));
}

void PodIndex::drop(const Key& key) {
  const auto found = pods_.find(key);
  if (found == pods_.end()) return;
  erase_from(by_controller_, found->second.controller, key);
  erase_from(by_node_, found->second.node, key);
  pods_.erase(found);
}

const PodState* PodIndex::find(const Key& key) const {
  const auto found = pods_.find(key);
  return found == pods_.end() ? nullptr : &found->second;
}

std::vector<const PodState*> PodIndex::all_of(const std::map<std::string, std::set<Key>>& index,
                                              const std::string& entry) const {
  std::vector<const PodState*> pods;
  const auto found = index.find(entry);
  if (found == index.end()) return pods;
  pods.reserve(found->second.size());
  for (const Key& key : found->second) pods.push_back(&pods_.at(key));
  return pods;
}

std::vector<const PodState*> PodIndex::of_controller(const std::string& uid) const {
  return all_of(by_controller_, uid);
}

std::vector<const PodState*> PodIndex::on_node(const std::string& node) const { return all_of(by_node_, node); }

std::vector<const PodState*> PodIndex::in_namespace(const std::string& space) const {
  std::vector<const PodState*> pods;
  for (auto it = pods_.lower_bound(Key{space, ""}); it != pods_.end() && it->first.space == space; ++it) {
    pods.push_back(&it->second);
  }
  return pods;
}

}  // namespace basalt::embedded
