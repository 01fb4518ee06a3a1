#include "framework/spec_index.hpp"

// Terms that say the same of all nodes in a HyperNode: they are asked about HyperNodes, and what they say is added to
// the best of each group of nodes.
namespace basalt {

/// `all`: every key may be another one; else those of `work_.changed`.
void SpecIndex::catch_up_with_domains(const Cluster& cluster, const Spec& spec, bool all) {
  if (domain_scorers_.empty()) return;
  const NodeGroups& groups = work_.groups;
  if (all || groups_epoch_ != groups.epoch()) {
    group_bests_.forget(groups);
    groups_epoch_ = groups.epoch();
  } else {
    for (const NodeId node : work_.changed) group_bests_.group_changed(groups.group_of(cluster.rank(node)));
  }
  group_bests_.catch_up(groups, keys_, [&](HyperNodeId hyper_node) {
    Score sum = 0;
    for (const DomainTerm& each : domain_scorers_) sum += each.term->weight() * each.score->of(spec, hyper_node);
    return sum;
  });
}

Score SpecIndex::added_by_domains(std::uint32_t rank) const {
  return domain_scorers_.empty() ? 0 : group_bests_.added(work_.groups.group_of(rank));
}

}  // namespace basalt
