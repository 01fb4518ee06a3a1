#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <stop_token>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/client.hpp"
#include "kube/waiting.hpp"
#include "tools/load/tally.hpp"

namespace basalt::load {

/// How fast requests go out.
struct Pace {
  double rate = 0;               ///< requests a second; 0: as fast as answers come
  std::size_t connections = 16;  ///< requests on their way at once, at most

  /// When request i is due after the beginning.
  [[nodiscard]] std::chrono::nanoseconds due(std::size_t i) const;
};

/// Where the work ends.
struct Extent {
  std::size_t count = std::numeric_limits<std::size_t>::max();  ///< of requests
  std::chrono::nanoseconds time = std::chrono::nanoseconds::max();
};

/// Sends request 0, 1, ... , by as many threads as the pace has connections, and returns what came of them and how long
/// it took. With a rate, a latency begins when its request was due: a server that holds everything up for a second has
/// that second in all of them. `send` is called from several threads at once.
struct CrewReport {
  Tally tally;
  std::chrono::nanoseconds took{0};
};
CrewReport send_all(const Pace& pace, const Extent& extent, const Clock& clock, kube::Waiter& waiter,
                    const std::function<Result<kube::Reply>(std::size_t i)>& send, const std::stop_token& stop);

}  // namespace basalt::load
