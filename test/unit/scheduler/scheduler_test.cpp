// The loop with fake sources and a fake API server: what goes round the ring.

#include "scheduler/scheduler.hpp"

#include <gmock/gmock.h>

#include <array>
#include <thread>

#include "actions/builtin.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Fault;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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
    std::vector<std::string> rejections;
    std::atomic<int> doubts{0};
  };

  void start(const char* configuration = kAll) {
    scheduler_.emplace(
        Scheduler::Surroundings{mailbox_, gate_, next_configuration_, binder_, clock_, observer_}, Ownership{},
        parse(configuration), kPeriod);
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
  Binder binder_{api_, mailbox_, clock_, waiter_, observer_};
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

TEST_F(SchedulerTest, ARefutedBindFreesTheRoomAndThePodIsPlacedElsewhere) {
  start();
  open_gate();
  api_.fail_next("bind", {Fault::refused});
  add_node("n1", 1);
  add_gang("g", 1);
  turn();
  api_.wait_for("bind", 1);
  turn_until([&] { return binder_.pods_under_way() == 0 && !binder_is_silent(); });
}

}  // namespace
}  // namespace basalt
