#include "framework/spec_index.hpp"

#include <algorithm>

#include "basalt/base/check.hpp"
#include "framework/node_fit.hpp"
#include "framework/normalised.hpp"

namespace basalt {
namespace {

bool stands_for(const FilterTerm& term) { return is_local(term.inputs()); }
bool stands_for(const ScoreTerm& term) { return is_local(term.inputs()) && needs_highest_alone(term.normalisation()); }

}  // namespace

bool SpecIndex::covers(const TermsInForce& terms, const Spec& spec) {
  const auto is_covered = [&](const auto* term) { return stands_for(*term) || !term->applies(spec); };
  return std::all_of(terms.filters.begin(), terms.filters.end(), is_covered) &&
         std::all_of(terms.scorers.begin(), terms.scorers.end(), is_covered);
}

void SpecIndex::use(const TermsInForce& terms, const Spec& spec) {
  std::vector<bool> applied;
  for (const FilterTerm* term : terms.filters) applied.push_back(term->applies(spec));
  for (const ScoreTerm* term : terms.scorers) applied.push_back(term->applies(spec));
  if (applied != applied_) {
    applied_ = std::move(applied);
    order_epoch_ = 0;
  }
  filters_.clear();
  other_filters_.clear();
  filters_are_fixed_ = true;
  std::size_t position = 0;
  for (const FilterTerm* term : terms.filters) {
    if (!applied_[position++]) continue;
    if (!stands_for(*term)) {
      other_filters_.push_back(term);
      continue;
    }
    filters_.push_back(term);
    filters_are_fixed_ = filters_are_fixed_ && is_fixed(term->inputs());
  }
  plain_scorers_.clear();
  other_scorers_.clear();
  std::size_t scaled = 0;
  for (const ScoreTerm* term : terms.scorers) {
    if (!applied_[position++]) continue;
    if (!stands_for(*term)) {
      other_scorers_.push_back(term);
      continue;
    }
    if (term->normalisation() == Normalisation::none) {
      plain_scorers_.push_back(term);
      continue;
    }
    if (scaled == scaled_.size()) scaled_.emplace_back();
    scaled_[scaled++].term = term;
  }
  scaled_.resize(scaled);
}

void SpecIndex::forget(const Cluster& cluster) {
  const std::size_t nodes = cluster.nodes_in_order().size();
  refusals_.assign(1, Refusal{});  // number 0 is "fits"
  keys_.assign(nodes, kRefused);
  refusal_.assign(nodes, kFits);
  fixed_refusal_.assign(filters_are_fixed_ && !filters_.empty() ? nodes : 0, kFits);
  bases_.assign(keeps_bases_ ? nodes : 0, 0);
  for (ScaledTerm& scaled : scaled_) {
    scaled.raw.assign(keeps_bases_ ? nodes : 0, 0);
    scaled.highest_now = scaled.highest_later = 0;
  }
  const std::size_t blocks = (nodes + kBlock - 1) / kBlock;
  block_best_.assign(blocks, kRefused);
  block_is_stale_.assign(blocks, false);
  stale_blocks_.clear();
  order_epoch_ = cluster.order_epoch();
}

void SpecIndex::catch_up(const Cluster& cluster, const TaskView& task) {
  if (order_epoch_ == cluster.order_epoch() && seen_ == cluster.node_moment()) return;
  changed_rows_.clear();
  bool done = false;
  if (order_epoch_ == cluster.order_epoch()) {
    changed_.clear();
    cluster.for_each_node_changed_after(seen_, [&](NodeId node, bool row) {
      if (cluster.nodes()[node].placeholder) return;
      changed_.push_back(node);
      if (row) changed_rows_.push_back(node);
    });
    ask_fixed_filters(cluster, task, changed_rows_);
    done = examine(cluster, task, changed_);
  }
  while (!done) {  // a second time when scaled terms turn out to matter
    forget(cluster);
    ask_fixed_filters(cluster, task, cluster.nodes_in_order());
    done = examine(cluster, task, cluster.nodes_in_order());
  }
  settle_blocks();
  seen_ = cluster.node_moment();
}

/// False: more has to be remembered than was, and everybody asked again.
bool SpecIndex::examine(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  rescored_ += nodes.size();
  candidates_.clear();
  for (const NodeId node : nodes) {
    const std::uint32_t rank = cluster.rank(node);
    if (const Fit fit = resources_fit(cluster, node, task.spec.request); !fit) {
      set_refused(rank, number_of(fit.reason));
    } else if (!fixed_refusal_.empty() && fixed_refusal_[rank] != kFits) {
      set_refused(rank, fixed_refusal_[rank]);
    } else {
      candidates_.push_back({node, rank, !cluster.idle_shortage(node, task.spec.request)});
    }
  }
  if (!filters_are_fixed_) ask_live_filters(task);
  if (!score(task)) return false;
  set_keys();
  return true;
}

/// What fixed filters say of a node stands until its row changes.
void SpecIndex::ask_fixed_filters(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  if (!filters_are_fixed_ || filters_.empty() || nodes.empty()) return;
  for (const NodeId node : nodes) fixed_refusal_[cluster.rank(node)] = kFits;
  nodes_.assign(nodes.begin(), nodes.end());
  for (const FilterTerm* term : filters_) {
    fits_.assign(nodes_.size(), Fit::yes());
    term->filter(task, nodes_, fits_);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (fits_[i]) {
        nodes_[kept++] = nodes_[i];
      } else {
        fixed_refusal_[cluster.rank(nodes_[i])] = number_of(fits_[i].reason);
      }
    }
    nodes_.resize(kept);
  }
}

void SpecIndex::ask_live_filters(const TaskView& task) {
  for (const FilterTerm* term : filters_) {
    nodes_.clear();
    for (const Candidate& candidate : candidates_) nodes_.push_back(candidate.node);
    fits_.assign(nodes_.size(), Fit::yes());
    term->filter(task, nodes_, fits_);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (fits_[i]) {
        candidates_[kept++] = candidates_[i];
      } else {
        set_refused(candidates_[i].rank, number_of(fits_[i].reason));
      }
    }
    candidates_.resize(kept);
  }
}

/// Fills sums_, and the raw answers of scaled terms.
bool SpecIndex::score(const TaskView& task) {
  nodes_.clear();
  for (const Candidate& candidate : candidates_) nodes_.push_back(candidate.node);
  sums_.assign(nodes_.size(), 0);
  for (const ScoreTerm* term : plain_scorers_) {
    raw_.assign(nodes_.size(), 0);
    term->score(task, nodes_, raw_);
    const std::int64_t weight = term->weight();
    for (std::size_t i = 0; i < raw_.size(); ++i) sums_[i] += raw_[i] * weight;
  }
  for (ScaledTerm& scaled : scaled_) {
    raw_.assign(nodes_.size(), 0);
    scaled.term->score(task, nodes_, raw_);
    if (!take_raw(scaled, raw_)) return false;
  }
  return true;
}

bool SpecIndex::take_raw(ScaledTerm& scaled, std::span<const Score> raw) {
  if (!keeps_bases_) {
    keeps_bases_ = std::any_of(raw.begin(), raw.end(), [](Score answer) { return answer != 0; });
    return !keeps_bases_;
  }
  for (std::size_t i = 0; i < raw.size(); ++i) {
    Score& kept = scaled.raw[candidates_[i].rank];
    classes_moved_ = classes_moved_ || kept != raw[i];
    kept = raw[i];
  }
  return true;
}

void SpecIndex::set_keys() {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const auto& [node, rank, now] = candidates_[i];
    if (refusal_[rank] != kFits) --refusals_[refusal_[rank]].nodes;
    refusal_[rank] = kFits;
    if (keeps_bases_) {
      bases_[rank] = sums_[i];
      classes_moved_ = classes_moved_ || keys_[rank] == kRefused || (keys_[rank] > 0) != now;
    }
    set_key(rank, key_of(rank, sums_[i], now));
  }
  if (!keeps_bases_ || !std::exchange(classes_moved_, false) || !highest_have_changed()) return;
  for (std::uint32_t rank = 0; rank < keys_.size(); ++rank) {
    if (keys_[rank] != kRefused) set_key(rank, key_of(rank, bases_[rank], keys_[rank] > 0));
  }
}

bool SpecIndex::highest_have_changed() {
  bool changed = false;
  for (ScaledTerm& scaled : scaled_) {
    Score now = 0;
    Score later = 0;
    for (std::size_t rank = 0; rank < keys_.size(); ++rank) {
      if (keys_[rank] == kRefused) continue;
      Score& highest = keys_[rank] > 0 ? now : later;
      highest = std::max(highest, scaled.raw[rank]);
    }
    changed = changed || now != scaled.highest_now || later != scaled.highest_later;
    scaled.highest_now = now;
    scaled.highest_later = later;
  }
  return changed;
}

SpecIndex::Key SpecIndex::key_of(std::uint32_t rank, Score base, bool now) const {
  Score sum = base;
  for (const ScaledTerm& scaled : scaled_) {
    const Score raw = keeps_bases_ ? scaled.raw[rank] : 0;
    sum += normalised(raw, Extremes{0, now ? scaled.highest_now : scaled.highest_later}, *scaled.term);
  }
  BASALT_CHECK(sum > -(kOffset / 2) && sum < kOffset / 2, "the scores of a node add up to more than 2^60");
  return now ? sum + kOffset : sum - kOffset;
}

void SpecIndex::set_refused(std::uint32_t rank, RefusalNumber why) {
  if (refusal_[rank] != kFits) --refusals_[refusal_[rank]].nodes;
  ++refusals_[why].nodes;
  refusal_[rank] = why;
  classes_moved_ = classes_moved_ || keys_[rank] != kRefused;
  set_key(rank, kRefused);
}

void SpecIndex::set_key(std::uint32_t rank, Key key) {
  keys_[rank] = key;
  const std::uint32_t block = rank / kBlock;
  if (block_is_stale_[block]) return;
  block_is_stale_[block] = true;
  stale_blocks_.push_back(block);
}

void SpecIndex::settle_blocks() {
  for (const std::uint32_t block : stale_blocks_) {
    const std::size_t begin = block * kBlock;
    const std::size_t end = std::min(begin + kBlock, keys_.size());
    Key best = kRefused;
    for (std::size_t rank = begin; rank < end; ++rank) best = std::max(best, keys_[rank]);
    block_best_[block] = best;
    block_is_stale_[block] = false;
  }
  stale_blocks_.clear();
}

SpecIndex::RefusalNumber SpecIndex::number_of(const Reason& reason) {
  for (std::size_t i = 1; i < refusals_.size(); ++i) {
    if (refusals_[i].reason == reason) return static_cast<RefusalNumber>(i);
  }
  BASALT_CHECK(refusals_.size() < std::numeric_limits<RefusalNumber>::max(), "more reasons than can be told apart");
  refusals_.push_back(Refusal{reason, 0});
  return static_cast<RefusalNumber>(refusals_.size() - 1);
}

std::vector<NodeId> SpecIndex::candidates(const Cluster& cluster, std::span<const NodeId> among) const {
  std::vector<NodeId> kept;
  kept.reserve(among.size());
  for (const NodeId node : among) {
    if (keys_[cluster.rank(node)] != kRefused) kept.push_back(node);
  }
  return kept;
}

bool SpecIndex::keep_those_with_room_now(const Cluster& cluster, std::vector<NodeId>& candidates) const {
  const auto has_room_later = [&](NodeId node) { return keys_[cluster.rank(node)] < 0; };
  if (std::all_of(candidates.begin(), candidates.end(), has_room_later)) return false;
  std::erase_if(candidates, has_room_later);
  return true;
}

std::vector<Score> SpecIndex::scores(const Cluster& cluster, std::span<const NodeId> candidates) const {
  std::vector<Score> totals;
  totals.reserve(candidates.size());
  // As long as scaled terms have answered nothing but zeros, they give the same to everybody.
  for (const NodeId node : candidates) {
    const std::uint32_t rank = cluster.rank(node);
    totals.push_back(keeps_bases_ ? bases_[rank] : keys_[rank]);
  }
  if (!keeps_bases_) return totals;
  for (const ScaledTerm& scaled : scaled_) {
    Extremes extremes;
    for (const NodeId node : candidates) extremes.highest = std::max(extremes.highest, scaled.raw[cluster.rank(node)]);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      totals[i] += normalised(scaled.raw[cluster.rank(candidates[i])], extremes, *scaled.term);
    }
  }
  return totals;
}

std::optional<Placement> SpecIndex::best(const Cluster& cluster) const {
  if (block_best_.empty()) return std::nullopt;
  const auto block = std::max_element(block_best_.begin(), block_best_.end());  // the first of equals
  if (*block == kRefused) return std::nullopt;
  auto rank = static_cast<std::size_t>(block - block_best_.begin()) * kBlock;
  while (keys_[rank] != *block) ++rank;
  return Placement{cluster.nodes_in_order()[rank], *block > 0};
}

std::optional<Placement> SpecIndex::best(const Cluster& cluster, std::span<const NodeId> among) const {
  Key best = kRefused;
  NodeId chosen;
  for (const NodeId node : among) {
    if (const Key key = keys_[cluster.rank(node)]; key > best) {
      best = key;
      chosen = node;
    }
  }
  if (!chosen) return std::nullopt;
  return Placement{chosen, best > 0};
}

FitSummary SpecIndex::refusals() const {
  FitSummary summary;
  for (std::size_t i = 1; i < refusals_.size(); ++i) {
    if (refusals_[i].nodes > 0) summary.add(refusals_[i].reason, refusals_[i].nodes);
  }
  return summary;
}

FitSummary SpecIndex::refusals(const Cluster& cluster, std::span<const NodeId> among) const {
  FitSummary summary;
  for (const NodeId node : among) {
    if (const RefusalNumber why = refusal_[cluster.rank(node)]; why != kFits) summary.add(refusals_[why].reason);
  }
  return summary;
}

std::size_t SpecIndex::bytes() const {
  return keys_.capacity() * sizeof(Key) + bases_.capacity() * sizeof(Score) +
         (refusal_.capacity() + fixed_refusal_.capacity()) * sizeof(RefusalNumber) +
         scaled_.size() * bases_.capacity() * sizeof(Score) + block_best_.capacity() * sizeof(Key);
}

}  // namespace basalt
