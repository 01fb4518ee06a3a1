#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "e2e/harness/api.hpp"
#include "e2e/harness/audit.hpp"
#include "e2e/harness/configuration_folder.hpp"
#include "e2e/harness/control_plane.hpp"
#include "e2e/harness/kubelet.hpp"
#include "e2e/harness/objects.hpp"
#include "e2e/harness/scheduler.hpp"
#include "e2e/ledger/ledger.hpp"

namespace basalt::e2e {

/// A test on a fresh control plane with the shipped CRDs and role, watched by a ledger from before the first pod.
/// Skipped when no control plane is named (BASALT_E2E_CONTROL_PLANE).
///
/// What must hold of any run is checked at the end of each: the ledger is clean, the API server refused the scheduler
/// nothing for want of permission, it bound no pod twice, and it has not crashed.
class E2eTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] Api& api() { return *api_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] Kubelet& kubelet() { return *kubelet_; }
  [[nodiscard]] ControlPlane& control_plane() { return *control_plane_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// The PodGroup's status as it is now.
  nlohmann::json status_of(const std::string& gang, const std::string& space = "default");
  /// Waits until the PodGroup's status is as wanted.
  void wait_for_status(const std::string& gang, const std::string& what,
                       const std::function<bool(const nlohmann::json& status)>& holds,
                       std::chrono::seconds limit = std::chrono::seconds{30});
  /// Waits until an event of this reason about an object of this kind and name is there; returns it.
  nlohmann::json wait_for_event(const std::string& kind, const std::string& name, const std::string& reason,
                                const std::string& space = "default");
  /// Waits until so many pods of a gang (namespace/name) are bound.
  void wait_until_bound(const std::string& gang, int count, std::chrono::seconds limit = std::chrono::seconds{60});
  /// Creates a PodGroup and `count` pods, named <name>-0, ..., that belong to it.
  void create_gang(const std::string& name, const GangShape& gang, int count, PodShape pod = {});

  /// What the judgement at the end of the test allows; a test of the ledger itself sets `dirty_on_purpose`.
  Allowance allowance_;
  bool dirty_on_purpose_ = false;

 private:
  void install();

  std::filesystem::path folder_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<Kubelet> kubelet_;
  std::unique_ptr<Ledger> ledger_;
};

/// As above, with a scheduler to be started. Skipped when there is no scheduler binary.
class SchedulerTest : public E2eTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Starts the scheduler under the shipped role with the stock configuration, and waits until it is ready. A second
  /// call replaces the first scheduler, which must have ended. `flags` replace and add to the usual ones.
  Scheduler& start_scheduler(Flags flags = {}, const std::vector<std::string>& words = {});
  /// As above, without waiting.
  Scheduler& launch_scheduler(Flags flags = {}, const std::vector<std::string>& words = {});
  [[nodiscard]] Scheduler& scheduler() { return *scheduler_; }
  [[nodiscard]] ConfigurationFolder& configuration() { return *configuration_; }

  /// Requests of the scheduler that the API server recorded.
  [[nodiscard]] std::vector<AuditedRequest> requests() const;
  [[nodiscard]] std::vector<AuditedRequest> requests(const std::function<bool(const AuditedRequest&)>& chosen) const;

  bool may_end_ = false;  ///< the test ends the scheduler, or expects it to end, by itself
  /// The test restarts the API server, which refuses everybody until it has read the roles.
  bool api_restarts_ = false;
  std::size_t refusals_of_the_test_ = 0;  ///< provoked by the test itself under the scheduler's token, at its beginning

 private:
  void check_requests() const;

  std::unique_ptr<ConfigurationFolder> configuration_;
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace basalt::e2e
