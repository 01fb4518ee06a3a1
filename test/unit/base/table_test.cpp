#include "basalt/base/table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace basalt {
namespace {

struct RowTag;
using Rows = Table<RowTag, std::string>;
using RowId = Id<RowTag>;

TEST(Table, FindsARowByTheIdItGave) {
  Rows rows;
  const RowId a = rows.insert("a");
  const RowId b = rows.insert("b");
  EXPECT_EQ("a", rows[a]);
  EXPECT_EQ("b", *rows.find(b));
  rows[a] = "changed";
  EXPECT_EQ("changed", *std::as_const(rows).find(a));
  EXPECT_EQ(2U, rows.size());
}

TEST(Table, HasNoRowForTheEmptyId) {
  Rows rows;
  rows.insert("a");
  EXPECT_FALSE(rows.contains(RowId()));
  EXPECT_EQ(nullptr, rows.find(RowId()));
}

TEST(Table, HasNoRowForASlotItNeverUsed) {
  const Rows rows;
  EXPECT_FALSE(rows.contains(RowId(0, 0)));
}

TEST(Table, UsesASlotAgainUnderAnotherGeneration) {
  Rows rows;
  const RowId old = rows.insert("old");
  rows.erase(old);
  EXPECT_FALSE(rows.contains(old));
  const RowId successor = rows.insert("new");
  EXPECT_EQ(old.slot(), successor.slot());
  EXPECT_NE(old, successor);
  EXPECT_EQ(nullptr, rows.find(old));
  EXPECT_EQ("new", rows[successor]);
  EXPECT_EQ(1U, rows.slots());
}

TEST(Table, ReleasesWhatAnErasedRowHeld) {
  Table<RowTag, std::shared_ptr<int>> rows;
  const auto value = std::make_shared<int>(1);
  const RowId id = rows.insert(value);
  EXPECT_EQ(2, value.use_count());
  rows.erase(id);
  EXPECT_EQ(1, value.use_count());
}

TEST(Table, VisitsItsRowsInSlotOrder) {
  Rows rows;
  const RowId a = rows.insert("a");
  const RowId b = rows.insert("b");
  const RowId c = rows.insert("c");
  rows.erase(b);
  std::vector<std::pair<RowId, std::string>> seen;
  rows.for_each([&](RowId id, const std::string& row) { seen.emplace_back(id, row); });
  EXPECT_EQ((std::vector<std::pair<RowId, std::string>>{{a, "a"}, {c, "c"}}), seen);
}

TEST(Table, TellsTheIdOfTheRowThatIsInASlot) {
  Rows rows;
  rows.erase(rows.insert("old"));
  const RowId id = rows.insert("new");
  EXPECT_EQ(id, rows.id_in(id.slot()));
}

/// One random step on the table, and the same on a plain map from (slot, generation).
class TableBesideMap {
 public:
  explicit TableBesideMap(std::uint64_t seed) : random_(seed) {}

  void step() {
    if (expected_.empty() || random_() % 5 < 3) {
      const int value = static_cast<int>(random_() % 1000);
      const RowId id = table_.insert(value);
      ASSERT_TRUE(ever_.insert(key(id)).second) << "an id was given twice";
      expected_[key(id)] = value;
    } else {
      auto victim = std::next(expected_.begin(), static_cast<std::ptrdiff_t>(random_() % expected_.size()));
      table_.erase(RowId(victim->first.first, victim->first.second));
      expected_.erase(victim);
    }
  }

  void compare() const {
    ASSERT_EQ(expected_.size(), table_.size());
    for (const auto& [slot, generation] : ever_) {
      const auto row = expected_.find({slot, generation});
      const int* const found = table_.find(RowId(slot, generation));
      ASSERT_EQ(row != expected_.end(), found != nullptr) << "slot " << slot << " generation " << generation;
      if (found != nullptr) {
        ASSERT_EQ(row->second, *found);
      }
      ASSERT_LT(slot, table_.slots());
    }
    std::map<Key, int> visited;
    table_.for_each([&](RowId id, int value) { visited[key(id)] = value; });
    ASSERT_EQ(expected_, visited);
  }

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;
  static Key key(RowId id) { return {id.slot(), id.generation()}; }

  std::mt19937_64 random_;
  Table<RowTag, int> table_;
  std::map<Key, int> expected_;
  std::set<Key> ever_;
};

TEST(Table, BehavesAsAMapThatNeverGivesAnIdTwice) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TableBesideMap both(seed);
    for (int step = 0; step < 400; ++step) {
      ASSERT_NO_FATAL_FAILURE(both.step());
      if (step % 20 == 0) {
        ASSERT_NO_FATAL_FAILURE(both.compare());
      }
    }
    ASSERT_NO_FATAL_FAILURE(both.compare());
  }
}

TEST(TableDeathTest, TheIdOfAnErasedRowAborts) {
  Rows rows;
  const RowId id = rows.insert("a");
  rows.erase(id);
  EXPECT_DEATH(static_cast<void>(rows[id]), "no row with this id");
  EXPECT_DEATH(rows.erase(id), "erase of a row that does not exist");
  EXPECT_DEATH(static_cast<void>(rows.id_in(id.slot())), "no row in this slot");
}

}  // namespace
}  // namespace basalt
