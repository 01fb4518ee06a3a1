#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "embedded/api/server.hpp"
#include "embedded/files/journal.hpp"
#include "embedded/files/object_file.hpp"
#include "embedded/tool/options.hpp"
#include "embedded/tool/self_signed.hpp"
#include "kube/base64.hpp"

namespace basalt::embedded {
namespace {

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

Result<void> load_all(Cluster& cluster, const Options& options) {
  std::vector<std::string> files = options.load;
  if (!options.snapshot.empty() && std::ifstream(options.snapshot)) files.insert(files.begin(), options.snapshot);
  for (const std::string& file : files) {
    const auto text = read_file(file);
    if (!text) return text.error();
    const auto loaded = load_objects(cluster, *text);
    if (!loaded) return Error{loaded.error().code, file + ": " + loaded.error().message};
    std::printf("%s: %zu objects\n", file.c_str(), *loaded);
  }
  return {};
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
    auto opened = Journal::open(options.journal);
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

  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  server->reset();
  if (journal && !journal->flush()) return fail(options.journal + ": could not be written to its end");
  if (options.snapshot.empty()) return EXIT_SUCCESS;
  const auto saved = write_file(options.snapshot, save_objects(cluster));
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
  return serve(*options);
}

}  // namespace
}  // namespace basalt::embedded

int main(int argc, char** argv) { return basalt::embedded::run(std::vector<std::string>(argv + 1, argv + argc)); }
