#include <gmock/gmock.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "unit/recording/recorded_world.hpp"

// The programs on a recording, as people use them.
namespace basalt::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int status = -1;
  std::string output;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> part{};
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), pipe))
    outcome.output.append(part.data(), count);
  outcome.status = WEXITSTATUS(pclose(pipe));
  return outcome;
}

class ToolsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Recording recording(world_, folder_);
    world_.happens(
        "queue default\nnode n0 cpu=9 unschedulable\nnode n1 cpu=2\njob train min=3\ntask train-{0..2} cpu=1\n");
    world_.cycle();
    world_.happens("node n2 cpu=1");
    world_.cycle();
  }
  [[nodiscard]] std::string file() const { return folder_.files().front().string(); }
  [[nodiscard]] Outcome replay(const std::string& arguments) const { return run(BASALT_REPLAY " " + arguments); }
  [[nodiscard]] Outcome explain(const std::string& arguments) const { return run(BASALT_EXPLAIN " " + arguments); }

  Folder folder_;
  RecordedWorld world_;
};

TEST_F(ToolsTest, ReplayEndsWithZeroWhenAllIsDecidedAsRecorded) {
  const Outcome outcome = replay(file());
  EXPECT_EQ(0, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("2 cycles, 0 decided otherwise"));
}

TEST_F(ToolsTest, ReplayShowsTheFirstDifferenceWithBothDecisions) {
  auto reader = RecordingReader::open(file());
  ASSERT_TRUE(reader);
  const auto changed = folder_.path() / "changed";
  auto out = RecordingFile::create(changed);
  ASSERT_TRUE(out);
  ASSERT_TRUE(out->append(reader->header()));
  while (true) {
    auto frame = reader->next();
    ASSERT_TRUE(frame);
    if (!*frame) break;
    if (auto* cycle = std::get_if<RecordedCycle>(&**frame)) {
      cycle->decisions = "bind train-0 n7\n";
      cycle->digest = digest_of(*cycle->decisions);
    }
    ASSERT_TRUE(out->append(**frame));
  }
  const Outcome outcome = replay(changed.string());
  EXPECT_EQ(1, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("cycle 1 decides otherwise"), HasSubstr("recorded: bind train-0 n7"),
                                    HasSubstr("2 decided otherwise")));
}

TEST_F(ToolsTest, ReplayStopsAtACycleAndDumpsTheCluster) {
  const Outcome outcome = replay("--cycle 1 --dump " + file());
  EXPECT_EQ(0, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("-- cycle 1"), HasSubstr("node n1"), HasSubstr("task train-2"),
                                    Not(HasSubstr("node n2"))));
}

TEST_F(ToolsTest, ReplayAnswersWhatAnotherConfigurationWouldHaveDecided) {
  const std::filesystem::path configuration = folder_.path().string() + ".conf";  // beside the recordings
  std::ofstream(configuration) << "actions: \"enqueue, allocate\"\ntiers:\n- plugins:\n  - name: predicates\n";
  const Outcome outcome = replay("--config " + configuration.string() + " " + file());
  EXPECT_EQ(0, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("bind train-0 n1"));  // without the gang plugin a part of a gang is placed
}

TEST_F(ToolsTest, ReplayRefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(2, replay("").status);
  EXPECT_EQ(2, replay("--no-such-flag " + file()).status);
  EXPECT_EQ(2, replay("/nowhere").status);
  EXPECT_EQ(2, replay("--cycle 99 " + file()).status);
  EXPECT_EQ(0, replay("--help").status);
}

TEST_F(ToolsTest, ExplainSaysWhyAJobWaitedAfterACycle) {
  const Outcome outcome = explain("--recording " + file() + " --cycle 1 train");
  EXPECT_EQ(0, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("as of cycle 1"), HasSubstr("Insufficient cpu"),
                                    HasSubstr("would help: cpu 1 more left on node n1")));
}

TEST_F(ToolsTest, ExplainSaysThatNothingWaitsAtTheEnd) {
  const Outcome outcome = explain("--recording " + file());
  EXPECT_EQ(0, outcome.status) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("no job waits"));
}

TEST_F(ToolsTest, ExplainKnowsPodsAndSpeaksJson) {
  EXPECT_THAT(explain("--recording " + file() + " --cycle 1 train-1").output, HasSubstr("pod train-1 is Pending"));
  const Outcome outcome = explain("--recording " + file() + " --cycle 1 --json train");
  EXPECT_THAT(outcome.output, HasSubstr("\"hindrance\":\"no_room\""));
  EXPECT_EQ(1, explain("--recording " + file() + " nobody").status);
}

}  // namespace
}  // namespace basalt::testing
