#include "adapter/event_correlator.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "adapter/write_bodies.hpp"

namespace basalt::adapter {
namespace {

constexpr std::string_view kCombined = "(combined from similar events): ";

/// One string of several that no other several make: each with its length.
std::string key_of(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) {
    key += std::to_string(part.size());
    key += ':';
    key += part;
  }
  return key;
}

/// Who tells of which object.
std::string subject_key(const EventReport& report) {
  return key_of(
      {report.component, report.api_version, report.kind, report.space, report.name, report.uid, report.type});
}

kube::EventRecord record_of(const EventReport& report) {
  kube::EventRecord record;
  record.space = report.space.empty() ? "default" : report.space;
  record.involved_api_version = report.api_version;
  record.involved_kind = report.kind;
  record.involved_space = report.space;
  record.involved_name = report.name;
  record.involved_uid = report.uid;
  record.type = report.type;
  record.reason = report.reason;
  record.message = report.message;
  record.component = report.component;
  return record;
}

}  // namespace

EventCorrelator::EventCorrelator(const Clock& clock, const EventLimits& limits)
    : clock_(clock),
      limits_(limits),
      similar_(limits.remembered),
      observed_(limits.remembered),
      buckets_(limits.remembered) {}

EventWrite EventCorrelator::correlate(const EventReport& report) {
  const std::string subject = subject_key(report);
  const std::string similar_key = key_of({subject, report.reason});
  const bool combined = is_combined(similar_key, report);
  const WallTime now = clock_.now();

  // Without a message the key is that of the combined event.
  Observed& observed = observed_[combined ? similar_key : key_of({subject, report.reason, report.message})];
  const bool is_new = observed.count == 0;
  if (is_new) observed = Observed{unique_name(report.name, now), now, 0};
  ++observed.count;

  kube::EventRecord record = record_of(report);
  if (combined) record.message = std::string(kCombined) + report.message;
  record.name = observed.name;
  record.first = observed.first;
  record.last = now;
  record.count = observed.count;
  if (!take_token(subject)) return DropEvent{};
  if (is_new) return CreateEvent{std::move(record)};
  std::string body = event_repeat_patch(record.count, record.last, record.message);
  return PatchEvent{std::move(record), std::move(body)};
}

bool EventCorrelator::is_combined(const std::string& similar_key, const EventReport& report) {
  const SteadyTime now = clock_.steady_now();
  Similar& similar = similar_[similar_key];
  if (now - similar.last > limits_.similar_window) similar.messages.clear();
  similar.last = now;
  const auto [place, is_new] = similar.messages.insert(report.message);
  if (similar.messages.size() < limits_.distinct_messages) return false;
  if (is_new) similar.messages.erase(place);
  return true;
}

bool EventCorrelator::take_token(const std::string& key) {
  const SteadyTime now = clock_.steady_now();
  const bool is_new = buckets_.find(key) == nullptr;
  Bucket& bucket = buckets_[key];
  if (is_new) bucket = Bucket{limits_.burst, now};
  const std::chrono::duration<double> passed = now - bucket.filled;
  const std::chrono::duration<double> refill = limits_.refill;
  bucket.tokens = std::min(limits_.burst, bucket.tokens + passed / refill);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

std::string EventCorrelator::unique_name(std::string_view object, WallTime now) {
  const std::int64_t nanoseconds = std::chrono::nanoseconds(now.time_since_epoch()).count();
  last_name_ = std::max(last_name_ + 1, nanoseconds);
  std::array<char, 16> hex;
  const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), last_name_, 16).ptr;
  return std::string(object) + '.' + std::string(hex.data(), end);
}

}  // namespace basalt::adapter
