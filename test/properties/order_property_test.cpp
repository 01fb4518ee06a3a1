#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>

#include "basalt/framework/session.hpp"
#include "plugins/builtin.hpp"
#include "properties/cases.hpp"
#include "properties/random_scenario.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"
#include "testing/scenario_script.hpp"

// Whatever plugins are configured, each order is one (T6), and asking changes nothing (T4): on generated clusters, in
// sessions in the middle of which things have been placed.
namespace basalt::testing {
namespace {

template <class Item>
using Order = std::function<std::weak_ordering(Item, Item)>;

/// The first law of a strict weak order that three items break; empty: none. `is_total`: items that
/// differ are never equivalent.
template <class Item>
std::string broken_law(const Order<Item>& order, Item a, Item b, Item c, bool is_total) {
  const auto ab = order(a, b);
  const auto bc = order(b, c);
  const auto ac = order(a, c);
  if (order(a, a) != 0) return "an item comes before itself";
  if ((ab < 0) != (order(b, a) > 0) || (ab == 0) != (order(b, a) == 0)) return "two items disagree";
  if (ab < 0 && bc < 0 && ac >= 0) return "not transitive";
  if (ab == 0 && bc == 0 && ac != 0) return "equivalence is not transitive";
  if (is_total && a != b && ab == 0) return "two items are equivalent";
  return "";
}

class Questions {
 public:
  Questions(const Session& session, std::uint32_t seed)
      : session_(session), cluster_(session.cluster()), random_(seed) {
    cluster_.queues().for_each([&](QueueId id, const Queue&) { queues_.push_back(id); });
    cluster_.jobs().for_each([&](JobId id, const Job&) { jobs_.push_back(id); });
    cluster_.tasks().for_each([&](TaskId id, const Task& task) {
      if (task.job) tasks_.push_back(id);
    });
  }

  /// The first order that is none.
  std::string broken_orders() {
    std::string broken =
        check<QueueId>("queue_order", queues_, [&](QueueId l, QueueId r) { return session_.queue_order(l, r); });
    broken += check<JobId>("job_order", jobs_, [&](JobId l, JobId r) { return session_.job_order(l, r); });
    for (const JobId job : jobs_) {
      const Job& row = cluster_.jobs()[job];
      broken += check<TaskId>("task_order", row.tasks, [&](TaskId l, TaskId r) { return session_.task_order(l, r); });
      broken += check<SubJobId>("sub_job_order", row.sub_jobs,
                                [&](SubJobId l, SubJobId r) { return session_.sub_job_order(l, r); });
    }
    for (const QueueId evictor : queues_) {
      broken += check<QueueId>("victim_queue_order", queues_,
                               [&](QueueId l, QueueId r) { return session_.victim_queue_order(l, r, evictor); });
      // Who is asked about together is of the evictor's queue, or of others.
      std::vector<TaskId> own, others;
      for (const TaskId task : tasks_) {
        const QueueId queue = cluster_.jobs()[cluster_.tasks()[task].job].queue;
        if (queue) (queue == evictor ? own : others).push_back(task);
      }
      for (const auto& candidates : {own, others}) {
        broken += check<TaskId>("victim_order", candidates,
                                [&](TaskId l, TaskId r) { return session_.victim_order(evictor, l, r); });
      }
    }
    return broken;
  }

  /// Every answer there is, as text.
  std::string answers() {
    std::string text;
    const auto add = [&](std::int64_t number) { text += std::to_string(number) + " "; };
    for (const QueueId queue : queues_) {
      add(session_.overused(queue));
      for (const QueueBound& bound : session_.queue_bounds(queue)) text += bound.name + " ";
    }
    for (const JobId job : jobs_) {
      std::string why;
      add(session_.job_valid(job).has_value());
      add(session_.job_ready(job));
      add(session_.job_pipelined(job));
      add(session_.job_starving(job));
      add(session_.job_enqueueable(job, why));
      for (const SubJobId part : cluster_.jobs()[job].sub_jobs) {
        add(session_.sub_job_ready(part));
        add(session_.sub_job_pipelined(part));
      }
      if (cluster_.jobs()[job].has_parts() && session_.has_hyper_node_gradient()) {
        for (const auto& group :
             session_.hyper_node_gradient(job, cluster_.topology().root(), SearchPurpose::allocate)) {
          for (const HyperNodeId id : group) add(id.slot());
        }
      }
      text += why + "\n";
    }
    for (const TaskId task : tasks_) add_answers_about(task, text);
    return text;
  }

 private:
  template <class Item>
  std::string check(const char* name, const std::vector<Item>& items, const Order<Item>& order) {
    if (items.empty()) return "";
    const auto any = [&] { return items[random_() % items.size()]; };
    for (int i = 0; i < 20; ++i) {
      const std::string law = broken_law<Item>(order, any(), any(), any(), true);
      if (!law.empty()) return "T6: " + std::string(name) + ": " + law + "\n";
    }
    return "";
  }

  void add_answers_about(TaskId task, std::string& text) {
    std::string why;
    const QueueId queue = cluster_.jobs()[cluster_.tasks()[task].job].queue;
    if (queue) text += session_.allocatable(queue, task, why) ? "y " : "n ";
    text += why + session_.pre_predicate(task);
    for (const NodeId node : cluster_.nodes_in_order()) text += session_.fit(task, node) ? "+" : "-";
    for (const Score score : session_.scores(task, cluster_.nodes_in_order())) text += " " + std::to_string(score);
    if (queue) {
      for (const TaskId victim : session_.preemptable(task, tasks_)) text += " " + std::to_string(victim.slot());
      for (const TaskId victim : session_.reclaimable(task, tasks_)) text += " " + std::to_string(victim.slot());
    }
    FitSummary summary;
    if (cluster_.status(task) == TaskStatus::pending) {
      if (const auto placement = session_.find_placement(task, summary)) {
        text += " -> " + std::to_string(placement->node.slot()) + (placement->now ? "" : " later");
      }
    }
    text += "\n";
  }

  const Session& session_;
  const Cluster& cluster_;
  std::mt19937 random_;
  std::vector<QueueId> queues_;
  std::vector<JobId> jobs_;
  std::vector<TaskId> tasks_;
};

/// Something is placed and nothing committed, so that answers are asked for in the middle of a what-if.
void place_some(Session& session, Transaction& tx, std::mt19937& random) {
  std::vector<TaskId> waiting;
  session.cluster().tasks().for_each([&](TaskId id, const Task& task) {
    if (task.job && session.cluster().status(id) == TaskStatus::pending) waiting.push_back(id);
  });
  for (int i = 0; i < 3 && !waiting.empty(); ++i) {
    const TaskId task = waiting[random() % waiting.size()];
    FitSummary summary;
    if (session.cluster().status(task) != TaskStatus::pending) continue;
    const auto placement = session.find_placement(task, summary);
    if (placement && placement->now) {
      EXPECT_TRUE(tx.allocate(task, placement->node));
    }
    if (placement && !placement->now) tx.pipeline(task, placement->node);
  }
}

TEST(Orders, AreStrictAndTotalWhateverIsConfiguredAndAskingChangesNothing) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  for (std::uint32_t seed = 1; seed <= cases(300); ++seed) {
    const std::string text = join_lines(random_scenario(seed));
    const auto script = read_script(text);
    ASSERT_TRUE(script) << script.error().message;
    State state{Ownership{}};
    Configuration configuration = configure(*script, registry).value();
    configuration.attach(state.cluster());
    std::mt19937 random(seed);
    for (const Step& step : script->steps) {
      for (const Delta& delta : step.deltas) state.apply(delta);
      Session session(state.cluster(), configuration, Moment{});
      {
        Transaction tx = session.begin();
        place_some(session, tx, random);
        Questions questions(session, seed);
        ASSERT_EQ("", questions.broken_orders()) << "seed " << seed << "\n" << text;
        const std::uint64_t before = state.cluster().fingerprint();
        const std::string answers = questions.answers();
        ASSERT_EQ(answers, questions.answers()) << "T4, seed " << seed << "\n" << text;
        ASSERT_EQ(before, state.cluster().fingerprint()) << "T4, seed " << seed << "\n" << text;
      }
      state.assume(std::move(session).close());
    }
  }
}

}  // namespace
}  // namespace basalt::testing
