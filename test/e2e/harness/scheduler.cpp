#include "e2e/harness/scheduler.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "e2e/harness/api.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

constexpr std::size_t kTail = 6000;

Command command_line(Flags flags, const std::vector<std::string>& words, int metrics_port, int health_port) {
  flags.try_emplace("listen-address", "127.0.0.1:" + std::to_string(metrics_port));
  flags.try_emplace("healthz-address", "127.0.0.1:" + std::to_string(health_port));
  flags.try_emplace("enable-metrics", "true");
  flags.try_emplace("enable-healthz", "true");
  flags.try_emplace("leader-elect", "false");
  flags.try_emplace("schedule-period", "1s");
  Command command{.words = {scheduler_binary()}, .variables = {}};
  for (const auto& [name, value] : flags) command.words.push_back("--" + name + "=" + value);
  command.words.insert(command.words.end(), words.begin(), words.end());
  return command;
}

}  // namespace

std::filesystem::path scheduler_binary() {
  const char* given = std::getenv("BASALT_E2E_SCHEDULER");
  if (given != nullptr) return given;
  return BASALT_E2E_SCHEDULER_BINARY;
}

int free_port() {
  // Below the range from which the kernel takes ports of outgoing connections: one of those can
  // take a port from there between this look and the scheduler's.
  std::random_device random;
  for (int tries = 0; tries < 100; ++tries) {
    const auto port = static_cast<std::uint16_t>(20000 + random() % 12000);
    const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    // NOLINTNEXTLINE: how the sockets API is
    const bool bound = bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(socket_fd);
    if (bound) return port;
  }
  throw std::runtime_error("no free port between 20000 and 32000");
}

Scheduler::Scheduler(const Flags& flags, const std::vector<std::string>& words, std::filesystem::path log)
    : metrics_port_(free_port()),
      health_port_(free_port()),
      log_(std::move(log)),
      program_(command_line(flags, words, metrics_port_, health_port_), Subprocess::ToFile{log_}) {}

void Scheduler::wait_until_ready(std::chrono::seconds limit) {
  wait_until("the scheduler is ready", limit, [&]() -> std::string {
    if (!running()) throw std::runtime_error("the scheduler has ended:\n" + log_tail());
    const int status = health("/readyz");
    return status == 200 ? "" : "/readyz answers " + std::to_string(status) + "\n" + log_tail();
  });
}

void Scheduler::kill() {
  program_.signal(SIGKILL);
  if (!program_.wait_for(std::chrono::seconds{10})) throw std::runtime_error("SIGKILL does not end the scheduler");
}

void Scheduler::terminate() { program_.signal(SIGTERM); }

int Scheduler::health(const std::string& path) const { return http_get(health_port_, path).status; }

std::string Scheduler::metrics() const { return http_get(metrics_port_, "/metrics").body; }

std::optional<double> Scheduler::metric(const std::string& name, const std::string& label) const {
  std::istringstream text(metrics());
  std::optional<double> sum;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with(name) || line.size() == name.size()) continue;
    if ((line[name.size()] != ' ' && line[name.size()] != '{') || line.find(label) == std::string::npos) continue;
    sum = sum.value_or(0) + std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

std::string Scheduler::log() const {
  std::ostringstream text;
  text << std::ifstream(log_).rdbuf();
  return text.str();
}

std::string Scheduler::log_tail() const {
  const std::string all = log();
  return "--- " + log_.string() + " ---\n" + all.substr(all.size() - std::min(all.size(), kTail));
}

}  // namespace basalt::e2e
