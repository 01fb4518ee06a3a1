#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "adapter/recent_map.hpp"
#include "basalt/base/clock.hpp"
#include "kube/client.hpp"

namespace basalt::adapter {

/// Something worth telling the people who look at an object.
struct EventReport {
  std::string api_version, kind, space, name, uid;  ///< of the object; `space` empty for cluster-scoped kinds
  std::string type;                                 ///< Normal or Warning
  std::string reason, message;
  std::string component;  ///< who tells: the scheduler's name
};

/// Nothing is sent.
struct DropEvent {};
/// POST: `kube::Client::create_event(record)`.
struct CreateEvent {
  kube::EventRecord record;
};
/// PATCH events/<record.name> with `body`, strategic merge. When that answers "not found", the event has expired:
/// create `record` instead.
struct PatchEvent {
  kube::EventRecord record;
  std::string body;
};
using EventWrite = std::variant<DropEvent, CreateEvent, PatchEvent>;

/// Limits of the correlator; the defaults are client-go's.
struct EventLimits {
  std::size_t remembered = 4096;             ///< keys in each of its memories, least recently used go first
  std::size_t distinct_messages = 10;        ///< from this many on, similar events are combined
  std::chrono::seconds similar_window{600};  ///< since the last similar event
  double burst = 25;                         ///< events about one object at once
  std::chrono::seconds refill{300};          ///< one more each
};

/// Decides what becomes of a report, so that a pod that stays unschedulable does not flood the API server.
/// Rules (client-go tools/record EventCorrelator):
/// - the same report again (all fields) becomes a patch of the first one's event: count + 1, new lastTimestamp;
/// - reports that differ in the message only are combined from the tenth distinct message on, while they follow each
///   other within ten minutes: one event "(combined from similar events): <latest message>", patched from then on.
///   Messages known from before keep their own events (client-go forgets an arbitrary one; we the latest);
/// - then a token bucket per (component, object, type) of 25, one more in five minutes; beyond it reports are dropped,
///   though counted.
/// Event names are `<object>.<hex unix nanoseconds>`, made unique within this correlator.
/// Not thread-safe: one owner.
class EventCorrelator {
 public:
  /// REQUIRES: `clock` outlives this. Wall time goes into the events, steady time decides.
  explicit EventCorrelator(const Clock& clock, const EventLimits& limits = {});

  EventWrite correlate(const EventReport& report);

 private:
  struct Similar {
    std::set<std::string, std::less<>> messages;
    SteadyTime last{};
  };
  struct Observed {
    std::string name;
    WallTime first{};
    std::int32_t count = 0;
  };
  struct Bucket {
    double tokens = 0;
    SteadyTime filled{};
  };

  /// Whether this report goes into the combined event of its kind.
  bool is_combined(const std::string& similar_key, const EventReport& report);
  bool take_token(const std::string& key);
  std::string unique_name(std::string_view object, WallTime now);

  const Clock& clock_;
  EventLimits limits_;
  RecentMap<Similar> similar_;
  RecentMap<Observed> observed_;
  RecentMap<Bucket> buckets_;
  std::int64_t last_name_ = 0;  // unix nanoseconds in the last name
};

}  // namespace basalt::adapter
