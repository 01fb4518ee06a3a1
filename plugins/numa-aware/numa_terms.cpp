#include "plugins/numa-aware/numa_terms.hpp"

namespace basalt {
namespace {

constexpr std::string_view kNoReport = "node(s) had no numa information";
constexpr std::string_view kNotStatic = "node(s) had a cpu manager that is not static";
constexpr std::string_view kOtherPolicy = "node(s) had another topology policy than the pod's";
constexpr std::string_view kUnusable = "node(s) had numa information that cannot be used";

}  // namespace

bool NumaChooser::hands_out_cpus(NodeId node) const {
  const auto& numa = cluster_.nodes()[node].numa;
  return numa && numa->has_static_cpus && use_.layout(node) != nullptr;
}

NumaPolicy NumaChooser::policy_of(NodeId node) const {
  const auto& numa = cluster_.nodes()[node].numa;
  return numa ? numa->policy : NumaPolicy::none;
}

Fit NumaChooser::suits(const Spec& spec, NodeId node) const {
  if (!states_policy(spec)) return Fit::yes();
  const auto& numa = cluster_.nodes()[node].numa;
  if (!numa) return Fit::never({kNoReport, {}});
  if (!numa->has_static_cpus) return Fit::never({kNotStatic, {}});
  if (numa->policy != *spec.numa_policy) return Fit::never({kOtherPolicy, {}});
  if (use_.layout(node) == nullptr) return Fit::never({kUnusable, {}});
  return Fit::yes();
}

NumaChoice NumaChooser::choose(const Spec& spec, NodeId node) const {
  if (!hands_out_cpus(node)) return {};
  return choose_cpus(*use_.layout(node), use_.free(node), policy_of(node), spec.exclusive_cpus);
}

NumaChoice NumaChooser::choose_later(const Spec& spec, NodeId node) const {
  if (!hands_out_cpus(node)) return {};
  return choose_cpus(*use_.layout(node), use_.free_later(node), policy_of(node), spec.exclusive_cpus);
}

void NumaFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out[i] = chooser_.suits(task.spec, nodes[i]);
    if (out[i]) out[i] = chooser_.choose_later(task.spec, nodes[i]).fit;
  }
}

void NumaScore::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const CpuLayout* layout = chooser_.layout(nodes[i]);
    if (layout == nullptr) continue;
    NumaChoice choice = chooser_.choose(task.spec, nodes[i]);
    if (!choice.fit) choice = chooser_.choose_later(task.spec, nodes[i]);
    out[i] = static_cast<Score>(layout->numa_nodes_of(choice.cpus));
  }
}

}  // namespace basalt
