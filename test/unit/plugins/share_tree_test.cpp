#include "plugins/drf/share_tree.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "plugins/drf/queue_hierarchy.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kPart = std::int64_t{1} << 40;

Resources amounts(std::int64_t cpu, std::int64_t memory) {
  Resources made;
  made.set(kCpu, cpu);
  made.set(kMemory, memory);
  return made;
}

TEST(IsSaturated, WhenItHasAllItAsksForOrWhatItNeedsIsGone) {
  constexpr KindSet kAll = ~KindSet{0};
  EXPECT_FALSE(is_saturated({amounts(0, 0), amounts(5, 0)}, kAll));
  EXPECT_FALSE(is_saturated({amounts(3, 0), amounts(5, 0)}, kAll));
  EXPECT_TRUE(is_saturated({amounts(5, 0), amounts(5, 0)}, kAll));
  EXPECT_TRUE(is_saturated({amounts(3, 1), amounts(5, 5)}, KindSet{1} << kCpu));   // no memory is left
  EXPECT_FALSE(is_saturated({amounts(3, 0), amounts(5, 5)}, KindSet{1} << kCpu));  // it has none of it
}

/// Gives one unit after the other to the party that is to be served first, while it can be served, as hierarchical drf
/// does, and says what each party has in the end.
class Serving {
 public:
  explicit Serving(const Resources& whole) : whole_(whole), tree_(whole) {}

  /// A party that wants `request` in pieces of `unit`, at a place of its own.
  void party(const std::string& name, ShareTree::Place parent, std::int64_t weight, const Resources& unit,
             std::int64_t units) {
    Party made{name, tree_.child(parent, name, weight), unit, {}};
    for (std::int64_t i = 0; i < units; ++i) made.demand.request += unit;
    parties_.push_back(made);
    put(parties_.size() - 1);
  }
  ShareTree& tree() { return tree_; }

  std::map<std::string, std::pair<std::int64_t, std::int64_t>> serve() {
    while (serve_one()) {
    }
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> all;
    for (const Party& party : parties_) {
      all[party.name] = {party.demand.allocated[kCpu], party.demand.allocated[kMemory]};
    }
    return all;
  }

 private:
  struct Party {
    std::string name;
    ShareTree::Place place;
    Resources unit;
    LeafDemand demand;
  };
  void put(std::size_t i) {
    tree_.put(static_cast<ShareTree::Leaf>(i), parties_[i].place, parties_[i].demand,
              is_saturated(parties_[i].demand, left_));
  }
  bool serve_one() {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < parties_.size(); ++i) {
      const Party& party = parties_[i];
      const bool wants = !(party.demand.allocated == party.demand.request);
      if (!wants || !(used_ + party.unit).fits_in(whole_)) continue;
      if (!first || tree_.compare(party.place, parties_[*first].place) < 0) first = i;
    }
    if (!first) return false;
    parties_[*first].demand.allocated += parties_[*first].unit;
    used_ += parties_[*first].unit;
    put(*first);
    const KindSet before = std::exchange(left_, 0);
    for (Dimension kind = 0; kind < whole_.width(); ++kind) {
      if (used_[kind] < whole_[kind]) left_ |= KindSet{1} << kind;
    }
    if (left_ != before) {
      for (std::size_t i = 0; i < parties_.size(); ++i) put(i);
    }
    return true;
  }

  Resources whole_, used_;
  ShareTree tree_;
  KindSet left_ = ~KindSet{0};
  std::vector<Party> parties_;
};

using Result = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;

// The intended result of the first data set of Volcano's own test, whose assertion checks nothing.
TEST(ShareTree, AGroupIsNotHeldBackByAMemberThatWantsAnotherKind) {
  Serving serving(amounts(10, 10));
  const auto eng = serving.tree().child(ShareTree::kRoot, "eng", 1000);
  serving.party("sci", ShareTree::kRoot, 1000, amounts(1, 1), 100);
  serving.party("dev", eng, 1000, amounts(1, 0), 100);
  serving.party("prod", eng, 1000, amounts(0, 1), 100);
  EXPECT_EQ((Result{{"sci", {5, 5}}, {"dev", {5, 0}}, {"prod", {0, 5}}}), serving.serve());
}

// The second: what blocks a group on one kind does not block it on the other.
TEST(ShareTree, ABlockedMemberDoesNotBlockItsGroup) {
  Serving serving(amounts(30, 30));
  const auto pg3 = serving.tree().child(ShareTree::kRoot, "pg3", 1000);
  serving.party("pg1", ShareTree::kRoot, 1000, amounts(1, 0), 100);
  serving.party("pg2", ShareTree::kRoot, 1000, amounts(1, 0), 100);
  serving.party("pg31", pg3, 1000, amounts(1, 0), 100);
  serving.party("pg32", pg3, 1000, amounts(0, 1), 100);
  serving.party("pg4", ShareTree::kRoot, 1000, amounts(0, 1), 100);
  EXPECT_EQ((Result{{"pg1", {10, 0}}, {"pg2", {10, 0}}, {"pg31", {10, 0}}, {"pg32", {0, 15}}, {"pg4", {0, 15}}}),
            serving.serve());
}

TEST(ShareTree, WeightsCountInsideAGroupAndBetweenGroups) {
  Serving serving(amounts(120, 0));
  const auto eng = serving.tree().child(ShareTree::kRoot, "eng", 2000);
  serving.party("sci", ShareTree::kRoot, 1000, amounts(1, 0), 1000);
  serving.party("dev", eng, 1000, amounts(1, 0), 1000);
  serving.party("prod", eng, 3000, amounts(1, 0), 1000);
  EXPECT_EQ((Result{{"sci", {40, 0}}, {"dev", {20, 0}}, {"prod", {60, 0}}}), serving.serve());
}

TEST(ShareTree, WhatIsLeftOfAShareGoesToTheOthers) {
  Serving serving(amounts(100, 0));
  const auto eng = serving.tree().child(ShareTree::kRoot, "eng", 1000);
  serving.party("sci", ShareTree::kRoot, 1000, amounts(1, 0), 10);
  serving.party("dev", eng, 1000, amounts(1, 0), 20);
  serving.party("prod", eng, 1000, amounts(1, 0), 1000);
  EXPECT_EQ((Result{{"sci", {10, 0}}, {"dev", {20, 0}}, {"prod", {70, 0}}}), serving.serve());
}

TEST(ShareTree, EqualSharesAreEqualAtAnyDepth) {
  ShareTree tree(amounts(7000, 0));
  ShareTree::Place deep = ShareTree::kRoot;
  for (const char* name : {"a", "b", "c", "d"}) deep = tree.child(deep, name, 3000);
  const auto flat = tree.child(ShareTree::kRoot, "flat", 3000);
  tree.put(0, deep, {amounts(1000, 0), amounts(5000, 0)}, false);
  tree.put(1, flat, {amounts(1000, 0), amounts(5000, 0)}, false);
  EXPECT_EQ(tree.part(deep), tree.part(flat));
  EXPECT_TRUE(tree.compare_shares(deep, flat) == 0);
}

TEST(ShareTree, ForgetsALeafAsIfItHadNeverBeen) {
  ShareTree tree(amounts(1000, 1000));
  const auto a = tree.child(ShareTree::kRoot, "a", 1000);
  const auto b = tree.child(a, "b", 3000);
  tree.put(0, b, {amounts(100, 10), amounts(500, 10)}, false);
  const std::int64_t before = tree.part(a);
  tree.put(1, b, {amounts(300, 20), amounts(500, 20)}, false);
  tree.put(2, a, {amounts(50, 500), amounts(50, 500)}, true);
  EXPECT_NE(before, tree.part(a));
  tree.remove(1);
  tree.remove(2);
  EXPECT_EQ(before, tree.part(a));
  EXPECT_NEAR(static_cast<double>(kPart) / 10, static_cast<double>(tree.part(a)), static_cast<double>(kPart) / 500);
  tree.remove(0);
  EXPECT_EQ(0, tree.part(a));
  EXPECT_TRUE(tree.saturated(a));
}

TEST(ShareTree, OrdersAsWhenBuiltAnewWhateverCameAndWent) {
  std::mt19937 random(7);
  const auto pick = [&](int below) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(below)); };
  struct LeafText {
    ShareTree::Place parent;
    LeafDemand demand;
    bool saturated;
  };
  const auto build = [](ShareTree& tree) {
    std::vector<ShareTree::Place> places;
    const auto a = tree.child(ShareTree::kRoot, "a", 2000);
    const auto b = tree.child(ShareTree::kRoot, "b", 1000);
    for (const auto parent : {a, b}) {
      for (const char* name : {"x", "y", "z"}) places.push_back(tree.child(parent, name, name[0] == 'x' ? 3000 : 1000));
    }
    return places;
  };
  ShareTree grown(amounts(1000, 4000));
  const auto places = build(grown);
  std::map<ShareTree::Leaf, LeafText> leaves;
  for (int step = 0; step < 2000; ++step) {
    const auto leaf = static_cast<ShareTree::Leaf>(pick(12));
    if (pick(4) == 0) {
      grown.remove(leaf);
      leaves.erase(leaf);
    } else {
      const Resources has = amounts(pick(50), pick(200));
      const LeafText text{places[static_cast<std::size_t>(pick(6))], {has, has}, pick(2) == 0};
      grown.put(leaf, text.parent, text.demand, text.saturated);
      leaves[leaf] = text;
    }
    if (step % 50 != 0) continue;
    ShareTree anew(amounts(1000, 4000));
    build(anew);
    for (const auto& [key, text] : leaves) anew.put(key, text.parent, text.demand, text.saturated);
    for (const auto left : places) {
      ASSERT_EQ(anew.part(left), grown.part(left));
      for (const auto right : places) ASSERT_EQ(anew.compare(left, right), grown.compare(left, right));
    }
  }
}

Queue queue_with(const StringPairs& annotations) {
  Queue queue;
  queue.name = "q";
  queue.weight = 3;
  queue.annotations = annotations;
  return queue;
}

TEST(PathOf, IsTheAnnotationsWithoutTheRoot) {
  EXPECT_EQ(
      (QueuePath{{"eng", 2000}, {"dev", 8500}}),
      path_of(queue_with({{"volcano.sh/hierarchy", "root/eng/dev"}, {"volcano.sh/hierarchy-weights", "1/2/8.5"}})));
}

TEST(PathOf, GivesWeightOneWhereNoneIsStatedOrItIsNone) {
  EXPECT_EQ((QueuePath{{"eng", 1000}, {"dev", 1000}}), path_of(queue_with({{"volcano.sh/hierarchy", "root/eng/dev"}})));
  EXPECT_EQ(
      (QueuePath{{"eng", 1000}, {"dev", 1000}}),
      path_of(queue_with({{"volcano.sh/hierarchy", "root/eng/dev"}, {"volcano.sh/hierarchy-weights", "1/heavy"}})));
  EXPECT_EQ((QueuePath{{"eng", 1000}}),
            path_of(queue_with({{"volcano.sh/hierarchy", "root//eng/"}, {"volcano.sh/hierarchy-weights", "1/9/0.5"}})));
}

TEST(PathOf, WithoutTheAnnotationIsTheQueueItself) { EXPECT_EQ((QueuePath{{"q", 3000}}), path_of(queue_with({}))); }

}  // namespace
}  // namespace basalt
