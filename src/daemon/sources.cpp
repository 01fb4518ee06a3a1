#include "daemon/sources.hpp"

#include <array>
#include <chrono>
#include <random>
#include <utility>

#include "kube/reflector.hpp"
#include "scheduler/feed.hpp"

namespace basalt::daemon {
namespace {

constexpr std::chrono::seconds kPauseBetweenLooks{2};
constexpr std::chrono::seconds kPauseWithoutOptional{15};
// Nothing is scheduled while a watch is away: shorter than client-go's 30 s, and yet only two requests a second.
constexpr std::chrono::seconds kLongestPause{5};
constexpr std::string_view kVolcanoGroup = "scheduling.volcano.sh";

/// What is said of a kind that cannot be found out about.
Error explained(const WatchedKind& kind, const Error& error) {
  if (error.code != ErrorCode::not_found) return error;
  const std::string name = std::string(kind.plural) + "." + std::string(kind.group);
  if (kind.group == kVolcanoGroup) {
    return Error{error.code, "CustomResourceDefinition " + name + " is not installed"};
  }
  return Error{error.code, "the API server does not serve " + name};
}

}  // namespace

std::vector<WatchedKind> watched_kinds(bool with_priority_classes) {
  std::vector<WatchedKind> kinds = {
      {ObjectKind::pod, "", "pods"},
      {ObjectKind::node, "", "nodes"},
      {ObjectKind::pod_group, kVolcanoGroup, "podgroups"},
      {ObjectKind::queue, kVolcanoGroup, "queues"},
      {ObjectKind::claim, "", "persistentvolumeclaims"},
      {ObjectKind::volume, "", "persistentvolumes"},
      {ObjectKind::storage_class, "storage.k8s.io", "storageclasses"},
      {ObjectKind::namespace_kind, "", "namespaces"},
      {ObjectKind::hyper_node, "topology.volcano.sh", "hypernodes", true},
      {ObjectKind::resource_quota, "", "resourcequotas"},
      {ObjectKind::numatopology, "nodeinfo.volcano.sh", "numatopologies", true},
  };
  if (with_priority_classes) kinds.push_back({ObjectKind::priority_class, "scheduling.k8s.io", "priorityclasses"});
  return kinds;
}

Sources::Sources(const Surroundings& surroundings, std::span<const WatchedKind> kinds) : around_(surroundings) {
  for (const WatchedKind& kind : kinds) {
    threads_.emplace_back([this, kind](const std::stop_token& stop) { watch(kind, stop); });
  }
}

Sources::~Sources() {
  for (std::jthread& thread : threads_) thread.request_stop();  // all at once, then each is joined
}

std::string Sources::find_path(const WatchedKind& kind, const std::stop_token& stop) const {
  const std::array groups{std::string(kind.group)};
  std::string told;
  while (!stop.stop_requested()) {
    const auto discovery = around_.client.discover(groups, stop);
    auto path = discovery ? discovery->resource_path(kind.group, kind.plural) : Result<std::string>(discovery.error());
    if (path) return std::move(*path);
    if (kind.optional && path.error().code == ErrorCode::not_found) {
      around_.gate.note_current(kind.kind);
      if (!around_.waiter.wait(kPauseWithoutOptional, stop)) break;
      continue;
    }
    const Error error = explained(kind, path.error());
    around_.gate.note_behind(kind.kind, error.message);
    if (std::exchange(told, error.message) != error.message) around_.observer.watch_failed(kind.kind, error);
    if (!around_.waiter.wait(kPauseBetweenLooks, stop)) break;
  }
  return {};
}

void Sources::watch(const WatchedKind& kind, const std::stop_token& stop) const {
  kube::ReflectorOptions options;
  options.path = find_path(kind, stop);
  options.backoff_cap = kLongestPause;
  if (options.path.empty()) return;
  if (kind.optional) around_.gate.note_behind(kind.kind, "not listed yet");
  Feed feed(kind.kind, around_.mailbox, around_.gate, around_.observer);
  kube::Reflector reflector(around_.client, feed, around_.clock, around_.waiter,
                            kube::seeded_random(std::random_device{}()), std::move(options));
  reflector.run(stop);
}

}  // namespace basalt::daemon
