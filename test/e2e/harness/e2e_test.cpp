#include "e2e/harness/e2e_test.hpp"

#include <cstdlib>
#include <iostream>

#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

constexpr std::chrono::seconds kInstallLimit{30};
constexpr std::chrono::seconds kEventLimit{30};
constexpr std::chrono::seconds kTerminationLimit{20};

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "basalt-e2e.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
  return pattern;
}

}  // namespace

void E2eTest::SetUp() {
  if (control_plane_binaries().empty()) {
    GTEST_SKIP() << "no control plane: set BASALT_E2E_CONTROL_PLANE to the folder that "
                    "test/e2e/control_plane_binaries.sh prints, or run `make e2e`";
  }
  folder_ = make_folder();
  control_plane_ = std::make_unique<ControlPlane>(folder_ / "control-plane");
  api_ = std::make_unique<Api>(control_plane_->kubeconfig("admin"));
  kubelet_ = std::make_unique<Kubelet>(*api_);
  install();
  ledger_ = std::make_unique<Ledger>(control_plane_->kubeconfig("admin"));
}

void E2eTest::install() {
  const auto deploy = source_folder() / "deploy";
  output_of({.words = {"kubectl", "--kubeconfig", control_plane_->kubeconfig("admin"), "apply", "-f",
                       deploy / "namespace.yaml", "-f", deploy / "crds", "-f", deploy / "rbac.yaml"}});
  wait_until("the custom resources are served", kInstallLimit, [&]() -> std::string {
    for (const std::string& path : {pod_groups_path(), std::string(kQueuesPath)}) {
      const Answer answer = api_->send("GET", path);
      if (!answer.ok()) return path + ": HTTP " + std::to_string(answer.status);
    }
    return {};
  });
}

void E2eTest::TearDown() {
  if (ledger_ && !dirty_on_purpose_) {
    ledger_->catch_up();
    const Judgement judgement = ledger_->judge(allowance_);
    EXPECT_TRUE(judgement.violations.empty()) << judgement.text();
  }
  ledger_.reset();
  control_plane_.reset();
  if (folder_.empty()) return;
  if (HasFailure()) {
    std::cerr << "logs are kept in " << folder_ << "\n";
  } else {
    std::filesystem::remove_all(folder_);
  }
}

nlohmann::json E2eTest::status_of(const std::string& gang, const std::string& space) {
  return api().get(pod_groups_path(space) + "/" + gang).value("status", nlohmann::json::object());
}

void E2eTest::wait_for_status(const std::string& gang, const std::string& what,
                              const std::function<bool(const nlohmann::json& status)>& holds,
                              std::chrono::seconds limit) {
  wait_until("PodGroup " + gang + ": " + what, limit, [&]() -> std::string {
    const nlohmann::json status = status_of(gang);
    return holds(status) ? "" : "status: " + status.dump();
  });
}

nlohmann::json E2eTest::wait_for_event(const std::string& kind, const std::string& name, const std::string& reason,
                                       const std::string& space) {
  nlohmann::json found;
  wait_until("event " + reason + " about " + kind + " " + name, kEventLimit, [&]() -> std::string {
    std::string seen = "events there are:\n";
    const nlohmann::json events = api().get(events_path(space));
    for (const auto& event : events.at("items")) {
      const auto& about = event.at("involvedObject");
      if (about.value("kind", "") != kind || about.value("name", "") != name) continue;
      if (event.value("reason", "") == reason) found = event;
      seen += "  " + event.value("reason", "") + ": " + event.value("message", "") + "\n";
    }
    return found.is_null() ? seen : "";
  });
  return found;
}

void E2eTest::wait_until_bound(const std::string& gang, int count, std::chrono::seconds limit) {
  ledger().wait_for(std::to_string(count) + " pods of " + gang + " bound", limit,
                    [&](const ClusterView& view) { return view.bound_of(gang) >= count; });
}

void E2eTest::create_gang(const std::string& name, const GangShape& gang, int count, PodShape pod) {
  api().create(pod_groups_path(), make_gang(name, gang));
  pod.gang = name;
  api().create_all(pods_path(), make_pods(name, count, pod));
}

void SchedulerTest::SetUp() {
  if (scheduler_binary().empty())
    GTEST_SKIP() << "no scheduler binary: build basalt-scheduler, or set BASALT_E2E_SCHEDULER";
  E2eTest::SetUp();
  if (IsSkipped()) return;
  configuration_ = std::make_unique<ConfigurationFolder>(folder() / "configuration", stock_configuration());
}

void SchedulerTest::TearDown() {
  if (scheduler_) {
    if (!may_end_) {
      EXPECT_TRUE(scheduler_->running()) << "the scheduler ended by itself\n" << scheduler_->log_tail();
    }
    check_requests();
    if (HasFailure()) std::cerr << scheduler_->log_tail();
    if (scheduler_->running()) {
      scheduler_->terminate();
      EXPECT_TRUE(scheduler_->wait_for_end(kTerminationLimit)) << "SIGTERM does not end the scheduler";
    }
    scheduler_.reset();
  }
  E2eTest::TearDown();
}

void SchedulerTest::check_requests() const {
  std::set<std::string> bound;
  std::size_t refused = 0;
  for (const AuditedRequest& request : requests()) {
    if (!api_restarts_ && (request.code == 401 || request.code == 403) && ++refused > refusals_of_the_test_) {
      ADD_FAILURE() << "refused: " << to_string(request);
    }
    if (request.resource == "pods/binding" && request.code == 201) {
      EXPECT_TRUE(bound.insert(request.space + "/" + request.name).second) << "bound twice: " << to_string(request);
    }
  }
}

Scheduler& SchedulerTest::launch_scheduler(Flags flags, const std::vector<std::string>& words) {
  flags.try_emplace("kubeconfig", control_plane().kubeconfig("scheduler"));
  flags.try_emplace("scheduler-name", "basalt");
  flags.try_emplace("scheduler-conf", configuration().file());
  scheduler_.reset();
  scheduler_ = std::make_unique<Scheduler>(flags, words, folder() / "scheduler.log");
  return *scheduler_;
}

Scheduler& SchedulerTest::start_scheduler(Flags flags, const std::vector<std::string>& words) {
  launch_scheduler(std::move(flags), words).wait_until_ready();
  return *scheduler_;
}

std::vector<AuditedRequest> SchedulerTest::requests() const {
  return requests([](const AuditedRequest&) { return true; });
}

std::vector<AuditedRequest> SchedulerTest::requests(const std::function<bool(const AuditedRequest&)>& chosen) const {
  std::vector<AuditedRequest> found;
  for (AuditedRequest& request : read_audit_log(folder() / "control-plane" / "log" / "audit.log")) {
    if (chosen(request)) found.push_back(std::move(request));
  }
  return found;
}

}  // namespace basalt::e2e
