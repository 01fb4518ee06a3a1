#include "embedded/api/watch_stream.hpp"

#include <algorithm>

#include "embedded/api/faults.hpp"

namespace basalt::embedded {
namespace {

constexpr std::size_t kPartBytes = 256 * 1024;
constexpr std::size_t kEventsAtOnce = 512;
constexpr std::chrono::seconds kBookmarkEvery{60};
// How soon a watch looks whether a test wants something of it.
constexpr std::chrono::milliseconds kLookForFaults{50};

}  // namespace

WatchStream::WatchStream(Cluster& cluster, Faults& faults, WatchRequest request)
    : cluster_(cluster),
      faults_(faults),
      request_(std::move(request)),
      seen_(request_.after),
      ends_(cluster.clock().steady_now() + request_.lasts),
      next_bookmark_(cluster.clock().steady_now() + kBookmarkEvery),
      cuts_(faults.cuts(request_.kind->resource)) {}

void WatchStream::start(std::function<void()> wake) {
  subscription_ = cluster_.store().subscribe(request_.kind->resource, std::move(wake));
  if (!request_.list_first) return;
  initial_ = cluster_.store().list(*request_.kind, request_.space);
  seen_ = initial_->revision;
}

StreamPart WatchStream::next() {
  StreamPart part;
  const SteadyTime now = cluster_.clock().steady_now();
  if (faults_.cuts(request_.kind->resource) != cuts_) {
    part.broken = true;
    return part;
  }
  if (faults_.is_stalled(request_.kind->resource)) {
    part.ask_again = now + kLookForFaults;
    return part;
  }
  if (initial_) append_initial(part.bytes);
  while (!initial_ && part.bytes.size() < kPartBytes && !part.ended) {
    if (!append_events(part)) break;
  }
  if (part.ended) return part;
  const bool over = now >= ends_;
  const bool caught_up = !initial_ && part.bytes.size() < kPartBytes;
  if (request_.bookmarks && caught_up && (now >= next_bookmark_ || over)) append_bookmark(part);
  part.ended = over;
  part.ask_again = request_.bookmarks ? std::min(ends_, next_bookmark_) : ends_;
  if (faults_.enabled()) part.ask_again = std::min(*part.ask_again, now + kLookForFaults);
  return part;
}

void WatchStream::append_initial(std::string& to) {
  for (; next_initial_ < initial_->objects.size(); ++next_initial_) {
    if (to.size() >= kPartBytes) return;
    const Object& object = *initial_->objects[next_initial_];
    if (request_.selector.matches(object)) append(to, "ADDED", object);
  }
  if (request_.mark_list_end) {
    to += render_bookmark(*request_.kind, *request_.version, initial_->revision, request_.rendering, true);
  }
  initial_.reset();
}

bool WatchStream::append_events(StreamPart& part) {
  auto batch = cluster_.store().events_after(*request_.kind, seen_, kEventsAtOnce);
  if (!batch) {
    part.bytes += render_error_event(batch.refusal(), request_.rendering);
    part.ended = true;
    return false;
  }
  const bool more = batch->events.size() == kEventsAtOnce;
  faults_.disturb(request_.kind->resource, batch->events);
  for (const Event& event : batch->events) append_event(part.bytes, event);
  seen_ = std::max(seen_, batch->complete_through);  // a watch of the future stays silent until then
  return more;
}

void WatchStream::append_event(std::string& to, const Event& event) {
  if (!request_.space.empty() && event.object->key.space != request_.space) return;
  const bool matches_now = event.type != EventType::deleted && request_.selector.matches(*event.object);
  const bool matched_before = event.previous && request_.selector.matches(*event.previous);
  if (!matches_now && !matched_before) return;
  const EventType shown = !matches_now ? EventType::deleted : !matched_before ? EventType::added : EventType::modified;
  append(to, to_string(shown), *event.object);
}

void WatchStream::append(std::string& to, std::string_view type, const Object& object) {
  to += render_event(*request_.kind, *request_.version, type, object, request_.rendering, cluster_.clock().now(),
                     !columns_told_);
  columns_told_ = true;
}

void WatchStream::append_bookmark(StreamPart& part) {
  part.bytes += render_bookmark(*request_.kind, *request_.version, seen_, request_.rendering, false);
  next_bookmark_ = cluster_.clock().steady_now() + kBookmarkEvery;
}

}  // namespace basalt::embedded
