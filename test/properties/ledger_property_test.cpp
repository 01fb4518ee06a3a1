#include <map>
#include <string>

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/job_ledger.hpp"
#include "plugins/builtin.hpp"
#include "properties/cases.hpp"
#include "properties/random_scenario.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"
#include "testing/scenario_script.hpp"

// What is kept for jobs that were let in (Q4): sums that follow changes say what counting anew says.
namespace basalt::testing {
namespace {

std::string text_of(const JobLedger& ledger, const Cluster& cluster) {
  std::string text = "all: " + cluster.schema().text(ledger.claims().saturated());
  std::map<std::string, QueueId> queues;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) { queues.emplace(queue.name, id); });
  for (const auto& [name, id] : queues) {
    const QueueAccount* account = ledger.account(id);
    if (account == nullptr || account->jobs == 0) continue;
    text += "\n" + name + ": " + std::to_string(account->jobs) + " jobs, claims " +
            cluster.schema().text(account->claims.saturated()) + ", covered " +
            cluster.schema().text(account->covered.saturated());
  }
  return text;
}

TEST(Ledger, SaysAfterAnyHistoryWhatCountingAnewSays) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  for (std::uint32_t seed = 1; seed <= cases(500); ++seed) {
    const auto script = read_script(join_lines(random_scenario(seed)));
    ASSERT_TRUE(script) << script.error().message;
    State state{Ownership{}};
    Configuration configuration = configure(*script, registry).value();
    configuration.attach(state.cluster());
    JobLedger followed;
    for (const Step& step : script->steps) {
      for (const Delta& delta : step.deltas) {
        state.apply(delta);
        if (seed % 2 == 0) followed.catch_up(state.cluster());
      }
      Session session(state.cluster(), configuration, Moment{});
      for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
      state.assume(std::move(session).close());
      followed.catch_up(state.cluster());
      JobLedger anew;
      anew.catch_up(state.cluster());
      ASSERT_EQ(text_of(anew, state.cluster()), text_of(followed, state.cluster())) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace basalt::testing
