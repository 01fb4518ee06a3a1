#include "properties/job_stream.hpp"

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"

namespace basalt::testing {
namespace {

std::string number(int value) { return std::to_string(value); }

}  // namespace

JobStream::JobStream(int nodes, int slots_a_node, std::optional<int> limit) : state_(Ownership{}) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  Findings findings;
  for (const char* name : {"allocate", "backfill"}) {
    configuration_.actions.push_back(ActionSlot{name, registry.find_action(name)->configure({}, findings)});
  }
  Tier tier;
  for (const char* name : {"priority", "gang", "predicates", "nodeorder"}) {
    tier.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure({}, findings), {}});
  }
  configuration_.tiers.push_back(std::move(tier));
  if (limit) configuration_.waiting_limit = std::chrono::seconds(*limit);
  configuration_.attach(state_.cluster());
  apply("queue default\n");
  for (int i = 0; i < nodes; ++i) {
    apply("node n" + number(i) + " cpu=" + number(slots_a_node) + " pods=" + number(slots_a_node + 10) + "\n");
  }
}

void JobStream::submit(const std::string& name, int tasks, int seconds, bool tells) {
  submit(name, tasks, seconds, tells ? std::optional(seconds) : std::nullopt);
}

void JobStream::submit_liar(const std::string& name, int seconds, int told) {
  submit(name, 1, seconds, std::optional(told));
}

void JobStream::submit(const std::string& name, int tasks, int seconds, std::optional<int> told) {
  const std::string created = " created=" + number(now_);
  apply("job " + name + " min=" + number(tasks) + created + (told ? " estimate=" + number(*told) : "") + "\n");
  for (int i = 0; i < tasks; ++i) {
    apply("task " + name + "-" + number(i) + " job=" + name + " cpu=1" + created + "\n");
  }
  jobs_[name] = Running{name, {}, tasks, 0, seconds, {}};
  if (tasks == 1) ++waiting_;
}

void JobStream::cycle() {
  end_those_due();
  decide();
  ++now_;
}

std::optional<int> JobStream::started(const std::string& job) const { return jobs_.at(job).started; }

void JobStream::apply(const std::string& lines) {
  const auto deltas = parse_cluster_text(lines);
  ASSERT_TRUE(deltas) << lines << ": " << deltas.error().message;
  for (const Delta& delta : *deltas) state_.apply(delta);
}

void JobStream::end_those_due() {
  const auto due = ends_.upper_bound(now_);
  for (auto end = ends_.begin(); end != due; ++end) {
    const std::string& task = end->second;
    apply("gone task " + task + "\n");
    const auto job = jobs_.find(task.substr(0, task.rfind('-')));
    if (--job->second.tasks == 0) apply("gone job " + job->first + "\n");
    --busy_;
  }
  ends_.erase(ends_.begin(), due);
}

void JobStream::decide() {
  Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::seconds(now_)), ++cycles_});
  for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
  const Decisions decisions = std::move(session).close();
  state_.assume(decisions);
  const std::vector<std::string> violations =
      check_placements(state_.cluster(), configuration_, decisions, in_advance_);
  ASSERT_TRUE(violations.empty()) << violations.front();
  run_what_was_bound(decisions);
}

void JobStream::run_what_was_bound(const Decisions& decisions) {
  const Cluster& cluster = state_.cluster();
  std::string lines;
  for (const Decision& decision : decisions) {
    const auto* bind = std::get_if<Bind>(&decision);
    if (bind == nullptr) continue;
    const std::string name = cluster.tasks()[bind->task].name;
    Running& job = jobs_.at(name.substr(0, name.rfind('-')));
    const auto created =
        std::chrono::duration_cast<std::chrono::seconds>(cluster.tasks()[bind->task].created.time_since_epoch());
    lines += "task " + name + " job=" + job.job + " cpu=1 created=" + std::to_string(created.count()) +
             " on=" + cluster.node_name(bind->node) + " status=running started=" + number(now_) + "\n";
    if (++job.bound == job.tasks) job.started = now_;
    ends_.emplace(now_ + job.seconds, name);
    if (job.tasks == 1) --waiting_;
    ++busy_;
  }
  apply(lines);
}

}  // namespace basalt::testing
