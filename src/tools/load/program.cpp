#include "tools/load/program.hpp"

namespace basalt::load {
namespace {

constexpr std::chrono::seconds kKnockLimit{10};
constexpr timespec kLook{0, 50'000'000};

kube::ClientOptions unlimited() {
  kube::ClientOptions options;
  options.qps = -1;
  return options;
}

}  // namespace

const SystemClock Door::clock_;

Door::Door(std::unique_ptr<kube::Transport> transport)
    : transport_(std::move(transport)), client_(*transport_, clock_, waiter_, unlimited()) {}

Result<std::unique_ptr<Door>> Door::open(const kube::AccessFlags& flags, const std::string& agent,
                                         std::size_t connections) {
  const auto access = kube::choose_access(flags, kube::process_surroundings());
  if (!access) return access.error();
  kube::TransportOptions options;
  options.connections = connections + 1;
  auto transport = kube::make_transport(*access, options, agent + "/" BASALT_VERSION " (linux/amd64)", clock_);
  if (!transport) return transport.error();
  const auto answer = (*transport)->call({"GET", "/version", {}, ""}, kKnockLimit, {});
  if (!answer) return Error{answer.error().code, access->origin + ": " + answer.error().message};
  return std::unique_ptr<Door>(new Door(*std::move(transport)));
}

StopOnSignal::StopOnSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread([this](const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      if (sigtimedwait(&signals_, nullptr, &kLook) > 0) source_.request_stop();
    }
  });
}

StopOnSignal::~StopOnSignal() {
  thread_.request_stop();
  thread_.join();
}

}  // namespace basalt::load
