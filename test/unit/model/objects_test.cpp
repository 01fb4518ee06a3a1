#include "basalt/model/objects.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <variant>

namespace basalt {
namespace {

TEST(SchedulingAnnotation, IsAKeyOfADomainThatSchedulingReads) {
  for (const char* key : {"volcano.sh/task-spec", "volcano.sh/preemptable", "scheduling.volcano.sh/queue-name",
                          "scheduling.k8s.io/group-name", "basalt.sh/rank", "sla-waiting-time",
                          "nvidia.com/use-gputype", "nvidia.com/nouse-gputype"}) {
    EXPECT_TRUE(is_scheduling_annotation(key)) << key;
  }
}

TEST(SchedulingAnnotation, IsNoOtherKey) {
  for (const char* key : {"", "app", "volcano.sh", "example.volcano.sh/x", "evilvolcano.sh/x", "sla-waiting-time/x",
                          "kubectl.kubernetes.io/last-applied-configuration", "Volcano.sh/task-spec"}) {
    EXPECT_FALSE(is_scheduling_annotation(key)) << key;
  }
}

TEST(FindValue, GivesTheValueOfAKeyOrNothing) {
  const StringPairs pairs = {{"", "empty"}, {"app", "web"}, {"tier", ""}};
  ASSERT_NE(nullptr, find_value(pairs, "app"));
  EXPECT_EQ("web", *find_value(pairs, "app"));
  EXPECT_EQ("", *find_value(pairs, "tier"));
  EXPECT_EQ("empty", *find_value(pairs, ""));
  EXPECT_EQ(nullptr, find_value(pairs, "ap"));
  EXPECT_EQ(nullptr, find_value(pairs, "zone"));
  EXPECT_EQ(nullptr, find_value({}, "app"));
}

template <ObjectKind kind, class Object>
constexpr bool is_alternative =
    std::is_same_v<Object, std::variant_alternative_t<static_cast<std::size_t>(kind), ObjectVariant>>;

static_assert(is_alternative<ObjectKind::pod, PodObject> && is_alternative<ObjectKind::node, NodeObject> &&
              is_alternative<ObjectKind::pod_group, PodGroupObject> && is_alternative<ObjectKind::queue, QueueObject> &&
              is_alternative<ObjectKind::priority_class, PriorityClassObject> &&
              is_alternative<ObjectKind::claim, ClaimObject> && is_alternative<ObjectKind::volume, VolumeObject> &&
              is_alternative<ObjectKind::storage_class, StorageClassObject> &&
              is_alternative<ObjectKind::namespace_kind, NamespaceObject> &&
              is_alternative<ObjectKind::hyper_node, HyperNodeObject> &&
              is_alternative<ObjectKind::resource_quota, ResourceQuotaObject> &&
              is_alternative<ObjectKind::numatopology, NumatopologyObject>);
static_assert(std::variant_size_v<ObjectVariant> == static_cast<std::size_t>(ObjectKind::numatopology) + 1);

TEST(ObjectKind, HasTheNameThatKubernetesUses) {
  EXPECT_EQ("Pod", to_string(ObjectKind::pod));
  EXPECT_EQ("Node", to_string(ObjectKind::node));
  EXPECT_EQ("PodGroup", to_string(ObjectKind::pod_group));
  EXPECT_EQ("Queue", to_string(ObjectKind::queue));
  EXPECT_EQ("PriorityClass", to_string(ObjectKind::priority_class));
  EXPECT_EQ("PersistentVolumeClaim", to_string(ObjectKind::claim));
  EXPECT_EQ("PersistentVolume", to_string(ObjectKind::volume));
  EXPECT_EQ("StorageClass", to_string(ObjectKind::storage_class));
  EXPECT_EQ("Namespace", to_string(ObjectKind::namespace_kind));
  EXPECT_EQ("HyperNode", to_string(ObjectKind::hyper_node));
  EXPECT_EQ("ResourceQuota", to_string(ObjectKind::resource_quota));
  EXPECT_EQ("Numatopology", to_string(ObjectKind::numatopology));
}

TEST(QuotaKey, IsWhatPodsUseUp) {
  for (const char* key : {"cpu", "requests.cpu", "limits.cpu", "memory", "limits.memory", "requests.ephemeral-storage",
                          "hugepages-2Mi", "requests.nvidia.com/gpu", "pods", "count/pods"}) {
    EXPECT_TRUE(is_quota_key(key)) << key;
  }
  for (const char* key :
       {"services", "count/secrets", "requests.storage", "persistentvolumeclaims", "requests.", "limits.pods", ""}) {
    EXPECT_FALSE(is_quota_key(key)) << key;
  }
}

TEST(QuotaKey, HasTheUnitOfWhatItLimits) {
  EXPECT_EQ(Unit::milli, quota_unit("requests.cpu"));
  EXPECT_EQ(Unit::milli, quota_unit("requests.nvidia.com/gpu"));
  EXPECT_EQ(Unit::whole, quota_unit("limits.memory"));
  EXPECT_EQ(Unit::whole, quota_unit("count/pods"));
}

TEST(NumaPolicy, HasTheKubeletsWords) {
  for (const NumaPolicy policy :
       {NumaPolicy::none, NumaPolicy::best_effort, NumaPolicy::restricted, NumaPolicy::single_numa_node}) {
    EXPECT_EQ(policy, parse_numa_policy(to_string(policy)));
  }
  EXPECT_EQ(std::nullopt, parse_numa_policy("strict"));
}

TEST(Object, EqualsItsCopyUntilAFieldChanges) {
  PodObject pod;
  pod.meta.name = "a";
  pod.request = {{"cpu", 500}};
  pod.required_nodes = std::vector<NodeSelectorTermText>{};
  PodObject copy = pod;
  EXPECT_EQ(pod, copy);
  copy.required_nodes.reset();
  EXPECT_NE(pod, copy);  // no affinity, and an affinity to no node, are different things
}

}  // namespace
}  // namespace basalt
