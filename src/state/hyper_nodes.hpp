#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/model/objects.hpp"
#include "state/name_pattern.hpp"

namespace basalt {

/// Resolves the members of HyperNodes: keeps the rows, and their nodes in step with the nodes that
/// come, go and change their labels. Members that are not there yet are found when they come.
/// Exact names are looked up; patterns and label selectors are asked about each node once when
/// either is new, and selectors again when the node's labels change. One thread.
class HyperNodes {
 public:
  /// `cluster` must outlive this.
  explicit HyperNodes(Cluster& cluster) : cluster_(cluster) {}

  void take(const HyperNodeObject& object);
  void remove(const std::string& name);

  /// All of them as declared, by name, their metadata but for the name left out.
  [[nodiscard]] std::vector<HyperNodeObject> objects() const;

  /// The row of a node is new, or has changed.
  void node_changed(NodeId node);
  /// A node is about to be erased.
  void node_leaves(NodeId node);

 private:
  struct Entry {
    HyperNodeId row;
    std::int32_t tier = 0;
    std::string tier_name;
    std::vector<HyperNodeMemberText> members;
    std::set<std::string, std::less<>> names;  ///< nodes by exact name
    std::vector<NamePattern> patterns;
    std::vector<std::vector<Requirement>> selectors;  ///< all requirements of one must hold
  };

  [[nodiscard]] bool selects(const Entry& entry, const Node& node) const;
  void update(const std::string& name, NodeId node, bool is_member);

  Cluster& cluster_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::set<std::string>, std::less<>> named_by_;  ///< by node: HyperNodes with its exact name
  std::set<std::string> selecting_;                                     ///< HyperNodes with patterns or selectors
  std::vector<std::set<std::string>> member_of_;                        ///< by slot of the node
};

}  // namespace basalt
