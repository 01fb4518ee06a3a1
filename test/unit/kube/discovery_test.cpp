#include "kube/discovery.hpp"

#include <gtest/gtest.h>

namespace basalt::kube {
namespace {

TEST(Paths, FollowTheApisForm) {
  const Resource podgroups{"scheduling.volcano.sh", "v1beta1", "podgroups", true};
  EXPECT_EQ("/api/v1/pods", collection_path(pods_resource()));
  EXPECT_EQ("/api/v1/namespaces/ns/pods/p/binding", object_path(pods_resource(), "ns", "p", "binding"));
  EXPECT_EQ("/apis/scheduling.volcano.sh/v1beta1/namespaces/ns/podgroups/g", object_path(podgroups, "ns", "g"));
  EXPECT_EQ("/api/v1/namespaces/a%2Fb/pods/..%3Fx", object_path(pods_resource(), "a/b", "..?x"));
}

TEST(Discovery, PrefersTheServersPreferredVersion) {
  const auto groups = read_group_list(
      R"({"kind":"APIGroupList","groups":[{"name":"g","versions":[{"version":"v1beta1"},{"version":"v1"}],
          "preferredVersion":{"version":"v1"}}]})");
  ASSERT_TRUE(groups);
  ASSERT_EQ(1U, groups->size());
  EXPECT_EQ((std::vector<std::string>{"v1", "v1beta1"}), groups->front().versions);
}

TEST(Discovery, KnowsSubresourcesAndScope) {
  auto entries = read_resource_list("g", "v1", R"({"resources":[
      {"name":"queues/status","kind":"Queue","namespaced":false},
      {"name":"queues","kind":"Queue","namespaced":false},{"name":"podgroups","kind":"PodGroup","namespaced":true}]})");
  ASSERT_TRUE(entries);
  const Discovery discovery(std::move(*entries));
  EXPECT_TRUE(discovery.has_subresource("g", "queues", "status"));
  EXPECT_FALSE(discovery.has_subresource("g", "podgroups", "status"));
  EXPECT_TRUE(discovery.find("g", "podgroups")->resource.namespaced);
  EXPECT_EQ("/apis/g/v1/queues", *discovery.resource_path("g", "queues"));
  const auto missing = discovery.resource_path("g", "hypernodes");
  ASSERT_FALSE(missing);
  EXPECT_EQ(ErrorCode::not_found, missing.error().code);
}

TEST(Discovery, MalformedListsAreErrors) {
  EXPECT_FALSE(read_group_list("{}"));
  EXPECT_FALSE(read_group_list("<html>"));
  EXPECT_FALSE(read_resource_list("g", "v1", "{\"resources\":{}}"));
}

}  // namespace
}  // namespace basalt::kube
