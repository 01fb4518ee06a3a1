#include <algorithm>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <sstream>

#include "basalt/framework/fifo_lines.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "properties/audit.hpp"
#include "properties/cases.hpp"
#include "properties/random_scenario.hpp"
#include "properties/shrink.hpp"
#include "src/actions/builtin.hpp"
#include "testing/scenario_script.hpp"

// What must hold over several cycles, on generated clusters and events: see docs/invariants.md.
namespace basalt::testing {
namespace {

class History {
 public:
  explicit History(const Script& script, const Registry& registry)
      : configuration_(std::make_unique<Configuration>(configure(script, registry).value())),
        audit_(state_, *configuration_) {
    configuration_->attach(state_.cluster());
  }

  void step(const Step& step) {
    for (const Delta& delta : step.deltas) apply(delta);
    for (const OutcomeLine& outcome : step.outcomes) {
      for (const TaskId id : tasks_named(outcome.task, TaskStatus::binding)) {
        const Task& task = cluster().tasks()[id];
        apply(BindResult{
            task.namespace_name, task.name, task.uid, cluster().node_name(cluster().node_of(id)), outcome.outcome, {}});
      }
    }
    for (const std::string& name : step.refused_evictions) {
      for (const TaskId id : tasks_named(name, TaskStatus::releasing)) {
        const Task& task = cluster().tasks()[id];
        apply(EvictResult{task.namespace_name, task.name, task.uid, false, {}});
      }
    }
    cycle();
  }

  /// Runs cycles until one places nothing: nothing has happened since, and nothing more can be had.
  void settle() {
    for (int i = 0; i < 30; ++i) {
      if (!cycle()) return check_progress();
    }
    complaints_.emplace_back("L4: thirty cycles without an event did not come to rest");
  }

  [[nodiscard]] std::vector<std::string> complaints() const {
    std::vector<std::string> all = audit_.complaints();
    all.insert(all.end(), complaints_.begin(), complaints_.end());
    return all;
  }

 private:
  [[nodiscard]] const Cluster& cluster() const { return state_.cluster(); }

  void apply(const Delta& delta) {
    state_.apply(delta);
    audit_.happened(delta);
    note(check_tables(cluster()));
  }

  [[nodiscard]] std::vector<TaskId> tasks_named(const std::string& name, TaskStatus status) const {
    std::vector<TaskId> found;
    cluster().tasks().for_each([&](TaskId id, const Task& task) {
      const bool is_meant = name == "*" || name == display_name(task.namespace_name, task.name);
      if (is_meant && cluster().status(id) == status) found.push_back(id);
    });
    return found;
  }

  /// Whether anything was placed or evicted.
  bool cycle() {
    Session session(state_.cluster(), *configuration_, Moment{WallTime(std::chrono::hours(1)), ++cycle_});
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    note(check_decisions(cluster(), *configuration_, decisions));
    audit_.decided(decisions);
    state_.assume(decisions);
    audit_.assumed(decisions);
    note(check_placements(cluster(), *configuration_, decisions, in_advance_));
    note(check_tables(cluster()));
    return std::any_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
      return std::holds_alternative<Bind>(decision) || std::holds_alternative<Evict>(decision) ||
             std::holds_alternative<Reserve>(decision) || std::holds_alternative<Release>(decision) ||
             std::holds_alternative<Enqueue>(decision);
    });
  }

  /// No task waits that every question about it would let go on a node with room.
  void check_progress() {
    Session session(state_.cluster(), *configuration_, Moment{WallTime(std::chrono::hours(1)), cycle_},
                    SessionPurpose::what_if);
    const FifoLines lines(session);
    for (const JobId job : session.jobs_in_view()) {
      const Job& row = cluster().jobs()[job];
      if (!row.queue || row.has_parts() || cluster().phase(job) == JobPhase::pending || !row.blockers.empty()) continue;
      // The minima of roles hold up the rest of a job whether or not a plugin asks for them.
      if (!row.min_task_member.empty() && !audit_.asks("gang", "enableJobReady")) continue;
      if (session.job_valid(job) || session.overused(row.queue) || lines.ahead_of(job)) continue;
      for (const TaskId task : row.tasks) {
        if (could_start(session, job, task)) {
          complaints_.push_back("L4: " + cluster().tasks()[task].name + " waits though it could start");
        }
      }
    }
  }

  static bool could_start(Session& session, JobId job, TaskId task) {
    const Cluster& cluster = session.cluster();
    const Spec& spec = cluster.spec(task);
    if (cluster.status(task) != TaskStatus::pending || spec.gated || !spec.blockers.empty()) return false;
    std::string why;
    if (!session.pre_predicate(task).empty()) return false;
    if (!spec.is_best_effort() && !session.allocatable(cluster.jobs()[job].queue, task, why)) return false;
    FitSummary summary;
    const auto placement = session.find_placement(task, summary);
    if (!placement || !placement->now) return false;
    Transaction tx = session.begin();
    EXPECT_TRUE(tx.allocate(task, placement->node));
    return session.job_ready(job);
  }

  void note(std::vector<std::string> violations) {
    complaints_.insert(complaints_.end(), violations.begin(), violations.end());
  }

  State state_{Ownership{}};
  std::unique_ptr<Configuration> configuration_;  // after the state: its plugins have columns in the tables
  Audit audit_;
  std::unordered_set<TaskId> in_advance_;
  std::uint64_t cycle_ = 0;
  std::vector<std::string> complaints_;
};

std::vector<std::string> complaints_about(const std::vector<std::string>& lines, const Registry& registry) {
  const auto script = read_script(join_lines(lines));
  if (!script || !configure(*script, registry)) return {};
  History history(*script, registry);
  for (const Step& step : script->steps) history.step(step);
  history.settle();
  return history.complaints();
}

/// A complaint without the names in it: what is wrong, and not with whom.
std::string kind_of(const std::string& complaint) {
  std::istringstream in(complaint.substr(complaint.find(' ') + 1));
  std::string kind = complaint.substr(0, complaint.find(' '));
  for (std::string word; in >> word;) {
    const bool is_name = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_name) kind += " " + word;
  }
  return kind;
}

TEST(Invariants, HoldOverHistoriesOfGeneratedClusters) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  std::map<std::string, std::uint32_t> first;  // kind of complaint -> seed
  for (std::uint32_t seed = 1; seed <= cases(600); ++seed) {
    for (const std::string& complaint : complaints_about(random_scenario(seed), registry)) {
      first.emplace(kind_of(complaint), seed);
    }
  }
  for (const auto& [kind, seed] : first) {
    const auto smallest = shrink(random_scenario(seed), [&](const auto& fewer) {
      const auto still = complaints_about(fewer, registry);
      return std::any_of(still.begin(), still.end(), [&](const auto& each) { return kind_of(each) == kind; });
    });
    ADD_FAILURE() << "seed " << seed << ": " << kind << "\nsmallest scenario:\n"
                  << join_lines(smallest) << "complaint: " << complaints_about(smallest, registry).front();
  }
}

}  // namespace
}  // namespace basalt::testing
