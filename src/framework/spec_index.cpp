#include "framework/spec_index.hpp"

#include <algorithm>

#include "basalt/base/check.hpp"
#include "framework/node_fit.hpp"
#include "framework/normalised.hpp"
#include "framework/shortages.hpp"

namespace basalt {
namespace {

bool stands_for(const FilterTerm& term) { return is_local(term.inputs()); }
bool stands_for(const ScoreTerm& term) { return is_local(term.inputs()) && needs_highest_alone(term.normalisation()); }

/// As `Cluster::future_shortage` names them: those beyond what every cluster has by name.
void put_in_order(std::vector<IndexWorkspace::Need>& needs, const ResourceSchema& schema) {
  const auto others =
      std::find_if(needs.begin(), needs.end(), [](const auto& need) { return need.kind >= NodeAmounts::kKinds; });
  std::sort(others, needs.end(),
            [&](const auto& left, const auto& right) { return schema.name(left.kind) < schema.name(right.kind); });
}

}  // namespace

bool SpecIndex::covers_filters(const TermsInForce& terms, const Spec& spec) {
  return std::all_of(terms.filters.begin(), terms.filters.end(),
                     [&](const FilterTerm* term) { return stands_for(*term) || !term->applies(spec); });
}

void SpecIndex::use(const TermsInForce& terms, const Spec& spec) {
  std::vector<bool> applied;
  for (const FilterTerm* term : terms.filters) applied.push_back(term->applies(spec));
  for (const ScoreTerm* term : terms.scorers) {
    applied.push_back(term->applies(spec));
    applied.push_back(term->by_domain(spec) != nullptr);
  }
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
  domain_scorers_.clear();
  std::size_t scaled = 0;
  for (const ScoreTerm* term : terms.scorers) {
    const std::size_t at = std::exchange(position, position + 2);
    if (!applied_[at]) continue;
    if (!stands_for(*term)) {
      if (applied_[at + 1]) {
        domain_scorers_.push_back({term, term->by_domain(spec)});
      } else {
        other_scorers_.push_back(term);
      }
      continue;
    }
    if (term->normalisation() == Normalisation::none) {
      plain_scorers_.push_back(term);
      continue;
    }
    if (scaled == scaled_.size()) scaled_.emplace_back();
    scaled_[scaled].term = term;
    scaled_[scaled++].is_fixed = is_fixed(term->inputs());
  }
  scaled_.resize(scaled);
  goes_by_classes_ = filters_are_fixed_ &&
                     std::all_of(plain_scorers_.begin(), plain_scorers_.end(),
                                 [](const ScoreTerm* term) { return reads_amounts_alone(term->inputs()); }) &&
                     std::all_of(scaled_.begin(), scaled_.end(), [](const ScaledTerm& term) { return term.is_fixed; });
  if (is_whole()) return;
  for (const DomainTerm& each : domain_scorers_) other_scorers_.push_back(each.term);
  domain_scorers_.clear();
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
  flat_ = 0;
  if (!keeps_bases_) {
    for (const ScaledTerm& scaled : scaled_) flat_ += normalised(0, Extremes{}, *scaled.term);
  }
  highest_.reset(nodes);
  order_epoch_ = cluster.order_epoch();
}

void SpecIndex::catch_up(const Cluster& cluster, const TaskView& task) {
  if (!domain_scorers_.empty()) work_.groups.catch_up(cluster);
  const bool has_groups = domain_scorers_.empty() || groups_epoch_ == work_.groups.epoch();
  if (order_epoch_ == cluster.order_epoch() && seen_ == cluster.node_moment() && has_groups) return;
  work_.changed_rows.clear();
  bool done = false;
  if (order_epoch_ == cluster.order_epoch()) {
    work_.changed.clear();
    cluster.for_each_node_changed_after(seen_, [&](NodeId node, bool row) {
      if (cluster.rank(node) == Cluster::kNoRank) return;
      work_.changed.push_back(node);
      if (row) work_.changed_rows.push_back(node);
    });
    ask_fixed_filters(cluster, task, work_.changed_rows);
    done = ask_fixed_scorers(cluster, task, work_.changed_rows) && examine(cluster, task, work_.changed);
  }
  while (!done) {  // a second time when scaled terms turn out to matter
    forget(cluster);
    keys_moved_ = true;
    ask_fixed_filters(cluster, task, cluster.nodes_in_order());
    done =
        ask_fixed_scorers(cluster, task, cluster.nodes_in_order()) && examine(cluster, task, cluster.nodes_in_order());
  }
  highest_.settle(keys_);
  catch_up_with_domains(cluster, task.spec, std::exchange(keys_moved_, false));
  seen_ = cluster.node_moment();
}

/// False: more has to be remembered than was, and everybody asked again.
bool SpecIndex::examine(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  work_.needs.clear();
  for (Dimension kind = 0; kind < task.spec.request.width(); ++kind) {
    if (task.spec.request[kind] > 0) work_.needs.push_back({kind, task.spec.request[kind], kFits});
  }
  put_in_order(work_.needs, cluster.schema());
  if (goes_by_classes_ && nodes.size() >= kWorthSorting && examine_classes(cluster, task, nodes)) return true;
  rescored_ += nodes.size();
  for (; !nodes.empty(); nodes = nodes.subspan(std::min(kBatch, nodes.size()))) {
    find_candidates(cluster, nodes.first(std::min(kBatch, nodes.size())));
    if (!filters_are_fixed_) ask_live_filters(task);
    if (!score(cluster, task)) return false;
    set_keys();
  }
  rescale();
  return true;
}

/// Leaves the nodes that have what is needed, and that no fixed filter refuses.
void SpecIndex::find_candidates(const Cluster& cluster, std::span<const NodeId> nodes) {
  static_assert(kBatch <= Shortages::kMost);
  const Shortages shortages(cluster, nodes, work_.needs);
  work_.candidates.resize(nodes.size());
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::uint32_t rank = cluster.rank(nodes[i]);
    if (const RefusalNumber why = refusal_by_amounts(cluster, nodes[i], shortages.need[i]); why != kFits) {
      set_refused(rank, why);
    } else if (!fixed_refusal_.empty() && fixed_refusal_[rank] != kFits) {
      set_refused(rank, fixed_refusal_[rank]);
    } else {
      work_.candidates[fitting++] = {nodes[i], rank, shortages.has_now[i] != 0};
    }
  }
  work_.candidates.resize(fitting);
}

/// `unmet`: the first need that the node does not meet; their number: none.
SpecIndex::RefusalNumber SpecIndex::refusal_by_amounts(const Cluster& cluster, NodeId node, std::size_t unmet) {
  if (!cluster.is_countable(node)) return number_of(Reason{reasons::kUncountable, {}});
  if (unmet == work_.needs.size()) return kFits;
  auto& [kind, amount, refusal] = work_.needs[unmet];
  if (refusal == kFits) refusal = number_of(shortage_reason(cluster, kind));
  return refusal;
}

/// What fixed filters say of a node stands until its row changes.
void SpecIndex::ask_fixed_filters(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  if (!filters_are_fixed_ || filters_.empty()) return;
  for (; !nodes.empty(); nodes = nodes.subspan(std::min(kBatch, nodes.size()))) {
    work_.nodes.assign(nodes.begin(), nodes.begin() + std::min(kBatch, nodes.size()));
    for (const NodeId node : work_.nodes) fixed_refusal_[cluster.rank(node)] = kFits;
    for (const FilterTerm* term : filters_) {
      work_.fits.assign(work_.nodes.size(), Fit::yes());
      term->filter(task, work_.nodes, work_.fits);
      keep_fitting(work_.nodes, work_.fits,
                   [&](NodeId node, const Reason& reason) { fixed_refusal_[cluster.rank(node)] = number_of(reason); });
    }
  }
}

void SpecIndex::ask_live_filters(const TaskView& task) {
  for (const FilterTerm* term : filters_) {
    work_.nodes.clear();
    for (const auto& candidate : work_.candidates) work_.nodes.push_back(candidate.node);
    work_.fits.assign(work_.nodes.size(), Fit::yes());
    term->filter(task, work_.nodes, work_.fits);
    keep_fitting(work_.candidates, work_.fits, [&](const IndexWorkspace::Candidate& candidate, const Reason& reason) {
      set_refused(candidate.rank, number_of(reason));
    });
  }
}

/// Fills the sums, and the raw answers of scaled terms.
bool SpecIndex::score(const Cluster& cluster, const TaskView& task) {
  work_.nodes.clear();
  for (const auto& candidate : work_.candidates) work_.nodes.push_back(candidate.node);
  work_.sums.assign(work_.nodes.size(), 0);
  for (const ScoreTerm* term : plain_scorers_) {
    work_.raw.assign(work_.nodes.size(), 0);
    term->score(task, work_.nodes, work_.raw);
    const std::int64_t weight = term->weight();
    const std::span<const Score> raw = work_.raw;
    const std::span<Score> sums = work_.sums;
    for (std::size_t i = 0; i < raw.size(); ++i) sums[i] += raw[i] * weight;
  }
  return std::all_of(scaled_.begin(), scaled_.end(), [&](ScaledTerm& scaled) {
    return scaled.is_fixed || take_raw(cluster, scaled, task, work_.nodes);
  });
}

/// Asked about refused nodes too: they may be candidates later without being asked again.
bool SpecIndex::ask_fixed_scorers(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  return nodes.empty() || std::all_of(scaled_.begin(), scaled_.end(), [&](ScaledTerm& scaled) {
           return !scaled.is_fixed || take_raw(cluster, scaled, task, nodes);
         });
}

/// False: the answers have to be kept from now on, and were not so far.
bool SpecIndex::take_raw(const Cluster& cluster, ScaledTerm& scaled, const TaskView& task,
                         std::span<const NodeId> nodes) {
  work_.raw.assign(nodes.size(), 0);
  scaled.term->score(task, nodes, work_.raw);
  if (!keeps_bases_) {
    keeps_bases_ = std::any_of(work_.raw.begin(), work_.raw.end(), [](Score answer) { return answer != 0; });
    return !keeps_bases_;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Score& kept = scaled.raw[cluster.rank(nodes[i])];
    classes_moved_ = classes_moved_ || kept != work_.raw[i];
    kept = work_.raw[i];
  }
  return true;
}

void SpecIndex::set_keys() {
  const std::span<const Score> sums = work_.sums;
  const std::span<const IndexWorkspace::Candidate> candidates = work_.candidates;
  for (std::size_t i = 0; i < candidates.size(); ++i) set_fitting(candidates[i].rank, sums[i], candidates[i].now);
}

/// Scaled terms count in proportion to the highest of all.
void SpecIndex::rescale() {
  if (!keeps_bases_ || !std::exchange(classes_moved_, false) || !highest_have_changed()) return;
  keys_moved_ = true;
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
    const Score highest = now ? scaled.highest_now : scaled.highest_later;
    sum += normalised(scaled.raw[rank], Extremes{0, highest}, *scaled.term);
  }
  return key_of_sum(sum, now);
}

SpecIndex::Key SpecIndex::key_of_sum(Score sum, bool now) {
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

void SpecIndex::set_fitting(std::uint32_t rank, Score sum, bool now) {
  if (const RefusalNumber before = std::exchange(refusal_[rank], kFits); before != kFits) --refusals_[before].nodes;
  if (!keeps_bases_) {
    set_key(rank, key_of_sum(sum + flat_, now));
    return;
  }
  bases_[rank] = sum;
  classes_moved_ = classes_moved_ || keys_[rank] == kRefused || (keys_[rank] > 0) != now;
  set_key(rank, key_of(rank, sum, now));
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
  if (!domain_scorers_.empty()) {
    const std::uint32_t rank = group_bests_.best();
    if (rank == GroupBests::kNobody) return std::nullopt;
    return Placement{cluster.nodes_in_order()[rank], keys_[rank] > 0};
  }
  if (keys_.empty()) return std::nullopt;
  const std::size_t rank = highest_.first_highest(keys_);
  if (keys_[rank] == kRefused) return std::nullopt;
  return Placement{cluster.nodes_in_order()[rank], keys_[rank] > 0};
}

std::optional<Placement> SpecIndex::best(const Cluster& cluster, std::span<const NodeId> among) const {
  Key best = kRefused;
  NodeId chosen;
  for (const NodeId node : among) {
    const std::uint32_t rank = cluster.rank(node);
    if (keys_[rank] == kRefused) continue;
    if (const Key key = keys_[rank] + added_by_domains(rank); key > best) {
      best = key;
      chosen = node;
    }
  }
  if (!chosen) return std::nullopt;
  const bool now = best > 0;
  return Placement{keeps_bases_ ? best_rescaled(cluster, among, now) : chosen, now};
}

/// Scaled terms are set in proportion to the highest among those who are asked, not among all.
NodeId SpecIndex::best_rescaled(const Cluster& cluster, std::span<const NodeId> among, bool now) const {
  const auto is_candidate = [&](std::uint32_t rank) { return keys_[rank] != kRefused && (keys_[rank] > 0) == now; };
  std::vector<Score> highest(scaled_.size(), 0);
  for (const NodeId node : among) {
    const std::uint32_t rank = cluster.rank(node);
    for (std::size_t i = 0; is_candidate(rank) && i < scaled_.size(); ++i) {
      highest[i] = std::max(highest[i], scaled_[i].raw[rank]);
    }
  }
  NodeId chosen;
  Score best = 0;
  for (const NodeId node : among) {
    const std::uint32_t rank = cluster.rank(node);
    if (!is_candidate(rank)) continue;
    Score sum = bases_[rank] + added_by_domains(rank);
    for (std::size_t i = 0; i < scaled_.size(); ++i) {
      sum += normalised(scaled_[i].raw[rank], Extremes{0, highest[i]}, *scaled_[i].term);
    }
    if (chosen && sum <= best) continue;
    best = sum;
    chosen = node;
  }
  return chosen;
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
         scaled_.size() * bases_.capacity() * sizeof(Score) + highest_.bytes() + group_bests_.bytes();
}

}  // namespace basalt
