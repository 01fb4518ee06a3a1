#include "tools/load/crew.hpp"

#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

namespace basalt::load {

std::chrono::nanoseconds Pace::due(std::size_t i) const {
  if (rate <= 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(static_cast<double>(i) / rate * 1e9));
}

CrewReport send_all(const Pace& pace, const Extent& extent, const Clock& clock, kube::Waiter& waiter,
                    const std::function<Result<kube::Reply>(std::size_t i)>& send, const std::stop_token& stop) {
  const SteadyTime begin = clock.steady_now();
  std::atomic<std::size_t> next{0};
  std::vector<Tally> tallies(std::max<std::size_t>(pace.connections, 1));
  const auto work = [&](Tally& tally) {
    while (!stop.stop_requested()) {
      const std::size_t i = next.fetch_add(1);
      const std::chrono::nanoseconds due = pace.due(i);
      if (i >= extent.count || due >= extent.time || clock.steady_now() - begin >= extent.time) return;
      const std::chrono::nanoseconds early = begin + due - clock.steady_now();
      if (early.count() > 0 && !waiter.wait(early, stop)) return;
      const SteadyTime sent = pace.rate > 0 ? begin + due : clock.steady_now();
      const Result<kube::Reply> reply = send(i);
      if (reply && reply->ok()) {
        tally.add(clock.steady_now() - sent);
      } else if (!stop.stop_requested()) {
        tally.refuse(reply ? reply->status.message : reply.error().message);
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (Tally& tally : tallies) threads.emplace_back([&work, &tally] { work(tally); });
  }
  CrewReport report;
  report.took = clock.steady_now() - begin;
  for (Tally& tally : tallies) report.tally.add(std::move(tally));
  return report;
}

}  // namespace basalt::load
