#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "e2e/ledger/judgement.hpp"
#include "embedded/api/server.hpp"
#include "embedded/controllers/controllers.hpp"
#include "embedded/files/journal.hpp"
#include "integration/faults/running_scheduler.hpp"
#include "simulation/simulation.hpp"

namespace basalt::testing {

/// When the pods of a gang end.
enum class Ends { at_once, never };

/// An embedded cluster on loopback with controllers, simulated nodes of four CPUs each, Basalt's scheduler, and a
/// journal of every write, which the ledger judges. Faults are asked for through the server's own test endpoints.
class FaultyCluster {
 public:
  static constexpr int kNodes = 3;
  static constexpr int kRoom = kNodes * 4;  ///< pods of one CPU

  explicit FaultyCluster(RunningScheduler::Options scheduler = {});
  ~FaultyCluster();

  /// A PodGroup, and as many pods of one CPU as it needs at least.
  void submit_gang(const std::string& name, int size, Ends ends, const std::string& priority_class = {});
  void submit_priority_class(const std::string& name, int value);

  // the test endpoints; each aborts the test when it is refused
  void fault(const std::string& rule) { ask("POST", "/basalt/faults", rule); }
  void watches(const std::string& rule) { ask("POST", "/basalt/watches", rule); }
  void compact() { ask("POST", "/basalt/compact", ""); }
  void jump(std::chrono::seconds by);
  void end_faults() { ask("DELETE", "/basalt/faults", ""); }

  /// Ends the scheduler, and starts another that knows nothing.
  void restart_scheduler();
  /// The calendar of the scheduler; that of the server is moved by jump().
  FastClock& scheduler_clock() { return scheduler_clock_; }
  [[nodiscard]] const Witness::Counts& witnessed() const { return witness_.counts; }

  /// Waits until so many pods have been bound since the beginning, gone ones included. False after the deadline.
  bool wait_until_bound(std::size_t count);
  /// Waits until these pods, by the first letters of their names, are bound. False after the deadline.
  bool wait_until_all_bound(const std::string& prefix);
  [[nodiscard]] std::size_t bound() const;

  /// What the ledger says of everything that was written until now. Ends the journal.
  e2e::Judgement judge();

 private:
  void ask(const std::string& method, const std::string& path, const std::string& body);
  embedded::ObjectPtr create(const std::string& group, const std::string& plural, const std::string& space,
                             embedded::Json object);
  void load_definitions();
  void note(const embedded::ResourceName& resource, const embedded::Event& event);
  bool wait_until(const std::function<bool()>& holds);

  const SystemClock system_clock_;
  embedded::AdjustableClock server_clock_{system_clock_};
  FastClock scheduler_clock_;
  FastWaiter waiter_;
  kube::SystemWaiter node_waiter_;
  const std::string journal_path_;
  std::optional<embedded::Journal> journal_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> node_of_;  // guarded by mutex_; of the pods that are there
  std::size_t bound_ = 0;                       // guarded by mutex_
  embedded::Cluster cluster_{server_clock_, {}};
  embedded::ApiServer api_{cluster_, {.token = "", .faults = true, .clock = &server_clock_}};
  std::unique_ptr<embedded::HttpServer> server_;
  std::optional<embedded::ControllerThread> controllers_;
  std::unique_ptr<kube::Transport> node_transport_;
  std::unique_ptr<kube::Client> node_client_;
  std::unique_ptr<simulation::Simulation> nodes_;
  const RunningScheduler::Options scheduler_options_;
  Witness witness_;
  std::unique_ptr<RunningScheduler> scheduler_;
};

}  // namespace basalt::testing
