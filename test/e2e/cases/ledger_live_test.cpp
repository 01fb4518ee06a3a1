// The ledger on a real API server, with binds made by hand instead of a scheduler.

#include <gmock/gmock.h>

#include "e2e/harness/e2e_test.hpp"

namespace basalt::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LedgerTest : public E2eTest {
 protected:
  Answer bind(const std::string& pod, const std::string& node) {
    return api().send("POST", pods_path() + "/" + pod + "/binding",
                      {{"apiVersion", "v1"},
                       {"kind", "Binding"},
                       {"metadata", {{"name", pod}}},
                       {"target", {{"kind", "Node"}, {"name", node}}}});
  }
};

TEST_F(LedgerTest, IsCleanWhenAGangIsBoundByHandWhereItFits) {
  api().create_all(kNodesPath, make_nodes("node", 2, {.cpu = "2"}));
  create_gang("pair", {.min_member = 2}, 2);
  EXPECT_TRUE(bind("pair-0", "node-0").ok());
  EXPECT_TRUE(bind("pair-1", "node-1").ok());
  wait_until_bound("default/pair", 2);
  kubelet().run_bound();
  kubelet().finish("pair", "Succeeded");
  kubelet().remove("pair");
  ledger().catch_up();
  EXPECT_TRUE(ledger().view().pods.empty());
  const Judgement judgement = ledger().judge();
  EXPECT_THAT(judgement.violations, IsEmpty());
  EXPECT_EQ(2U, judgement.bound);
}

TEST_F(LedgerTest, FailsWhenSomebodyOverCommitsANode) {
  dirty_on_purpose_ = true;
  api().create(kNodesPath, make_node("small", {.cpu = "1"}));
  api().create_all(pods_path(), make_pods("pod", 2));
  EXPECT_TRUE(bind("pod-0", "small").ok());
  EXPECT_TRUE(bind("pod-1", "small").ok());  // the API server does not count
  ledger().catch_up();
  EXPECT_THAT(ledger().judge().violations, ElementsAre(HasSubstr("node small holds 2 of cpu, has 1")));
}

TEST_F(LedgerTest, FailsWhenAGangIsBoundInPart) {
  dirty_on_purpose_ = true;
  api().create(kNodesPath, make_node("node"));
  create_gang("trio", {.min_member = 3}, 3);
  EXPECT_TRUE(bind("trio-0", "node").ok());
  EXPECT_TRUE(bind("trio-1", "node").ok());
  ledger().catch_up();
  EXPECT_THAT(ledger().judge().violations,
              ElementsAre(HasSubstr("gang default/trio is left with 2 of 3 members bound")));
}

TEST_F(LedgerTest, ASecondBindOfAPodIsRefusedByTheApiServerAndChangesNothing) {
  api().create_all(kNodesPath, make_nodes("node", 2));
  api().create(pods_path(), make_pod("pod"));
  EXPECT_TRUE(bind("pod", "node-0").ok());
  EXPECT_EQ(409, bind("pod", "node-1").status);
}

TEST_F(LedgerTest, GoesOnAfterTheControlPlaneWasKilledAndStartedAgain) {
  api().create(kNodesPath, make_node("node"));
  api().create_all(pods_path(), make_pods("before", 2));
  EXPECT_TRUE(bind("before-0", "node").ok());
  control_plane().kill("kube-apiserver");
  control_plane().kill("etcd");
  control_plane().resume("etcd");
  control_plane().resume("kube-apiserver");
  EXPECT_TRUE(bind("before-1", "node").ok());
  kubelet().remove("before-0");
  api().create(pods_path(), make_pod("after"));
  ledger().catch_up();
  const ClusterView view = ledger().view();
  EXPECT_EQ(2U, view.pods.size());
  EXPECT_EQ(1, view.bound());
  EXPECT_EQ(2U, ledger().judge().bound);
}

}  // namespace
}  // namespace basalt::e2e
