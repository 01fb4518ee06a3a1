#include "plugins/drf/share_tree.hpp"

#include <algorithm>
#include <utility>

#include "basalt/base/check.hpp"
#include "basalt/framework/past_share.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr int kBits = 40;
/// How finely amounts at full share are kept: an amount below 2^60 times a weight below 2^30 fits.
constexpr int kFineBits = 32;
constexpr std::int64_t kWhole = std::int64_t{1} << kBits;
constexpr std::int64_t kFine = std::int64_t{1} << kFineBits;

}  // namespace

bool is_saturated(const LeafDemand& leaf, KindSet left) {
  for (Dimension kind = 0; kind < leaf.allocated.width(); ++kind) {
    if (leaf.allocated[kind] <= 0 || leaf.request[kind] <= 0) continue;
    if (leaf.allocated[kind] >= leaf.request[kind] || (left & (KindSet{1} << kind)) == 0) return true;
  }
  return false;
}

ShareTree::ShareTree(const Resources& whole) : whole_(whole), nodes_(1) {}

ShareTree::Place ShareTree::child(Place parent, std::string_view name, std::int64_t weight) {
  BASALT_CHECK(weight > 0 && weight <= kMostWeight, "a weight above zero, and not beyond any");
  const auto known = nodes_[parent].children.find(name);
  if (known != nodes_[parent].children.end()) return known->second;
  const auto place = static_cast<Place>(nodes_.size());
  Node node;
  node.parent = parent;
  node.depth = nodes_[parent].depth + 1;
  node.weight = weight;
  nodes_.push_back(std::move(node));
  nodes_[parent].children.emplace(name, place);
  return place;  // saturated while it has no members, so the node above does not care
}

void ShareTree::put(Leaf leaf, Place parent, const LeafDemand& demand, bool saturated) {
  if (leaves_.size() <= leaf) leaves_.resize(leaf + std::size_t{1});
  LeafEntry& entry = leaves_[leaf];
  const Standing after{demand.allocated, dominant(demand.allocated), saturated};
  if (entry.exists && entry.parent == parent) {
    if (entry.standing == after) return;
    change(parent, kWeightOne, &entry.standing, &after);
  } else {
    if (entry.exists) change(entry.parent, kWeightOne, &entry.standing, nullptr);
    change(parent, kWeightOne, nullptr, &after);
  }
  entry = LeafEntry{true, parent, after};
}

void ShareTree::remove(Leaf leaf) {
  if (leaf >= leaves_.size() || !leaves_[leaf].exists) return;
  change(leaves_[leaf].parent, kWeightOne, &leaves_[leaf].standing, nullptr);
  leaves_[leaf] = LeafEntry{};
}

/// Of the nodes that do not hold both places, from the root down.
template <class Compare>
std::weak_ordering ShareTree::first_difference(Place left, Place right, Compare&& compare_nodes) const {
  // Up to one level, and from there on together: the last difference on the way up is the first on the way down.
  while (nodes_[left].depth > nodes_[right].depth) left = nodes_[left].parent;
  while (nodes_[right].depth > nodes_[left].depth) right = nodes_[right].parent;
  std::weak_ordering order = std::weak_ordering::equivalent;
  for (; left != right; left = nodes_[left].parent, right = nodes_[right].parent) {
    const std::weak_ordering here = compare_nodes(left, right);
    if (here != 0) order = here;
  }
  return order;
}

std::weak_ordering ShareTree::compare(Place left, Place right) const {
  const std::weak_ordering order = first_difference(left, right, [this](Place l, Place r) -> std::weak_ordering {
    if (saturated(l) != saturated(r)) return saturated(l) <=> saturated(r);
    const std::weak_ordering by_share = compare_parts(l, r);
    return by_share != 0 ? by_share : l <=> r;
  });
  return order != 0 ? order : nodes_[left].depth <=> nodes_[right].depth;
}

std::weak_ordering ShareTree::compare_shares(Place left, Place right) const {
  return first_difference(left, right, [this](Place l, Place r) { return compare_parts(l, r); });
}

std::weak_ordering ShareTree::compare_parts(Place left, Place right) const {
  return Int128{part(left)} * nodes_[right].weight <=> Int128{part(right)} * nodes_[left].weight;
}

std::int64_t ShareTree::dominant(const Resources& amount) const { return dominant_part(amount, whole_); }

void ShareTree::AtFullShare::add(const Resources& amount, WeighedPart by, int sign) {
  for (Dimension kind = 0; kind < amount.width(); ++kind) {
    amounts_[kind] += sign * (Int128{amount[kind]} * by.weight * kFine / by.part);
  }
  width_ = std::max(width_, amount.width());
}

Resources ShareTree::AtFullShare::cut_to(WeighedPart by) const {
  Resources cut;
  // To nearest: a member that is not cut counts for what it has, and equal shares are equal at any depth.
  const Int128 scale = Int128{by.weight} * kFine;
  for (Dimension kind = 0; kind < width_; ++kind) {
    cut.set(kind, static_cast<std::int64_t>((amounts_[kind] * by.part + scale / 2) / scale));
  }
  return cut;
}

ShareTree::Standing ShareTree::standing_of(const Node& node) const {
  Standing standing;
  standing.allocated = node.of_saturated.saturated();
  if (!node.parts.empty()) standing.allocated += node.of_others.cut_to(*node.parts.begin());
  standing.part = dominant(standing.allocated);
  standing.saturated = node.unsaturated == 0;
  return standing;
}

/// A member comes (sign 1) or goes (-1): what it adds is the same both times.
void ShareTree::count(Node& node, const Standing& member, std::int64_t weight, int sign) {
  if (member.saturated) {
    sign > 0 ? node.of_saturated.add(member.allocated) : node.of_saturated.subtract(member.allocated);
    return;
  }
  node.unsaturated += static_cast<std::uint32_t>(sign);
  if (member.is_empty()) return;
  const WeighedPart by{std::max<std::int64_t>(member.part, 1), weight};
  if (sign > 0) {
    node.parts.insert(by);
  } else {
    node.parts.erase(node.parts.find(by));
  }
  node.of_others.add(member.allocated, by, sign);
}

void ShareTree::change(Place parent, std::int64_t weight, const Standing* before, const Standing* after) {
  Node& node = nodes_[parent];
  if (before != nullptr) count(node, *before, weight, -1);
  if (after != nullptr) count(node, *after, weight, 1);
  const Standing now = standing_of(node);
  if (now == node.standing) return;
  const Standing was = std::exchange(node.standing, now);
  if (parent != kRoot) change(node.parent, node.weight, &was, &now);
}

}  // namespace basalt
