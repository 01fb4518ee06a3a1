#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "properties/cases.hpp"
#include "state/state.hpp"

// Terms say what their answers depend on, and the placement index believes them. Here each thing that a term does not
// name is changed, and its answer must stand; so too for who says who may be evicted.
namespace basalt::testing {
namespace {

/// A cluster of zones, queues, jobs and pods that ask for all sorts of things.
class Stage {
 public:
  explicit Stage(std::uint32_t seed) : random_(seed) {
    apply("queue q0 weight=3\nqueue q1 capability.cpu=20\n");
    for (int i = 0; i < kNodes; ++i) change_node(i);
    apply(
        "hyper-node r0 tier=1 nodes=n0,n1,n2\nhyper-node r1 tier=1 nodes=n3,n4,n5\n"
        "hyper-node w tier=2 hyper-nodes=r0,r1\n");
    apply("job a queue=q0 min=2 topology=soft\njob b queue=q0 min=0\njob c queue=q1 min=3\n");
    for (int i = 0; i < 8; ++i) place_pod("a");
    for (int i = 0; i < 8; ++i) place_pod("b");
    for (int i = 0; i < 8; ++i) place_pod("c");
  }

  State& state() { return state_; }
  Cluster& cluster() { return state_.cluster(); }
  std::mt19937& random() { return random_; }
  bool one_in(int of) { return pick(1, of) == 1; }
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text, ++second_);
    ASSERT_TRUE(deltas) << text << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  /// What a pod asks: never for more than one thing at a time, or hardly anything would fit.
  std::string asks() {
    static constexpr const char* kWishes[] = {"",
                                              " select:zone=a",
                                              " require:zone=a,b",
                                              " prefer:zone=b",
                                              " tolerate:dedicated=x",
                                              " tolerate:slow=y",
                                              " port=80",
                                              " affinity:zone=app=a",
                                              " anti-affinity:zone=app=a",
                                              " prefer-affinity:zone=5:app=a",
                                              " prefer-anti-affinity:zone=9:app=b",
                                              " spread:zone=1:app=a",
                                              " spread:zone=2,soft:app=b"};
    return " cpu=" + std::to_string(pick(1, 4) * 500) + "m memory=" + std::to_string(pick(1, 3)) +
           "Gi label:app=" + (one_in(2) ? "a" : "b") + kWishes[pick(0, 12)];
  }

  /// A pod of a job that runs already.
  std::string place_pod(const std::string& job, int node = -1) {
    const std::string name = job + "-" + std::to_string(pods_++);
    apply("task " + name + " job=" + job + asks() + " on=n" + std::to_string(node < 0 ? pick(0, kNodes - 1) : node) +
          " status=running\n");
    return name;
  }
  std::string add_pod(const std::string& job, const std::string& what) {
    const std::string name = job + "-" + std::to_string(pods_++);
    apply("task " + name + " job=" + job + what + "\n");
    return name;
  }
  void change_node(int i) {
    amounts_[i] = " cpu=" + std::to_string(pick(4, 64)) + " memory=" + std::to_string(pick(4, 64)) + "Gi";
    change_labels(i);
  }
  /// Labels and taints; the amounts stay.
  void change_labels(int i) {
    apply("node n" + std::to_string(i) + amounts_[i] + " label:zone=" + (one_in(2) ? "a" : "b") +
          (one_in(4) ? " taint:dedicated=x:NoSchedule" : "") + (one_in(4) ? " taint:slow=y:PreferNoSchedule" : "") +
          (one_in(8) ? " unschedulable" : "") + "\n");
  }

  std::string new_name() { return "pod-" + std::to_string(pods_++); }

  [[nodiscard]] TaskId task(const std::string& name) const {
    TaskId found;
    state_.cluster().tasks().for_each([&](TaskId id, const Task& row) {
      if (row.name == name) found = id;
    });
    return found;
  }
  [[nodiscard]] NodeId node(int i) const {
    for (const NodeId id : state_.cluster().nodes_in_order()) {
      if (state_.cluster().node_name(id) == "n" + std::to_string(i)) return id;
    }
    return {};
  }

  static constexpr int kNodes = 6;

 private:
  std::mt19937 random_;
  State state_{Ownership{}};
  std::map<int, std::string> amounts_;  // by number of the node
  int pods_ = 0;
  std::int64_t second_ = 0;
};

/// A plugin attached to a stage, opened anew for each question.
class Asked {
 public:
  Asked(Stage& stage, const PluginType& type) : stage_(stage) {
    Arguments arguments;
    if (type.name == "nodeorder") {
      arguments = {{"mostrequested.weight", ArgumentValue(std::int64_t{1})}};
    }
    Tier tier;
    Findings findings;
    tier.plugins.push_back(PluginSlot{type.name, type.configure(arguments, findings), {}});
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(stage.cluster());
  }

  /// Calls `ask(points)` in a session at a moment.
  template <class Ask>
  void in_session(std::int64_t hours, Ask&& ask) {
    Session session(stage_.cluster(), configuration_, Moment{WallTime(std::chrono::hours(hours)), 7},
                    SessionPurpose::what_if);
    const auto opened = configuration_.tiers.front().plugins.front().plugin->open(session);
    ask(opened->points());
  }

  template <class Ask>
  void in_open_session(Ask&& ask) {
    Session session(stage_.cluster(), configuration_, Moment{}, SessionPurpose::what_if);
    const auto opened = configuration_.tiers.front().plugins.front().plugin->open(session);
    ask(session, opened->points());
  }

  [[nodiscard]] std::vector<const FilterTerm*> filters(const PointPointers& points) const {
    const auto* asked = std::get<Predicate*>(points);
    return asked == nullptr ? std::vector<const FilterTerm*>{} : asked->filter_terms();
  }
  [[nodiscard]] std::vector<const ScoreTerm*> scores(const PointPointers& points) const {
    const auto* asked = std::get<NodeOrder*>(points);
    return asked == nullptr ? std::vector<const ScoreTerm*>{} : asked->score_terms();
  }

 private:
  Stage& stage_;
  Configuration configuration_;
};

/// What terms say to one task about one node: by the term's name, its inputs and its answer.
struct Answer {
  Inputs inputs = Inputs::everything();
  std::string text;
};
using Answers = std::map<std::string, Answer>;

/// `among`: the nodes that are asked about together.
Answers answers_of(Asked& asked, Stage& stage, TaskId id, int node, const std::vector<int>& among, std::int64_t hours) {
  Answers answers;
  std::vector<NodeId> nodes;
  std::size_t position = 0;
  for (const int each : among) {
    if (each == node) position = nodes.size();
    nodes.push_back(stage.node(each));
  }
  asked.in_session(hours, [&](const PointPointers& points) {
    const TaskView view{id, stage.cluster().tasks()[id], stage.cluster().spec(id)};
    for (const FilterTerm* term : asked.filters(points)) {
      std::vector<Fit> out(nodes.size());
      if (term->applies(view.spec)) term->filter(view, nodes, out);
      answers[std::string(term->name())] = Answer{
          term->inputs(), out[position] ? "yes" : "no: " + format(out[position].reason, stage.cluster().symbols())};
    }
    for (const ScoreTerm* term : asked.scores(points)) {
      std::vector<Score> out(nodes.size(), 0);
      if (term->applies(view.spec)) term->score(view, nodes, out);
      answers[std::string(term->name())] = Answer{term->inputs(), std::to_string(out[position])};
    }
  });
  return answers;
}

/// The pods that are asked about: all but the last have one spec.
struct Twins {
  std::string first;             ///< of job a, in queue q0
  std::string differs_itself;    ///< the same, with another name, labels, role and priority
  std::string in_another_job;    ///< of job b, in queue q0
  std::string in_another_queue;  ///< of job c, in queue q1
  std::string asks_otherwise;    ///< of job a
};

Twins make_twins(Stage& stage) {
  const std::string asks = stage.asks();
  const std::string others =
      " label:app=" + std::string(stage.one_in(2) ? "a" : "c") + " label:index=7 role=r priority=9";
  return Twins{stage.add_pod("a", asks), stage.add_pod("a", asks + others), stage.add_pod("b", asks),
               stage.add_pod("c", asks), stage.add_pod("a", stage.asks())};
}

/// Something is changed, and who is asked about what. What it touches is what a term must have
/// named to be allowed another answer.
struct Question {
  std::string task;
  std::vector<int> among;
  std::int64_t hours = 1;
};
struct Change {
  const char* name;
  Inputs touches;
  std::function<Question(Stage&, const Twins&, int node, const Question& before)> make;
};

int another(Stage& stage, int node) { return (node + stage.pick(1, Stage::kNodes - 1)) % Stage::kNodes; }

std::string foreign_pod(Stage& stage, int node) {
  return "pod " + stage.new_name() + " scheduler=other" + stage.asks() + " on=n" + std::to_string(node) +
         " status=running\n";
}

std::vector<Change> changes() {
  const auto with_task = [](std::string Twins::*who) {
    return [who](Stage&, const Twins& twins, int, const Question& before) {
      Question now = before;
      now.task = twins.*who;
      return now;
    };
  };
  const auto with_text = [](auto text) {
    return [text](Stage& stage, const Twins&, int node, const Question& before) {
      stage.apply(text(stage, node));
      return before;
    };
  };
  return {
      {"another moment",
       {Input::time},
       [](Stage& stage, const Twins&, int, const Question& before) {
         Question now = before;
         now.hours += stage.pick(1, 100);
         return now;
       }},
      {"other candidates",
       {Input::candidates},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         Question now = before;
         now.among = {node};
         for (int i = 0; i < Stage::kNodes; ++i) {
           if (i != node && stage.one_in(2)) now.among.push_back(i);
         }
         std::shuffle(now.among.begin(), now.among.end(), stage.random());
         return now;
       }},
      {"a pod of another spec", {Input::spec, Input::task}, with_task(&Twins::asks_otherwise)},
      {"another pod of the spec", {Input::task}, with_task(&Twins::differs_itself)},
      {"a pod of another job", {Input::task, Input::job}, with_task(&Twins::in_another_job)},
      {"a pod of another queue", {Input::task, Input::job, Input::queue}, with_task(&Twins::in_another_queue)},
      {"a pod comes to the node", {Input::node_usage, Input::tasks_on_node}, with_text([](Stage& stage, int node) {
         return foreign_pod(stage, node);
       })},
      {"a pod comes to another node", {Input::other_placements}, with_text([](Stage& stage, int node) {
         return foreign_pod(stage, another(stage, node));
       })},
      {"the node changes",
       {Input::node_row, Input::node_capacity},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         stage.change_node(node);
         return before;
       }},
      {"the node changes in all but its amounts",
       {Input::node_row},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         stage.change_labels(node);
         return before;
       }},
      {"another node changes",
       {Input::other_placements, Input::candidates},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         stage.change_node(another(stage, node));
         return before;
       }},
      {"the job grows elsewhere",
       {Input::job, Input::queue, Input::other_placements},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         stage.place_pod("a", another(stage, node));
         return before;
       }},
      {"the queue grows elsewhere",
       {Input::queue, Input::other_placements},
       [](Stage& stage, const Twins&, int node, const Question& before) {
         stage.place_pod("b", another(stage, node));
         return before;
       }},
      {"the job's row changes", {Input::job}, with_text([](Stage& stage, int) {
         return "job a queue=q0 topology=soft min=" + std::to_string(stage.pick(0, 9)) + "\n";
       })},
      {"the queue's row changes", {Input::queue}, with_text([](Stage& stage, int) {
         return "queue q0 weight=" + std::to_string(stage.pick(1, 9)) + "\n";
       })},
  };
}

bool shares(Inputs inputs, Inputs touched) {
  for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Input::node_capacity); bit <<= 1U) {
    if (inputs.contains(static_cast<Input>(bit)) && touched.contains(static_cast<Input>(bit))) return true;
  }
  return false;
}

/// How often a term's answer was compared, and how often it changed because something it names did.
struct Tested {
  int compared = 0, moved = 0;
};

/// Asks a plugin's terms before and after changes. The first answer that changed though nothing that the term names
/// did.
std::string broken_promise(const PluginType& type, std::uint32_t seed, std::map<std::string, Tested>& tested) {
  Stage stage(seed);
  Asked asked(stage, type);
  const Twins twins = make_twins(stage);
  const std::vector<Change> possible = changes();
  const int node = stage.pick(0, Stage::kNodes - 1);
  Question question{twins.first, {0, 1, 2, 3, 4, 5}, 1};
  const auto ask = [&](const Question& put) {
    return answers_of(asked, stage, stage.task(put.task), node, put.among, put.hours);
  };
  for (int step = 0; step < 20; ++step) {
    const Answers before = ask(question);
    const Change& change = possible[static_cast<std::size_t>(stage.pick(0, static_cast<int>(possible.size()) - 1))];
    const Question changed = change.make(stage, twins, node, question);
    Inputs touches = change.touches;
    const auto spec_of = [&](const std::string& name) { return stage.cluster().tasks()[stage.task(name)].spec; };
    if (spec_of(changed.task) != spec_of(question.task)) touches |= {Input::spec};  // labels can be part of it
    for (const auto& [name, answer] : ask(changed)) {
      const Answer& known = before.at(name);
      if (shares(known.inputs, touches)) {
        tested[name].moved += known.text == answer.text ? 0 : 1;
        continue;
      }
      ++tested[name].compared;
      if (known.text != answer.text) {
        return type.name + ", " + name + ": " + known.text + " became " + answer.text + " by: " + change.name;
      }
    }
    // Who is asked about goes back to what it was; what was changed stays.
  }
  return "";
}

TEST(Inputs, WhatATermDoesNotNameDoesNotChangeItsAnswer) {
  std::map<std::string, Tested> tested;
  for (const PluginType& type : builtin_plugins()) {
    for (std::uint32_t seed = 1; seed <= std::max(cases(60), 16U); ++seed) {
      ASSERT_EQ("", broken_promise(type, seed, tested)) << "seed " << seed;
    }
  }
  // A term that never says anything else proves nothing. What no pod here asks for (volumes) may.
  EXPECT_GE(std::count_if(tested.begin(), tested.end(), [](const auto& term) { return term.second.moved > 0; }), 15);
}

/// Looks at what is used of a node, and says that it looks at the spec alone.
class Liar final : public Predicate, public FilterTerm {
 public:
  using Args = NoArguments;
  Liar(const Args&, const Session& session) : cluster_(session.cluster()) {}
  [[nodiscard]] std::string_view name() const override { return "liar"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] std::vector<const FilterTerm*> filter_terms() const override { return {this}; }
  void filter(const TaskView&, std::span<const NodeId> nodes, std::span<Fit> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (cluster_.used(nodes[i], kCpu) > 4000) out[i] = Fit::no({"node(s) were busy", {}});
    }
  }

 private:
  const Cluster& cluster_;
};

TEST(Inputs, ATermThatReadsMoreThanItNamesIsFound) {
  std::map<std::string, Tested> tested;
  std::string found;
  for (std::uint32_t seed = 1; seed <= 50 && found.empty(); ++seed) {
    found = broken_promise(plugin_type<Liar>("liar"), seed, tested);
  }
  EXPECT_NE("", found);
}

/// Who may be evicted, asked again after something that the plugin does not name has changed in the session.
class VictimQuestions {
 public:
  VictimQuestions(Stage& stage, Session& session) : stage_(stage), session_(session) {
    evictor_ = stage.task("evictor-0");
    for (const TaskId task : tasks_of("b", TaskStatus::running)) candidates_.push_back(task);
    for (const TaskId task : tasks_of("c", TaskStatus::running)) candidates_.push_back(task);
    std::shuffle(candidates_.begin(), candidates_.end(), stage.random());
    candidates_.resize(std::min<std::size_t>(candidates_.size(), 6));
  }

  /// One change in a what-if; empty: the answers stood.
  std::string broken_by_a_change(const PointPointers& points) {
    Transaction tx = session_.begin();
    const std::string preempt = preemptable(points, evictor_);
    const std::string reclaim = reclaimable(points, evictor_);
    TaskId asked = evictor_;
    VictimInputs touches{};
    const char* what = change(tx, asked, touches);
    const auto broken = [&](VictimInputs inputs, const std::string& before, const std::string& now) {
      const bool is_named =
          (touches.contains(VictimInput::candidate_jobs) && inputs.contains(VictimInput::candidate_jobs)) ||
          (touches.contains(VictimInput::evictor_job) && inputs.contains(VictimInput::evictor_job)) ||
          (touches.contains(VictimInput::queues) && inputs.contains(VictimInput::queues));
      return is_named || before == now ? std::string() : std::string(what) + " made " + before + " into " + now;
    };
    std::string found;
    if (const auto* point = std::get<Preemptable*>(points)) {
      found = broken(point->preemptable_inputs(), preempt, preemptable(points, asked));
    }
    if (const auto* point = std::get<Reclaimable*>(points)) {
      found += broken(point->reclaimable_inputs(), reclaim, reclaimable(points, asked));
    }
    return found;
  }

 private:
  [[nodiscard]] std::vector<TaskId> tasks_of(const std::string& job, TaskStatus status) const {
    std::vector<TaskId> found;
    session_.cluster().tasks().for_each([&](TaskId id, const Task& task) {
      if (task.job && session_.cluster().jobs()[task.job].name == job && session_.cluster().status(id) == status) {
        found.push_back(id);
      }
    });
    return found;
  }
  [[nodiscard]] std::string text_of(const std::optional<std::vector<TaskId>>& victims) const {
    if (!victims) return "no opinion";
    std::string text = "[";
    for (const TaskId victim : *victims) text += " " + session_.cluster().tasks()[victim].name;
    return text + " ]";
  }
  [[nodiscard]] std::string preemptable(const PointPointers& points, TaskId evictor) const {
    const auto* point = std::get<Preemptable*>(points);
    return point == nullptr ? "" : text_of(point->preemptable(evictor, candidates_));
  }
  [[nodiscard]] std::string reclaimable(const PointPointers& points, TaskId evictor) const {
    const auto* point = std::get<Reclaimable*>(points);
    return point == nullptr ? "" : text_of(point->reclaimable(evictor, candidates_));
  }

  void place_one(Transaction& tx, const std::string& job) {
    const std::vector<TaskId> waiting = tasks_of(job, TaskStatus::pending);
    const NodeId node = stage_.node(stage_.pick(0, Stage::kNodes - 1));
    if (waiting.empty()) return;
    if (!session_.cluster().idle_shortage(node, session_.cluster().spec(waiting.front()).request)) {
      EXPECT_TRUE(tx.allocate(waiting.front(), node));
    }
  }
  void evict_one(Transaction& tx, const std::string& job) {
    for (const TaskId task : tasks_of(job, TaskStatus::running)) {
      if (std::find(candidates_.begin(), candidates_.end(), task) != candidates_.end()) continue;
      tx.evict(task, "preempt");
      return;
    }
  }

  const char* change(Transaction& tx, TaskId& asked, VictimInputs& touches) {
    switch (stage_.pick(0, 6)) {
      case 0:
        touches = {VictimInput::evictor_job};
        asked = stage_.task("evictor-1");
        return "another request of the evictor";
      case 1:
        touches = {VictimInput::evictor_job};
        asked = stage_.task("like-0");
        return "an evictor of another job";
      case 2:
        touches = {VictimInput::evictor_job, VictimInput::queues};
        place_one(tx, "evictor");
        return "a placement of the evictor's job";
      case 3:
        touches = {VictimInput::candidate_jobs, VictimInput::queues};
        place_one(tx, "b");
        return "a placement of a candidate's job";
      case 4:
        touches = {VictimInput::candidate_jobs, VictimInput::queues};
        evict_one(tx, "c");
        return "an eviction from a candidate's job";
      case 5:
        touches = {VictimInput::queues};
        place_one(tx, "like");
        return "a placement of another job of the evictor's queue";
      default:
        touches = {VictimInput::queues};
        place_one(tx, "beside");
        return "a placement of another job of a candidate's queue";
    }
  }

  Stage& stage_;
  Session& session_;
  TaskId evictor_;
  std::vector<TaskId> candidates_;
};

TEST(Inputs, WhatAVictimPointDoesNotNameDoesNotChangeItsAnswer) {
  for (const PluginType& type : builtin_plugins()) {
    for (std::uint32_t seed = 1; seed <= cases(150); ++seed) {
      Stage stage(seed);
      stage.apply("job evictor queue=q0 min=1\njob like queue=q0 min=1\njob beside queue=q1 min=1\n");
      stage.apply("task evictor-0 cpu=1\ntask evictor-1 cpu=3 memory=2Gi\ntask evictor-2 cpu=2\n");
      stage.apply("task like-0 cpu=1\ntask like-1 cpu=2\ntask beside-0 cpu=2\ntask b-90 job=b cpu=2\n");
      Asked asked(stage, type);
      asked.in_open_session([&](Session& session, const PointPointers& points) {
        VictimQuestions questions(stage, session);
        for (int i = 0; i < 10; ++i) {
          ASSERT_EQ("", questions.broken_by_a_change(points)) << type.name << ", seed " << seed;
        }
      });
    }
  }
}

}  // namespace
}  // namespace basalt::testing
