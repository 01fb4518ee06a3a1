#include "kube/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>

namespace basalt::kube {
namespace {

void set(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); }

int count(std::chrono::nanoseconds value, std::chrono::nanoseconds unit) {
  return static_cast<int>(std::max<std::int64_t>(1, value / unit));
}

}  // namespace

void set_socket_options(int socket, const TransportOptions& options) {
  constexpr int kProbes = 3;
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, count(options.keep_alive, std::chrono::seconds(1)));
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, count(options.keep_alive / kProbes, std::chrono::seconds(1)));
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, count(options.user_timeout, std::chrono::milliseconds(1)));
}

}  // namespace basalt::kube
