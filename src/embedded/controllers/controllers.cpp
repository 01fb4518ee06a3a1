#include "embedded/controllers/controllers.hpp"

#include <algorithm>

#include "embedded/controllers/deployment_controller.hpp"
#include "embedded/controllers/disruption_controller.hpp"
#include "embedded/controllers/event_controller.hpp"
#include "embedded/controllers/garbage_collector.hpp"
#include "embedded/controllers/job_controller.hpp"
#include "embedded/controllers/namespace_controller.hpp"
#include "embedded/controllers/node_controller.hpp"
#include "embedded/controllers/replica_set_controller.hpp"

namespace basalt::embedded {
namespace {

// A calendar that is moved does not wake anybody: who waits for a moment looks again this often.
constexpr std::chrono::seconds kLongestWait{1};

}  // namespace

/// A controller and what it has to do.
struct Controllers::Desk {
  std::unique_ptr<Controller> controller;
  Agenda agenda;
};

Controllers::Controllers(Cluster& cluster, const ControllerOptions& options, std::function<void()> wake)
    : cluster_(cluster), feed_(cluster.store(), std::move(wake)) {
  const Workplace workplace{cluster, pods_};
  const auto employ = [this](std::unique_ptr<Controller> controller) {
    desks_.push_back(std::make_unique<Desk>(Desk{std::move(controller), {}}));
  };
  employ(std::make_unique<DeploymentController>(workplace));
  employ(std::make_unique<ReplicaSetController>(workplace));
  employ(std::make_unique<JobController>(workplace));
  employ(std::make_unique<GarbageCollector>(workplace));
  employ(std::make_unique<NamespaceController>(workplace));
  employ(std::make_unique<NodeController>(workplace));
  employ(std::make_unique<DisruptionController>(workplace));
  employ(std::make_unique<EventController>(workplace, options.event_life));
}

Controllers::~Controllers() = default;

std::optional<WallTime> Controllers::settle(std::stop_token stop) {
  while (!stop.stop_requested() && step(cluster_.clock().now())) {
  }
  std::optional<WallTime> next;
  for (const auto& desk : desks_) {
    const auto due = desk->agenda.next();
    if (due) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

// One object of one controller; false when nothing is due.
bool Controllers::step(WallTime now) {
  feed_.read([this](const Change& change) {
    pods_.observe(change);
    for (const auto& desk : desks_) desk->controller->observe(change, desk->agenda);
  });
  for (const auto& desk : desks_) {
    const auto object = desk->agenda.take(now);
    if (!object) continue;
    const Objection objection = desk->controller->reconcile(*object, now, desk->agenda);
    if (!objection) {
      desk->agenda.forget_failures(*object);
    } else if (objection->code == 409 && objection->reason == "Conflict") {
      desk->agenda.add(*object);  // somebody wrote in between
    } else {
      desk->agenda.add_again(*object, now);
    }
    return true;
  }
  return false;
}

ControllerThread::ControllerThread(Cluster& cluster, const ControllerOptions& options)
    : clock_(cluster.clock()),
      controllers_(cluster, options,
                   [this] {
                     {
                       const std::lock_guard lock(mutex_);
                       woken_ = true;
                     }
                     changed_.notify_one();
                   }),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

ControllerThread::~ControllerThread() = default;

void ControllerThread::run(std::stop_token stop) {
  std::optional<WallTime> next;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto woken = [this] { return woken_; };
      if (next) {
        const auto until_then = std::max(WallTime::duration::zero(), *next - clock_.now());
        changed_.wait_for(lock, stop, std::min<WallTime::duration>(until_then, kLongestWait), woken);
      } else {
        changed_.wait(lock, stop, woken);
      }
      woken_ = false;
    }
    next = controllers_.settle(stop);
  }
}

}  // namespace basalt::embedded
