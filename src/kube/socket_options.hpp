#pragma once

#include "kube/connect.hpp"

namespace basalt::kube {

/// Sends small requests at once, and notices a peer that is gone: keep-alive probes and TCP_USER_TIMEOUT as the options
/// say. What a kernel refuses is left out; the connection still works.
void set_socket_options(int socket, const TransportOptions& options);

}  // namespace basalt::kube
