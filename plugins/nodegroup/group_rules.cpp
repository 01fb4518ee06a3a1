#include "plugins/nodegroup/group_rules.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace basalt {
namespace {

constexpr std::string_view kLabel = "volcano.sh/nodegroup-name";
constexpr Score kRequired = 100 * kPoint, kPreferred = 50 * kPoint;

bool contains(const std::vector<Symbol>& names, Symbol name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Names that nobody has used are in no node's label.
std::vector<Symbol> known(const std::vector<std::string>& names, const Symbols& symbols) {
  std::vector<Symbol> found;
  for (const std::string& name : names) {
    if (const auto symbol = symbols.find(name)) found.push_back(*symbol);
  }
  return found;
}

/// The queue whose rules count for a queue: the first upwards that states any.
const Queue& rule_maker(const Queue& queue, const std::map<std::string, const Queue*, std::less<>>& by_name) {
  std::set<std::string> seen;  // parents may go in circles
  const Queue* at = &queue;
  while (at->node_groups.is_empty() && at->anti_groups.is_empty() && seen.insert(at->name).second) {
    const auto parent = by_name.find(at->parent.empty() ? "root" : at->parent);
    if (parent == by_name.end()) return queue;
    at = parent->second;
  }
  return *at;
}

}  // namespace

GroupRules::GroupRules(const NodeGroupTerms& affinity, const NodeGroupTerms& anti_affinity, const GroupOptions& options,
                       const Symbols& symbols)
    : required_(known(affinity.required, symbols)),
      preferred_(known(affinity.preferred, symbols)),
      forbidden_(known(anti_affinity.required, symbols)),
      avoided_(known(anti_affinity.preferred, symbols)),
      stated_preferred_(affinity.preferred.size()),
      has_affinity_(!affinity.is_empty()),
      is_empty_(affinity.is_empty() && anti_affinity.is_empty()),
      options_(options) {
  if (!options_.is_ordered) return;
  // Places count among all that are stated, so that a name without nodes leaves those behind it where they are.
  std::vector<Symbol> in_place;
  for (const std::string& name : affinity.preferred) in_place.push_back(symbols.find(name).value_or(Symbol()));
  preferred_ = std::move(in_place);
}

bool GroupRules::allows(std::optional<Symbol> group) const {
  if (!group) return is_empty_ && !options_.strict;
  if (is_empty_) return false;
  if (options_.anti_affinity_as_volcano) {
    const bool is_wanted = contains(required_, *group) || contains(preferred_, *group);
    return (is_wanted && !contains(forbidden_, *group)) || contains(avoided_, *group);
  }
  if (contains(forbidden_, *group)) return false;
  return !has_affinity_ || contains(required_, *group) || contains(preferred_, *group);
}

Score GroupRules::score(std::optional<Symbol> group) const {
  if (!group) return 0;
  if (contains(avoided_, *group)) return -kPoint;
  Score points = contains(required_, *group) ? kRequired : 0;
  const auto found = std::find(preferred_.begin(), preferred_.end(), *group);
  if (found == preferred_.end()) return points;
  if (!options_.is_ordered) return points + kPreferred;
  const auto left = static_cast<std::int64_t>(stated_preferred_) - (found - preferred_.begin());
  return points + kPreferred * left / static_cast<std::int64_t>(stated_preferred_);
}

QueueGroups::QueueGroups(const Cluster& cluster, const GroupOptions& options)
    : cluster_(cluster), label_(cluster.symbols().find(kLabel)) {
  std::map<std::string, const Queue*, std::less<>> by_name;
  cluster.queues().for_each([&](QueueId, const Queue& queue) { by_name.emplace(queue.name, &queue); });
  cluster.queues().for_each([&](QueueId id, const Queue& queue) {
    const Queue& maker = options.inherits ? rule_maker(queue, by_name) : queue;
    rules_.emplace(id, GroupRules(maker.node_groups, maker.anti_groups, options, cluster.symbols()));
  });
}

const GroupRules* QueueGroups::of(JobId job) const {
  const QueueId queue = job ? cluster_.jobs()[job].queue : QueueId{};
  return queue ? &rules_.at(queue) : nullptr;
}

std::optional<Symbol> QueueGroups::group_of(NodeId node) const {
  const auto group = label_ ? cluster_.nodes()[node].labels.value(*label_) : std::nullopt;
  return group == Symbol() ? std::nullopt : group;
}

}  // namespace basalt
