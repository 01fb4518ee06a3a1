#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "basalt/framework/configuration.hpp"
#include "state/state.hpp"

namespace basalt::testing {

/// A cluster of equal slots (1 cpu each) on which jobs come, run as long as they are told, and go. A cycle a
/// second; what is bound runs at once. Whole seconds stand for cycles, too.
class JobStream {
 public:
  /// `limit` in seconds; none: nobody reserves in advance.
  JobStream(int nodes, int slots_a_node, std::optional<int> limit);

  /// A job of `tasks` pods that each run for `seconds`; with `tells`, it says so. Created now.
  void submit(const std::string& name, int tasks, int seconds, bool tells = false);

  /// The same for one pod that says `told` and runs for `seconds`.
  void submit_liar(const std::string& name, int seconds, int told);

  /// Lets those end whose time has come, decides, and binds; then it is a second later.
  void cycle();

  [[nodiscard]] int now() const { return now_; }
  /// When all pods of a job had been bound; none: it waits.
  [[nodiscard]] std::optional<int> started(const std::string& job) const;
  /// Jobs of one pod that wait.
  [[nodiscard]] int waiting_singles() const { return waiting_; }
  /// Slots that ran something in the last cycle.
  [[nodiscard]] int busy() const { return busy_; }

 private:
  struct Running {
    std::string job, node;
    int tasks = 0, bound = 0, seconds = 0;
    std::optional<int> started;
  };
  void submit(const std::string& name, int tasks, int seconds, std::optional<int> told);
  void apply(const std::string& lines);
  void end_those_due();
  void decide();
  void run_what_was_bound(const Decisions& decisions);

  State state_;
  Configuration configuration_;
  std::unordered_set<TaskId> in_advance_;
  int now_ = 1;
  std::uint64_t cycles_ = 0;
  int waiting_ = 0, busy_ = 0;
  std::map<std::string, Running> jobs_;
  std::multimap<int, std::string> ends_;  // by second: names of pods
};

}  // namespace basalt::testing
