#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "cluster/options.hpp"
#include "cluster/scenario_file.hpp"
#include "embedded/api/server.hpp"
#include "embedded/controllers/controllers.hpp"
#include "embedded/files/journal.hpp"
#include "embedded/files/object_file.hpp"
#include "embedded/http/self_signed.hpp"
#include "kube/base64.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"
#include "simulation/simulation.hpp"

namespace basalt::cluster {
namespace {

using namespace basalt::embedded;  // NOLINT(google-build-using-namespace): this is its program

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-cluster: %s\n", message.c_str());
  return EXIT_FAILURE;
}

Result<std::optional<ServerIdentity>> identity_of(const Options& options) {
  if (!options.tls) return std::optional<ServerIdentity>();
  if (options.certificate_file.empty()) {
    auto made = make_self_signed(options.host);
    if (!made) return made.error();
    return std::optional(*std::move(made));
  }
  const auto certificate = read_file(options.certificate_file);
  if (!certificate) return certificate.error();
  const auto key = read_file(options.key_file);
  if (!key) return key.error();
  return std::optional(ServerIdentity{*certificate, *key});
}

std::string url_of(const Options& options, std::uint16_t port) {
  const bool is_v6 = options.host.find(':') != std::string::npos;
  return (options.tls ? "https://" : "http://") + (is_v6 ? "[" + options.host + "]" : options.host) + ":" +
         std::to_string(port);
}

std::string kubeconfig_of(const Options& options, const std::string& url,
                          const std::optional<ServerIdentity>& identity) {
  std::string text = "apiVersion: v1\nkind: Config\nclusters:\n- name: basalt\n  cluster:\n    server: " + url + "\n";
  if (identity) text += "    certificate-authority-data: " + kube::encode_base64(identity->certificate) + "\n";
  text += "users:\n- name: basalt\n  user:";
  text += options.token.empty() ? " {}\n" : "\n    token: \"" + options.token + "\"\n";
  text += "contexts:\n- name: basalt\n  context: {cluster: basalt, user: basalt}\ncurrent-context: basalt\n";
  return text;
}

/// "gang.scenario#GangThatFits": the file, and the name behind the '#'. Empty for files that are no scenarios.
std::optional<std::pair<std::string, std::string>> scenario_of(const std::string& file) {
  const std::size_t hash = file.find('#');
  std::string path = file.substr(0, hash);
  if (!path.ends_with(".scenario")) return std::nullopt;
  return std::pair(std::move(path), hash == std::string::npos ? std::string() : file.substr(hash + 1));
}

Result<std::size_t> load_one(Cluster& cluster, const std::string& file) {
  const auto scenario = scenario_of(file);
  const auto text = read_file(scenario ? scenario->first : file);
  if (!text) return text.error();
  if (!scenario) return load_objects(cluster, *text);
  const auto loaded = load_scenario(cluster, *text, scenario->second);
  if (!loaded) return loaded.error();
  for (const std::string& note : loaded->notes) std::printf("%s: %s\n", file.c_str(), note.c_str());
  return loaded->objects;
}

Result<void> load_all(Cluster& cluster, const Options& options) {
  std::vector<std::string> files = options.load;
  if (!options.snapshot.empty() && std::ifstream(options.snapshot)) files.insert(files.begin(), options.snapshot);
  for (const std::string& file : files) {
    const auto loaded = load_one(cluster, file);
    if (!loaded) return Error{loaded.error().code, file + ": " + loaded.error().message};
    std::printf("%s: %zu objects\n", file.c_str(), *loaded);
  }
  return {};
}

Result<void> save_all(const Cluster& cluster, const Options& options) {
  if (!options.snapshot.empty()) {
    if (auto saved = write_file(options.snapshot, save_objects(cluster)); !saved) return saved;
  }
  if (options.save_scenario.empty()) return {};
  const SavedScenario scenario = save_scenario(cluster);
  for (const std::string& what : scenario.left_out) {
    std::fprintf(stderr, "basalt-cluster: %s: left out: %s\n", options.save_scenario.c_str(), what.c_str());
  }
  return write_file(options.save_scenario, scenario.text);
}

sigset_t block_termination() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

simulation::SimulationOptions simulation_of(const NodeOptions& nodes) {
  simulation::SimulationOptions options;
  options.fleet.nodes = nodes.count;
  options.fleet.prefix = nodes.prefix;
  options.fleet.shape.capacity = nodes.capacity;
  options.fleet.shape.labels = nodes.labels;
  options.fleet.zones = nodes.zones;
  options.fleet.lease = nodes.lease;
  options.fleet.heartbeat = nodes.heartbeat;
  options.fleet.job_run = nodes.job_run;
  options.workers = nodes.workers;
  return options;
}

void report_trouble(const std::string& trouble) {
  std::fprintf(stderr, "basalt-cluster: nodes: %s\n", trouble.c_str());
}

/// Simulated nodes and the way to their API server.
class RunningNodes {
 public:
  static Result<std::unique_ptr<RunningNodes>> start(const kube::ClusterAccess& access, const NodeOptions& options,
                                                     const Clock& clock) {
    kube::TransportOptions transport_options;
    transport_options.connections = static_cast<std::size_t>(options.workers) + 2;
    auto transport =
        kube::make_transport(access, transport_options, "basalt-cluster/" BASALT_VERSION " (linux/amd64)", clock);
    if (!transport) return transport.error();
    return std::unique_ptr<RunningNodes>(new RunningNodes(*std::move(transport), options, clock));
  }

 private:
  RunningNodes(std::unique_ptr<kube::Transport> transport, const NodeOptions& options, const Clock& clock)
      : transport_(std::move(transport)),
        client_(*transport_, clock, waiter_, unlimited()),
        simulation_(client_, clock, simulation_of(options), report_trouble) {}
  static kube::ClientOptions unlimited() {
    kube::ClientOptions options;
    options.qps = -1;
    return options;
  }

  kube::SystemWaiter waiter_;
  std::unique_ptr<kube::Transport> transport_;
  kube::Client client_;
  simulation::Simulation simulation_;
};

void wait_for_signal(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
}

// The server of this process, as its own nodes reach it.
kube::ClusterAccess access_to_self(const Options& options, std::uint16_t port,
                                   const std::optional<ServerIdentity>& identity) {
  kube::ClusterAccess access;
  access.server = {options.tls, options.host, port, ""};
  if (identity) access.tls.authorities.text = identity->certificate;
  access.auth.token = options.token;
  access.origin = "this process";
  return access;
}

int run_nodes(const Options& options) {
  const sigset_t signals = block_termination();
  const SystemClock clock;
  kube::AccessFlags flags;
  flags.kubeconfig = options.server_kubeconfig;
  const auto access = kube::choose_access(flags, kube::process_surroundings());
  if (!access) return fail(access.error().message);
  auto nodes = RunningNodes::start(*access, options.nodes, clock);
  if (!nodes) return fail(nodes.error().message);
  std::printf("simulating %d nodes (%s)\n", options.nodes.count, access->origin.c_str());
  std::fflush(stdout);
  wait_for_signal(signals);
  return EXIT_SUCCESS;
}

int serve(const Options& options) {
  const sigset_t signals = block_termination();
  const SystemClock system_clock;
  AdjustableClock clock(system_clock);
  Cluster::Options cluster_options;
  cluster_options.limits.events_per_kind = options.history;
  cluster_options.seed =
      options.seed != 0 ? options.seed : static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
  Cluster cluster(clock, cluster_options);
  std::optional<Journal> journal;
  if (!options.journal.empty()) {
    auto opened = Journal::open(options.journal, clock);
    if (!opened) return fail(opened.error().message);
    journal.emplace(*std::move(opened));
    cluster.store().record_to(
        [&journal](const ResourceName& resource, const Event& event) { journal->write(resource, event); });
  }
  if (const auto loaded = load_all(cluster, options); !loaded) return fail(loaded.error().message);

  auto identity = identity_of(options);
  if (!identity) return fail(identity.error().message);
  ApiServer api(cluster, ApiOptions{options.token, options.faults, &clock});
  ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = options.port;
  server_options.threads = options.threads;
  server_options.identity = *identity;
  auto server = HttpServer::start(server_options, api);
  if (!server) return fail(server.error().message);

  std::optional<ControllerThread> controllers;
  if (options.controllers) controllers.emplace(cluster, ControllerOptions{options.event_life});
  std::unique_ptr<RunningNodes> nodes;
  if (options.nodes.count > 0) {
    auto started =
        RunningNodes::start(access_to_self(options, (*server)->port(), *identity), options.nodes, system_clock);
    if (!started) return fail(started.error().message);
    nodes = *std::move(started);
  }
  const std::string url = url_of(options, (*server)->port());
  std::printf("serving %s (emulates Kubernetes %s)\n", url.c_str(), std::string(kEmulatedVersion).c_str());
  if (options.kubeconfig.empty()) {
    std::printf("try: kubectl --server %s get nodes\n", url.c_str());
  } else {
    const auto written = write_file(options.kubeconfig, kubeconfig_of(options, url, *identity));
    if (!written) return fail(written.error().message);
    std::printf("try: kubectl --kubeconfig %s get nodes\n", options.kubeconfig.c_str());
  }
  std::fflush(stdout);

  wait_for_signal(signals);
  nodes.reset();
  server->reset();
  controllers.reset();
  if (journal && !journal->flush()) return fail(options.journal + ": could not be written to its end");
  const auto saved = save_all(cluster, options);
  return saved ? EXIT_SUCCESS : fail(saved.error().message);
}

int run(const std::vector<std::string>& arguments) {
  const auto options = parse_options(arguments);
  if (!options) return fail(options.error().message);
  if (options->help) {
    std::fputs(help_text().c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (options->version) {
    std::puts("basalt-cluster " BASALT_VERSION);
    return EXIT_SUCCESS;
  }
  return options->mode == Mode::nodes_only ? run_nodes(*options) : serve(*options);
}

}  // namespace
}  // namespace basalt::cluster

int main(int argc, char** argv) { return basalt::cluster::run(std::vector<std::string>(argv + 1, argv + argc)); }
