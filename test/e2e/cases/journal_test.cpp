// Journals of embedded clusters as histories: that they say all, and that one with a hole is not believed.

#include "e2e/ledger/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/harness/objects.hpp"
#include "e2e/ledger/judgement.hpp"

namespace basalt::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The text of a journal, a millisecond a line.
class JournalText {
 public:
  JournalText& line(const std::string& resource, nlohmann::json object, const std::string& type = "ADDED") {
    ++revision_;
    object["metadata"]["resourceVersion"] = std::to_string(revision_);
    object["metadata"]["uid"] = "uid-of-" + object["metadata"]["name"].get<std::string>();
    if (resource != "nodes") object["metadata"]["namespace"] = "default";
    const nlohmann::json written = {{"revision", revision_},
                                    {"microseconds", 1000 * revision_},
                                    {"type", type},
                                    {"resource", resource},
                                    {"object", std::move(object)}};
    text_ += written.dump() + "\n";
    return *this;
  }
  JournalText& skip_a_revision() {
    ++revision_;
    return *this;
  }
  JournalText& cut(std::size_t bytes) {
    text_.resize(text_.size() - bytes);
    return *this;
  }

  [[nodiscard]] std::vector<Entry> read() const {
    std::istringstream in(text_);
    return read_journal(in);
  }
  [[nodiscard]] std::string refusal() const {
    try {
      static_cast<void>(read());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

 private:
  std::int64_t revision_ = 0;
  std::string text_;
};

TEST(Journal, ItsPodsNodesAndGangsAreAHistory) {
  JournalText journal;
  journal.line("namespaces", {{"metadata", {{"name", "default"}}}})
      .line("nodes", make_node("n1", {.cpu = "2"}))
      .line("podgroups.scheduling.volcano.sh", make_gang("g", {.min_member = 2}))
      .line("pods", make_pod("a", {.gang = "g"}))
      .line("pods", make_pod("a", {.gang = "g", .node = "n1"}), "MODIFIED")
      .line("pods", make_pod("b", {.gang = "g", .node = "n1"}));
  EXPECT_THAT(journal.read(), SizeIs(5));
  const Judgement judgement = judge(journal.read(), {});
  EXPECT_THAT(judgement.violations, IsEmpty());
  EXPECT_EQ(2U, judgement.bound);
  EXPECT_EQ(std::chrono::milliseconds(1), judgement.gangs.at("default/g").partial);
}

TEST(Journal, WhatIsWrongInItIsFound) {
  JournalText journal;
  journal.line("nodes", make_node("n1", {.cpu = "1"}))
      .line("nodes", make_node("n1", {.cpu = "1"}), "DELETED")
      .line("pods", make_pod("a", {.node = "n1"}));
  EXPECT_THAT(judge(journal.read(), {}).violations, ElementsAre("revision 3: pod default/a bound to unknown node n1"));
}

TEST(Journal, OneWithAHoleIsRefused) {
  JournalText journal;
  journal.line("nodes", make_node("n1")).skip_a_revision().line("nodes", make_node("n2"));
  EXPECT_EQ("line 2 of the journal: revision 3 after 1", journal.refusal());
}

TEST(Journal, OneThatIsCutOffIsRefused) {
  JournalText journal;
  journal.line("nodes", make_node("n1")).line("nodes", make_node("n2")).cut(20);
  EXPECT_THAT(journal.refusal(), HasSubstr("line 2 of the journal: "));
}

TEST(Journal, AnObjectOfAnotherRevisionThanItsLineIsRefused) {
  std::istringstream in(R"({"revision":3,"microseconds":1,"type":"ADDED","resource":"nodes","object":)"
                        R"({"metadata":{"name":"n","resourceVersion":"2"}}})");
  EXPECT_THROW(read_journal(in), std::runtime_error);
}

}  // namespace
}  // namespace basalt::e2e
