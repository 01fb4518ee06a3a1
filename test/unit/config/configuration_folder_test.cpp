#include "config/configuration_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "config/document.hpp"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kDeadline = 10'000;  // ms; only a failing test waits that long

class ConfigurationFolderTest : public testing::Test {
 protected:
  ConfigurationFolderTest() {
    std::string name = (fs::temp_directory_path() / "basalt-configuration-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    file_ = folder_ / "volcano-scheduler.conf";
  }
  ~ConfigurationFolderTest() override { fs::remove_all(folder_); }

  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

  // As the kubelet does: the files of a revision in a folder of their own, then a rename of the link to it.
  void publish(const std::string& revision, const std::string& text) {
    fs::create_directory(folder_ / revision);
    write(folder_ / revision / file_.filename(), text);
    fs::create_symlink(revision, folder_ / "..data_tmp");
    fs::rename(folder_ / "..data_tmp", folder_ / "..data");
  }

  ConfigurationFolder watch() {
    auto watch = ConfigurationFolder::watch(file_);
    EXPECT_TRUE(watch) << watch.error().message;
    return *std::move(watch);
  }

  // What the next look that finds something finds, woken by the descriptor alone.
  static std::string found(ConfigurationFolder& folder) {
    while (true) {
      pollfd waiting{folder.descriptor(), POLLIN, 0};
      if (::poll(&waiting, 1, kDeadline) != 1) return "nothing happened";
      if (const auto found = folder.look()) return *found ? **found : found->error().message;
    }
  }

  fs::path folder_;
  fs::path file_;
};

TEST_F(ConfigurationFolderTest, TheFirstLookFindsTheFile) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  const auto first = folder.look();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ("one", **first);
  EXPECT_FALSE(folder.look());
}

TEST_F(ConfigurationFolderTest, SeesAPlainWrite) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  write(file_, "two");
  EXPECT_EQ("two", found(folder));
}

TEST_F(ConfigurationFolderTest, SeesAnAtomicRename) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  write(folder_ / "new", "two");
  fs::rename(folder_ / "new", file_);
  EXPECT_EQ("two", found(folder));
}

TEST_F(ConfigurationFolderTest, SeesTheKubeletSwapItsLink) {
  publish("..1", "one");
  fs::create_symlink(fs::path("..data") / file_.filename(), file_);
  ConfigurationFolder folder = watch();
  const auto first = folder.look();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ("one", **first);
  publish("..2", "two");
  EXPECT_EQ("two", found(folder));
}

TEST_F(ConfigurationFolderTest, SaysOnceThatTheFileIsGoneAndSeesItComeBack) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  fs::remove(file_);
  EXPECT_EQ("configuration file " + file_.string() + ": No such file or directory", found(folder));
  EXPECT_FALSE(folder.look());
  write(file_, "one");
  EXPECT_EQ("one", found(folder));
}

TEST_F(ConfigurationFolderTest, AnotherFileOrTheSameContentIsNoChange) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  write(folder_ / "other", "x");
  write(file_, "one");
  pollfd waiting{folder.descriptor(), POLLIN, 0};
  ASSERT_EQ(1, ::poll(&waiting, 1, kDeadline));
  EXPECT_FALSE(folder.look());
}

TEST_F(ConfigurationFolderTest, FindsAFolderThatCameBack) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  fs::remove_all(folder_);
  EXPECT_THAT(found(folder), HasSubstr("No such file or directory"));
  fs::create_directory(folder_);
  write(file_, "two");
  const auto back = folder.look();
  ASSERT_TRUE(back && *back);
  EXPECT_EQ("two", **back);
  write(file_, "three");
  EXPECT_EQ("three", found(folder));
}

TEST_F(ConfigurationFolderTest, BlocksUntilSomethingChangesOrAStopIsRequested) {
  write(file_, "one");
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  std::promise<std::string> seen;
  std::promise<bool> ended;
  std::jthread watcher([&](std::stop_token stop) {
    const auto found = folder.next(stop);
    seen.set_value(found && *found ? **found : "nothing");
    ended.set_value(!folder.next(stop).has_value());
  });
  write(file_, "two");
  auto text = seen.get_future();
  ASSERT_EQ(std::future_status::ready, text.wait_for(std::chrono::milliseconds(kDeadline)));
  EXPECT_EQ("two", text.get());
  watcher.request_stop();
  auto end = ended.get_future();
  ASSERT_EQ(std::future_status::ready, end.wait_for(std::chrono::milliseconds(kDeadline)));
  EXPECT_TRUE(end.get());
}

TEST_F(ConfigurationFolderTest, LooksWithoutBeingTold) {
  // The file is a link out of the folder: no event tells that its target changed.
  const fs::path elsewhere = folder_ / "elsewhere";
  fs::create_directory(elsewhere);
  write(elsewhere / "real", "one");
  fs::create_symlink(elsewhere / "real", file_);
  ConfigurationFolder folder = watch();
  static_cast<void>(folder.look());
  write(elsewhere / "real", "two");
  std::stop_source stop;
  const auto found = folder.next(stop.get_token(), std::chrono::milliseconds(1));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ("two", **found);
}

TEST_F(ConfigurationFolderTest, RefusesAFolderThatIsNotThere) {
  const auto refused = ConfigurationFolder::watch(folder_ / "missing" / "file");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("missing: expected a folder that can be watched: No such file"));
}

TEST_F(ConfigurationFolderTest, ReadsRegularFilesOfReasonableSizeOnly) {
  ASSERT_EQ(0, ::mkfifo(file_.c_str(), 0600));
  EXPECT_THAT(read_configuration_file(file_).error().message, HasSubstr("expected a regular file"));
  EXPECT_THAT(read_configuration_file(folder_).error().message, HasSubstr("expected a regular file"));
  write(folder_ / "long", std::string(kLongestConfiguration + 1, '#'));
  EXPECT_THAT(read_configuration_file(folder_ / "long").error().message, HasSubstr("expected at most 1048576 bytes"));
}

}  // namespace
}  // namespace basalt
