#include "plugins/predicates/spread_filter.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace basalt {

bool SpreadFilter::applies(const Spec& spec) const {
  return std::any_of(spec.spread.begin(), spec.spread.end(), [](const TopologySpread& spread) { return spread.hard; });
}

void SpreadFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  struct Limit {
    PodTallies::View view;
    std::int64_t most_before;
  };
  const std::vector<TallyId>& tallies = tallies_.of(task.spec).spread;
  std::vector<Limit> limits;
  for (const TopologySpread& spread : task.spec.spread) {
    if (!spread.hard || limits.size() == tallies.size()) continue;
    const TallyId tally = tallies[limits.size()];
    limits.push_back({tallies_.view(tally), most_before(spread, tally)});
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const Limit& limit : limits) {
      const Domain domain = limit.view.domain(nodes[i]);
      if (domain == kNoDomain) {
        out[i] = Fit::never({reasons::kSpreadLabel, {}});
        break;
      }
      if (limit.view.count(domain) > limit.most_before) {
        out[i] = Fit::no({reasons::kSpread, {}});
        break;
      }
    }
  }
}

std::int64_t SpreadFilter::most_before(const TopologySpread& spread, TallyId tally) const {
  const PodTallies::View view = tallies_.view(tally);
  const std::vector<Domain>& domains = tallies_.domains_in_scope(tally);
  std::int64_t fewest = 0;
  // With fewer domains than asked for, one that is still to come has none.
  if (domains.size() >= static_cast<std::size_t>(std::max(spread.min_domains, 1))) {
    fewest = std::numeric_limits<std::int64_t>::max();
    for (const Domain domain : domains) {
      fewest = std::min(fewest, view.count(domain));
      if (fewest == 0) break;
    }
  }
  return fewest + spread.max_skew - (spread.counts_itself ? 1 : 0);
}

}  // namespace basalt
