#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "plugins/proportion/water_filling.hpp"
#include "properties/cases.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// What is handed out, compared with water poured exactly: nobody is further than one task from his part.
namespace basalt::testing {
namespace {

constexpr std::int64_t kTask = 1000;  // one cpu

std::string number(std::int64_t value) { return std::to_string(value); }

/// A cluster of one node, one plugin that divides it, and tasks of one cpu. Says what each job got in one cycle.
class Division {
 public:
  Division(const std::string& plugin, const Arguments& arguments) {
    const Registry registry{builtin_plugins(), builtin_actions()};
    Findings findings;
    configuration_.actions.push_back({"allocate", registry.find_action("allocate")->configure({}, findings)});
    Tier tier;
    tier.plugins.push_back({"gang", registry.find_plugin("gang")->configure({}, findings), {}});
    tier.plugins.push_back({plugin, registry.find_plugin(plugin)->configure(arguments, findings), {}});
    EXPECT_TRUE(findings.empty());
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
  }

  void apply(const std::string& lines) {
    const auto deltas = parse_cluster_text(lines);
    ASSERT_TRUE(deltas) << lines << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  void job(const std::string& name, const std::string& queue, std::int64_t tasks) {
    apply("job " + name + " queue=" + queue + " min=1");
    if (tasks > 0) apply("task " + name + "-{1.." + number(tasks) + "} cpu=1");
  }

  /// In thousandths of a cpu; of a job that nobody has pods of: none.
  std::map<std::string, std::int64_t> hand_out() {
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::hours(1)), 1});
    configuration_.actions[0].action->run(session);
    state_.assume(std::move(session).close());
    std::map<std::string, std::int64_t> got;
    state_.cluster().jobs().for_each(
        [&](JobId id, const Job& job) { got[job.name] = state_.cluster().allocated(id)[kCpu]; });
    return got;
  }

 private:
  State state_{Ownership{}};
  Configuration configuration_;
};

std::int64_t amount_of(const std::map<std::string, std::int64_t>& got, std::size_t job) {
  const auto found = got.find("job" + std::to_string(job));
  return found == got.end() ? 0 : found->second;
}

void expect_within_a_task(const std::vector<std::int64_t>& exact, const std::map<std::string, std::int64_t>& got,
                          int tasks = 1) {
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const std::int64_t had = amount_of(got, i);
    EXPECT_LE(std::abs(exact[i] - had), tasks * kTask) << "job" << i << ": " << exact[i] << " exactly, got " << had;
  }
}

TEST(FairShares, DrfDividesAmongJobsAsWaterFillingDoes) {
  for (std::uint32_t seed = 0; seed < cases(60); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
    Division division("drf", {});
    const std::int64_t total = pick(5, 60);
    division.apply("queue q\nnode n1 cpu=" + number(total) + " pods=1000");
    std::vector<Claim> claims;
    for (std::int64_t i = pick(2, 9); i > 0; --i) {
      const std::int64_t wanted = pick(0, 25);
      division.job("job" + std::to_string(claims.size()), "q", wanted);
      claims.push_back({1, 0, wanted * kTask});
    }
    expect_within_a_task(fill(total * kTask, claims), division.hand_out());
  }
}

TEST(FairShares, ProportionDividesAmongQueuesAsWaterFillingDoesAndWithinTheirCapability) {
  for (std::uint32_t seed = 0; seed < cases(60); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
    Division division("proportion", {});
    const std::int64_t total = pick(5, 60);
    division.apply("node n1 cpu=" + number(total) + " pods=1000");
    std::vector<Claim> claims;
    for (std::int64_t i = pick(2, 7); i > 0; --i) {
      const std::string name = std::to_string(claims.size());
      const std::int64_t weight = pick(1, 6);
      const std::int64_t wanted = pick(0, 40);
      const std::int64_t most = pick(0, 2) == 0 ? pick(1, 20) : 1000;
      division.apply("queue q" + name + " weight=" + number(weight) + " capability.cpu=" + number(most));
      division.job("job" + name, "q" + name, wanted);
      claims.push_back({weight, 0, std::min(wanted, most) * kTask});
    }
    const auto got = division.hand_out();
    expect_within_a_task(fill(total * kTask, claims), got);
    for (std::size_t i = 0; i < claims.size(); ++i) EXPECT_LE(amount_of(got, i), claims[i].ceiling);
  }
}

/// Three groups of one to three queues, all with weights.
TEST(FairShares, HierarchicalDrfDividesAmongGroupsAndWithinThemAsWaterFillingDoes) {
  for (std::uint32_t seed = 0; seed < cases(60); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
    Division division("drf", {{"enableHierarchy", true}});
    const std::int64_t total = pick(20, 120);
    division.apply("node n1 cpu=" + number(total) + " pods=1000");
    std::vector<Claim> groups;
    std::vector<std::vector<Claim>> members;
    int queues = 0;
    for (int group = 0; group < 3; ++group) {
      groups.push_back({pick(1, 4), 0, 0});
      members.emplace_back();
      for (std::int64_t i = pick(1, 3); i > 0; --i, ++queues) {
        const Claim claim{pick(1, 4), 0, pick(0, 80) * kTask};
        division.apply("queue q" + number(queues) + " annotation:volcano.sh/hierarchy=root/g" + number(group) + "/q" +
                       number(queues) + " annotation:volcano.sh/hierarchy-weights=1/" + number(groups.back().weight) +
                       "/" + number(claim.weight));
        division.job("job" + number(queues), "q" + number(queues), claim.ceiling / kTask);
        members.back().push_back(claim);
        groups.back().ceiling += claim.ceiling;
      }
    }
    const std::vector<std::int64_t> of_groups = fill(total * kTask, groups);
    std::vector<std::int64_t> exact;
    for (std::size_t group = 0; group < groups.size(); ++group) {
      for (const std::int64_t part : fill(of_groups[group], members[group])) exact.push_back(part);
    }
    // One task a level: that of the group, and that of the queue in it.
    expect_within_a_task(exact, division.hand_out(), 2);
  }
}

}  // namespace
}  // namespace basalt::testing
