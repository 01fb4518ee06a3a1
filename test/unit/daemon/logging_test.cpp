#include "daemon/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace basalt::daemon {
namespace {

using testing::MatchesRegex;

// Lines without their time.
std::string without_time(const std::string& text) {
  std::istringstream lines(text);
  std::string all;
  for (std::string line; std::getline(lines, line);) all += line.substr(line.find(' ') + 1) + "\n";
  return all;
}

TEST(Log, WritesOneLineOfKeysAndValues) {
  std::ostringstream out;
  const Log log(0, out);
  log.warning("configuration refused", {{"file", "/etc/b.conf"}, {"findings", 3}, {"kept", true}, {"empty", ""}});
  EXPECT_EQ("level=warning msg=\"configuration refused\" file=/etc/b.conf findings=3 kept=true empty=\"\"\n",
            without_time(out.str()));
  EXPECT_THAT(out.str(), MatchesRegex("time=[0-9-]+T[0-9:.]+Z level=.*\n"));
}

TEST(Log, StaysOneLineWhateverAValueHolds) {
  std::ostringstream out;
  const Log log(0, out);
  log.error("two\nlines",
            {{"value", "a b"}, {"odd", "say \"hi\"\\\n\x1b[31m\x7f"}, {"utf8", "größe"}, {"pair", "a=b"}});
  EXPECT_EQ(
      "level=error msg=\"two\\nlines\" value=\"a b\" odd=\"say \\\"hi\\\"\\\\\\n\\x1b[31m\\x7f\" utf8=\"größe\" "
      "pair=\"a=b\"\n",
      without_time(out.str()));
}

TEST(Log, WritesWhatTheVerbosityAsksFor) {
  EXPECT_EQ(LogLevel::notice, level_of_verbosity(0));
  EXPECT_EQ(LogLevel::notice, level_of_verbosity(3));
  EXPECT_EQ(LogLevel::detail, level_of_verbosity(4));
  EXPECT_EQ(LogLevel::trace, level_of_verbosity(10));
  std::ostringstream out;
  const Log log(4, out);
  log.write(LogLevel::trace, "hidden");
  log.write(LogLevel::detail, "detail");
  log.notice("notice");
  EXPECT_EQ("level=debug msg=\"detail\"\nlevel=info msg=\"notice\"\n", without_time(out.str()));
  EXPECT_FALSE(log.writes(LogLevel::trace));
  EXPECT_TRUE(log.writes(LogLevel::detail));
}

TEST(Log, DoesNotTakeAMessageForAFormat) {
  std::ostringstream out;
  Log(0, out).notice("{} %s {0}");
  EXPECT_EQ("level=info msg=\"{} %s {0}\"\n", without_time(out.str()));
}

TEST(Log, KeepsLinesOfSeveralThreadsApart) {
  std::ostringstream out;
  const Log log(0, out);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&log] {
        for (int line = 0; line < 100; ++line) log.notice("line");
      });
    }
  }
  std::string wanted;
  for (int line = 0; line < 400; ++line) wanted += "level=info msg=\"line\"\n";
  EXPECT_EQ(wanted, without_time(out.str()));
}

}  // namespace
}  // namespace basalt::daemon
