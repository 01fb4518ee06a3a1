#include "plugins/predicates/filters.hpp"

#include <algorithm>
#include <limits>

namespace basalt {
namespace {

/// Stands for a string that nobody has used: equal to no other symbol.
constexpr Symbol kNobodys(std::numeric_limits<std::uint32_t>::max());

/// Whether a pod tolerates whatever taint with an effect.
bool tolerates_everything(const Spec& spec, TaintEffect effect) {
  return std::any_of(spec.tolerations.begin(), spec.tolerations.end(), [&](const Toleration& toleration) {
    return toleration.key == Symbol() && toleration.exists && (!toleration.effect || *toleration.effect == effect);
  });
}

const Taint* first_untolerated(const Node& node, const std::vector<Toleration>& tolerations) {
  for (const Taint& taint : node.taints) {
    if (taint.effect != TaintEffect::prefer_no_schedule && !tolerates(tolerations, taint)) return &taint;
  }
  return nullptr;
}

bool has_labels(const Node& node, const std::vector<std::pair<Symbol, Symbol>>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto value = node.labels.value(label.first);
    return value && *value == label.second;
  });
}

}  // namespace

UnschedulableFilter::UnschedulableFilter(const Cluster& cluster)
    : cluster_(cluster),
      cordon_{cluster.symbols().find("node.kubernetes.io/unschedulable").value_or(kNobodys), Symbol(),
              TaintEffect::no_schedule} {}

bool UnschedulableFilter::applies(const Spec& spec) const { return !tolerates(spec.tolerations, cordon_); }

void UnschedulableFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  if (!applies(task.spec)) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (cluster_.nodes()[nodes[i]].unschedulable) out[i] = Fit::never({reasons::kUnschedulable, {}});
  }
}

bool NodeAffinityFilter::applies(const Spec& spec) const {
  return !spec.node_selector.empty() || spec.required_nodes.has_value();
}

void NodeAffinityFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  const Spec& spec = task.spec;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = cluster_.nodes()[nodes[i]];
    const bool is_wanted =
        has_labels(node, spec.node_selector) &&
        (!spec.required_nodes || matches(*spec.required_nodes, node.name, node.labels, cluster_.symbols()));
    if (!is_wanted) out[i] = Fit::never({reasons::kNodeAffinity, {}});
  }
}

bool TaintFilter::applies(const Spec& spec) const {
  return !tolerates_everything(spec, TaintEffect::no_schedule) || !tolerates_everything(spec, TaintEffect::no_execute);
}

void TaintFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Taint* taint = first_untolerated(cluster_.nodes()[nodes[i]], task.spec.tolerations);
    if (taint != nullptr) out[i] = Fit::never({reasons::kUntoleratedTaint, taint->key});
  }
}

HostPortFilter::HostPortFilter(const Cluster& cluster)
    : cluster_(cluster), any_address_(cluster.symbols().find("0.0.0.0").value_or(kNobodys)) {}

void HostPortFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (is_taken(nodes[i], task.spec.host_ports)) out[i] = Fit::no({reasons::kHostPorts, {}});
  }
}

bool HostPortFilter::is_taken(NodeId node, const std::vector<HostPort>& wanted) const {
  bool taken = false;
  cluster_.for_each_task_on(node, [&](TaskId other) {
    for (const HostPort& theirs : cluster_.spec(other).host_ports) {
      taken = taken || std::any_of(wanted.begin(), wanted.end(),
                                   [&](const HostPort& port) { return collide(port, theirs, any_address_); });
    }
  });
  return taken;
}

void VolumeAffinityFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  const std::vector<NodeSelector>& volumes = task.spec.volume_nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = cluster_.nodes()[nodes[i]];
    const bool reaches_all = std::all_of(volumes.begin(), volumes.end(), [&](const NodeSelector& volume) {
      return matches(volume, node.name, node.labels, cluster_.symbols());
    });
    if (!reaches_all) out[i] = Fit::never({reasons::kVolumeAffinity, {}});
  }
}

}  // namespace basalt
