#include <gmock/gmock.h>

#include <chrono>

#include "decoding.hpp"
#include "sample_pod.hpp"

namespace basalt::adapter {
namespace {

constexpr std::int64_t kMi = std::int64_t{1} << 20;

/// A pod with this spec and status, as JSON members.
PodObject pod_of(const std::string& spec, const std::string& status = "") {
  const std::string text = quoted("{'metadata': {'name': 'p', 'namespace': 'ns', 'labels': {'app': 'web'}}, 'spec': {" +
                                  spec + "}, 'status': {" + status + "}}");
  return decoded<PodObject>(ObjectKind::pod, json(text));
}

std::string container(const std::string& name, const std::string& cpu, const std::string& more = "") {
  return "{'name': '" + name + "', 'resources': {'requests': {'cpu': '" + cpu + "'}}" + more + "}";
}

TEST(DecodePod, BothEncodingsOfAPodGiveEqualObjects) {
  const Proto bytes = sample_pod_protobuf();
  EXPECT_EQ(decoded<PodObject>(ObjectKind::pod, protobuf(bytes)),
            decoded<PodObject>(ObjectKind::pod, json(sample_pod_json())));
}

TEST(DecodePod, ReadsMetadata) {
  const Proto bytes = sample_pod_protobuf();
  const ObjectMeta meta = decoded<PodObject>(ObjectKind::pod, protobuf(bytes)).meta;
  EXPECT_EQ("train-0", meta.name);
  EXPECT_EQ("research", meta.namespace_name);
  EXPECT_EQ("uid-1", meta.uid);
  EXPECT_EQ("4711", meta.resource_version);
  EXPECT_EQ(WallTime(std::chrono::seconds(1'767'323'045)), meta.created);
  EXPECT_EQ(WallTime(std::chrono::seconds(1'767'323'105)), meta.deleted);
  EXPECT_EQ((StringPairs{{"app", "web"}, {"rank", "0"}}), meta.labels);
  EXPECT_EQ((StringPairs{{"scheduling.k8s.io/group-name", "train"}}), meta.annotations);
  EXPECT_EQ((OwnerReference{"batch.volcano.sh/v1alpha1", "Job", "train", "u1"}), meta.controller);
}

TEST(DecodePod, ReadsWhereThePodMayGo) {
  const Proto bytes = sample_pod_protobuf();
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(bytes));
  EXPECT_EQ((StringPairs{{"pool", "gpu"}}), pod.node_selector);
  const NodeSelectorTermText term{{{"zone", "In", {"a"}}}, {{"metadata.name", "NotIn", {"n9"}}}};
  EXPECT_EQ(std::vector{term}, pod.required_nodes);
  EXPECT_EQ((std::vector{PreferredNodesText{7, {{{"ssd", "Exists", {}}}, {}}}}), pod.preferred_nodes);
  EXPECT_EQ((std::vector{TolerationText{"dedicated", "Exists", "", "NoExecute"}}), pod.tolerations);
  const LabelSelectorText web{{{"app", "web"}}, {{"tier", "DoesNotExist", {}}}};
  EXPECT_EQ((std::vector{PodAffinityTermText{web, {"other"}, LabelSelectorText{}, "kubernetes.io/hostname"}}),
            pod.required_affinity);
  EXPECT_EQ((std::vector{PodAffinityTermText{std::nullopt, {}, std::nullopt, "zone"}}), pod.required_anti_affinity);
  EXPECT_EQ((std::vector<HostPortText>{{"UDP", "10.0.0.1", 8080}}), pod.host_ports);
}

TEST(DecodePod, ReadsWhichPodsItWantsToBeNear) {
  const Proto bytes = sample_pod_protobuf();
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(bytes));
  const LabelSelectorText db{{{"app", "db"}}, {}};
  EXPECT_EQ((std::vector{PreferredPodsText{30, {db, {}, std::nullopt, "rack"}}}), pod.preferred_affinity);
  EXPECT_EQ((std::vector{PreferredPodsText{40, {std::nullopt, {}, std::nullopt, "zone"}}}),
            pod.preferred_anti_affinity);
  TopologySpreadText spread{2, "zone", false, LabelSelectorText{{{"app", "web"}}, {{"rank", "In", {"0"}}}}};
  spread.min_domains = 3;
  spread.honours_affinity = false;
  spread.honours_taints = true;
  EXPECT_EQ(std::vector{spread}, pod.topology_spread);
}

TEST(DecodePod, ReadsTheRest) {
  const Proto bytes = sample_pod_protobuf();
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(bytes));
  EXPECT_EQ("volcano", pod.scheduler_name);
  EXPECT_EQ("n1", pod.node_name);
  EXPECT_EQ("n2", pod.nominated_node_name);
  EXPECT_EQ(PodPhase::running, pod.phase);
  EXPECT_EQ(-5, pod.priority);
  EXPECT_EQ("high", pod.priority_class_name);
  EXPECT_TRUE(pod.never_preempts);
  EXPECT_THAT(pod.scheduling_gates, testing::ElementsAre("example.com/wait"));
  EXPECT_THAT(pod.resource_claims, testing::ElementsAre("gpu"));
  EXPECT_EQ((std::vector<ConditionText>{{"PodScheduled", "True", "", ""}, {"Ready", "False", "Evict", "preempted"}}),
            pod.conditions);
}

TEST(DecodePod, AVolumeOfItsOwnIsClaimedByPodAndVolumeName) {
  const Proto bytes = sample_pod_protobuf();
  EXPECT_THAT(decoded<PodObject>(ObjectKind::pod, protobuf(bytes)).claims,
              testing::ElementsAre("claim-a", "train-0-scratch"));
}

TEST(DecodePod, TheRequestIsThatOfTheHungriestMoment) {
  const Proto bytes = sample_pod_protobuf();
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(bytes));
  // cpu: the loader (2) beside the sidecar (0.1) beats main + sidecar (1.6).
  // memory: main (2 Gi) + sidecar (64 Mi) beats the loader (1 Gi); overhead (16 Mi) on top.
  EXPECT_EQ((NamedAmounts{{"cpu", 2100}, {"memory", 2048 * kMi + 64 * kMi + 16 * kMi}}), pod.request);
  EXPECT_EQ(2100, pod.scoring_cpu);
}

TEST(DecodePod, AContainerThatAsksForNothingIsScoredWithDefaults) {
  const PodObject pod = pod_of("'containers': [{'name': 'c'}]");
  EXPECT_TRUE(pod.request.empty());
  EXPECT_EQ(100, pod.scoring_cpu);
  EXPECT_EQ(200 * kMi, pod.scoring_memory);
}

TEST(DecodePod, OnlyWhatANodeCanBeShortOfIsKept) {
  const PodObject pod = pod_of(
      "'containers': [{'resources': {'requests': {'nvidia.com/gpu': '2', 'storage': '1', 'count/pods': 'x', 'cpu': "
      "'1'}}}]");
  EXPECT_EQ((NamedAmounts{{"cpu", 1000}, {"nvidia.com/gpu", 2000}}), pod.request);
}

TEST(DecodePod, SharesOfGpusAreKeptForEachContainerThatAsksForSome) {
  const PodObject pod = pod_of(
      "'containers': [{'resources': {'requests': {'volcano.sh/vgpu-number': '2', 'volcano.sh/vgpu-memory': '3000', "
      "'volcano.sh/vgpu-cores': '50'}}}, {'resources': {'requests': {'cpu': '1'}}}, "
      "{'resources': {'requests': {'volcano.sh/vgpu-memory': '100'}}}]");
  EXPECT_EQ((std::vector<DeviceRequest>{{2, 3000, 0, 50}, {1, 100, 0, 0}}), pod.device_requests);
}

std::string guaranteed(const std::string& name, const std::string& cpu, const std::string& more = "") {
  const std::string amounts = "{'cpu': '" + cpu + "', 'memory': '1Gi'}";
  return "{'name': '" + name + "', 'resources': {'requests': " + amounts + ", 'limits': " + amounts + "}" + more + "}";
}

TEST(DecodePod, WholeCpusOfAGuaranteedPodAreItsContainersOwn) {
  const PodObject pod =
      pod_of("'containers': [" + guaranteed("a", "2") + "," + guaranteed("b", "500m") + "], 'initContainers': [" +
             guaranteed("i", "4") + "," + guaranteed("s", "1", ", 'restartPolicy': 'Always'") + "]");
  EXPECT_EQ((std::vector<ExclusiveCpus>{{4, true, false}, {1, true, true}, {2, false, false}, {0, false, false}}),
            pod.exclusive_cpus);
}

TEST(DecodePod, APodThatIsNotGuaranteedHasNoCpusOfItsOwn) {
  const auto cpus_of = [](const std::string& spec) { return pod_of(spec).exclusive_cpus.size(); };
  EXPECT_EQ(0U, cpus_of("'containers': [" + container("a", "2") + "]"));
  EXPECT_EQ(0U, cpus_of("'containers': [" + guaranteed("a", "2") + "], 'initContainers': [{'name': 'i'}]"));
  EXPECT_EQ(0U, cpus_of("'containers': [{'name': 'a', 'resources': {'requests': {'cpu': '1', 'memory': '1Gi'}, "
                        "'limits': {'cpu': '2', 'memory': '1Gi'}}}]"));
  EXPECT_EQ(0U, cpus_of("'containers': [" + guaranteed("a", "2") + "], 'resources': {'requests': {'cpu': '5'}}"));
  // The API server writes requests that are not stated out as the limits.
  EXPECT_EQ(1U, cpus_of("'containers': [{'name': 'a', 'resources': {'limits': {'cpu': '2', 'memory': '1Gi'}}}]"));
}

TEST(DecodePod, RequestsOfThePodAsAWholeReplaceThoseOfItsContainers) {
  const PodObject pod = pod_of("'resources': {'requests': {'cpu': '5'}}, 'containers': [" + container("c", "1") + "]");
  EXPECT_EQ((NamedAmounts{{"cpu", 5000}}), pod.request);
}

TEST(DecodePod, AContainerBeingResizedHoldsTheMostOfAskedActualAndAllocated) {
  const std::string spec = "'containers': [" + container("a", "1") + "," + container("b", "4") + "]";
  const PodObject pod = pod_of(spec, R"('containerStatuses': [
      {'name': 'a', 'allocatedResources': {'cpu': '3'}, 'resources': {'requests': {'cpu': '2'}}},
      {'name': 'b', 'allocatedResources': {'cpu': '1'}, 'resources': {'requests': {'cpu': '2'}}}])");
  EXPECT_EQ((NamedAmounts{{"cpu", 7000}}), pod.request);
}

TEST(DecodePod, WithoutStatusResourcesAnAllocationDoesNotCount) {
  const PodObject pod = pod_of("'containers': [" + container("a", "1") + "]",
                               "'containerStatuses': [{'name': 'a', 'allocatedResources': {'cpu': '3'}}]");
  EXPECT_EQ((NamedAmounts{{"cpu", 1000}}), pod.request);
}

TEST(DecodePod, AResizeThatCanNeverHappenDoesNotCount) {
  const std::string states = "'containerStatuses': [{'name': 'a', 'resources': {'requests': {'cpu': '2'}}}], ";
  const std::string spec = "'containers': [" + container("a", "64") + "]";
  EXPECT_EQ((NamedAmounts{{"cpu", 2000}}), pod_of(spec, states + "'resize': 'Infeasible'").request);
  EXPECT_EQ((NamedAmounts{{"cpu", 2000}}),
            pod_of(spec, states + "'conditions': [{'type': 'PodResizePending', 'reason': 'Infeasible'}]").request);
}

TEST(DecodePod, OnTheHostsNetworkEveryContainerPortIsAHostPort) {
  const std::string ports = "'containers': [{'ports': [{'containerPort': 80}, {'containerPort': 81, 'hostPort': 82}]}]";
  EXPECT_TRUE(pod_of("'containers': [{'ports': [{'containerPort': 80}]}]").host_ports.empty());
  EXPECT_EQ((std::vector<HostPortText>{{"TCP", "0.0.0.0", 80}, {"TCP", "0.0.0.0", 82}}),
            pod_of(ports + ", 'hostNetwork': true").host_ports);
}

TEST(DecodePod, ASidecarsPortsCountAndAnOrdinaryInitContainersDoNot) {
  const PodObject pod = pod_of(
      "'initContainers': [{'name': 'a', 'ports': [{'hostPort': 1}]}, "
      "{'name': 'b', 'restartPolicy': 'Always', 'ports': [{'hostPort': 2}]}]");
  EXPECT_EQ((std::vector<HostPortText>{{"TCP", "0.0.0.0", 2}}), pod.host_ports);
}

TEST(DecodePod, SpreadTakesOverTheLabelsItNames) {
  const std::string constraint = "'maxSkew': 1, 'topologyKey': 'zone', 'whenUnsatisfiable': 'DoNotSchedule'";
  const PodObject pod = pod_of("'topologySpreadConstraints': [{" + constraint +
                               ", 'labelSelector': {}, 'matchLabelKeys': ['app', 'absent']}]");
  ASSERT_EQ(1U, pod.topology_spread.size());
  EXPECT_TRUE(pod.topology_spread[0].hard);
  EXPECT_EQ((LabelSelectorText{{}, {{"app", "In", {"web"}}}}), pod.topology_spread[0].selector);
}

TEST(DecodePod, AffinityTakesOverTheLabelsItNamesUnlessTheApiServerHas) {
  const std::string keys = "'topologyKey': 'zone', 'matchLabelKeys': ['app', 'absent'], 'mismatchLabelKeys': ['app']";
  const auto terms_of = [&](const std::string& selector) {
    return pod_of("'affinity': {'podAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': [{" + selector +
                  keys + "}]}}")
        .required_affinity;
  };
  EXPECT_EQ((LabelSelectorText{{}, {{"app", "In", {"web"}}, {"app", "NotIn", {"web"}}}}),
            terms_of("'labelSelector': {}, ").front().selector);
  EXPECT_EQ(std::nullopt, terms_of("").front().selector);  // without a selector there is nobody to narrow down
  const std::string written =
      "'labelSelector': {'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['old']}, "
      "{'key': 'app', 'operator': 'NotIn', 'values': ['old']}]}, ";
  EXPECT_EQ((LabelSelectorText{{}, {{"app", "In", {"old"}}, {"app", "NotIn", {"old"}}}}),
            terms_of(written).front().selector);
}

TEST(DecodePod, SpreadHonoursAffinityAndIgnoresTaintsByDefault) {
  const PodObject pod = pod_of(
      "'topologySpreadConstraints': [{'maxSkew': 1, 'topologyKey': 'zone', 'whenUnsatisfiable': 'DoNotSchedule'}]");
  EXPECT_EQ((std::vector{TopologySpreadText{1, "zone", true, std::nullopt}}), pod.topology_spread);
  EXPECT_TRUE(pod.topology_spread[0].honours_affinity);
  EXPECT_FALSE(pod.topology_spread[0].honours_taints);
  EXPECT_EQ(1, pod.topology_spread[0].min_domains);
}

TEST(DecodePod, PhasesOfTheFutureAreUnknown) {
  EXPECT_EQ(PodPhase::pending, pod_of("", "'phase': ''").phase);
  EXPECT_EQ(PodPhase::succeeded, pod_of("", "'phase': 'Succeeded'").phase);
  EXPECT_EQ(PodPhase::failed, pod_of("", "'phase': 'Failed'").phase);
  EXPECT_EQ(PodPhase::unknown, pod_of("", "'phase': 'Hibernating'").phase);
}

TEST(DecodePod, FieldsThatAreNotThereHaveTheirDefaults) {
  const PodObject pod = pod_of("");
  EXPECT_FALSE(pod.priority.has_value());
  EXPECT_FALSE(pod.required_nodes.has_value());
  EXPECT_FALSE(pod.never_preempts);
  EXPECT_FALSE(pod.meta.deleted.has_value());
  EXPECT_EQ("", pod.node_name);
}

}  // namespace
}  // namespace basalt::adapter
