#pragma once

#include <csignal>

#include <memory>
#include <stop_token>
#include <thread>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"

namespace basalt::load {

/// A client without a rate limit, for a program that has a command line.
class Door {
 public:
  /// `agent` is the program's name. Fails when there is no usable kubeconfig, and when nobody answers there.
  static Result<std::unique_ptr<Door>> open(const kube::AccessFlags& flags, const std::string& agent,
                                            std::size_t connections);
  [[nodiscard]] kube::Client& client() { return client_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  explicit Door(std::unique_ptr<kube::Transport> transport);

  static const SystemClock clock_;
  kube::SystemWaiter waiter_;
  std::unique_ptr<kube::Transport> transport_;
  kube::Client client_;
};

/// Asks for a stop when SIGINT or SIGTERM comes. To be made by main before any thread, once.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  sigset_t signals_{};
  std::jthread thread_;
};

}  // namespace basalt::load
