// deploy/rbac.yaml, rule by rule: what the scheduler may do is what it does, and nothing else.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <string>

#include "daemon/sources.hpp"

namespace basalt::daemon {
namespace {

/// "group/resource" to the verbs of all rules that name it.
using Role = std::map<std::string, std::set<std::string>>;

Role deployed_role() {
  Role role;
  for (const YAML::Node& document : YAML::LoadAllFromFile(BASALT_DEPLOY "/rbac.yaml")) {
    if (document["kind"].as<std::string>() != "ClusterRole") continue;
    for (const auto& rule : document["rules"]) {
      for (const auto& group : rule["apiGroups"]) {
        for (const auto& resource : rule["resources"]) {
          auto& verbs = role[group.as<std::string>() + "/" + resource.as<std::string>()];
          for (const auto& verb : rule["verbs"]) verbs.insert(verb.as<std::string>());
        }
      }
    }
  }
  return role;
}

TEST(Role, IsExactlyWhatIsNeeded) {
  const std::set<std::string> read = {"list", "watch"};
  const std::set<std::string> read_one_too = {"get", "list", "watch"};
  const Role needed = {
      {"/pods", {"delete", "get", "list", "watch"}},
      {"/nodes", read_one_too},
      {"/namespaces", read_one_too},
      {"/persistentvolumes", read_one_too},
      {"/persistentvolumeclaims", read_one_too},
      {"/resourcequotas", read},
      {"/pods/binding", {"create"}},
      {"/pods/status", {"patch"}},
      {"/events", {"create", "patch"}},
      {"scheduling.k8s.io/priorityclasses", read_one_too},
      {"storage.k8s.io/storageclasses", read_one_too},
      {"topology.volcano.sh/hypernodes", read},
      {"nodeinfo.volcano.sh/numatopologies", read},
      {"scheduling.volcano.sh/podgroups", {"list", "patch", "watch"}},
      {"scheduling.volcano.sh/queues", {"create", "get", "list", "watch"}},
      {"scheduling.volcano.sh/queues/status", {"patch"}},
  };
  EXPECT_EQ(needed, deployed_role());
}

TEST(Role, LetsEveryKindThatIsWatchedBeListedAndWatched) {
  const Role role = deployed_role();
  for (const WatchedKind& kind : watched_kinds(true)) {
    const auto verbs = role.find(std::string(kind.group) + "/" + std::string(kind.plural));
    ASSERT_NE(role.end(), verbs) << kind.plural;
    EXPECT_TRUE(verbs->second.contains("list") && verbs->second.contains("watch")) << kind.plural;
  }
}

}  // namespace
}  // namespace basalt::daemon
