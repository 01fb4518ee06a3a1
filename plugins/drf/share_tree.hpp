#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/model/resources.hpp"
#include "plugins/amounts/job_ledger.hpp"
#include "plugins/amounts/share.hpp"

/// The arithmetic of hierarchical dominant resource fairness: who is to be served next, when parties are grouped and
/// groups have weights. Source: Volcano's drf plugin with enableHierarchy, after "Hierarchical scheduling for diverse
/// datacenter workloads" (Bhattacharya et al.), here with integers and updated at the cost of what changes.
namespace basalt {

/// What a party has and wants, "wants" including what it has.
struct LeafDemand {
  Resources allocated;
  Resources request;
};

/// Kinds of which the cluster has some left, as bits.
using KindSet = std::uint32_t;

/// Whether a party cannot be served any more: of a kind it has some of, it has all it asks for, or it asks for a kind
/// of which nothing is left. A party that has nothing is never saturated.
[[nodiscard]] bool is_saturated(const LeafDemand& leaf, KindSet left);

/// A tree whose leaves are parties. The share of a leaf is its dominant share of the whole. The share of an inner node
/// is the dominant share of what its members have together, where members that can still be served count as if each
/// had been cut to the smallest share by weight among them: so a group is not held back by one member's surplus of a
/// kind that the others do not want. (Volcano leaves the weights out there, so a group with unequal members gets too
/// much.)
///
/// Shares are kept in units of 2^-40, weights in thousandths. Not thread-safe.
class ShareTree {
 public:
  using Place = std::uint32_t;  ///< of an inner node
  using Leaf = std::uint32_t;   ///< a number that the caller chooses
  static constexpr Place kRoot = 0;
  static constexpr std::int64_t kWeightOne = 1000;
  static constexpr std::int64_t kMostWeight = 1'000'000 * kWeightOne;

  /// What shares are taken of. No leaf may exist.
  explicit ShareTree(const Resources& whole = {});

  /// The node of a name below `parent`, made with this weight (from 1 to `kMostWeight`) if need be: the first weight
  /// stands.
  Place child(Place parent, std::string_view name, std::int64_t weight);
  /// A leaf is there, or has changed. Its weight is 1.
  void put(Leaf leaf, Place parent, const LeafDemand& demand, bool saturated);
  /// Nothing happens where there is no such leaf.
  void remove(Leaf leaf);

  /// Which of two nodes is to be served first, level by level from the root: who can be served before who cannot, then
  /// the smaller share by weight, then who was made first; and a node before those below it. Only a node and itself are
  /// equivalent: else nodes that differ further down could both be equal to a third, and it would be no order.
  [[nodiscard]] std::weak_ordering compare(Place left, Place right) const;
  /// Which has the smaller share by weight, at the first level where they differ in that.
  [[nodiscard]] std::weak_ordering compare_shares(Place left, Place right) const;

  /// For explanations and tests.
  [[nodiscard]] std::int64_t part(Place place) const { return nodes_[place].standing.part; }
  [[nodiscard]] bool saturated(Place place) const { return nodes_[place].standing.saturated; }

 private:
  /// What a member is to the node above it.
  struct Standing {
    Resources allocated;
    std::int64_t part = 0;  // its share
    bool saturated = true;
    [[nodiscard]] bool is_empty() const { return allocated == Resources{}; }
    bool operator==(const Standing&) const = default;
  };
  /// The share of a member for each unit of its weight, ordered as the fraction it is.
  struct WeighedPart {
    std::int64_t part = 0, weight = 1;
    friend bool operator<(const WeighedPart& left, const WeighedPart& right) {
      return Int128{left.part} * right.weight < Int128{right.part} * left.weight;
    }
  };
  /// What members would have if the share of each were its weight.
  class AtFullShare {
   public:
    void add(const Resources& amount, WeighedPart by, int sign);
    /// The same if it were `by` of its weight: no more than they have, if `by` is the smallest among them.
    [[nodiscard]] Resources cut_to(WeighedPart by) const;

   private:
    std::array<Int128, Resources::kMaxDimensions> amounts_{};
    Dimension width_ = 0;
  };
  struct Node {
    Place parent = kRoot;
    std::uint32_t depth = 0;
    std::int64_t weight = kWeightOne;
    std::map<std::string, Place, std::less<>> children;
    // Of its members:
    std::uint32_t unsaturated = 0;
    WideSum of_saturated;              // what they have
    AtFullShare of_others;             // that have anything
    std::multiset<WeighedPart> parts;  // of the same
    Standing standing;
  };
  struct LeafEntry {
    bool exists = false;
    Place parent = kRoot;
    Standing standing;
  };

  [[nodiscard]] Standing standing_of(const Node& node) const;
  [[nodiscard]] std::int64_t dominant(const Resources& amount) const;
  [[nodiscard]] std::weak_ordering compare_parts(Place left, Place right) const;
  template <class Compare>
  [[nodiscard]] std::weak_ordering first_difference(Place left, Place right, Compare&& compare_nodes) const;
  void count(Node& node, const Standing& member, std::int64_t weight, int sign);
  void change(Place parent, std::int64_t weight, const Standing* before, const Standing* after);

  Resources whole_;
  std::vector<Node> nodes_;
  std::vector<LeafEntry> leaves_;
};

}  // namespace basalt
