#include "daemon/daemon.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actions/builtin.hpp"
#include "daemon/configuration_watch.hpp"
#include "daemon/inspection.hpp"
#include "daemon/metrics.hpp"
#include "daemon/scheduler_observer.hpp"
#include "daemon/sources.hpp"
#include "daemon/telemetry_server.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"
#include "plugins/builtin.hpp"
#include "recording/recorder.hpp"
#include "scheduler/binder.hpp"
#include "scheduler/default_queues.hpp"
#include "scheduler/kube_writer.hpp"
#include "scheduler/questions.hpp"
#include "scheduler/scheduler.hpp"

namespace basalt::daemon {
namespace {

constexpr std::chrono::seconds kBindsMayFinish{10};
constexpr std::chrono::minutes kLongestCycle{5};  // one that takes longer is stuck

Ownership ownership_of(const Options& options) {
  Ownership ownership;
  ownership.scheduler_names = {options.scheduler_names.begin(), options.scheduler_names.end()};
  ownership.default_queue = options.default_queue;
  ownership.implicit_groups = options.implicit_pod_groups;
  ownership.claim_empty_groups = options.claim_empty_pod_groups || ownership.scheduler_names.contains("volcano");
  ownership.node_selector = options.node_selector;
  return ownership;
}

BinderOptions binder_options(const Options& options) {
  BinderOptions binder;
  binder.bind_workers = options.bind_workers;
  binder.component = options.scheduler_names.front();
  return binder;
}

RecorderOptions recorder_options(const Options& options, const std::string& version) {
  RecorderOptions recorder;
  recorder.folder = options.record;
  recorder.file_bytes = static_cast<std::uint64_t>(options.record_file_mib) << 20U;
  recorder.files = static_cast<std::size_t>(options.record_files);
  recorder.with_decisions = options.record_decisions;
  recorder.program = version;
  return recorder;
}

std::vector<ObjectKind> kinds_of(const std::vector<WatchedKind>& watched) {
  std::vector<ObjectKind> kinds;
  for (const WatchedKind& kind : watched) kinds.push_back(kind.kind);
  return kinds;
}

/// What events about the program itself are about: its pod, where the environment names it, else its namespace.
adapter::EventReport event_about_ourselves(const kube::ClusterAccess& access, const std::string& component) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const bool in_pod = access.origin == "in-cluster" || !variable("POD_NAME").empty();
  if (!in_pod) return event_about(ObjectKind::namespace_kind, {{}, access.default_space, {}}, component);
  const std::string space = variable("POD_NAMESPACE");
  const std::string name = variable("POD_NAME");
  return event_about(
      ObjectKind::pod,
      {space.empty() ? access.default_space : space, name.empty() ? variable("HOSTNAME") : name, variable("POD_UID")},
      component);
}

}  // namespace

class Daemon::Parts {
 public:
  Parts(const Options& options, const std::string& version, const Log& log, Termination& termination,
        const kube::ClusterAccess& access, std::unique_ptr<kube::Transport> transport)
      : options_(options),
        log_(log),
        termination_(termination),
        watched_(watched_kinds(options.priority_class)),
        about_us_(event_about_ourselves(access, options.scheduler_names.front())),
        observer_(log, metrics_, options.verbosity),
        transport_(std::move(transport)),
        client_(*transport_, clock_, waiter_, {.qps = options.kube_api_qps, .burst = options.kube_api_burst}),
        writer_(client_),
        mailbox_(clock_, waiter_),
        gate_(kinds_of(watched_), [this] { mailbox_.wake(); }),
        next_configuration_(mailbox_),
        configuration_watch_(options.scheduler_conf, registry_,
                             options.lenient_config ? Leniency::lenient : Leniency::strict),
        binder_(writer_, mailbox_, clock_, waiter_, observer_, binder_options(options)),
        questions_(mailbox_) {
    if (options.record.empty()) return;
    recorder_.emplace(recorder_options(options, version), [this](std::string_view why) {
      metrics_.recordings_broken.add();
      log_.error("recording broken off; scheduling goes on", {{"reason", why}});
    });
    if (options.record_at_start) recorder_->start();
  }

  Result<void> prepare();
  void run();

 private:
  Result<void> start_servers();
  void schedule(const std::stop_token& stop);
  void take(ConfigurationChange change);
  void tell(const ConfigurationChange& change);
  [[nodiscard]] std::optional<std::string> not_ready_because() const;
  [[nodiscard]] std::optional<std::string> not_healthy_because() const;

  const Options options_;
  const Log& log_;
  Termination& termination_;
  const std::vector<WatchedKind> watched_;
  const adapter::EventReport about_us_;
  SystemClock clock_;
  kube::SystemWaiter waiter_;
  SchedulerMetrics metrics_;
  SchedulerObserver observer_;
  std::unique_ptr<kube::Transport> transport_;
  kube::Client client_;
  KubeWriter writer_;
  Mailbox mailbox_;
  WatchGate gate_;
  NextConfiguration next_configuration_;
  const Registry registry_{builtin_plugins(), builtin_actions()};
  ConfigurationWatch configuration_watch_;
  Binder binder_;
  Questions questions_;
  std::optional<Recorder> recorder_;  // nothing: nothing can be recorded
  std::optional<Scheduler> scheduler_;
  std::atomic<bool> has_queues_{false};
  std::atomic<bool> is_ending_{false};
  std::vector<std::unique_ptr<TelemetryServer>> servers_;
};

Result<void> Daemon::Parts::prepare() {
  auto first = configuration_watch_.start(options_.disable_default_scheduler_config);
  if (!first) return first.error();
  tell(*first);
  first->configuration->memory->verify_every(options_.verify_index_every);
  scheduler_.emplace(Scheduler::Surroundings{mailbox_, gate_, next_configuration_, binder_, clock_, observer_,
                                             recorder_ ? &*recorder_ : nullptr, &questions_},
                     ownership_of(options_), std::move(first->configuration), options_.schedule_period);
  return start_servers();
}

Result<void> Daemon::Parts::start_servers() {
  const auto start = [this](const std::string& address, Routes routes, Services services = {}) -> Result<void> {
    const auto parsed = parse_listen_address(address);
    if (!parsed) return parsed.error();
    auto server = TelemetryServer::start(*parsed, std::move(routes), {}, std::move(services));
    if (!server) return server.error();
    servers_.push_back(std::move(*server));
    return {};
  };
  if (options_.enable_metrics) {
    auto started = start(options_.listen_address, {{"/metrics", answer_metrics([this] { return metrics_.text(); })}},
                         {{"/v1/explain", explain_service(questions_)},
                          {"/v1/record", record_service(recorder_ ? &*recorder_ : nullptr, mailbox_)}});
    if (!started) return started;
  }
  if (!options_.enable_healthz) return {};
  return start(options_.healthz_address, {{"/healthz", answer_health([this] { return not_healthy_because(); })},
                                          {"/readyz", answer_health([this] { return not_ready_because(); })}});
}

void Daemon::Parts::run() {
  // In reverse order at the end: first nothing is decided any more, then what was decided is finished while the
  // watches still run, then those end.
  const Sources sources({client_, clock_, waiter_, mailbox_, gate_, observer_}, watched_);
  configuration_watch_.follow([this](ConfigurationChange change) { take(std::move(change)); });
  std::jthread scheduling([this](const std::stop_token& stop) { schedule(stop); });
  termination_.wait();
  log_.notice("ending", {{"binds_under_way", binder_.pods_under_way()}});
  is_ending_ = true;
  scheduling.request_stop();
  mailbox_.wake();
  scheduling.join();
  binder_.stop(kBindsMayFinish);
}

void Daemon::Parts::schedule(const std::stop_token& stop) {
  const auto told = [this](std::string_view why) { log_.warning("default queues", {{"reason", why}}); };
  const auto ensured = ensure_queues(options_.default_queue, writer_, waiter_, told, stop);
  if (!ensured) {
    if (stop.stop_requested()) return;
    log_.error("the default queues cannot be made", {{"reason", ensured.error().message}});
    termination_.request_because_of_failure();
    return;
  }
  has_queues_ = true;
  scheduler_->run(stop);
}

void Daemon::Parts::take(ConfigurationChange change) {
  tell(change);
  if (change.configuration == nullptr) return;
  change.configuration->memory->verify_every(options_.verify_index_every);
  next_configuration_.put(std::move(change.configuration));
}

void Daemon::Parts::tell(const ConfigurationChange& change) {
  using Outcome = ConfigurationChange::Outcome;
  metrics_.configuration_reloads.add({to_string(change.outcome)});
  const Leniency leniency = options_.lenient_config ? Leniency::lenient : Leniency::strict;
  const std::string findings = printed(change.findings, leniency);
  const std::string file = options_.scheduler_conf.empty() ? "built-in" : options_.scheduler_conf;
  if (change.outcome == Outcome::loaded) {
    log_.write(findings.empty() ? LogLevel::notice : LogLevel::warning, "configuration loaded",
               {{"file", file}, {"findings", findings}});
    return;
  }
  const std::string kept = change.outcome == Outcome::defaulted ? "the built-in configuration is in force"
                                                                : "the configuration before it stays in force";
  log_.error("configuration not taken: " + kept, {{"file", file}, {"findings", findings}});
  adapter::EventReport event = about_us_;
  event.type = "Warning";
  event.reason = "ConfigurationRefused";
  event.message = file + ": " + kept + "\n" + findings;
  event.message.resize(std::min<std::size_t>(event.message.size(), 1000));
  binder_.tell(std::move(event));
}

std::optional<std::string> Daemon::Parts::not_ready_because() const {
  if (is_ending_) return "ending";
  if (std::string reasons = gate_.closed_because(); !reasons.empty()) return reasons;
  if (!has_queues_) return "the default queues are not known to exist yet";
  if (scheduler_->cycles() == 0) return "no cycle has run yet";
  return std::nullopt;
}

std::optional<std::string> Daemon::Parts::not_healthy_because() const {
  const auto since = scheduler_->busy_since();
  if (!since || clock_.steady_now() - *since < kLongestCycle) return std::nullopt;
  return "a cycle does not end";
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::make(const Options& options, const std::string& version, const Log& log,
                                             Termination& termination) {
  const auto access = kube::choose_access({options.master, options.kubeconfig, {}}, kube::process_surroundings());
  if (!access) return access.error();
  log.notice("cluster", {{"from", access->origin}, {"server", kube::host_header(access->server)}});
  static const SystemClock clock;
  kube::TransportOptions limits;
  limits.connections = static_cast<std::size_t>(options.bind_workers) + 8;
  auto transport = kube::make_transport(*access, limits, kube::user_agent(version), clock, options.http_client);
  if (!transport) return transport.error();
  auto parts = std::make_unique<Parts>(options, version, log, termination, *access, std::move(*transport));
  if (auto prepared = parts->prepare(); !prepared) return prepared.error();
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

void Daemon::run() { parts_->run(); }

}  // namespace basalt::daemon
