#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace basalt::load {

/// What came of many requests of one kind. A value; sums of tallies are tallies.
struct Tally {
  std::vector<std::chrono::microseconds> latencies;  ///< of those that were accepted
  std::size_t refused = 0;                           ///< refused, or without an answer
  std::string first_refusal;                         ///< what was said to the first of them

  void add(std::chrono::nanoseconds latency);
  void refuse(const std::string& why);
  void add(Tally other);
};

/// The share `percent` of the latencies is not above the result (nearest rank); 0 when there are none.
/// REQUIRES: `sorted` is sorted; 0 < percent <= 100.
std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted, int percent);

/// A JSON object: accepted, refused, seconds, per_second, latency_ms with p50, p90, p99 and max; first_refusal if there
/// is one. `took` is the time from the first request to the last answer.
std::string json_of(Tally tally, std::chrono::nanoseconds took);

}  // namespace basalt::load
