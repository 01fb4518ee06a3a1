#include "integration/faults/running_scheduler.hpp"

#include <stdexcept>

#include "actions/builtin.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "scheduler/default_queues.hpp"

namespace basalt::testing {
namespace {

// At most so long after the last cycle the next one runs; of the clock's time, which is fast.
constexpr std::chrono::milliseconds kPeriod{50};

std::vector<ObjectKind> kinds_of(const std::vector<daemon::WatchedKind>& watched) {
  std::vector<ObjectKind> kinds;
  for (const daemon::WatchedKind& kind : watched) kinds.push_back(kind.kind);
  return kinds;
}

Ownership ownership() {
  Ownership ownership;
  ownership.scheduler_names = {"basalt"};
  ownership.default_queue = "default";
  return ownership;
}

}  // namespace

RunningScheduler::RunningScheduler(const kube::ServerAddress& server, const Clock& clock, kube::Waiter& waiter,
                                   Witness& witness, const Options& options)
    : transport_(*kube::make_beast_transport(server, {})),
      client_(*transport_, clock, waiter, {.time_limit = options.time_limit}),
      writer_(client_),
      mailbox_(clock, waiter),
      gate_(kinds_of(watched_), [this] { mailbox_.wake(); }),
      next_configuration_(mailbox_),
      registry_{builtin_plugins(), builtin_actions()},
      binder_(writer_, mailbox_, clock, waiter, witness) {
  scheduler_.emplace(Scheduler::Surroundings{mailbox_, gate_, next_configuration_, binder_, clock, witness},
                     ownership(), configuration_of(options), kPeriod);
  sources_.emplace(daemon::Sources::Surroundings{client_, clock, waiter, mailbox_, gate_, witness}, watched_);
  thread_ = std::jthread([this, &waiter](const std::stop_token& stop) {
    if (ensure_queues(
            "default", writer_, waiter, [](std::string_view) {}, stop))
      scheduler_->run(stop);
  });
}

RunningScheduler::~RunningScheduler() {
  thread_.request_stop();
  mailbox_.wake();
  thread_.join();
  binder_.stop(std::chrono::milliseconds(0));
  sources_.reset();
}

std::unique_ptr<Configuration> RunningScheduler::configuration_of(const Options& options) const {
  const std::string text =
      options.configuration.empty() ? std::string(builtin_default_configuration()) : options.configuration;
  ParsedConfiguration parsed = parse_configuration(text, "test", registry_, Leniency::strict);
  if (parsed.configuration == nullptr) throw std::runtime_error(parsed.findings.front().message);
  return std::move(parsed.configuration);
}

}  // namespace basalt::testing
