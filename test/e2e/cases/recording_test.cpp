// Recordings of a scheduler on a real cluster, decided again; and explanations of the scheduler while it runs.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/subprocess.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class RecordingTest : public SchedulerTest {
 protected:
  [[nodiscard]] std::vector<std::filesystem::path> recordings() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "recordings"))
      files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }
  std::string post(const std::string& path) {
    const auto response = http_send(scheduler().metrics_port(), "POST", path);
    EXPECT_EQ(200, response.status) << response.body;
    return response.body;
  }
  std::string explain(const std::vector<std::string>& words) {
    Command command{.words = {BASALT_EXPLAIN, "--server=127.0.0.1:" + std::to_string(scheduler().metrics_port())}};
    command.words.insert(command.words.end(), words.begin(), words.end());
    return output_of(command);
  }
};

TEST_F(RecordingTest, WhatHappenedIsDecidedAgainByteForByteAlsoFromTheMiddleOfItsLife) {
  api().create(kNodesPath, make_node("node-0", {.cpu = "4"}));
  start_scheduler({{"record", (folder() / "recordings").string()}, {"record-decisions", "true"}});
  create_gang("first", {.min_member = 3}, 3);
  wait_until_bound("default/first", 3);
  create_gang("waits", {.min_member = 4}, 4);
  wait_until("an explanation of the gang that waits", seconds{30}, [&]() -> std::string {
    const std::string text = explain({"waits"});
    return text.find("1 of 4 waiting pod(s) fit") != std::string::npos ? "" : text;
  });
  EXPECT_THAT(explain({"--json", "waits"}), HasSubstr("\"minMember\":4"));
  EXPECT_THAT(explain({"--pod", "first-0"}), HasSubstr("on node node-0"));

  post("/v1/record?stop");
  create_gang("unseen", {.min_member = 2}, 2);
  api().create(kNodesPath, make_node("node-1", {.cpu = "2"}));
  wait_until_bound("default/unseen", 2);
  post("/v1/record?start");  // gangs are bound and wait, phases and conditions are written
  create_gang("seen", {.min_member = 1}, 2);
  api().create(kNodesPath, make_node("node-2", {.cpu = "8"}));
  wait_until_bound("default/waits", 4);
  wait_until_bound("default/seen", 2);
  api().remove(pods_path() + "/first-0", {{"gracePeriodSeconds", 0}});
  create_gang("last", {.min_member = 1}, 1);
  wait_until_bound("default/last", 1);
  scheduler().terminate();
  ASSERT_TRUE(scheduler().wait_for_end(seconds{20}));
  may_end_ = true;

  ASSERT_THAT(recordings(), SizeIs(2));
  for (const auto& file : recordings()) {
    const CommandOutcome outcome = run_command({.words = {BASALT_REPLAY, "--decisions", file}}, seconds{60});
    EXPECT_TRUE(outcome.status.success()) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr(", 0 decided otherwise\n"), HasSubstr("bind ")));
  }
}

}  // namespace
}  // namespace basalt::e2e
