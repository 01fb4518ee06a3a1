#include "basalt/model/cluster_text.hpp"

#include <gtest/gtest.h>

namespace basalt {
namespace {

ObjectVariant object_of(const std::string& line) {
  const auto deltas = parse_cluster_text(line);
  EXPECT_TRUE(deltas) << line << ": " << (deltas ? "" : deltas.error().message);
  return std::get<Upserted>(deltas->at(0)).object;
}

std::string complaint(const std::string& line) {
  const auto deltas = parse_cluster_text(line);
  return deltas ? "" : deltas.error().message;
}

/// Printing what was read says the same as the line.
void expect_same_again(const std::string& line) {
  const ObjectVariant object = object_of(line);
  const std::string printed = print_cluster_text(object);
  EXPECT_TRUE(object == object_of(printed)) << line << "\n" << printed;
}

TEST(ClusterText, PrintsWhatItReadsOfQuotasAndNumatopologies) {
  expect_same_again(
      "quota team/compute created=5 hard.requests.cpu=10 used.requests.cpu=500m hard.limits.memory=1Gi "
      "hard.count/pods=5 scope:PriorityClass=In:high,low scope:BestEffort=Exists");
  expect_same_again(
      "numatopology n1 created=5 policy=restricted static reserved.cpu=500m numa:0=0-3,8 numa:1=4-7 "
      "socket:0=0-8 core:0=0,4 allocatable=1-6 pod:uid-a=0,7");
  expect_same_again("numatopology n1 created=5");
  expect_same_again("pod p created=5 cpu=4 guaranteed=2,2,i4,s0");
  expect_same_again("pod p created=5 cpu=4 guaranteed");
  expect_same_again("job j created=5 min=1 min-resources.cpu=4 min-resources.limits.cpu=8 min-resources.count/pods=2");
}

TEST(ClusterText, AGuaranteedPodHasTheWholeCpusItAsksForToItself) {
  const auto cpus_of = [](const std::string& line) { return std::get<PodObject>(object_of(line)).exclusive_cpus; };
  EXPECT_EQ((std::vector<ExclusiveCpus>{{4, false, false}}), cpus_of("pod p guaranteed cpu=4"));
  EXPECT_EQ((std::vector<ExclusiveCpus>{{0, false, false}}), cpus_of("pod p guaranteed cpu=4500m"));
  EXPECT_EQ((std::vector<ExclusiveCpus>{}), cpus_of("pod p cpu=4"));
}

TEST(ClusterText, CpusOfANumatopologyAreFreeAndAloneUnlessItSaysOtherwise) {
  const auto topology = std::get<NumatopologyObject>(object_of("numatopology n1 numa:0=0-1 numa:1=2-3")).topology;
  EXPECT_EQ((std::vector<CpuPlace>{{0, 0, 0, 0}, {1, 0, 0, 1}, {2, 1, 1, 2}, {3, 1, 1, 3}}), topology.cpus);
  EXPECT_EQ((std::vector<std::int32_t>{0, 1, 2, 3}), topology.allocatable);
  EXPECT_FALSE(topology.has_static_cpus);
}

TEST(ClusterText, SaysWhatItExpectedOfQuotasAndNumatopologies) {
  EXPECT_NE(std::string::npos, complaint("quota q hard.services=3").find("expected a key of a quota that pods use up"));
  EXPECT_NE(std::string::npos, complaint("quota q cpu=3").find("expected hard.KEY, used.KEY, scope:NAME"));
  EXPECT_NE(std::string::npos, complaint("numatopology n policy=strict").find("expected none, best-effort"));
  EXPECT_NE(std::string::npos, complaint("numatopology n numa:x=0").find("expected numa:NUMBER"));
}

}  // namespace
}  // namespace basalt
