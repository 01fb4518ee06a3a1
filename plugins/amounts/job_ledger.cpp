#include "plugins/amounts/job_ledger.hpp"

#include <algorithm>
#include <limits>

#include "plugins/amounts/minimum.hpp"

namespace basalt {

void WideSum::add(const Resources& amount) {
  for (Dimension kind = 0; kind < amount.width(); ++kind) amounts_[kind] += amount[kind];
  width_ = std::max(width_, amount.width());
}

void WideSum::subtract(const Resources& amount) {
  for (Dimension kind = 0; kind < amount.width(); ++kind) amounts_[kind] -= amount[kind];
}

Resources WideSum::saturated() const {
  constexpr Int128 kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
  Resources sum;
  for (Dimension kind = 0; kind < width_; ++kind) {
    sum.set(kind, static_cast<std::int64_t>(std::clamp(amounts_[kind], kLeast, kMost)));
  }
  return sum;
}

void JobLedger::catch_up(const Cluster& cluster) {
  if (entries_.size() < cluster.jobs().slots()) entries_.resize(cluster.jobs().slots());
  cluster.for_each_job_slot_changed_after(seen_, [&](std::uint32_t slot, JobId job) {
    Entry& entry = entries_[slot];
    strike_out(entry);
    if (job) enter(cluster, job, entry);
  });
  seen_ = cluster.job_moment();
}

void JobLedger::strike_out(Entry& entry) {
  if (!entry.is_entered) return;
  QueueAccount* account = entry.queue ? &accounts_.at(entry.queue) : nullptr;
  if (entry.amounts >= 0) {
    const Amounts& amounts = amounts_[static_cast<std::size_t>(entry.amounts)];
    claims_.subtract(amounts.claim);
    if (account != nullptr) account->claims.subtract(amounts.claim);
    if (account != nullptr) account->covered.subtract(amounts.covered);
    free_amounts_.push_back(entry.amounts);
  }
  if (account != nullptr && --account->jobs == 0) accounts_.erase(entry.queue);
  entry = Entry{};
}

void JobLedger::enter(const Cluster& cluster, JobId job, Entry& entry) {
  const Job& row = cluster.jobs()[job];
  entry.is_entered = true;
  entry.queue = row.queue;
  QueueAccount* account = row.queue ? &accounts_[row.queue] : nullptr;
  if (account != nullptr) ++account->jobs;
  if (!row.min_resources) return;
  if (free_amounts_.empty()) {
    free_amounts_.push_back(static_cast<std::int32_t>(amounts_.size()));
    amounts_.emplace_back();
  }
  entry.amounts = free_amounts_.back();
  free_amounts_.pop_back();
  Amounts& amounts = amounts_[static_cast<std::size_t>(entry.amounts)];
  const Resources& held = cluster.allocated(job);
  amounts.claim = standing_claim(cluster, job);
  amounts.covered = held - excess(held, *row.min_resources);
  claims_.add(amounts.claim);
  if (account == nullptr) return;
  account->claims.add(amounts.claim);
  account->covered.add(amounts.covered);
}

const QueueAccount* JobLedger::account(QueueId queue) const {
  const auto known = accounts_.find(queue);
  return known == accounts_.end() ? nullptr : &known->second;
}

}  // namespace basalt
