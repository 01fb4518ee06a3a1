#include "e2e/ledger/judgement.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace basalt::e2e {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

struct GangAccount {
  GangReport report;
  std::set<std::string> members;  // uids of those that hold room, or did and succeeded
  bool was_whole = false;
  std::optional<Entry> partial_since;
  std::optional<std::chrono::steady_clock::time_point> first_seen;
};

/// The state of the cluster at one revision, and what was wrong on the way there.
class Account {
 public:
  explicit Account(const Allowance& allowance) : allowance_(allowance) {}

  void apply(const Entry& entry) {
    if (const auto* pod = std::get_if<PodFacts>(&entry.facts)) apply_pod(entry, *pod);
    if (const auto* node = std::get_if<NodeFacts>(&entry.facts)) apply_node(entry, *node);
    if (const auto* gang = std::get_if<GangFacts>(&entry.facts))
      gangs_[entry.name].report.min_member = gang->min_member;
  }

  Judgement close() && {
    for (auto& [name, gang] : gangs_) {
      if (gang.partial_since) {
        blame(*gang.partial_since, "gang " + name + " is left with " + std::to_string(gang.members.size()) + " of " +
                                       std::to_string(gang.report.min_member) + " members bound");
      }
      gang.report.holding = gang.members.size();
      judgement_.gangs.emplace(name, gang.report);
    }
    return std::move(judgement_);
  }

 private:
  void blame(const Entry& entry, const std::string& what) {
    judgement_.violations.push_back("revision " + std::to_string(entry.revision) + ": " + what);
  }

  void apply_pod(const Entry& entry, const PodFacts& now) {
    const auto known = pods_.find(now.uid);
    const std::string before = known == pods_.end() ? "" : known->second.node;
    if (!before.empty() && now.node != before) {
      blame(entry, "pod " + entry.name + " moved from " + before + " to '" + now.node + "'");
    }
    if (!before.empty()) take_off(before, known->second);
    if (before.empty() && !now.node.empty()) {
      ++judgement_.bound;
      if (!nodes_.contains(now.node)) blame(entry, "pod " + entry.name + " bound to unknown node " + now.node);
    }
    if (entry.deleted) {
      pods_.erase(now.uid);
    } else {
      pods_[now.uid] = now;
      if (!now.node.empty()) put_on(now.node, now);
    }
    if (!now.node.empty()) check_node(entry, now.node);
    if (!now.gang.empty()) apply_member(entry, now);
  }

  void apply_node(const Entry& entry, const NodeFacts& now) {
    if (entry.deleted) {
      nodes_.erase(entry.name);
      return;
    }
    nodes_[entry.name] = now;
    check_node(entry, entry.name);
  }

  void put_on(const std::string& node, const PodFacts& pod) {
    if (pod.finished()) return;
    for (const auto& [resource, amount] : pod.requests) used_[node][resource] += amount;
  }

  void take_off(const std::string& node, const PodFacts& pod) {
    if (pod.finished()) return;
    for (const auto& [resource, amount] : pod.requests) used_[node][resource] -= amount;
  }

  void check_node(const Entry& entry, const std::string& name) {
    const auto node = nodes_.find(name);
    if (node == nodes_.end()) return;
    for (const auto& [resource, used] : used_[name]) {
      const auto offered = node->second.allocatable.find(resource);
      const Amount allocatable = offered == node->second.allocatable.end() ? 0 : offered->second;
      if (used > allocatable) {
        blame(entry, "node " + name + " holds " + to_string(used) + " of " + resource + ", has " +
                         to_string(allocatable) + " (after the change of " + entry.name + ")");
      }
    }
  }

  void apply_member(const Entry& entry, const PodFacts& pod) {
    GangAccount& gang = gangs_[pod.gang];
    const bool counts = !entry.deleted && !pod.node.empty() && pod.phase != "Failed";
    if (counts && gang.members.insert(pod.uid).second) {
      joined(entry, pod.gang, gang);
    } else if (!counts && gang.members.erase(pod.uid) > 0 && gang.members.empty()) {
      gang.was_whole = false;
      gang.partial_since.reset();
    }
  }

  void joined(const Entry& entry, const std::string& name, GangAccount& gang) {
    if (!gang.first_seen) {
      gang.first_seen = entry.seen;
      gang.report.first_bind = entry.revision;
    }
    gang.report.last_bind = entry.revision;
    gang.report.first_to_last = entry.seen - *gang.first_seen;
    const bool whole = std::cmp_greater_equal(gang.members.size(), gang.report.min_member);
    if (!whole && !gang.was_whole && !gang.partial_since) gang.partial_since = entry;
    if (!whole) return;
    gang.was_whole = true;
    if (!gang.partial_since) return;
    const auto partial = entry.seen - gang.partial_since->seen;
    gang.report.partial = std::max(gang.report.partial, partial);
    gang.partial_since.reset();
    if (partial > allowance_.partial) {
      blame(entry, "gang " + name + " was bound in part for " +
                       std::to_string(duration_cast<milliseconds>(partial).count()) + "ms");
    }
  }

  Allowance allowance_;
  Judgement judgement_;
  std::map<std::string, PodFacts> pods_;  // by uid
  std::map<std::string, NodeFacts> nodes_;
  std::map<std::string, Amounts> used_;  // by node
  std::map<std::string, GangAccount> gangs_;
};

}  // namespace

milliseconds Judgement::longest_partial() const {
  std::chrono::steady_clock::duration longest{0};
  for (const auto& [name, gang] : gangs) longest = std::max(longest, gang.partial);
  return duration_cast<milliseconds>(longest);
}

std::string Judgement::text() const {
  std::ostringstream out;
  out << violations.size() << " violations, " << bound << " binds, " << gangs.size() << " gangs, longest time in part "
      << longest_partial().count() << "ms\n";
  for (const std::string& violation : violations) out << "  VIOLATION " << violation << "\n";
  for (const auto& [name, gang] : gangs) {
    if (gang.first_bind == 0) continue;
    out << "  " << name << ": " << gang.holding << " bound, minimum " << gang.min_member << ", revisions "
        << gang.first_bind << ".." << gang.last_bind << ", first to last bind "
        << duration_cast<milliseconds>(gang.first_to_last).count() << "ms\n";
  }
  return out.str();
}

Judgement judge(std::span<const Entry> history, const Allowance& allowance) {
  std::vector<Entry> ordered(history.begin(), history.end());
  std::ranges::stable_sort(ordered, {}, &Entry::revision);
  Account account(allowance);
  for (const Entry& entry : ordered) account.apply(entry);
  return std::move(account).close();
}

}  // namespace basalt::e2e
