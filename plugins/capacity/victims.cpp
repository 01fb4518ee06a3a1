#include "plugins/capacity/victims.hpp"

#include <vector>

namespace basalt {
namespace {

bool have_kind_in_common(const Resources& left, const Resources& right) {
  for (Dimension kind = 0; kind < left.width(); ++kind) {
    if (kind != kPods && left[kind] > 0 && right[kind] > 0) return true;
  }
  return false;
}

bool keeps(const Resources& guarantee, const Resources& held, const Resources& taken) {
  return guarantee.fits_in(held - taken);
}

}  // namespace

void Reclaim::for_task(TaskId reclaimer, std::size_t ancestor_levels) {
  reclaimer_ = reclaimer;
  levels_ = ancestor_levels;
}

bool Reclaim::take(TaskId candidate) {
  const QueueId queue = queue_of(candidate);
  if (!queue) return false;
  const Resources& request = cluster_.spec(candidate).request;
  if (reclaimer_ && !have_kind_in_common(request, cluster_.spec(reclaimer_).request)) return false;
  if (!keeps(quotas_.at(queue).guarantee, held(queue), request)) return false;
  const bool is_free_to_take = deserves_none_of(queue, request) && !is_kin_without_claim(queue);
  if (!is_free_to_take && !holds_too_much(queue, request)) return false;
  std::vector<QueueId> from = {queue};
  for (std::size_t level = 1; level <= levels_; ++level) {
    const QueueId above = tree_.ancestor(queue, level);
    if (!above || tree_.is_root(above) || above == tree_.ancestor(queue_of(reclaimer_), level)) continue;
    if (!deserves_none_of(above, request) && !holds_too_much(above, request)) return false;
    from.push_back(above);
  }
  for (const QueueId giver : from) held(giver) -= request;
  return true;
}

QueueId Reclaim::queue_of(TaskId task) const {
  const JobId job = cluster_.tasks()[task].job;
  return job ? cluster_.jobs()[job].queue : QueueId{};
}

Resources& Reclaim::held(QueueId queue) {
  const auto [known, is_new] = left_.try_emplace(queue);
  if (is_new) {
    for (const QueueId leaf : tree_.leaves(queue)) known->second += cluster_.allocated(leaf);
  }
  return known->second;
}

bool Reclaim::deserves_none_of(QueueId queue, const Resources& request) const {
  const Limits& deserved = quotas_.at(queue).deserved;
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    if (request[kind] > 0 && deserved[kind].value_or(0) > 0) return false;
  }
  return true;
}

bool Reclaim::holds_too_much(QueueId queue, const Resources& request) {
  const Limits& deserved = quotas_.at(queue).deserved;
  const Resources& held_now = held(queue);
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    const auto bound = deserved[kind];
    if (request[kind] <= 0 || !bound) continue;
    if ((kind == kCpu || kind == kMemory) && *bound == 0) continue;  // was never thought about
    if (held_now[kind] > *bound) return true;
  }
  return false;
}

/// Near relatives do not take from each other what neither of them deserves.
bool Reclaim::is_kin_without_claim(QueueId queue) const {
  if (levels_ == 0 || !reclaimer_) return false;
  const QueueId own = queue_of(reclaimer_);
  bool is_kin = false;
  for (std::size_t level = 1; level <= levels_; ++level) {
    const QueueId above = tree_.ancestor(queue, level);
    is_kin = is_kin || (above && !tree_.is_root(above) && above == tree_.ancestor(own, level));
  }
  return is_kin && deserves_none_of(own, cluster_.spec(reclaimer_).request);
}

}  // namespace basalt
