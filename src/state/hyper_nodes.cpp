#include "state/hyper_nodes.hpp"

#include <algorithm>

#include "state/interner.hpp"

namespace basalt {

bool HyperNodes::selects(const Entry& entry, const Node& node) const {
  const Symbols& symbols = cluster_.symbols();
  const std::string& name = symbols.text(node.name);
  if (entry.names.contains(name)) return true;
  const auto by_name = [&](const NamePattern& pattern) { return pattern.matches(name); };
  if (std::any_of(entry.patterns.begin(), entry.patterns.end(), by_name)) return true;
  return std::any_of(entry.selectors.begin(), entry.selectors.end(), [&](const std::vector<Requirement>& all) {
    return !node.placeholder && std::all_of(all.begin(), all.end(), [&](const Requirement& asked) {
      return matches(asked, node.labels, symbols);
    });
  });
}

void HyperNodes::update(const std::string& name, NodeId node, bool is_member) {
  if (member_of_.size() <= node.slot()) member_of_.resize(node.slot() + std::size_t{1});
  std::set<std::string>& held_by = member_of_[node.slot()];
  if (is_member == held_by.contains(name)) return;
  if (is_member) {
    held_by.insert(name);
    cluster_.join(entries_.at(name).row, node);
  } else {
    held_by.erase(name);
    cluster_.leave(entries_.at(name).row, node);
  }
}

void HyperNodes::take(const HyperNodeObject& object) {
  const std::string& name = object.meta.name;
  if (const auto known = entries_.find(name); known != entries_.end() && known->second.tier == object.tier &&
                                              known->second.tier_name == object.tier_name &&
                                              known->second.members == object.members) {
    return;  // its status, which is others' to write
  }
  remove(name);
  Entry entry{{}, object.tier, object.tier_name, object.members, {}, {}, {}};
  HyperNode row;
  row.name = name;
  row.tier = object.tier;
  row.tier_name = object.tier_name;
  Interner intern(cluster_.symbols());
  for (const HyperNodeMemberText& member : object.members) {
    if (!member.is_node) {
      if (member.exact_name) {
        row.children.push_back(*member.exact_name);
      } else {
        row.faults.emplace_back("members of type HyperNode are named by exactMatch only");
      }
    } else if (member.exact_name) {
      entry.names.insert(*member.exact_name);
    } else if (member.name_pattern) {
      entry.patterns.emplace_back(*member.name_pattern);
      if (std::string fault = entry.patterns.back().fault(); !fault.empty()) {
        row.faults.push_back("regexMatch \"" + *member.name_pattern + "\": " + fault);
      }
    } else if (member.labels) {
      entry.selectors.push_back(intern(*member.labels));
    }
  }
  entry.row = cluster_.insert_hyper_node(std::move(row));
  for (const std::string& node : entry.names) named_by_[node].insert(name);
  if (!entry.patterns.empty() || !entry.selectors.empty()) selecting_.insert(name);
  const Entry& kept = entries_.emplace(name, std::move(entry)).first->second;
  std::vector<NodeId> members;
  cluster_.nodes().for_each([&](NodeId id, const Node& node) {
    if (selects(kept, node)) members.push_back(id);
  });
  for (const NodeId node : members) update(name, node, true);
}

void HyperNodes::remove(const std::string& name) {
  const auto known = entries_.find(name);
  if (known == entries_.end()) return;
  for (const NodeId node : cluster_.hyper_nodes()[known->second.row].nodes) member_of_[node.slot()].erase(name);
  for (const std::string& node : known->second.names) {
    const auto named = named_by_.find(node);
    named->second.erase(name);
    if (named->second.empty()) named_by_.erase(named);
  }
  selecting_.erase(name);
  cluster_.erase_hyper_node(known->second.row);
  entries_.erase(known);
}

std::vector<HyperNodeObject> HyperNodes::objects() const {
  std::vector<HyperNodeObject> objects;
  for (const auto& [name, entry] : entries_) {
    HyperNodeObject& object = objects.emplace_back();
    object.meta.name = name;
    object.tier = entry.tier;
    object.tier_name = entry.tier_name;
    object.members = entry.members;
  }
  return objects;
}

void HyperNodes::node_changed(NodeId node) {
  const Node& row = cluster_.nodes()[node];
  if (const auto named = named_by_.find(cluster_.symbols().text(row.name)); named != named_by_.end()) {
    for (const std::string& name : named->second) update(name, node, true);
  }
  for (const std::string& name : selecting_) update(name, node, selects(entries_.at(name), row));
}

void HyperNodes::node_leaves(NodeId node) {
  if (node.slot() >= member_of_.size()) return;
  const std::set<std::string> held_by = member_of_[node.slot()];
  for (const std::string& name : held_by) update(name, node, false);
}

}  // namespace basalt
