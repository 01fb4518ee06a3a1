#include "daemon/termination.hpp"

#include <unistd.h>
#include <csignal>

namespace basalt::daemon {
namespace {

sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

Termination::Termination() {
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

void Termination::wait() const {
  const sigset_t signals = awaited_signals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
}

void Termination::request_because_of_failure() {
  failed_ = true;
  kill(getpid(), SIGTERM);  // all threads have it blocked: wait() takes it
}

}  // namespace basalt::daemon
