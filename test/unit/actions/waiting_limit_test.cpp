#include <gtest/gtest.h>

#include <chrono>

#include "basalt/framework/plugin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"

// What a plugin says about how long jobs may wait.
namespace basalt {
namespace {

/// So long as an annotation says, in minutes.
class Patience final : public WaitingLimit {
 public:
  using Args = NoArguments;
  Patience(const Args&, const Session& session) : session_(session) {}

  std::optional<std::chrono::microseconds> waiting_limit(JobId job) const override {
    const std::string* minutes = find_value(session_.cluster().jobs()[job].annotations, "volcano.sh/patience");
    if (minutes == nullptr) return std::nullopt;
    return std::chrono::minutes(std::stoi(*minutes));
  }

 private:
  const Session& session_;
};

TEST(WaitingLimit, APluginSaysItForSomeJobsAndTheConfigurationForTheRest) {
  Registry registry{builtin_plugins(), builtin_actions()};
  registry.plugins.push_back(plugin_type<Patience>("patience"));
  const auto result = testing::run_scenario(
      "plugins gang patience\n"
      "waiting-limit 40m\n"
      "clock 30m\n"
      "node n1 cpu=1\n"
      "node n2 cpu=2\n"
      "job a min=1\n"
      "task a-0 cpu=1 on=n1 status=running\n"
      "task a-1 cpu=2 on=n2 status=running\n"
      "job patient min=1\n"
      "task patient-0 cpu=1\n"
      "job hasty min=1 annotation:volcano.sh/patience=10\n"
      "task hasty-0 cpu=2\n"
      "-- want\n"
      "reserve hasty-0 n2 in-advance\n"
      "-- then\n"
      "clock 41m\n"
      "-- want\n"
      "reserve patient-0 n1 in-advance\n",
      registry);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->want, result->got);
  EXPECT_EQ(std::vector<std::string>{}, result->violations);
}

}  // namespace
}  // namespace basalt
