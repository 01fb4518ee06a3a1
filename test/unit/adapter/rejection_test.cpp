#include <gmock/gmock.h>

#include "decoding.hpp"

namespace basalt::adapter {
namespace {

struct Case {
  std::string name;
  std::string members;  ///< of the object, besides its metadata
  std::string reason;   ///< what the refusal begins with
};

std::string object_text(const std::string& members) {
  return quoted("{'metadata': {'name': 'x', 'namespace': 'ns', 'uid': 'u'}, " + members + "}");
}

/// Each case is refused by `decode`, and rejected by `to_delta` with the same reason.
void expect_rejections(ObjectKind kind, const std::vector<Case>& cases) {
  for (const Case& rejected : cases) {
    SCOPED_TRACE(rejected.name);
    const std::string text = object_text(rejected.members);
    EXPECT_THAT(refusal(kind, json(text)), testing::StartsWith(rejected.reason));
    const Delta delta = to_delta(kind, {{"ns", "x"}, "u", "1"}, json(text));
    ASSERT_TRUE(std::holds_alternative<Rejected>(delta));
    EXPECT_EQ(refusal(kind, json(text)), std::get<Rejected>(delta).reason);
  }
}

std::string container(const std::string& members) {
  return "'spec': {'containers': [{'name': 'a'}, {" + members + "}]}";
}

std::string affinity(const std::string& member, const std::string& terms) {
  return "'spec': {'affinity': {'" + member + "': {'requiredDuringSchedulingIgnoredDuringExecution': " + terms + "}}}";
}

TEST(Reject, HyperNodesWhoseMembersCannotBeTold) {
  const auto member = [](const std::string& text) { return "'spec': {'tier': 1, 'members': [" + text + "]}"; };
  expect_rejections(
      ObjectKind::hyper_node,
      {{"tier", "'spec': {'tier': -1}", "spec.tier: expected 0 to"},
       {"type", member("{'type': 'Rack', 'selector': {'exactMatch': {'name': 'a'}}}"), "spec.members[0].type: "},
       {"no selector", member("{'type': 'Node', 'selector': {}}"),
        "spec.members[0].selector: expected one of exactMatch, regexMatch and labelMatch"},
       {"two selectors",
        member("{'type': 'Node', 'selector': {'exactMatch': {'name': 'a'}, 'regexMatch': {'pattern': 'a'}}}"),
        "spec.members[0].selector: expected one of"},
       {"endless pattern",
        member("{'type': 'Node', 'selector': {'regexMatch': {'pattern': '" + std::string(1025, 'a') + "'}}}"),
        "spec.members[0].selector: regexMatch.pattern: expected at most 1024 characters"}});
}

TEST(Reject, QuotasThatCannotBeCompared) {
  expect_rejections(
      ObjectKind::resource_quota,
      {{"quantity", "'status': {'hard': {'cpu': 'much'}}", R"(status.hard["cpu"]: quantity "much")"},
       {"negative", "'status': {'hard': {'pods': '-1'}}",
        R"(status.hard["pods"]: expected an amount that is not negative)"},
       {"operator",
        "'spec': {'scopeSelector': {'matchExpressions': [{'scopeName': 'PriorityClass', 'operator': 'Is'}]}}",
        "spec.scopeSelector.matchExpressions[0].operator: "}});
}

TEST(Reject, NumatopologiesThatDescribeNoMachine) {
  expect_rejections(
      ObjectKind::numatopology,
      {{"policy", "'spec': {'policies': {'TopologyManagerPolicy': 'strict'}}",
        "spec.policies: TopologyManagerPolicy: expected none, best-effort, restricted or single-numa-node"},
       {"list", "'spec': {'numares': {'cpu': {'allocatable': '0-'}}}",
        "spec.numares.cpu.allocatable: \"0-\": expected cpus such as 0-3,8"},
       {"cpu", "'spec': {'cpuDetail': {'first': {}}}", R"(spec.cpuDetail["first"]: expected the number of a cpu)"},
       {"numa", "'spec': {'cpuDetail': {'0': {'numa': -1}}}", R"(spec.cpuDetail["0"].numa: expected 0 to)"}});
}

TEST(Reject, PodsWithSenselessAmounts) {
  const std::string memory = R"(spec.containers[1].resources.requests["memory"]: )";
  const auto asking = [](const std::string& value) {
    return container("'resources': {'requests': {'cpu': '1', 'memory': " + value + "}}");
  };
  expect_rejections(
      ObjectKind::pod,
      {{"text", asking("'lots'"), memory},
       {"empty", asking("''"), memory},
       {"negative", asking("'-1'"), memory},
       {"more than any machine has", asking("'9Ti'"), memory},
       {"more than 63 bits", asking("'1000000E'"), memory},
       {"no quantity at all", asking("[1]"), memory},
       {"resources are no object", container("'resources': 5"), "spec.containers[1].resources: expected an object"},
       {"init container", "'spec': {'initContainers': [{'resources': {'requests': {'cpu': 'x'}}}]}",
        R"(spec.initContainers[0].resources.requests["cpu"]: )"},
       {"overhead", "'spec': {'overhead': {'cpu': '-1m'}}", R"(spec.overhead["cpu"]: )"},
       {"pod level", "'spec': {'resources': {'requests': {'cpu': 'x'}}}", R"(spec.resources.requests["cpu"]: )"},
       {"status", "'status': {'containerStatuses': [{'name': 'a', 'resources': {'requests': {'cpu': 'x'}}}]}",
        R"(status.containerStatuses[0].resources.requests["cpu"]: )"},
       {"allocated", "'status': {'containerStatuses': [{'name': 'a', 'allocatedResources': {'cpu': 'x'}}]}",
        R"(status.containerStatuses[0].allocatedResources["cpu"]: )"},
       {"too much in all",
        "'spec': {'containers': [{'resources': {'requests': {'memory': '5Ti'}}}, "
        "{'resources': {'requests': {'memory': '5Ti'}}}]}",
        R"(spec: request of "memory": expected at most 8Ti in all, got 10Ti)"}});
}

TEST(Reject, PodsWithUnknownEnumValues) {
  expect_rejections(
      ObjectKind::pod,
      {{"toleration operator", "'spec': {'tolerations': [{}, {'operator': 'Gt'}]}",
        R"(spec.tolerations[1].operator: expected Equal or Exists, got "Gt")"},
       {"toleration effect", "'spec': {'tolerations': [{'effect': 'Explode'}]}",
        R"(spec.tolerations[0].effect: expected NoSchedule or PreferNoSchedule or NoExecute, got "Explode")"},
       {"node affinity operator",
        affinity("nodeAffinity", "{'nodeSelectorTerms': [{'matchExpressions': [{'key': 'a', 'operator': 'Near'}]}]}"),
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
        ".matchExpressions[0].operator: expected In or NotIn or Exists or DoesNotExist or Gt or Lt, got \"Near\""},
       {"node field operator",
        affinity("nodeAffinity", "{'nodeSelectorTerms': [{'matchFields': [{'key': 'a', 'operator': 'Gt'}]}]}"),
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
        ".matchFields[0].operator: expected In or NotIn, got \"Gt\""},
       {"pod affinity operator",
        affinity("podAffinity",
                 "[{'topologyKey': 'z', 'labelSelector': {'matchExpressions': [{'key': 'a', 'operator': 'Lt'}]}}]"),
        "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0]"
        ".operator: expected In or NotIn or Exists or DoesNotExist, got \"Lt\""},
       {"whenUnsatisfiable",
        "'spec': {'topologySpreadConstraints': [{'maxSkew': 1, 'topologyKey': 'z', 'whenUnsatisfiable': 'Cry'}]}",
        R"(spec.topologySpreadConstraints[0].whenUnsatisfiable: expected DoNotSchedule or ScheduleAnyway, got "Cry")"},
       {"preemption policy", "'spec': {'preemptionPolicy': 'Sometimes'}", "spec.preemptionPolicy: expected"},
       {"protocol", container("'ports': [{'protocol': 'QUIC'}]"),
        "spec.containers[1].ports[0].protocol: expected TCP"}});
}

TEST(Reject, PodsWithNumbersOutOfRange) {
  expect_rejections(
      ObjectKind::pod,
      {{"host port", container("'ports': [{'hostPort': 65536}]"),
        "spec.containers[1].ports[0].hostPort: expected 0 to 65535, got 65536"},
       {"negative host port", container("'ports': [{'hostPort': -1}]"),
        "spec.containers[1].ports[0].hostPort: expected"},
       {"container port", container("'ports': [{'containerPort': 70000}]"),
        "spec.containers[1].ports[0].containerPort: expected"},
       {"priority of 64 bits", "'spec': {'priority': 4294967296}", "spec.priority: expected an integer of 32 bits"},
       {"priority as text", "'spec': {'priority': '1'}", "spec.priority: expected an integer of 32 bits, got a string"},
       {"weight",
        "'spec': {'affinity': {'nodeAffinity': {'preferredDuringSchedulingIgnoredDuringExecution': [{'weight': "
        "101}]}}}",
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: expected 1 to 100"},
       {"skew",
        "'spec': {'topologySpreadConstraints': [{'maxSkew': 0, 'topologyKey': 'z', 'whenUnsatisfiable': "
        "'DoNotSchedule'}]}",
        "spec.topologySpreadConstraints[0].maxSkew: expected 1 to"},
       {"no domains",
        "'spec': {'topologySpreadConstraints': [{'maxSkew': 1, 'minDomains': 0, 'topologyKey': 'z', "
        "'whenUnsatisfiable': 'DoNotSchedule'}]}",
        "spec.topologySpreadConstraints[0].minDomains: expected 1 to"},
       {"inclusion policy",
        "'spec': {'topologySpreadConstraints': [{'maxSkew': 1, 'nodeTaintsPolicy': 'Maybe', 'topologyKey': 'z', "
        "'whenUnsatisfiable': 'DoNotSchedule'}]}",
        R"(spec.topologySpreadConstraints[0].nodeTaintsPolicy: expected Honor or Ignore, got "Maybe")"},
       {"weight of a wish about pods",
        "'spec': {'affinity': {'podAffinity': {'preferredDuringSchedulingIgnoredDuringExecution': [{'weight': 0}]}}}",
        "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: expected 1 to 100"},
       {"a wish about nobody",
        "'spec': {'affinity': {'podAffinity': {'preferredDuringSchedulingIgnoredDuringExecution': [{'weight': 1}]}}}",
        "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]: expected a podAffinityTerm"},
       {"no topology key", affinity("podAntiAffinity", "[{}]"),
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: expected a topologyKey"},
       {"time", "'metadata': {'name': 'x', 'namespace': 'ns', 'creationTimestamp': 'yesterday'}",
        R"(metadata.creationTimestamp: time "yesterday": expected RFC 3339)"}});
}

TEST(Reject, NodesWithSenselessFields) {
  expect_rejections(
      ObjectKind::node,
      {{"effect", "'spec': {'taints': [{'key': 'a', 'effect': ''}]}", "spec.taints[0].effect: expected NoSchedule"},
       {"negative", "'status': {'allocatable': {'cpu': '-1'}}", R"(status.allocatable["cpu"]: )"},
       {"beyond any machine", "'status': {'allocatable': {'memory': '200Ti'}}", R"(status.allocatable["memory"]: )"}});
}

TEST(Reject, PodGroupsWithSenselessFields) {
  expect_rejections(ObjectKind::pod_group,
                    {{"minMember", "'spec': {'minMember': -1}", "spec.minMember: expected 0 to 2147483647, got -1"},
                     {"minMember as text", "'spec': {'minMember': 'all'}",
                      "spec.minMember: expected an integer of 32 bits, got a string"},
                     {"minTaskMember", "'spec': {'minTaskMember': {'w': -2}}",
                      R"(spec.minTaskMember["w"]: expected a count of 0 or more)"},
                     {"minResources", "'spec': {'minResources': {'memory': '2E'}}", R"(spec.minResources["memory"]: )"},
                     {"negative", "'spec': {'minResources': {'cpu': -1}}", R"(spec.minResources["cpu"]: )"},
                     {"phase", "'status': {'phase': 'Asleep'}", "status.phase: expected Pending or Inqueue"}});
}

TEST(Reject, QueuesWithSenselessFields) {
  expect_rejections(
      ObjectKind::queue,
      {{"weight", "'spec': {'weight': 0}", "spec.weight: expected 1 to 65535, got 0"},
       {"priority", "'spec': {'priority': -1}", "spec.priority: expected 0 to"},
       {"capability", "'spec': {'capability': {'cpu': 'x'}}", R"(spec.capability["cpu"]: )"},
       {"deserved", "'spec': {'deserved': {'cpu': '-1'}}", R"(spec.deserved["cpu"]: )"},
       {"guarantee", "'spec': {'guarantee': {'resource': {'memory': '3E'}}}", R"(spec.guarantee.resource["memory"]: )"},
       {"strategy", "'spec': {'dequeueStrategy': 'lifo'}", "spec.dequeueStrategy: expected fifo or traverse"},
       {"reclaimable", "'spec': {'reclaimable': 'yes'}", "spec.reclaimable: expected true or false, got a string"},
       {"state", "'status': {'state': 'Ajar'}", "status.state: expected Open"}});
}

TEST(Reject, OtherKindsWithSenselessFields) {
  expect_rejections(ObjectKind::storage_class,
                    {{"mode", "'volumeBindingMode': 'Never'", "volumeBindingMode: expected Immediate"}});
  expect_rejections(ObjectKind::priority_class, {{"policy", "'preemptionPolicy': 'Maybe'",
                                                  "preemptionPolicy: expected PreemptLowerPriority or Never"}});
  expect_rejections(
      ObjectKind::volume,
      {{"operator",
        "'spec': {'nodeAffinity': {'required': {'nodeSelectorTerms': [{'matchExpressions': [{'operator': '~'}]}]}}}",
        "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].operator: expected In"}});
}

TEST(Reject, ProtobufIsHeldToTheSameRules) {
  const Proto meta = Proto().text(1, "x").text(3, "ns");
  const Proto asking = Proto().text(1, "a").message(8, Proto().amount(2, "memory", "lots"));
  const Proto pod = Proto().message(1, meta).message(2, Proto().message(2, Proto().text(1, "a")).message(2, asking));
  EXPECT_THAT(refusal(ObjectKind::pod, protobuf(pod)),
              testing::StartsWith(R"(spec.containers[1].resources.requests["memory"]: )"));
  const Proto wide = Proto().message(1, meta).message(2, Proto().integer(25, std::int64_t{1} << 40));
  EXPECT_EQ("spec.priority: expected an integer of 32 bits, got 1099511627776",
            refusal(ObjectKind::pod, protobuf(wide)));
}

TEST(Reject, APodSaysWhichNodeItRunsOn) {
  // The node comes after what is wrong: reading goes on.
  const std::string text =
      object_text("'spec': {'containers': [{'resources': {'requests': {'cpu': 'x'}}}], 'nodeName': 'n1'}");
  const Delta delta = to_delta(ObjectKind::pod, {{"ns", "x"}, "u", "1"}, json(text));
  const auto& rejected = std::get<Rejected>(delta);
  EXPECT_EQ(ObjectKind::pod, rejected.kind);
  EXPECT_EQ("ns", rejected.namespace_name);
  EXPECT_EQ("x", rejected.name);
  EXPECT_EQ("u", rejected.uid);
  EXPECT_EQ("n1", rejected.node_name);
}

TEST(Reject, MalformedBytesAreRejectedUnderTheNameOfTheirHead) {
  const Delta delta = to_delta(ObjectKind::pod, {{"ns", "x"}, "u", "1"}, json("{"));
  const auto& rejected = std::get<Rejected>(delta);
  EXPECT_EQ("x", rejected.name);
  EXPECT_EQ("u", rejected.uid);
  EXPECT_THAT(rejected.reason, testing::StartsWith("malformed Pod: JSON: "));
}

TEST(Reject, TooManyContainersOrKindsOfResources) {
  std::string containers = "'spec': {'containers': [{}";
  for (int i = 0; i < 1024; ++i) containers += ",{}";
  std::string kinds = "'spec': {'containers': [{'resources': {'requests': {'a/0': 1";
  for (int i = 1; i <= 64; ++i) kinds += ",'a/" + std::to_string(i) + "': 1";
  std::string list = "'status': {'allocatable': {'a/0': 1";
  for (int i = 1; i <= 256; ++i) list += ",'a/" + std::to_string(i) + "': 1";
  expect_rejections(ObjectKind::pod,
                    {{"containers", containers + "]}", "spec.containers: expected at most 1024 containers"},
                     {"kinds", kinds + "}}}]}", "spec.containers: expected at most 64 kinds of resources"}});
  expect_rejections(ObjectKind::node,
                    {{"list", list + "}}", R"(status.allocatable["a/256"]: expected at most 256 kinds of resources)"}});
}

}  // namespace
}  // namespace basalt::adapter
