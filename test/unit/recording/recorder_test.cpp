#include "recording/recorder.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <optional>

#include "unit/recording/recorded_world.hpp"

namespace basalt::testing {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kCluster = R"(
queue default
node  n{1..2} cpu=2
job   train min=3
task  train-{0..2} cpu=1
job   big min=2
task  big-{0..1} cpu=2
)";

class RecorderTest : public ::testing::Test {
 protected:
  void start(RecorderOptions options = {}) {
    if (options.folder.empty()) options.folder = folder_.path();
    options.program = "test";
    recorder_.emplace(std::move(options), [this](std::string_view why) {
      why_broken_ = why;
      ++breaks_;
    });
    recorder_->start();
    world_.record(&*recorder_);
  }
  /// Ends the recording, so that all of it is in its files.
  void end() {
    world_.record(nullptr);
    recorder_.reset();
  }

  Folder folder_;
  RecordedWorld world_;
  std::optional<Recorder> recorder_;
  std::string why_broken_;
  std::atomic<int> breaks_{0};
};

TEST_F(RecorderTest, WhatWasRecordedIsDecidedAgain) {
  start();
  std::vector<std::string> decided;
  world_.happens(kCluster);
  decided.push_back(world_.cycle());
  EXPECT_THAT(decided.back(), HasSubstr("bind train-0"));
  world_.binds_are(BindResult::Outcome::acknowledged);
  decided.push_back(world_.cycle());
  world_.happens("node n3 cpu=8");
  decided.push_back(world_.cycle());
  EXPECT_THAT(decided.back(), HasSubstr("bind big-0"));
  end();
  ASSERT_THAT(folder_.files(), SizeIs(1));
  const Replayed replayed = replay(folder_.files().front());
  EXPECT_EQ("", replayed.error);
  EXPECT_EQ("", replayed.incomplete_because);
  EXPECT_TRUE(replayed.all_same);
  EXPECT_THAT(replayed.decisions, ElementsAreArray(decided));
}

TEST_F(RecorderTest, ARecordingMayBeginWhileBindsAreUnderWayAndReservationsStand) {
  world_.happens(kCluster + std::string("pod leaving scheduler=other cpu=2 on=n2 status=running deleting\n"));
  world_.cycle();
  world_.cycle();
  start();
  std::vector<std::string> decided;
  world_.binds_are(BindResult::Outcome::refuted);
  decided.push_back(world_.cycle());
  world_.happens("gone pod leaving");
  decided.push_back(world_.cycle());
  world_.binds_are(BindResult::Outcome::acknowledged);
  decided.push_back(world_.cycle());
  end();
  const Replayed replayed = replay(folder_.files().front());
  EXPECT_EQ("", replayed.error);
  EXPECT_TRUE(replayed.all_same);
  EXPECT_THAT(replayed.decisions, ElementsAreArray(decided));
}

TEST_F(RecorderTest, AnotherConfigurationIsTakenIntoUseWhereItWas) {
  start();
  world_.happens(kCluster);
  std::vector<std::string> decided{world_.cycle()};
  world_.configure(kSpreading);
  world_.happens("node n9 cpu=8");
  decided.push_back(world_.cycle());
  end();
  const Replayed replayed = replay(folder_.files().front());
  EXPECT_EQ("", replayed.error);
  EXPECT_THAT(replayed.decisions, ElementsAreArray(decided));
}

TEST_F(RecorderTest, ALongFileIsFollowedByAnotherThatStandsForItselfAndOldOnesGo) {
  RecorderOptions options;
  options.file_bytes = 1;
  options.files = 2;
  start(options);
  world_.happens(kCluster);
  std::string last;
  for (int i = 0; i < 200; ++i) {
    world_.happens("node m" + std::to_string(i) + " cpu=1");
    last = world_.cycle();
  }
  end();
  const auto files = folder_.files();
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_NE("recording-000001.basalt", files.front().filename());
  for (const auto& file : files) {
    const Replayed replayed = replay(file);
    EXPECT_EQ("", replayed.error) << file;
    EXPECT_TRUE(replayed.all_same) << file;
  }
}

TEST_F(RecorderTest, NumbersGoOnAfterThoseThatAreThere) {
  std::ofstream(folder_.path() / "recording-000041.basalt") << "from before";
  start();
  world_.happens(kCluster);
  end();
  EXPECT_EQ("recording-000042.basalt", folder_.files().back().filename());
}

TEST_F(RecorderTest, AFolderThatCannotBeWrittenBreaksTheRecordingOffAndNothingElse) {
  std::ofstream(folder_.path() / "file") << "no folder";
  RecorderOptions options;
  options.folder = folder_.path() / "file" / "below";
  start(options);
  world_.happens(kCluster);
  EXPECT_THAT(world_.cycle(), HasSubstr("bind train-0"));
  end();
  EXPECT_EQ(1, breaks_);
  EXPECT_THAT(why_broken_, HasSubstr("below"));
}

TEST_F(RecorderTest, ARecordingThatCannotKeepUpIsBrokenOffAndSaysSoAtItsEnd) {
  RecorderOptions options;
  options.waiting = 1;
  start(options);
  world_.happens(kCluster);
  while (breaks_ == 0) {
    world_.happens("node n{1..500} cpu=2");
    world_.cycle();
  }
  EXPECT_THAT(recorder_->status(), HasSubstr("broken off"));
  end();
  const Replayed replayed = replay(folder_.files().front());
  EXPECT_EQ("", replayed.error);
  EXPECT_TRUE(replayed.all_same);
  EXPECT_THAT(replayed.incomplete_because, HasSubstr("keep up"));
}

TEST_F(RecorderTest, StopsAndBeginsAnewWhenAsked) {
  start();
  world_.happens(kCluster);
  world_.cycle();
  recorder_->stop();
  EXPECT_EQ("not recording", recorder_->status());
  world_.happens("node unseen cpu=1");
  world_.cycle();
  recorder_->start();
  world_.happens("node n3 cpu=8");
  const std::string decided = world_.cycle();
  end();
  ASSERT_THAT(folder_.files(), SizeIs(2));
  EXPECT_THAT(replay(folder_.files().front()).decisions, SizeIs(1));
  EXPECT_THAT(replay(folder_.files().back()).decisions, ElementsAreArray({decided}));
}

}  // namespace
}  // namespace basalt::testing
