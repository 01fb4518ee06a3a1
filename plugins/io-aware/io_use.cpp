#include "plugins/io-aware/io_use.hpp"

#include <algorithm>

#include "plugins/amounts/fullness.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

bool is_within(std::int64_t sum, std::int64_t asked, const std::optional<std::int64_t>& capacity) {
  return asked <= 0 || !capacity || sum <= *capacity;
}

void add(IoRates& to, const IoRates& rates, std::int64_t sign) {
  to.network += sign * std::max<std::int64_t>(rates.network, 0);
  to.disk += sign * std::max<std::int64_t>(rates.disk, 0);
}

/// The part in use, at most the whole; none: it cannot be told.
std::optional<std::int64_t> use(std::int64_t sum, std::int64_t asked, const std::optional<std::int64_t>& capacity) {
  if (asked <= 0 || !capacity) return std::nullopt;
  if (*capacity <= 0 || sum >= *capacity) return static_cast<std::int64_t>(kWholePart);
  return part_of(sum, *capacity);
}

}  // namespace

bool has_room_for(const IoRates& sum, const IoRates& asked, const IoCapacity& capacity) {
  return is_within(sum.network, asked.network, capacity.network) && is_within(sum.disk, asked.disk, capacity.disk);
}

Score headroom(const IoRates& sum, const IoRates& asked, const IoCapacity& capacity) {
  const auto network = use(sum.network, asked.network, capacity.network);
  const auto disk = use(sum.disk, asked.disk, capacity.disk);
  if (!network && !disk) return 0;
  constexpr auto kWhole = static_cast<std::int64_t>(kWholePart);
  const std::int64_t left = kWhole - std::max(network.value_or(0), disk.value_or(0));
  return static_cast<Score>(Int128{left} * kMaxScore / kWhole);
}

IoUse::~IoUse() {
  if (cluster_ == nullptr) return;
  cluster_->detach(*this);
  cluster_->remove_node_column(*sums_);
}

void IoUse::attach(Cluster& cluster) {
  cluster_ = &cluster;
  sums_ = &cluster.add_node_column<IoSums>();
  cluster.attach(*this);
}

void IoUse::count(const Cluster& cluster, TaskId task, NodeId node, std::int64_t sign) {
  const IoRates& rates = cluster.spec(task).io;
  if (rates.network <= 0 && rates.disk <= 0) return;
  IoSums& sums = sums_->edit(node);
  switch (cluster.status(task)) {
    case TaskStatus::pipelined: add(sums.pipelined, rates, sign); return;
    case TaskStatus::releasing: add(sums.leaving, rates, sign); [[fallthrough]];
    default: add(sums.held, rates, sign); return;
  }
}

}  // namespace basalt
