#include "scheduler/mailbox.hpp"

#include <algorithm>
#include <utility>

namespace basalt {
namespace {

/// Nobody waits for longer without looking at the clock: times may be "never", which cannot be added to.
constexpr std::chrono::nanoseconds kLongestWait = std::chrono::hours(1);

}  // namespace

Mailbox::Mailbox(const Clock& clock, kube::Waiter& waiter, std::chrono::nanoseconds gathering)
    : clock_(clock), waiter_(waiter), gathering_(gathering) {}

void Mailbox::post(Delta delta) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(delta));
  }
  changed_.notify_all();
}

bool Mailbox::comes_after(const Later& left, const Later& right) {
  return left.due != right.due ? left.due > right.due : left.number > right.number;
}

void Mailbox::post_at(SteadyTime due, Delta delta) {
  {
    const std::lock_guard lock(mutex_);
    later_.push_back(Later{due, postings_++, std::move(delta)});
    std::push_heap(later_.begin(), later_.end(), comes_after);
  }
  changed_.notify_all();
}

void Mailbox::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Mailbox::take_due() {
  const SteadyTime now = clock_.steady_now();
  while (!later_.empty() && later_.front().due <= now) {
    std::pop_heap(later_.begin(), later_.end(), comes_after);
    posted_.push_back(std::move(later_.back().delta));
    later_.pop_back();
  }
}

void Mailbox::wait_for_something(SteadyTime wakeup, const std::stop_token& stop, std::unique_lock<std::mutex>& lock) {
  while (true) {
    take_due();
    const SteadyTime now = clock_.steady_now();
    if (!posted_.empty() || woken_ || stop.stop_requested() || now >= wakeup) return;
    const SteadyTime until = later_.empty() ? wakeup : std::min(wakeup, later_.front().due);
    const std::uint64_t known = postings_;
    changed_.wait_for(lock, stop, std::min(until - now, kLongestWait),
                      [&] { return !posted_.empty() || woken_ || postings_ != known; });
  }
}

std::vector<Delta> Mailbox::drain(SteadyTime wakeup, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wait_for_something(wakeup, stop, lock);
  if (!posted_.empty() && gathering_.count() > 0) {
    lock.unlock();
    static_cast<void>(waiter_.wait(gathering_, stop));  // a stop ends the wait, not the drain
    lock.lock();
    take_due();
  }
  woken_ = false;
  return std::exchange(posted_, {});
}

}  // namespace basalt
