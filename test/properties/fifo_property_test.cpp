#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// In a first-in-first-out queue nobody passes a job that waits: whatever comes, goes, sleeps or evicts.
namespace basalt {
namespace {

class Queues {
 public:
  explicit Queues(std::uint32_t seed) : random_(seed), state_(Ownership{}) {
    const auto actions = builtin_actions();
    const auto add_action = [&](std::string_view name) {
      Findings findings;
      for (const ActionType& type : actions) {
        if (type.name == name) configuration_.actions.push_back(ActionSlot{type.name, type.configure({}, findings)});
      }
    };
    add_action("enqueue");
    add_action("allocate");
    add_action("backfill");
    if (one_in(2)) add_action("preempt");
    Tier tier;
    for (const PluginType& type : builtin_plugins()) {
      const bool is_wanted = type.name == "priority" || type.name == "gang" || type.name == "conformance" ||
                             (one_in(2) && (type.name == "overcommit" || type.name == "proportion"));
      Findings findings;
      if (is_wanted) tier.plugins.push_back(PluginSlot{type.name, type.configure({}, findings), {}});
    }
    configuration_.tiers.push_back(std::move(tier));
    if (one_in(2)) configuration_.waiting_limit = std::chrono::seconds(pick(1, 20));
    configuration_.attach(state_.cluster());
    apply("priority-class high value=10\nqueue strict strategy=fifo\nqueue loose\n");
    for (int i = 0; i < 3; ++i) apply("node n" + std::to_string(i) + " cpu=" + std::to_string(pick(2, 6)) + "\n");
  }

  /// Lets something happen, and a cycle. What was wrong; empty: nothing.
  std::string step() {
    for (int i = pick(0, 2); i > 0; --i) add_job();
    for (int i = pick(0, 2); i > 0; --i) end_something();
    const Cluster& cluster = state_.cluster();
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::seconds(++now_)), ++cycle_});
    const std::set<std::string> half_placed = half_placed_jobs();
    const std::vector<JobId> order = jobs_in_order(session);  // what was placed may stand elsewhere afterwards
    for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
    const std::string wrong = overtaking(session, order, half_placed);
    const Decisions decisions = std::move(session).close();
    state_.assume(decisions);
    std::vector<std::string> running;
    for (const Decision& decision : decisions) {
      if (const auto* bind = std::get_if<Bind>(&decision)) running.push_back(running_line(cluster, *bind));
      if (const auto* evict = std::get_if<Evict>(&decision)) running.push_back("gone task " + name(evict->task) + "\n");
    }
    for (const std::string& line : running) apply(line);
    return wrong;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool one_in(int of) { return pick(1, of) == 1; }

  void apply(const std::string& lines) {
    const auto deltas = parse_cluster_text(lines);
    ASSERT_TRUE(deltas) << lines << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  void add_job() {
    const std::string job = "job" + std::to_string(jobs_++);
    const int members = pick(1, 4);
    const std::string created = " created=" + std::to_string(now_);
    apply("job " + job + " queue=" + (one_in(3) ? "loose" : "strict") + " min=" + std::to_string(pick(1, members)) +
          (one_in(4) ? " priority=high" : "") + (one_in(3) ? " estimate=" + std::to_string(pick(1, 9)) : "") +
          (one_in(3) ? " min-resources.cpu=" + std::to_string(pick(1, 8)) : "") + created + "\n");
    const std::string cpu = one_in(8) ? "" : " cpu=" + std::to_string(pick(1, 4));
    for (int i = 0; i < members; ++i) {
      apply("task " + job + "-" + std::to_string(i) + " job=" + job + cpu + (one_in(12) ? " gate=hold" : "") + created +
            "\n");
    }
  }

  void end_something() {
    std::set<std::string> names;
    state_.cluster().tasks().for_each([&](TaskId id, const Task& task) {
      if (is_on_node(state_.cluster().status(id)) || one_in(20)) names.insert(task.name);
    });
    if (names.empty()) return;
    apply("gone task " + *std::next(names.begin(), pick(0, static_cast<int>(names.size()) - 1)) + "\n");
  }

  [[nodiscard]] std::string name(TaskId task) const { return state_.cluster().tasks()[task].name; }

  std::string running_line(const Cluster& cluster, const Bind& bind) const {
    const Task& task = cluster.tasks()[bind.task];
    const std::string job = task.name.substr(0, task.name.rfind('-'));
    const auto created = std::chrono::duration_cast<std::chrono::seconds>(task.created.time_since_epoch()).count();
    std::string line = "task " + task.name + " job=" + job + " on=" + cluster.node_name(bind.node) +
                       " status=running started=" + std::to_string(now_) + " created=" + std::to_string(created);
    for (const auto& [kind, amount] : cluster.schema().named(cluster.spec(bind.task).request)) {
      if (kind == "cpu") line += " cpu=" + std::to_string(amount) + "m";
    }
    return line + "\n";
  }

  /// Jobs that have lost members: they are made whole before anything new.
  std::set<std::string> half_placed_jobs() const {
    std::set<std::string> names;
    const Cluster& cluster = state_.cluster();
    cluster.jobs().for_each([&](JobId job, const Job& row) {
      const std::uint32_t ready = cluster.ready_tasks(job);
      if (ready > 0 && static_cast<std::int32_t>(ready) < row.min_member) names.insert(row.name);
    });
    return names;
  }

  /// A job of the strict queue that got something in this session though another is ahead of it.
  std::string overtaking(const Session& session, const std::vector<JobId>& order,
                         const std::set<std::string>& half_placed) const {
    const Cluster& cluster = state_.cluster();
    JobId waiting;
    for (const JobId job : order) {
      const Job& row = cluster.jobs()[job];
      if (row.queue_name != "strict") continue;
      const bool got_something = cluster.count(job, TaskStatus::allocated) > 0 && !half_placed.contains(row.name);
      if (waiting && got_something) return describe(session, job) + "passed " + describe(session, waiting);
      if (!waiting && is_waiting(session, job)) waiting = job;
    }
    return {};
  }

  static std::vector<JobId> jobs_in_order(const Session& session) {
    std::vector<JobId> jobs;
    session.cluster().jobs().for_each([&](JobId job, const Job&) { jobs.push_back(job); });
    std::sort(jobs.begin(), jobs.end(), [&](JobId left, JobId right) { return session.job_order(left, right) < 0; });
    return jobs;
  }

  std::string describe(const Session& session, JobId job) const {
    const Cluster& cluster = state_.cluster();
    std::string text = cluster.jobs()[job].name + " (" + std::string(to_string(cluster.phase(job))) + ", min " +
                       std::to_string(cluster.jobs()[job].min_member) + ", " + session.wait_text(job, std::nullopt) +
                       ":";
    for (const TaskId task : cluster.jobs()[job].tasks) text += " " + std::string(to_string(cluster.status(task)));
    return text + ") ";
  }

  /// Told from the rows alone, for the kinds of jobs that are made here.
  bool is_waiting(const Session& session, JobId job) const {
    const Cluster& cluster = state_.cluster();
    if (cluster.ready_tasks(job) > 0) return false;  // started, or to be made whole before anything new
    std::int64_t possible = 0;
    for (const TaskId task : cluster.jobs()[job].tasks) {
      const TaskStatus status = cluster.status(task);
      const bool waits = status == TaskStatus::pending || status == TaskStatus::pipelined;
      possible += waits && !cluster.spec(task).gated ? 1 : 0;
    }
    return possible > 0 && possible >= cluster.jobs()[job].min_member && !session.job_valid(job);
  }

  std::mt19937 random_;
  State state_;
  Configuration configuration_;
  std::int64_t now_ = 0;
  std::uint64_t cycle_ = 0;
  int jobs_ = 0;
};

TEST(FifoQueues, NobodyPassesAJobThatWaits) {
  constexpr std::uint32_t kCases = testing::cases(300);
  for (std::uint32_t seed = 1; seed <= kCases; ++seed) {
    Queues queues(seed);
    for (int i = 0; i < 20; ++i) {
      const std::string wrong = queues.step();
      ASSERT_TRUE(wrong.empty()) << "seed " << seed << ", step " << i << ": " << wrong;
    }
  }
}

}  // namespace
}  // namespace basalt
