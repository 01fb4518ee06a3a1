#include "tools/load/tally.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::load {
namespace {

double rounded(double value) { return std::round(value * 1000) / 1000; }

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

}  // namespace

void Tally::add(std::chrono::nanoseconds latency) {
  latencies.push_back(std::chrono::duration_cast<std::chrono::microseconds>(latency));
}

void Tally::refuse(const std::string& why) {
  if (refused++ == 0) first_refusal = why;
}

void Tally::add(Tally other) {
  latencies.insert(latencies.end(), other.latencies.begin(), other.latencies.end());
  if (refused == 0) first_refusal = std::move(other.first_refusal);
  refused += other.refused;
}

std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted, int percent) {
  if (sorted.empty()) return std::chrono::microseconds(0);
  const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::string json_of(Tally tally, std::chrono::nanoseconds took) {
  std::sort(tally.latencies.begin(), tally.latencies.end());
  const double seconds = std::chrono::duration<double>(took).count();
  const auto accepted = static_cast<double>(tally.latencies.size());
  nlohmann::json json = {{"accepted", tally.latencies.size()},
                         {"refused", tally.refused},
                         {"seconds", rounded(seconds)},
                         {"per_second", seconds > 0 ? rounded(accepted / seconds) : 0}};
  for (const int percent : {50, 90, 99}) {
    json["latency_ms"]["p" + std::to_string(percent)] = milliseconds(percentile(tally.latencies, percent));
  }
  json["latency_ms"]["max"] = milliseconds(percentile(tally.latencies, 100));
  if (tally.refused > 0) json["first_refusal"] = tally.first_refusal;
  return kube::print_json(json);
}

}  // namespace basalt::load
