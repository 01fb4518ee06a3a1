#include "scheduler/event_lane.hpp"

#include <utility>

#include "basalt/base/overloaded.hpp"

namespace basalt {

EventLane::EventLane(Writer& writer, const Clock& clock, Observer& observer, std::size_t limit)
    : writer_(writer), observer_(observer), limit_(limit), correlator_(clock) {
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

EventLane::~EventLane() { end(); }

void EventLane::submit(adapter::EventReport report) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_ && waiting_.size() < limit_) {
      waiting_.push_back(std::move(report));
      changed_.notify_all();
      return;
    }
  }
  observer_.event_dropped(report, "too many events wait to be sent");
}

void EventLane::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool EventLane::wait_until_sent(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return waiting_.empty() && !sending_; });
}

void EventLane::end() {
  close();
  worker_.request_stop();
  if (worker_.joinable()) worker_.join();
}

void EventLane::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); }) && !stop.stop_requested()) {
    const adapter::EventReport report = std::move(waiting_.front());
    waiting_.pop_front();
    sending_ = true;
    lock.unlock();
    send(report, stop);
    lock.lock();
    sending_ = false;
    changed_.notify_all();
  }
}

void EventLane::send(const adapter::EventReport& report, const std::stop_token& stop) {
  const auto sent = std::visit(
      Overloaded{
          [](const adapter::DropEvent&) -> Result<void> { return {}; },  // the correlator counts it in a later one
          [&](const adapter::CreateEvent& event) { return writer_.create_event(event.record, stop); },
          [&](const adapter::PatchEvent& event) {
            auto patched = writer_.patch_event(event.record, event.body, stop);
            const bool has_expired = !patched && patched.error().code == ErrorCode::not_found;
            return has_expired ? writer_.create_event(event.record, stop) : patched;
          },
      },
      correlator_.correlate(report));
  if (!sent) observer_.event_dropped(report, sent.error().message);
}

}  // namespace basalt
