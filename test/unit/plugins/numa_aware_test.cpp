#include "plugins/numa-aware/numa_aware.hpp"

#include <gtest/gtest.h>

#include <random>

#include "basalt/model/cpu_list.hpp"
#include "plugins/numa-aware/numa_choice.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

/// `numa_nodes` of `cores` cores of two threads each; cpu i and i + half are one core. Two NUMA nodes a socket, if
/// there are more than two.
CpuLayout machine(std::int32_t numa_nodes, std::int32_t cores, std::int64_t reserved_cpu = 0) {
  NumaTopology topology;
  topology.reserved_cpu = reserved_cpu;
  const std::int32_t half = numa_nodes * cores;
  for (std::int32_t cpu = 0; cpu < 2 * half; ++cpu) {
    const std::int32_t core = cpu % half;
    topology.cpus.push_back({cpu, core / cores, numa_nodes > 2 ? core / cores / 2 : core / cores, core});
    topology.allocatable.push_back(cpu);
  }
  return cpu_layout(topology).value();
}

std::string taken(const CpuLayout& layout, std::string_view available, std::size_t count) {
  const auto cpus = take_cpus(layout, layout.set_of(parse_cpu_list(available).value()), count);
  return cpus ? print_cpu_list(layout.ids_of(*cpus)) : "none";
}

TEST(TakeCpus, PrefersWholeNumaNodesThenCoresThenCpus) {
  const CpuLayout layout = machine(2, 4);  // 0-3,8-11 and 4-7,12-15
  EXPECT_EQ("0-3,8-11", taken(layout, "0-15", 8));
  EXPECT_EQ("0-4,8-12", taken(layout, "0-15", 10));
  EXPECT_EQ("0,8", taken(layout, "0-15", 2));
  EXPECT_EQ("0-1,8", taken(layout, "0-15", 3));
  EXPECT_EQ("none", taken(layout, "0-3", 5));
  EXPECT_EQ("", taken(layout, "", 0));
}

TEST(TakeCpus, TakesFirstWhereLeastIsLeft) {
  const CpuLayout layout = machine(2, 4);
  EXPECT_EQ("4-5,12-13", taken(layout, "0-3,8-11,4-5,12-13", 4));  // the second NUMA node has four left
  EXPECT_EQ("1", taken(layout, "0,8,1,2,10", 1));                  // core 1 is half taken already
  EXPECT_EQ("0,8", taken(layout, "0,8,1,2,10", 2));
}

TEST(TakeCpus, OfDividedSocketsTheSocketComesFirst) {
  const CpuLayout layout = machine(4, 2);  // socket 0: 0-3,8-11; NUMA node 0: 0-1,8-9
  EXPECT_EQ("0-3,8-11", taken(layout, "0-15", 8));
  EXPECT_EQ("4-7,12-15", taken(layout, "1-15", 8));
}

TEST(TakeCpus, TakesAsManyAsAskedForOfWhatIsThere) {
  std::mt19937 random(3);
  for (const CpuLayout& layout : {machine(1, 4), machine(2, 3), machine(4, 2), machine(8, 1)}) {
    for (int i = 0; i < 500; ++i) {
      CpuSet available;
      for (std::size_t cpu = 0; cpu < layout.ids.size(); ++cpu) available[cpu] = random() % 3 != 0;
      const std::size_t count = random() % (layout.ids.size() + 1);
      const auto cpus = take_cpus(layout, available, count);
      ASSERT_EQ(available.count() >= count, cpus.has_value());
      if (!cpus) continue;
      EXPECT_EQ(count, cpus->count());
      EXPECT_TRUE((*cpus & ~available).none());
    }
  }
}

TEST(CpuLayout, KeepsTheCpusOfTheSystemBack) {
  const CpuLayout layout = machine(2, 2, 1500);  // two cpus: one core
  EXPECT_EQ("1-3,5-7", print_cpu_list(layout.ids_of(layout.assignable)));
}

TEST(CpuLayout, IsNoneWhereThereIsNothingToBeToldApart) {
  EXPECT_FALSE(cpu_layout({}));
  NumaTopology many;
  for (std::int32_t cpu = 0; cpu <= static_cast<std::int32_t>(kMostCpus); ++cpu) many.cpus.push_back({cpu, 0, 0, cpu});
  EXPECT_FALSE(cpu_layout(many));
  NumaTopology nine;
  for (std::int32_t cpu = 0; cpu < 9; ++cpu) nine.cpus.push_back({cpu, cpu, cpu, cpu});
  EXPECT_FALSE(cpu_layout(nine));
}

std::optional<NumaHint> hint(const CpuLayout& layout, std::string_view free, std::size_t cpus) {
  return best_hint(layout, layout.set_of(parse_cpu_list(free).value()), cpus);
}

TEST(BestHint, IsTheFewestNumaNodesAndThenTheLowest) {
  const CpuLayout layout = machine(2, 4);
  EXPECT_EQ((NumaHint{0b01, true}), hint(layout, "0-15", 4));
  EXPECT_EQ((NumaHint{0b10, true}), hint(layout, "0-2,4-7", 4));
  EXPECT_EQ((NumaHint{0b11, false}), hint(layout, "0-2,4-6", 4));
  EXPECT_EQ((NumaHint{0b11, true}), hint(layout, "0-15", 9));
  EXPECT_EQ(std::nullopt, hint(layout, "0-3", 5));
}

TEST(Admits, AsTheKubeletsPolicies) {
  const NumaHint one{0b10, true}, wide{0b11, true}, scattered{0b11, false};
  for (const NumaPolicy lenient : {NumaPolicy::none, NumaPolicy::best_effort}) {
    EXPECT_TRUE(admits(lenient, one) && admits(lenient, wide) && admits(lenient, scattered));
  }
  EXPECT_TRUE(admits(NumaPolicy::restricted, one));
  EXPECT_TRUE(admits(NumaPolicy::restricted, wide));
  EXPECT_FALSE(admits(NumaPolicy::restricted, scattered));
  EXPECT_TRUE(admits(NumaPolicy::single_numa_node, one));
  EXPECT_FALSE(admits(NumaPolicy::single_numa_node, wide));
}

std::string chosen(const CpuLayout& layout, NumaPolicy policy, const std::vector<ExclusiveCpus>& containers) {
  const NumaChoice choice = choose_cpus(layout, layout.all, policy, containers);
  return choice.fit ? print_cpu_list(layout.ids_of(choice.cpus)) : std::string(choice.fit.reason.text);
}

TEST(ChooseCpus, EachContainerIsAlignedForItself) {
  const CpuLayout layout = machine(2, 2);  // 0-1,4-5 and 2-3,6-7
  EXPECT_EQ("0,2-4,6-7", chosen(layout, NumaPolicy::single_numa_node, {{2, false, false}, {4, false, false}}));
  EXPECT_EQ(numa_reasons::kNotAssignable,
            chosen(layout, NumaPolicy::single_numa_node, {{3, false, false}, {3, false, false}, {2, false, false}}));
  EXPECT_EQ("0-7", chosen(layout, NumaPolicy::best_effort, {{3, false, false}, {3, false, false}, {2, false, false}}));
  EXPECT_EQ("", chosen(layout, NumaPolicy::single_numa_node, {{0, false, false}}));
}

TEST(ChooseCpus, InitContainersGiveTheirsBackAndSidecarsDoNot) {
  const CpuLayout layout = machine(2, 2);
  EXPECT_EQ("0-1,4-5", chosen(layout, NumaPolicy::single_numa_node, {{4, true, false}, {4, false, false}}));
  EXPECT_EQ("0-7", chosen(layout, NumaPolicy::single_numa_node, {{4, true, true}, {4, false, false}}));
  EXPECT_EQ(numa_reasons::kNotAssignable,
            chosen(layout, NumaPolicy::single_numa_node, {{5, true, false}, {1, false, false}}));
}

TEST(NumaAware, RefusesAWeightThatIsNone) {
  EXPECT_EQ("wrong: numa-aware: 'weight' is -1: expected 0 to 1000000\n",
            text_of(Configured(numa_aware(), {{"weight", -1}}).findings));
}

}  // namespace
}  // namespace basalt
