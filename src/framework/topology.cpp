#include "basalt/framework/topology.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace basalt {

bool Topology::is_within(HyperNodeId inner, HyperNodeId outer) const {
  for (HyperNodeId at = inner; at; at = parent(at)) {
    if (at == outer) return true;
  }
  return false;
}

std::span<const HyperNodeId> Topology::around(NodeId node) const {
  if (node.slot() >= around_.size()) return {};
  return around_[node.slot()];
}

HyperNodeId Topology::smallest_around(std::span<const NodeId> nodes) const {
  if (nodes.empty()) return HyperNodeId{};
  std::vector<HyperNodeId> common;
  NodeId last;
  for (const NodeId node : nodes) {
    if (node == last) continue;
    const std::span<const HyperNodeId> here = around(node);
    if (!last) {
      common.assign(here.begin(), here.end());
    } else {
      std::erase_if(common, [&](HyperNodeId held) { return std::find(here.begin(), here.end(), held) == here.end(); });
    }
    last = node;
    if (common.size() <= 1) break;
  }
  return common.empty() ? root_ : common.front();
}

std::optional<std::int32_t> Topology::tier_named(std::string_view name) const {
  if (const auto known = tiers_by_name_.find(name); known != tiers_by_name_.end()) return known->second;
  return std::nullopt;
}

void Topology::rebuild(const Table<HyperNodeTag, HyperNode>& declared, HyperNodeId root,
                       std::span<const NodeId> nodes) {
  root_ = root;
  ordered_.clear();
  tiers_by_name_.clear();
  problems_.clear();
  declared.for_each([&](HyperNodeId id, const HyperNode&) {
    if (id != root) ordered_.push_back(id);
  });
  std::sort(ordered_.begin(), ordered_.end(),
            [&](HyperNodeId left, HyperNodeId right) { return comes_before(declared[left], declared[right]); });
  domains_.assign(declared.slots(), Domain{});
  for (const HyperNodeId id : ordered_) {
    const HyperNode& row = declared[id];
    domains_[id.slot()].tier = row.tier;
    if (!row.tier_name.empty()) tiers_by_name_.emplace(row.tier_name, row.tier);  // the lowest stands
  }
  const std::int32_t highest = ordered_.empty() ? 0 : declared[ordered_.back()].tier;
  domains_[root.slot()].tier = highest == std::numeric_limits<std::int32_t>::max() ? highest : highest + 1;
  ordered_.push_back(root);
  for (std::uint32_t i = 0; i < ordered_.size(); ++i) domains_[ordered_[i].slot()].rank = i;
  link(declared);
  gather_nodes(declared, nodes);
}

/// Finds each HyperNode's parent among those that name it.
void Topology::link(const Table<HyperNodeTag, HyperNode>& declared) {
  std::map<std::string_view, HyperNodeId> by_name;
  for (const HyperNodeId id : ordered_) by_name.emplace(declared[id].name, id);
  std::vector<std::vector<HyperNodeId>> claims(declared.slots());  // who names it, by slot
  for (const HyperNodeId id : ordered_) {
    const HyperNode& row = declared[id];
    for (const std::string& fault : row.faults) problems_.push_back("HyperNode \"" + row.name + "\": " + fault);
    for (const std::string& name : row.children) {
      const auto member = by_name.find(name);
      if (member == by_name.end() || member->second == root_) continue;  // not there yet
      const std::int32_t tier_of_member = tier(member->second);
      if (tier_of_member >= row.tier) {
        problems_.push_back("HyperNode \"" + row.name + "\" of tier " + std::to_string(row.tier) +
                            " cannot hold HyperNode \"" + name + "\" of tier " + std::to_string(tier_of_member));
        continue;
      }
      auto& claimants = claims[member->second.slot()];
      if (claimants.empty() || claimants.back() != id) claimants.push_back(id);
    }
  }
  for (const HyperNodeId id : ordered_) {
    if (id == root_) continue;
    const auto& claimants = claims[id.slot()];
    if (claimants.size() > 1) {
      std::string text = "HyperNode \"" + declared[id].name + "\" is held by none of those that name it:";
      for (const HyperNodeId claimant : claimants) text += " \"" + declared[claimant].name + "\"";
      problems_.push_back(std::move(text));
    }
    const HyperNodeId parent = claimants.size() == 1 ? claimants.front() : root_;
    domains_[id.slot()].parent = parent;
    domains_[parent.slot()].children.push_back(id);  // in order, since `ordered_` is
  }
}

/// Fills the domains from below: a HyperNode's tier is above those of all it holds.
void Topology::gather_nodes(const Table<HyperNodeTag, HyperNode>& declared, std::span<const NodeId> nodes) {
  std::uint32_t slots = 0;
  for (const NodeId node : nodes) slots = std::max(slots, node.slot() + 1);
  constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> ranks(slots, kAbsent);
  for (std::uint32_t i = 0; i < nodes.size(); ++i) ranks[nodes[i].slot()] = i;
  around_.assign(slots, {});
  for (const HyperNodeId id : ordered_) {
    Domain& made = domains_[id.slot()];
    if (id == root_) {
      made.nodes.assign(nodes.begin(), nodes.end());
    } else {
      std::vector<std::uint32_t> held;
      for (const NodeId node : declared[id].nodes) {
        if (node.slot() < slots && ranks[node.slot()] != kAbsent) held.push_back(ranks[node.slot()]);
      }
      for (const HyperNodeId child : made.children) {
        for (const NodeId node : domain(child).nodes) held.push_back(ranks[node.slot()]);
      }
      std::sort(held.begin(), held.end());
      held.erase(std::unique(held.begin(), held.end()), held.end());
      for (const std::uint32_t rank : held) made.nodes.push_back(nodes[rank]);
    }
    for (const NodeId node : made.nodes) around_[node.slot()].push_back(id);
  }
}

}  // namespace basalt
