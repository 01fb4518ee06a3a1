#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "plugins/builtin.hpp"
#include "properties/random_scenario.hpp"
#include "recording/frame.hpp"
#include "state/state.hpp"
#include "testing/scenario_script.hpp"

// A checkpoint holds everything that later decisions depend on: a state made of one, and the state it was taken of, go
// on alike, whenever it was taken and whatever comes after.
namespace basalt::testing {
namespace {

std::string bytes_of(const State& state) { return encode(state.checkpoint()); }

/// What is in the sums that a checkpoint does not hold but leads to, by name.
std::string sums_of(const Cluster& cluster) {
  std::string text;
  const auto add = [&](const Resources& amounts) { text += " [" + cluster.schema().text(amounts) + "]"; };
  for (const NodeId node : cluster.nodes_in_order()) {
    text += "\n" + cluster.node_name(node);
    add(cluster.used(node));
    add(cluster.releasing(node));
    add(cluster.pipelined(node));
  }
  std::map<std::string, JobId> jobs;
  cluster.jobs().for_each([&](JobId id, const Job& job) { jobs.emplace(job.namespace_name + "/" + job.name, id); });
  for (const auto& [name, job] : jobs) {
    text += "\n" + name + " " + std::string(to_string(cluster.phase(job)));
    for (const std::uint32_t count : cluster.counts(job)) text += " " + std::to_string(count);
    for (const TaskId task : cluster.jobs()[job].tasks) text += " " + cluster.tasks()[task].name;
    add(cluster.allocated(job));
  }
  std::map<std::string, QueueId> queues;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) { queues.emplace(queue.name, id); });
  for (const auto& [name, queue] : queues) {
    text += "\n" + name;
    add(cluster.allocated(queue));
    add(cluster.pending(queue));
  }
  return text;
}

/// A state and the configuration that decides on it.
class Side {
 public:
  Side(std::unique_ptr<State> state, const Script& script, const Registry& registry)
      : state_(std::move(state)), configuration_(std::make_unique<Configuration>(*configure(script, registry))) {
    configuration_->attach(state_->cluster());
  }

  State& state() { return *state_; }
  /// As when a recording begins.
  Checkpoint checkpoint() {
    configuration_->memory->wake_all();
    return state_->checkpoint();
  }
  std::string decide(std::uint64_t cycle) {
    Session session(state_->cluster(), *configuration_, Moment{WallTime(std::chrono::hours(1)), cycle});
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    std::string printed = print(decisions, state_->cluster());
    state_->assume(decisions);
    return printed;
  }

 private:
  std::unique_ptr<State> state_;
  std::unique_ptr<Configuration> configuration_;
};

/// Things that can happen to whatever there is, besides what the scenario says.
class Mishaps {
 public:
  explicit Mishaps(std::uint32_t seed) : random_(seed) {}

  std::vector<Delta> some(const Cluster& cluster) {
    std::vector<Delta> deltas;
    std::map<std::string, TaskId> tasks;
    cluster.tasks().for_each([&](TaskId id, const Task& task) { tasks.emplace(task.name, id); });
    for (const auto& [name, id] : tasks) {
      if (random_() % 4 == 0) happen_to(cluster, id, deltas);
    }
    if (random_() % 2 == 0) deltas.emplace_back(Upserted{default_queue()});
    if (random_() % 4 == 0)
      deltas.emplace_back(Removed{ObjectKind::queue, {}, random_() % 2 == 0 ? "q0" : "default", {}});
    if (random_() % 4 == 0) deltas.emplace_back(Removed{ObjectKind::pod_group, "default", "job0", {}});
    if (random_() % 4 == 0)
      deltas.emplace_back(Rejected{ObjectKind::pod_group, "default", "job1", {}, {}, "senseless"});
    if (random_() % 4 == 0) deltas.emplace_back(StatusResult{ObjectKind::queue, {}, "q1", {}, false, "refused"});
    if (random_() % 4 == 0) deltas.emplace_back(Upserted{volume_claim()});
    if (random_() % 4 == 0) deltas.emplace_back(Upserted{claiming_pod()});
    return deltas;
  }

 private:
  void happen_to(const Cluster& cluster, TaskId id, std::vector<Delta>& deltas) {
    const Task& task = cluster.tasks()[id];
    const NodeId node = cluster.node_of(id);
    const std::string node_name = node ? cluster.node_name(node) : "n0";
    switch (random_() % 7) {
      case 0:
        deltas.emplace_back(Rejected{ObjectKind::pod, task.namespace_name, task.name, task.uid, node_name, "no"});
        break;
      case 1: deltas.emplace_back(Removed{ObjectKind::pod, task.namespace_name, task.name, task.uid}); break;
      case 2:
        deltas.emplace_back(StatusResult{ObjectKind::pod, task.namespace_name, task.name, task.uid, false, "refused"});
        break;
      case 3: deltas.emplace_back(EvictResult{task.namespace_name, task.name, task.uid, false, "refused"}); break;
      case 4:
      case 5:
        deltas.emplace_back(
            BindResult{task.namespace_name,
                       task.name,
                       task.uid,
                       node_name,
                       random_() % 2 == 0 ? BindResult::Outcome::acknowledged : BindResult::Outcome::refuted,
                       {}});
        break;
      default:
        deltas.emplace_back(StatusResult{ObjectKind::pod_group, task.namespace_name, "job0", {}, false, "refused"});
        break;
    }
  }

  static QueueObject default_queue() {  // that of pods without a group
    QueueObject queue;
    queue.meta.name = "default";
    return queue;
  }
  static ClaimObject volume_claim() {
    ClaimObject claim;
    claim.meta.namespace_name = "default";
    claim.meta.name = "data";
    return claim;
  }
  static PodObject claiming_pod() {
    PodObject pod;
    pod.meta.namespace_name = "default";
    pod.meta.name = "claiming";
    pod.meta.uid = "uid-claiming";
    pod.meta.labels = {{"app", "store"}};
    pod.scheduler_name = "basalt";
    pod.request = {{"cpu", 100}};
    pod.claims = {"data"};
    return pod;
  }

  std::mt19937 random_;
};

/// Deltas of a step on this state, what became of binds included.
std::vector<Delta> deltas_of(const Step& step, const Cluster& cluster) {
  std::vector<Delta> deltas = step.deltas;
  for (const OutcomeLine& outcome : step.outcomes) {
    cluster.tasks().for_each([&](TaskId id, const Task& task) {
      if (cluster.status(id) != TaskStatus::binding) return;
      if (outcome.task != "*" && outcome.task != display_name(task.namespace_name, task.name)) return;
      deltas.emplace_back(BindResult{
          task.namespace_name, task.name, task.uid, cluster.node_name(cluster.node_of(id)), outcome.outcome, {}});
    });
  }
  return deltas;
}

/// The first difference between a history and the same history over a checkpoint before step `at`; empty: none.
std::string difference(const Script& script, const Registry& registry, std::uint32_t seed, std::size_t at) {
  Side original(std::make_unique<State>(Ownership{}), script, registry);
  std::unique_ptr<Side> restored;
  Mishaps mishaps(seed);
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    if (i == at) {
      const std::string bytes = encode(original.checkpoint());
      auto frame = decode_frame(bytes);
      if (!frame) return "unreadable: " + frame.error().message;
      restored = std::make_unique<Side>(std::make_unique<State>(std::get<Checkpoint>(*frame)), script, registry);
      if (bytes_of(restored->state()) != bytes) return "a checkpoint of the restored state differs";
      if (sums_of(restored->state().cluster()) != sums_of(original.state().cluster())) return "sums differ";
    }
    std::vector<Delta> deltas = deltas_of(script.steps[i], original.state().cluster());
    for (Delta& delta : mishaps.some(original.state().cluster())) deltas.push_back(std::move(delta));
    for (const Delta& delta : deltas) {
      original.state().apply(delta);
      if (restored) restored->state().apply(delta);
    }
    const std::string decided = original.decide(i);
    if (!restored) continue;
    if (const std::string again = restored->decide(i); again != decided) {
      return "cycle " + std::to_string(i) + " decided\n" + again + "instead of\n" + decided;
    }
  }
  const std::string want = sums_of(original.state().cluster());
  const std::string got = sums_of(restored->state().cluster());
  return want == got ? "" : "in the end there are" + got + "\ninstead of" + want;
}

TEST(Checkpoint, AStateMadeOfOneGoesOnLikeTheStateItWasTakenOf) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  for (std::uint32_t seed = 1; seed <= testing::cases(250); ++seed) {
    const std::string text = join_lines(random_scenario(seed));
    const auto script = read_script(text);
    ASSERT_TRUE(script) << script.error().message;
    for (std::size_t at = 0; at < script->steps.size(); ++at) {
      const std::string differs = difference(*script, registry, seed, at);
      ASSERT_EQ("", differs) << "seed " << seed << ", checkpoint before cycle " << at << " of\n" << text;
    }
  }
}

}  // namespace
}  // namespace basalt::testing
