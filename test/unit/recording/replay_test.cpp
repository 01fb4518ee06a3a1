#include "recording/replay.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "recording/cluster_dump.hpp"
#include "state/checkpoint.hpp"
#include "unit/recording/recorded_world.hpp"

namespace basalt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class ReplayTest : public ::testing::Test {
 protected:
  /// Three cycles.
  void SetUp() override {
    const Recording recording(world_, folder_);
    world_.happens(
        "queue default\nnode n{1..2} cpu=2 label:zone=a taint:gpu=yes:NoSchedule\n"
        "job train min=2\ntask train-{0..1} cpu=1 tolerate:gpu=yes port=80");
    world_.cycle();
    world_.happens("pod alone cpu=1 tolerate:gpu=yes");
    world_.cycle();
    world_.happens("pod late cpu=1 tolerate:gpu=yes");
    world_.cycle();
  }

  [[nodiscard]] std::string bytes() const {
    std::ostringstream all;
    all << std::ifstream(folder_.files().front(), std::ios::binary).rdbuf();
    return all.str();
  }
  std::filesystem::path write(const std::string& content) {
    const auto file = folder_.path() / "changed";
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

  Folder folder_;
  RecordedWorld world_;
};

TEST_F(ReplayTest, AFileThatEndsInTheMiddleOfAFrameIsGoodUpToThatFrame) {
  const std::string whole = bytes();
  ASSERT_THAT(replay(write(whole)).decisions, SizeIs(3));
  for (std::size_t cut = 1; cut < 40; ++cut) {
    const Replayed replayed = replay(write(whole.substr(0, whole.size() - cut)));
    EXPECT_EQ("", replayed.error) << cut;
    EXPECT_TRUE(replayed.all_same) << cut;
    EXPECT_THAT(replayed.decisions, SizeIs(2)) << cut;
    EXPECT_THAT(replayed.incomplete_because, HasSubstr("torn")) << cut;
  }
}

TEST_F(ReplayTest, ALastFrameWithAWrongByteIsTorn) {
  std::string changed = bytes();
  changed.back() = static_cast<char>(changed.back() ^ 1);
  const Replayed replayed = replay(write(changed));
  EXPECT_EQ("", replayed.error);
  EXPECT_THAT(replayed.decisions, SizeIs(2));
}

TEST_F(ReplayTest, AWrongByteBeforeThatIsDamage) {
  std::string changed = bytes();
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  EXPECT_THAT(replay(write(changed)).error, HasSubstr("checksum"));
}

TEST_F(ReplayTest, WhatIsNoRecordingIsRefused) {
  EXPECT_THAT(replay(write("some text that is no recording, and long enough to have a length")).error,
              Not(::testing::IsEmpty()));
  EXPECT_THAT(replay(write("")).error, HasSubstr("is no recording"));
  EXPECT_THAT(replay(folder_.path() / "missing").error, HasSubstr("missing"));
}

TEST_F(ReplayTest, NoRandomBytesBreakTheReader) {
  std::string changed = bytes();
  for (std::size_t i = 0; i < changed.size(); i += 7) {
    const char kept = std::exchange(changed[i], static_cast<char>(i));
    static_cast<void>(decode_frame(std::string_view(changed).substr(8)));
    changed[i] = kept;
  }
}

TEST_F(ReplayTest, AnotherConfigurationShowsWhatItWouldHaveDecided) {
  const Replayed replayed =
      replay(folder_.files().front(), "actions: \"enqueue\"\ntiers:\n- plugins:\n  - name: gang\n");
  EXPECT_EQ("", replayed.error);
  EXPECT_FALSE(replayed.all_same);
  EXPECT_THAT(replayed.decisions, SizeIs(3));
  EXPECT_THAT(replayed.decisions.front(), Not(HasSubstr("bind")));
}

TEST_F(ReplayTest, ADumpIsTheBeginningOfAScenario) {
  const std::string dump = print_cluster(world_.state().checkpoint());
  EXPECT_THAT(dump, HasSubstr("node n1"));
  EXPECT_THAT(dump, HasSubstr("# the bind is under way"));
  const auto read = parse_cluster_text(dump);
  ASSERT_TRUE(read) << read.error().message << "\n" << dump;
  State again{Ownership{}};
  for (const Delta& delta : *read) again.apply(delta);
  EXPECT_EQ(world_.state().cluster().tasks().size(), again.cluster().tasks().size()) << dump;
  EXPECT_EQ(world_.state().cluster().total_allocatable(), again.cluster().total_allocatable()) << dump;
}

}  // namespace
}  // namespace basalt::testing
