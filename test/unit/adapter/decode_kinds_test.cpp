#include <gmock/gmock.h>

#include "decoding.hpp"

namespace basalt::adapter {
namespace {

Proto named(std::string_view name, std::string_view space = "") {
  return Proto().text(1, name).text(3, space).text(5, "u").entry(11, "zone", "a");
}

TEST(DecodeNode, BothEncodingsGiveEqualObjects) {
  const Proto taint = Proto().text(1, "dedicated").text(2, "gpu").text(3, "NoSchedule");
  const Proto bytes = Proto()
                          .message(1, named("n1"))
                          .message(2, Proto().text(1, "10.0.0.0/24").integer(4, 1).message(5, taint))
                          .message(3, Proto()
                                          .amount(1, "cpu", "96")
                                          .amount(2, "pods", "110")
                                          .amount(2, "cpu", "95")
                                          .amount(2, "attachable-volumes-csi", "x")
                                          .amount(2, "memory", "1Ti"));
  const auto node = decoded<NodeObject>(ObjectKind::node, protobuf(bytes));
  EXPECT_EQ("n1", node.meta.name);
  EXPECT_EQ((StringPairs{{"zone", "a"}}), node.meta.labels);
  EXPECT_TRUE(node.unschedulable);
  EXPECT_EQ((std::vector<TaintText>{{"dedicated", "gpu", "NoSchedule"}}), node.taints);
  EXPECT_EQ((NamedAmounts{{"cpu", 95'000}, {"memory", std::int64_t{1} << 40}, {"pods", 110}}), node.allocatable);
  const std::string text = quoted(R"({'kind': 'Node', 'metadata': {'name': 'n1', 'uid': 'u', 'labels': {'zone': 'a'}},
      'spec': {'unschedulable': true, 'taints': [{'key': 'dedicated', 'value': 'gpu', 'effect': 'NoSchedule'}]},
      'status': {'capacity': {'cpu': '96'}, 'allocatable': {'pods': '110', 'cpu': '95', 'memory': '1Ti'}}})");
  EXPECT_EQ(node, decoded<NodeObject>(ObjectKind::node, json(text)));
}

TEST(DecodePriorityClass, BothEncodingsGiveEqualObjects) {
  const Proto bytes = Proto().message(1, named("high")).integer(2, -7).integer(3, 1).text(5, "Never");
  const auto decoded_class = decoded<PriorityClassObject>(ObjectKind::priority_class, protobuf(bytes));
  EXPECT_EQ(-7, decoded_class.value);
  EXPECT_TRUE(decoded_class.global_default);
  EXPECT_TRUE(decoded_class.never_preempts);
  const std::string text = quoted(R"({'metadata': {'name': 'high', 'uid': 'u', 'labels': {'zone': 'a'}}, 'value': -7,
      'globalDefault': true, 'preemptionPolicy': 'Never'})");
  EXPECT_EQ(decoded_class, decoded<PriorityClassObject>(ObjectKind::priority_class, json(text)));
}

TEST(DecodeClaim, BothEncodingsGiveEqualObjects) {
  const Proto bytes = Proto()
                          .message(1, named("data", "ns"))
                          .message(2, Proto().text(3, "pv-1").text(5, "fast"))
                          .message(3, Proto().text(1, "Bound"));
  const auto claim = decoded<ClaimObject>(ObjectKind::claim, protobuf(bytes));
  EXPECT_EQ("pv-1", claim.volume_name);
  EXPECT_EQ("fast", claim.storage_class);
  EXPECT_TRUE(claim.bound);
  const std::string text =
      quoted(R"({'metadata': {'name': 'data', 'namespace': 'ns', 'uid': 'u', 'labels': {'zone': 'a'}},
      'spec': {'volumeName': 'pv-1', 'storageClassName': 'fast'}, 'status': {'phase': 'Bound'}})");
  EXPECT_EQ(claim, decoded<ClaimObject>(ObjectKind::claim, json(text)));
}

ClaimObject claim_of(const std::string& annotations, const std::string& spec) {
  const std::string text = quoted("{'metadata': {'name': 'c', 'namespace': 'ns', 'annotations': {" + annotations +
                                  "}}, 'spec': {" + spec + "}, 'status': {'phase': 'Pending'}}");
  return decoded<ClaimObject>(ObjectKind::claim, json(text));
}

TEST(DecodeClaim, IsBoundOnceBothSidesAreComplete) {
  EXPECT_FALSE(claim_of("", "'volumeName': 'pv'").bound);
  EXPECT_FALSE(claim_of("'pv.kubernetes.io/bind-completed': 'yes'", "").bound);
  const ClaimObject claim = claim_of("'pv.kubernetes.io/bind-completed': 'yes'", "'volumeName': 'pv'");
  EXPECT_TRUE(claim.bound);
  EXPECT_TRUE(claim.meta.annotations.empty());
}

TEST(DecodeClaim, TheLegacyAnnotationIsTheStorageClassFirst) {
  EXPECT_EQ(std::nullopt, claim_of("", "").storage_class);
  EXPECT_EQ("", claim_of("", "'storageClassName': ''").storage_class);
  EXPECT_EQ("old",
            claim_of("'volume.beta.kubernetes.io/storage-class': 'old'", "'storageClassName': 'new'").storage_class);
}

TEST(DecodeVolume, BothEncodingsGiveEqualObjects) {
  const Proto requirement = Proto().text(1, "zone").text(2, "In").text(3, "a").text(3, "b");
  const Proto term = Proto().message(1, requirement);
  const Proto bytes =
      Proto().message(1, named("pv-1")).message(2, Proto().message(9, Proto().message(1, Proto().message(1, term))));
  const auto volume = decoded<VolumeObject>(ObjectKind::volume, protobuf(bytes));
  EXPECT_EQ((std::vector{NodeSelectorTermText{{{"zone", "In", {"a", "b"}}}, {}}}), volume.required_nodes);
  const std::string text = quoted(R"({'metadata': {'name': 'pv-1', 'uid': 'u', 'labels': {'zone': 'a'}},
      'spec': {'nodeAffinity': {'required': {'nodeSelectorTerms': [
        {'matchExpressions': [{'key': 'zone', 'operator': 'In', 'values': ['a', 'b']}]}]}}}})");
  EXPECT_EQ(volume, decoded<VolumeObject>(ObjectKind::volume, json(text)));
}

TEST(DecodeStorageClass, BothEncodingsGiveEqualObjects) {
  const Proto bytes = Proto().message(1, named("local")).text(2, "none").text(7, "WaitForFirstConsumer");
  const auto storage_class = decoded<StorageClassObject>(ObjectKind::storage_class, protobuf(bytes));
  EXPECT_TRUE(storage_class.wait_for_first_consumer);
  const std::string text = quoted(R"({'metadata': {'name': 'local', 'uid': 'u', 'labels': {'zone': 'a'}},
      'volumeBindingMode': 'WaitForFirstConsumer'})");
  EXPECT_EQ(storage_class, decoded<StorageClassObject>(ObjectKind::storage_class, json(text)));
}

TEST(DecodeNamespace, BothEncodingsGiveEqualObjects) {
  const Proto bytes = Proto().message(1, named("team")).message(3, Proto().text(1, "Active"));
  const auto space = decoded<NamespaceObject>(ObjectKind::namespace_kind, protobuf(bytes));
  EXPECT_EQ("team", space.meta.name);
  const std::string text = quoted("{'metadata': {'name': 'team', 'uid': 'u', 'labels': {'zone': 'a'}}}");
  EXPECT_EQ(space, decoded<NamespaceObject>(ObjectKind::namespace_kind, json(text)));
}

TEST(DecodeResourceQuota, BothEncodingsGiveEqualObjects) {
  const Proto scope = Proto().text(1, "PriorityClass").text(2, "In").text(3, "high").text(3, "low");
  const Proto bytes =
      Proto()
          .message(1, named("compute", "ns"))
          .message(
              2, Proto().amount(1, "requests.cpu", "12").text(2, "NotBestEffort").message(3, Proto().message(1, scope)))
          .message(3, Proto()
                          .amount(1, "requests.cpu", "10")
                          .amount(1, "limits.memory", "4Gi")
                          .amount(1, "services", "3")
                          .amount(1, "pods", "5")
                          .amount(1, "requests.nvidia.com/gpu", "2")
                          .amount(1, "requests.storage", "x")
                          .amount(2, "requests.cpu", "1500m")
                          .amount(2, "pods", "2"));
  const auto quota = decoded<ResourceQuotaObject>(ObjectKind::resource_quota, protobuf(bytes));
  EXPECT_EQ("compute", quota.meta.name);
  EXPECT_EQ((std::vector<QuotaLine>{{"limits.memory", std::int64_t{4} << 30, 0},
                                    {"pods", 5, 2},
                                    {"requests.cpu", 10'000, 1'500},
                                    {"requests.nvidia.com/gpu", 2'000, 0}}),
            quota.lines);
  EXPECT_EQ((std::vector<QuotaScope>{{"PriorityClass", "In", {"high", "low"}}, {"NotBestEffort", "Exists", {}}}),
            quota.scopes);
  const std::string text = quoted(
      R"({'kind': 'ResourceQuota', 'metadata': {'name': 'compute', 'namespace': 'ns', 'uid': 'u', 'labels': {'zone': 'a'}},
      'spec': {'hard': {'requests.cpu': '12'}, 'scopes': ['NotBestEffort'], 'scopeSelector': {'matchExpressions': [
        {'scopeName': 'PriorityClass', 'operator': 'In', 'values': ['high', 'low']}]}},
      'status': {'hard': {'requests.cpu': '10', 'limits.memory': '4Gi', 'services': '3', 'pods': 5,
        'requests.nvidia.com/gpu': '2', 'requests.storage': '1Gi'}, 'used': {'requests.cpu': '1500m', 'pods': '2'}}})");
  EXPECT_EQ(quota, decoded<ResourceQuotaObject>(ObjectKind::resource_quota, json(text)));
}

TEST(DecodeResourceQuota, WithoutAStatusNothingIsUsed) {
  const std::string text = quoted(R"({'metadata': {'name': 'q', 'namespace': 'ns'}, 'spec': {'hard': {'cpu': '3'}}})");
  const auto quota = decoded<ResourceQuotaObject>(ObjectKind::resource_quota, json(text));
  EXPECT_EQ((std::vector<QuotaLine>{{"cpu", 3'000, 0}}), quota.lines);
}

TEST(DecodeNumatopology, ReadsEveryField) {
  const std::string text = quoted(R"({'kind': 'Numatopology', 'metadata': {'name': 'n1'}, 'spec': {
      'policies': {'CPUManagerPolicy': 'static', 'TopologyManagerPolicy': 'single-numa-node'},
      'resReserved': {'cpu': '500m'}, 'numares': {'cpu': {'allocatable': '0-1,3', 'capacity': 4}, 'gpu': {'allocatable': 'x'}},
      'cpuDetail': {'3': {'numa': 1, 'socket': 1, 'core': 3}, '0': {}, '1': {'core': 1}, '2': {'numa': 1, 'socket': 1, 'core': 2}},
      'podAllocations': [{'uid': 'p', 'name': 'a', 'containerAllocations': [
        {'name': 'c', 'allocations': {'cpu': '2'}}, {'name': 'd', 'allocations': {'cpu': '0'}}]}]}})");
  const auto object = decoded<NumatopologyObject>(ObjectKind::numatopology, json(text));
  EXPECT_EQ("n1", object.meta.name);
  const NumaTopology expected{true,      NumaPolicy::single_numa_node,
                              500,       {{0, 0, 0, 0}, {1, 0, 0, 1}, {2, 1, 1, 2}, {3, 1, 1, 3}},
                              {0, 1, 3}, {{"p", {0, 2}}}};
  EXPECT_EQ(expected, object.topology);
}

TEST(DecodePodGroup, ReadsEveryField) {
  const std::string text = quoted(R"({'apiVersion': 'scheduling.volcano.sh/v1beta1', 'kind': 'PodGroup',
      'metadata': {'name': 'train', 'namespace': 'ns', 'annotations': {'sla-waiting-time': '1h', 'other': 'x'}},
      'spec': {'minMember': 3, 'minTaskMember': {'worker': 2, 'ps': 1}, 'queue': 'q1', 'priorityClassName': 'high',
        'minResources': {'cpu': 3, 'memory': '6Gi', 'nvidia.com/gpu': 0.5, 'count/pods': 9},
        'networkTopology': {'mode': 'soft', 'highestTierAllowed': 2}, 'subGroupPolicy': [{'name': 's',
          'labelSelector': {'matchLabels': {'a': 'b'}, 'matchExpressions': [{'key': 'k', 'operator': 'Exists'}]},
          'matchLabelKeys': ['x', 'y'], 'subGroupSize': 4, 'minSubGroups': 2,
          'networkTopology': {'highestTierName': 'rack'}}]},
      'status': {'phase': 'Inqueue', 'running': 1, 'succeeded': 2, 'failed': 3, 'conditions': [
        {'type': 'Unschedulable', 'status': 'True', 'transitionID': 't', 'reason': 'NotEnoughResources', 'message': 'm'}]}})");
  const auto group = decoded<PodGroupObject>(ObjectKind::pod_group, json(text));
  EXPECT_EQ(3, group.min_member);
  EXPECT_EQ((std::vector<std::pair<std::string, std::int32_t>>{{"ps", 1}, {"worker", 2}}), group.min_task_member);
  EXPECT_EQ("q1", group.queue);
  EXPECT_EQ("high", group.priority_class_name);
  EXPECT_EQ((NamedAmounts{{"cpu", 3000}, {"memory", std::int64_t{6} << 30}, {"nvidia.com/gpu", 500}}),
            group.min_resources);
  EXPECT_EQ((NamedAmounts{{"count/pods", 9}}), group.quota_minimum);
  EXPECT_EQ((NetworkTopologyText{"soft", 2, ""}), group.network_topology);
  const SubGroupPolicyText policy{"s",        LabelSelectorText{{{"a", "b"}}, {RequirementText{"k", "Exists", {}}}},
                                  {"x", "y"}, 4,
                                  2,          NetworkTopologyText{"hard", std::nullopt, "rack"}};
  EXPECT_EQ(std::vector{policy}, group.sub_groups);
  EXPECT_EQ("Inqueue", group.phase);
  EXPECT_EQ(1, group.running);
  EXPECT_EQ(2, group.succeeded);
  EXPECT_EQ(3, group.failed);
  EXPECT_EQ((std::vector<ConditionText>{{"Unschedulable", "True", "NotEnoughResources", "m"}}), group.conditions);
  EXPECT_EQ((StringPairs{{"sla-waiting-time", "1h"}}), group.meta.annotations);
}

TEST(DecodePodGroup, AbsentMinResourcesAreNotEmptyOnes) {
  const std::string without = quoted("{'metadata': {'name': 'g', 'namespace': 'ns'}, 'spec': {'minResources': null}}");
  EXPECT_EQ(std::nullopt, decoded<PodGroupObject>(ObjectKind::pod_group, json(without)).min_resources);
  const std::string empty = quoted("{'metadata': {'name': 'g', 'namespace': 'ns'}, 'spec': {'minResources': {}}}");
  const auto group = decoded<PodGroupObject>(ObjectKind::pod_group, json(empty));
  EXPECT_EQ(NamedAmounts{}, group.min_resources);
  EXPECT_EQ(std::nullopt, group.network_topology);
  EXPECT_TRUE(group.sub_groups.empty());
}

TEST(DecodeHyperNode, ReadsEveryField) {
  const std::string text = quoted(R"({'kind': 'HyperNode', 'metadata': {'name': 's1'},
      'spec': {'tier': 2, 'tierName': 'row', 'members': [
        {'type': 'HyperNode', 'selector': {'exactMatch': {'name': 's2'}}},
        {'type': 'Node', 'selector': {'regexMatch': {'pattern': '^n'}}},
        {'type': 'Node', 'selector': {'labelMatch': {'matchLabels': {'a': 'b'}}}}]},
      'status': {'nodeCount': 3}})");
  const auto hyper_node = decoded<HyperNodeObject>(ObjectKind::hyper_node, json(text));
  EXPECT_EQ("s1", hyper_node.meta.name);
  EXPECT_EQ(2, hyper_node.tier);
  EXPECT_EQ("row", hyper_node.tier_name);
  EXPECT_EQ((std::vector<HyperNodeMemberText>{{false, "s2", std::nullopt, std::nullopt},
                                              {true, std::nullopt, "^n", std::nullopt},
                                              {true, std::nullopt, std::nullopt, LabelSelectorText{{{"a", "b"}}, {}}}}),
            hyper_node.members);
}

TEST(DecodeQueue, ReadsEveryField) {
  const std::string text = quoted(R"({'metadata': {'name': 'q1'},
      'spec': {'weight': 4, 'capability': {'cpu': '10'}, 'deserved': {'cpu': '8'}, 'guarantee': {'resource': {'cpu': '2'}},
        'reclaimable': false, 'parent': 'root', 'priority': 5, 'dequeueStrategy': 'fifo',
        'affinity': {'nodeGroupAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': ['a'],
                                           'preferredDuringSchedulingIgnoredDuringExecution': ['b', 'c']},
                     'nodeGroupAntiAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': ['d'],
                                               'preferredDuringSchedulingIgnoredDuringExecution': ['e']}}},
      'status': {'state': 'Closing', 'allocated': {'cpu': '1500m'}}})");
  const auto queue = decoded<QueueObject>(ObjectKind::queue, json(text));
  EXPECT_EQ(4, queue.weight);
  EXPECT_EQ((NamedAmounts{{"cpu", 10'000}}), queue.capability);
  EXPECT_EQ((NamedAmounts{{"cpu", 8'000}}), queue.deserved);
  EXPECT_EQ((NamedAmounts{{"cpu", 2'000}}), queue.guarantee);
  EXPECT_FALSE(queue.reclaimable);
  EXPECT_EQ("root", queue.parent);
  EXPECT_EQ(5, queue.priority);
  EXPECT_EQ("fifo", queue.dequeue_strategy);
  EXPECT_EQ((NodeGroupTerms{{"a"}, {"b", "c"}}), queue.node_groups);
  EXPECT_EQ((NodeGroupTerms{{"d"}, {"e"}}), queue.anti_groups);
  EXPECT_EQ("Closing", queue.state);
  EXPECT_EQ((NamedAmounts{{"cpu", 1'500}}), queue.allocated);
}

TEST(DecodeQueue, DefaultsAreThoseOfTheModel) {
  QueueObject expected;
  expected.meta.name = "q";
  EXPECT_EQ(expected, decoded<QueueObject>(ObjectKind::queue, json(quoted("{'metadata': {'name': 'q'}, 'spec': {}}"))));
}

TEST(DecodePodGroup, WhatOnlyQuotasKnowIsKeptApart) {
  const std::string text = quoted(R"({'metadata': {'name': 'g', 'namespace': 'ns'}, 'spec': {'minResources':
      {'cpu': '2', 'requests.cpu': '2', 'limits.cpu': '4', 'limits.memory': '1Gi', 'pods': '3', 'services': 'x'}}})");
  const auto group = decoded<PodGroupObject>(ObjectKind::pod_group, json(text));
  EXPECT_EQ((NamedAmounts{{"cpu", 2'000}, {"pods", 3}}), group.min_resources);
  EXPECT_EQ((NamedAmounts{{"limits.cpu", 4'000}, {"limits.memory", std::int64_t{1} << 30}, {"requests.cpu", 2'000}}),
            group.quota_minimum);
}

TEST(Decode, CustomResourcesAreNotReadFromProtobuf) {
  const Proto bytes = Proto().message(1, named("g", "ns"));
  const auto group = decode(ObjectKind::pod_group, protobuf(bytes));
  ASSERT_FALSE(group);
  EXPECT_EQ(ErrorCode::unsupported, group.error().code);
}

TEST(Decode, AnObjectOfAnotherKindIsRefused) {
  EXPECT_EQ("malformed Pod: kind: expected Pod, got \"Node\"",
            refusal(ObjectKind::pod, json(quoted("{'kind': 'Node', 'metadata': {'name': 'n', 'namespace': 'ns'}}"))));
}

TEST(Decode, AnObjectWithoutAnIdentityIsRefused) {
  EXPECT_EQ("malformed Pod: metadata.name: expected a name", refusal(ObjectKind::pod, json("{}")));
  EXPECT_EQ("malformed Pod: metadata.namespace: expected a namespace",
            refusal(ObjectKind::pod, json(quoted("{'metadata': {'name': 'p'}}"))));
  EXPECT_EQ("", refusal(ObjectKind::node, json(quoted("{'metadata': {'name': 'n'}}"))));
}

TEST(ToDelta, AnObjectThatMakesSenseIsUpserted) {
  const Delta delta =
      to_delta(ObjectKind::node, {{"", "n"}, "u", "1"}, json(quoted("{'metadata': {'name': 'n', 'uid': 'u'}}")));
  ASSERT_TRUE(std::holds_alternative<Upserted>(delta));
  EXPECT_EQ("n", std::get<NodeObject>(std::get<Upserted>(delta).object).meta.name);
}

TEST(ToDelta, ARemovalIsNamedByItsHead) {
  const Delta delta = to_removed(ObjectKind::pod, {{"ns", "p"}, "u", "1"});
  const auto& removed = std::get<Removed>(delta);
  EXPECT_EQ(ObjectKind::pod, removed.kind);
  EXPECT_EQ("ns", removed.namespace_name);
  EXPECT_EQ("p", removed.name);
  EXPECT_EQ("u", removed.uid);
}

}  // namespace
}  // namespace basalt::adapter
