// The loop with fake sources and a fake API server: what goes round the ring.

#include "scheduler/scheduler.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <thread>

#include "actions/builtin.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "recording/replay.hpp"
#include "scheduler/explanations.hpp"
#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::Fault;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kAll = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: predicates
  - name: nodeorder
)";
constexpr const char* kEnqueueOnly = R"(
actions: "enqueue"
tiers:
- plugins:
  - name: gang
)";

class SchedulerTest : public ::testing::Test {
 protected:
  static constexpr std::array kKinds{ObjectKind::pod, ObjectKind::node};

  class Watching final : public Observer {
   public:
    void object_rejected(const Rejected& rejected) override { rejections.push_back(rejected.name); }
    void bind_settled(const BindResult& result, std::chrono::nanoseconds) override {
      if (result.outcome == BindResult::Outcome::in_doubt) ++doubts;
    }
    void status_written(const StatusResult&, const Result<void>& written) override {
      if (!written) ++failed_statuses;
    }
    std::vector<std::string> rejections;
    std::atomic<int> failed_statuses{0};
    std::atomic<int> doubts{0};
  };

  void start(const char* configuration = kAll) {
    scheduler_.emplace(Scheduler::Surroundings{mailbox_, gate_, next_configuration_, binder_, clock_, observer_,
                                               recorder_ ? &*recorder_ : nullptr, &questions_},
                       Ownership{}, parse(configuration), kPeriod);
    QueueObject queue;
    queue.meta.name = "default";
    post(queue);
  }
  std::unique_ptr<Configuration> parse(const char* text) {
    auto parsed = parse_configuration(text, "test", registry_, Leniency::strict);
    EXPECT_NE(nullptr, parsed.configuration);
    return std::move(parsed.configuration);
  }
  void open_gate() {
    for (const ObjectKind kind : kKinds) gate_.note_current(kind);
  }

  void post(ObjectVariant object) { mailbox_.post(Upserted{std::move(object)}); }
  static ObjectMeta meta(const std::string& name) {
    ObjectMeta meta;
    meta.namespace_name = "ns";
    meta.name = name;
    meta.uid = "uid-" + name;
    return meta;
  }
  void add_node(const std::string& name, std::int64_t cpus) {
    NodeObject node;
    node.meta.name = name;
    node.meta.uid = "uid-" + name;
    node.allocatable = {{"cpu", cpus * 1000}, {"memory", std::int64_t{64} << 30}, {"pods", 110}};
    post(node);
  }
  void add_gang(const std::string& name, int members, std::int64_t cpus = 1) {
    PodGroupObject group;
    group.meta = meta(name);
    group.min_member = members;
    post(group);
    for (int i = 0; i < members; ++i) post(pod(name, i, cpus));
  }
  PodObject pod(const std::string& gang, int index, std::int64_t cpus = 1) {
    PodObject pod;
    pod.meta = meta(gang + "-" + std::to_string(index));
    pod.meta.annotations = {{"scheduling.k8s.io/group-name", gang}};
    pod.scheduler_name = "basalt";
    pod.request = {{"cpu", cpus * 1000}};
    if (api_.node_of("ns/" + pod.meta.name).empty()) api_.has_pod("ns/" + pod.meta.name, pod.meta.uid);
    return pod;
  }

  void turn() { scheduler_->turn(stop_.get_token()); }
  // Turns until something is so. The limit of the test ends what never becomes so.
  template <class Condition>
  void turn_until(Condition&& is_so) {
    while (!is_so()) turn();
  }
  TaskStatus status_of(const std::string& name) const {
    TaskStatus status = TaskStatus::unknown;
    scheduler_->cluster().tasks().for_each([&](TaskId id, const Task& task) {
      if (task.name == name) status = scheduler_->cluster().status(id);
    });
    return status;
  }
  // Returns when nothing is on its way to the API server.
  void wait_until_idle() {
    while (binder_.pods_under_way() > 0) std::this_thread::yield();
  }
  void wait_until_bound(const std::string& name) {
    turn_until([&] { return status_of(name) == TaskStatus::bound; });
  }
  std::string phase_of_gang(const std::string& gang) const {
    std::string phase;
    scheduler_->cluster().jobs().for_each([&](JobId id, const Job& job) {
      if (job.name == gang) phase = to_string(scheduler_->cluster().phase(id));
    });
    return phase;
  }

  static constexpr hours kPeriod{1};
  testing::FakeWriter api_;
  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
  Watching observer_;
  Mailbox mailbox_{clock_, waiter_};
  WatchGate gate_{kKinds, [this] { mailbox_.wake(); }};
  NextConfiguration next_configuration_{mailbox_};
  const Registry registry_{builtin_plugins(), builtin_actions()};
  Binder binder_{api_, mailbox_, clock_, waiter_, observer_, {.condition_moment = std::chrono::milliseconds(0)}};
  Questions questions_{mailbox_};
  std::optional<Recorder> recorder_;
  std::optional<Scheduler> scheduler_;
  std::stop_source stop_;
};

TEST_F(SchedulerTest, AGangIsBoundWholeAndTheResultsComeRound) {
  start();
  open_gate();
  add_node("n1", 4);
  add_gang("g", 3);
  turn_until([&] { return api_.bound() == 3; });
  for (const char* name : {"g-0", "g-1", "g-2"}) wait_until_bound(name);
  EXPECT_THAT(api_.lines("bind"), SizeIs(3)) << "one write a pod";
}

TEST_F(SchedulerTest, NoCycleRunsBeforeEveryKindIsListed) {
  start();
  add_node("n1", 4);
  add_gang("g", 3);
  gate_.note_current(ObjectKind::node);
  turn();
  EXPECT_EQ(0U, scheduler_->cycles());
  EXPECT_EQ(TaskStatus::pending, status_of("g-0")) << "what comes is taken in all the same";
  add_gang("late", 1);
  gate_.note_current(ObjectKind::pod);
  turn_until([&] { return scheduler_->cycles() == 1; });
  EXPECT_EQ(TaskStatus::binding, status_of("late-0")) << "what was posted before the gate opened is in the first cycle";
}

TEST_F(SchedulerTest, NoCycleRunsWhileAWatchIsInterrupted) {
  start();
  open_gate();
  turn_until([&] { return scheduler_->cycles() == 1; });
  gate_.note_behind(ObjectKind::pod, "watch interrupted: silence");
  add_node("n1", 4);
  add_gang("g", 1);
  turn();
  EXPECT_EQ(1U, scheduler_->cycles());
  gate_.note_current(ObjectKind::pod);
  wait_until_bound("g-0");
}

TEST_F(SchedulerTest, RoomThatAppearsIsUsedInTheNextCycle) {
  start();
  open_gate();
  add_node("n1", 2);
  add_gang("g", 3);
  turn();
  EXPECT_EQ(0, api_.bound());
  api_.wait_for("patch-group", 1);
  EXPECT_THAT(api_.lines("patch-group").at(0), HasSubstr("NotEnoughResources"));
  const std::uint64_t cycles = scheduler_->cycles();
  add_node("n2", 2);
  turn();
  EXPECT_EQ(cycles + 1, scheduler_->cycles());
  EXPECT_EQ(TaskStatus::binding, status_of("g-2"));
}

TEST_F(SchedulerTest, NothingRunsAgainUntilSomethingHappensOrThePeriodIsOver) {
  start();
  open_gate();
  turn();
  EXPECT_EQ(1U, scheduler_->cycles());
  mailbox_.wake();
  turn();
  EXPECT_EQ(1U, scheduler_->cycles());
  clock_.advance(kPeriod);
  turn();
  EXPECT_EQ(2U, scheduler_->cycles());
}

TEST_F(SchedulerTest, AnUnchangedClusterIsNotWrittenToAgain) {
  start();
  open_gate();
  add_node("n1", 2);
  add_gang("g", 3);
  turn();
  api_.wait_for("patch-group", 1);
  api_.wait_for("patch-pod", 3);
  for (int i = 0; i < 3; ++i) {
    clock_.advance(kPeriod);
    turn();
  }
  EXPECT_EQ(4U, scheduler_->cycles());
  binder_.stop(hours(1));
  EXPECT_THAT(api_.lines("patch-group"), SizeIs(1));
  EXPECT_THAT(api_.lines("patch-pod"), SizeIs(3));
}

TEST_F(SchedulerTest, AReloadTakesEffectBetweenTwoCycles) {
  start(kEnqueueOnly);
  open_gate();
  add_node("n1", 4);
  add_gang("g", 2);
  turn();
  EXPECT_EQ("Inqueue", phase_of_gang("g"));
  EXPECT_EQ(TaskStatus::pending, status_of("g-0"));
  next_configuration_.put(parse(kAll));
  wait_until_bound("g-0");
  next_configuration_.put(parse(kEnqueueOnly));
  turn_until([&] { return !next_configuration_.is_there(); });
}

TEST_F(SchedulerTest, ABindInDoubtCountsAsUsed) {
  start();
  open_gate();
  api_.hold("read");
  api_.fail_next("bind", {Fault::reply_lost});
  add_node("n1", 1);
  add_gang("g", 1);
  turn();
  api_.wait_for("read", 1);
  add_gang("other", 1);
  turn_until([&] { return observer_.doubts == 1 && status_of("other-0") == TaskStatus::pending; });
  EXPECT_EQ(TaskStatus::binding, status_of("g-0"));
  EXPECT_THAT(api_.lines("bind"), SizeIs(1));
  api_.release();
  wait_until_bound("g-0");
  EXPECT_EQ(TaskStatus::pending, status_of("other-0"));
}

TEST_F(SchedulerTest, ARefutedBindFreesTheRoomAndThePodIsPlacedAgain) {
  start();
  open_gate();
  api_.fail_next("bind", {Fault::refused});
  add_node("n1", 1);
  add_gang("g", 1);
  turn();
  api_.wait_for("bind", 1);
  wait_until_idle();
  clock_.advance(seconds(1));
  mailbox_.wake();
  add_node("n0", 1);  // comes before n1 in the order of ties
  turn_until([&] { return api_.node_of("ns/g-0") == "n0"; });
  wait_until_bound("g-0");
  EXPECT_THAT(api_.lines("bind"), SizeIs(2));
}

TEST_F(SchedulerTest, ARefusedPodIsNotTriedAgainAtOnceAndHoldsItsRoomMeanwhile) {
  start();
  open_gate();
  api_.always_fail("bind", Fault::refused);
  add_node("n1", 1);
  add_gang("g", 1);
  turn();
  api_.wait_for("bind", 1);
  wait_until_idle();
  add_gang("other", 1);
  turn();
  EXPECT_EQ(TaskStatus::binding, status_of("g-0"));
  EXPECT_THAT(api_.lines("bind"), SizeIs(1));
}

TEST_F(SchedulerTest, APodThatSomebodyElseBoundIsTakenAsItIs) {
  start();
  open_gate();
  add_node("n1", 4);
  add_node("n2", 4);
  add_gang("g", 1);
  api_.has_pod("ns/g-0", "uid-g-0", "n2");
  turn();
  wait_until_idle();
  PodObject seen = pod("g", 0);
  seen.node_name = "n2";
  post(seen);
  wait_until_bound("g-0");
  EXPECT_EQ("n2", api_.node_of("ns/g-0"));
}

TEST_F(SchedulerTest, ALostReplyIsResolvedAndTheGangIsWholeAtLast) {
  start();
  open_gate();
  api_.fail_next("bind", {Fault::none, Fault::reply_lost, Fault::request_lost});
  add_node("n1", 4);
  add_gang("g", 4);
  for (const char* name : {"g-0", "g-1", "g-2", "g-3"}) wait_until_bound(name);
  EXPECT_EQ(4, api_.bound());
  EXPECT_EQ(2, observer_.doubts);
}

TEST_F(SchedulerTest, WhatTheWatchTellsLateDoesNotUndoWhatIsKnown) {
  start();
  open_gate();
  add_node("n1", 4);
  add_gang("g", 1);
  wait_until_bound("g-0");
  post(pod("g", 0));  // a change from before the bind
  turn();
  EXPECT_EQ(TaskStatus::bound, status_of("g-0"));
}

TEST_F(SchedulerTest, ARejectedObjectIsToldOnce) {
  start();
  open_gate();
  for (int i = 0; i < 3; ++i)
    mailbox_.post(Rejected{ObjectKind::pod, "ns", "absurd", "uid-absurd", "", "too much cpu"});
  turn();
  api_.wait_for("event", 1);
  binder_.stop(hours(1));
  EXPECT_EQ(std::vector<std::string>{"absurd"}, observer_.rejections);
  EXPECT_THAT(api_.lines("event"), ElementsAre("event Pod ns/absurd Warning Rejected "
                                               "set aside, not scheduled by: too much cpu"));
}

TEST_F(SchedulerTest, AFailedStatusIsDecidedAgainAfterAPause) {
  start();
  open_gate();
  api_.fail_next("patch-group", {Fault::request_lost});
  add_node("n1", 2);
  add_gang("g", 3);
  turn();
  api_.wait_for("patch-group", 1);
  while (observer_.failed_statuses == 0) std::this_thread::yield();
  clock_.advance(seconds(1));
  mailbox_.wake();
  turn();
  api_.wait_for("patch-group", 2);
}

TEST_F(SchedulerTest, RunReturnsWhenStopped) {
  start();
  open_gate();
  std::jthread running([this] { scheduler_->run(stop_.get_token()); });
  while (scheduler_->cycles() == 0) std::this_thread::yield();
  stop_.request_stop();
  running.join();
}

TEST_F(SchedulerTest, WhatTheLoopRecordsIsDecidedAgain) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("basalt-loop-" + std::to_string(getpid()));
  RecorderOptions options;
  options.folder = folder;
  recorder_.emplace(options, [](std::string_view why) { ADD_FAILURE() << why; });
  recorder_->start();
  start();
  open_gate();
  add_node("n1", 4);
  add_gang("g", 4);
  for (const char* name : {"g-0", "g-1", "g-2", "g-3"}) wait_until_bound(name);
  next_configuration_.put(parse(kEnqueueOnly));
  add_gang("later", 2);
  turn();
  const std::uint64_t cycles = scheduler_->cycles();
  scheduler_.reset();
  recorder_.reset();
  auto replay = Replay::open(folder / "recording-000001.basalt", registry_);
  ASSERT_TRUE(replay) << replay.error().message;
  std::uint64_t replayed = 0;
  while (true) {
    const auto cycle = replay->next();
    ASSERT_TRUE(cycle) << cycle.error().message;
    if (!*cycle) break;
    ++replayed;
    EXPECT_TRUE((*cycle)->same) << (*cycle)->decisions;
  }
  EXPECT_EQ(cycles, replayed);
  std::filesystem::remove_all(folder);
}

TEST_F(SchedulerTest, QuestionsAreAnsweredOneATurnAndLeaveNoTrace) {
  start();
  open_gate();
  std::vector<std::string> answers;
  const auto ask = [&] {
    questions_.ask([&](Session* session) {
      answers.push_back(session == nullptr ? "nothing" : *explain(*session, Subject{}, false));
    });
  };
  ask();
  add_node("n1", 1);
  add_gang("g", 2);
  turn();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_THAT(answers[0], HasSubstr("ns/g no_room: "));
  const std::uint64_t before = scheduler_->cluster().fingerprint();
  ask();
  ask();
  turn();
  EXPECT_THAT(answers, SizeIs(2));
  turn();
  EXPECT_THAT(answers, SizeIs(3));
  EXPECT_EQ(before, scheduler_->cluster().fingerprint());
}

TEST_F(SchedulerTest, QuestionsBeforeTheFirstCycleAreToldThatThereIsNothingToSee) {
  start();
  bool was_told = false;
  questions_.ask([&](Session* session) { was_told = session == nullptr; });
  turn();
  EXPECT_TRUE(was_told);
}

}  // namespace
}  // namespace basalt
