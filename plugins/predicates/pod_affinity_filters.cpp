#include "plugins/predicates/pod_affinity_filters.hpp"

#include <algorithm>
#include <vector>

namespace basalt {
namespace {

using Views = std::vector<PodTallies::View>;

Views views_of(const PodTallies& tallies, std::span<const TallyId> ids) {
  Views views;
  for (const TallyId id : ids) views.push_back(tallies.view(id));
  return views;
}

/// Refuses nodes where any of the tallies has counted somebody.
void refuse_counted(Views views, std::string_view reason, std::span<const NodeId> nodes, std::span<Fit> out) {
  std::erase_if(views, [](const PodTallies::View& view) { return view.is_empty(); });
  for (const PodTallies::View& view : views) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (view.count(nodes[i]) > 0) out[i] = Fit::no({reason, {}});
    }
  }
}

}  // namespace

void PodAffinityFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  const Views views = views_of(tallies_, tallies_.of(task.spec).affinity);
  const auto is_empty = [](const PodTallies::View& view) { return view.is_empty(); };
  const bool is_first = task.spec.meets_own_affinity && std::all_of(views.begin(), views.end(), is_empty);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool is_near = std::all_of(views.begin(), views.end(), [&](const PodTallies::View& view) {
      const Domain domain = view.domain(nodes[i]);
      return domain != kNoDomain && (is_first || view.count(domain) > 0);
    });
    if (!is_near) out[i] = Fit::never({reasons::kPodAffinity, {}});
  }
}

void PodAntiAffinityFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  refuse_counted(views_of(tallies_, tallies_.of(task.spec).anti_affinity), reasons::kPodAntiAffinity, nodes, out);
}

void OthersAntiAffinityFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  refuse_counted(views_of(tallies_, tallies_.selecting(task.task)), reasons::kOthersAntiAffinity, nodes, out);
}

}  // namespace basalt
