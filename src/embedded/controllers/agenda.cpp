#include "embedded/controllers/agenda.hpp"

#include <algorithm>

namespace basalt::embedded {
namespace {

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{60};
constexpr int kMostDoublings = 6;

}  // namespace

void Agenda::add_at(const ObjectName& object, WallTime due) {
  const auto [known, is_new] = due_.try_emplace(object, due);
  if (!is_new) {
    if (known->second <= due) return;
    later_.erase({known->second, object});
    known->second = due;
  }
  later_.emplace(due, object);
}

void Agenda::add_again(const ObjectName& object, WallTime now) {
  const int before = failures_[object]++;
  const std::chrono::seconds pause = kFirstPause * (1 << std::min(before, kMostDoublings));
  add_at(object, now + std::min(pause, kLongestPause));
}

std::optional<ObjectName> Agenda::take(WallTime now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    now_.insert(later_.begin()->second);
    due_.erase(later_.begin()->second);
    later_.erase(later_.begin());
  }
  if (now_.empty()) return std::nullopt;
  return std::move(now_.extract(now_.begin()).value());
}

std::optional<WallTime> Agenda::next() const {
  if (later_.empty()) return std::nullopt;
  return later_.begin()->first;
}

}  // namespace basalt::embedded
