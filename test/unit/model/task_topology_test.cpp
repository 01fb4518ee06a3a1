#include "basalt/model/task_topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Roles = TaskTopology::Roles;

TEST(TaskTopologyAnnotations, AreGroupsOfRolesAndOneOrder) {
  std::vector<std::string> faults;
  const TaskTopology topology =
      read_task_topology({{"volcano.sh/task-topology-affinity", "ps,worker;ps,evaluator"},
                          {"volcano.sh/task-topology-anti-affinity", "ps;worker,chief-of-all"},
                          {"volcano.sh/task-topology-task-order", "ps,worker,chief-of-all,evaluator"}},
                         faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_THAT(topology.affinity, ElementsAre(Roles{"ps", "worker"}, Roles{"ps", "evaluator"}));
  EXPECT_THAT(topology.anti_affinity, ElementsAre(Roles{"ps"}, Roles{"worker", "chief-of-all"}));
  EXPECT_EQ((Roles{"ps", "worker", "chief-of-all", "evaluator"}), topology.order);
}

TEST(TaskTopologyAnnotations, SayNothingWhereTheyAreAbsent) {
  std::vector<std::string> faults;
  EXPECT_TRUE(read_task_topology({{"volcano.sh/sla-waiting-time", "1h"}}, faults).is_empty());
  EXPECT_THAT(faults, IsEmpty());
}

TEST(TaskTopologyAnnotations, MayHaveSpacesAndSuperfluousSeparators) {
  std::vector<std::string> faults;
  const TaskTopology topology =
      read_task_topology({{"volcano.sh/task-topology-affinity", " ps , worker,;;evaluator ,; "}}, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_THAT(topology.affinity, ElementsAre(Roles{"ps", "worker"}, Roles{"evaluator"}));
}

TEST(TaskTopologyAnnotations, OneThatHasAFaultIsLeftOutAndTheOthersCount) {
  std::vector<std::string> faults;
  const TaskTopology topology = read_task_topology({{"volcano.sh/task-topology-affinity", "ps,worker;ps,chief,ps"},
                                                    {"volcano.sh/task-topology-anti-affinity", "ps"},
                                                    {"volcano.sh/task-topology-task-order", "ps;worker"}},
                                                   faults);
  EXPECT_THAT(topology.affinity, IsEmpty());
  EXPECT_THAT(topology.anti_affinity, ElementsAre(Roles{"ps"}));
  EXPECT_THAT(topology.order, IsEmpty());
  EXPECT_THAT(faults, ElementsAre("annotation volcano.sh/task-topology-affinity: \"ps,chief,ps\" names \"ps\" twice; "
                                  "left out",
                                  "annotation volcano.sh/task-topology-task-order: has 2 groups: expected names with "
                                  "commas; left out"));
}

TEST(TaskTopologyAnnotations, OneThatNamesNobodyIsAFault) {
  for (const char* text : {"", " ", ";", ",;,"}) {
    std::vector<std::string> faults;
    EXPECT_TRUE(read_task_topology({{"volcano.sh/task-topology-anti-affinity", text}}, faults).is_empty());
    EXPECT_THAT(faults, ElementsAre("annotation volcano.sh/task-topology-anti-affinity: \"" + std::string(text) +
                                    "\" names no role: expected names as in \"ps,worker;chief\"; left out"));
  }
}

}  // namespace
}  // namespace basalt
