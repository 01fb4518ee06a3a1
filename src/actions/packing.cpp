#include "actions/packing.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace basalt {
namespace {

bool is_within(const PackingCounts& left, const PackingCounts& right) {
  for (std::size_t kind = 0; kind < left.size(); ++kind) {
    if (left[kind] > right[kind]) return false;
  }
  return true;
}

std::uint64_t total(const PackingCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// Most tasks first, equals in the order of their counts: what is within another comes after it.
bool has_more(const PackingCounts& left, const PackingCounts& right) {
  const std::uint64_t of_left = total(left);
  const std::uint64_t of_right = total(right);
  return of_left != of_right ? of_left > of_right : left > right;
}

}  // namespace

Packing::Packing(const std::vector<PackingKind>& kinds, const std::vector<PackingNode>& nodes, std::uint64_t steps)
    : kinds_(kinds), nodes_(nodes), steps_left_(steps) {
  is_complete_ = fill_layers();
  if (!is_complete_) return;
  for (std::size_t i = 0; i < layers_.back().size(); ++i) {  // the layer is in order already
    ways_.push_back(layers_.back()[i].counts);
    way_partial_.push_back(i);
  }
}

std::vector<PackingCounts> Packing::loads(std::size_t way) const {
  std::vector<PackingCounts> loads(nodes_.size(), PackingCounts(kinds_.size()));
  std::size_t at = way_partial_[way];
  for (std::size_t layer = layers_.size(); layer-- > 1;) {
    const Partial& after = layers_[layer][at];
    const Partial& before = layers_[layer - 1][after.from];
    PackingCounts& load = loads[layer_node_[layer - 1]];
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) load[kind] = after.counts[kind] - before.counts[kind];
    at = after.from;
  }
  return loads;
}

bool Packing::spend(std::uint64_t steps) {
  if (steps > steps_left_) return false;
  steps_left_ -= steps;
  return true;
}

bool Packing::has_all() const {
  const PackingCounts& most = layers_.back().front().counts;
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    if (most[kind] < kinds_[kind].tasks) return false;
  }
  return true;
}

bool Packing::fill_layers() {
  layers_.push_back({Partial{PackingCounts(kinds_.size()), 0}});
  for (std::size_t node = 0; node < nodes_.size() && !has_all(); ++node) {
    PackingCounts load(kinds_.size());
    std::vector<PackingCounts> loads;
    if (!list_loads(node, 0, load, nodes_[node].room, loads)) return false;
    if (loads.empty()) continue;
    if (!extend(loads)) return false;
    layer_node_.push_back(node);
  }
  return true;
}

/// The loads that a node can take, those left out that are within another, and the empty one.
bool Packing::list_loads(std::size_t node, std::size_t kind, PackingCounts& load, Resources room,
                         std::vector<PackingCounts>& loads) {
  if (kind == kinds_.size()) {
    if (!spend(loads.size() + 1)) return false;
    if (total(load) == 0) return true;
    if (std::any_of(loads.begin(), loads.end(), [&](const auto& known) { return is_within(load, known); })) return true;
    std::erase_if(loads, [&](const auto& known) { return is_within(known, load); });
    loads.push_back(load);
    return true;
  }
  const auto may_hold_more = [&] {
    return load[kind] < kinds_[kind].tasks && nodes_[node].accepts[kind] && kinds_[kind].request.fits_in(room);
  };
  for (load[kind] = 0; may_hold_more(); ++load[kind]) {
    // Of the last kind only the most is worth looking at.
    if (kind + 1 < kinds_.size() && !list_loads(node, kind + 1, load, room, loads)) return false;
    room -= kinds_[kind].request;
  }
  const bool done = list_loads(node, kind + 1, load, room, loads);
  load[kind] = 0;
  return done;
}

bool Packing::extend(const std::vector<PackingCounts>& loads) {
  const Layer& before = layers_.back();
  if (!spend(before.size() * (loads.size() + 1) * (kinds_.size() + 8))) return false;
  std::map<PackingCounts, std::size_t> reached;  // and from where, the first that came there
  for (std::size_t from = 0; from < before.size(); ++from) {
    for (const PackingCounts& load : loads) {
      PackingCounts counts = before[from].counts;
      for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
        counts[kind] = std::min(counts[kind] + load[kind], kinds_[kind].tasks);
      }
      reached.emplace(std::move(counts), from);
    }
  }
  Layer after;
  for (const auto& [counts, from] : reached) after.push_back({counts, from});
  std::sort(after.begin(), after.end(),
            [](const Partial& left, const Partial& right) { return has_more(left.counts, right.counts); });
  Layer kept;
  for (Partial& partial : after) {
    if (!spend(kept.size() + 1)) return false;
    const bool is_less = std::any_of(kept.begin(), kept.end(),
                                     [&](const Partial& other) { return is_within(partial.counts, other.counts); });
    if (!is_less) kept.push_back(std::move(partial));
  }
  layers_.push_back(std::move(kept));
  return true;
}

}  // namespace basalt
