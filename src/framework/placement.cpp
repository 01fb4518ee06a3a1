#include <algorithm>
#include <numeric>

#include "basalt/base/check.hpp"
#include "basalt/framework/session.hpp"
#include "framework/node_fit.hpp"
#include "framework/normalised.hpp"
#include "framework/placement_index.hpp"

// Two paths to the same answer. The plain one asks every node about every task; it is the
// oracle that the placement index has to agree with, ties included.
namespace basalt {
namespace {

TaskView view(const Cluster& cluster, TaskId task) {
  const Task& row = cluster.tasks()[task];
  return TaskView{task, row, cluster.specs()[row.spec]};
}

/// Turns a term's raw answers into weighted points and adds them to the totals.
void add_normalised(const ScoreTerm& term, std::span<const Score> raw, std::span<Score> totals) {
  const Extremes extremes = extremes_of(raw, term.normalisation());
  for (std::size_t i = 0; i < raw.size(); ++i) totals[i] += normalised(raw[i], extremes, term);
}

}  // namespace

Reason shortage_reason(const Cluster& cluster, Dimension kind) {
  if (kind == kPods) return Reason{reasons::kPodCount, {}};
  return Reason{reasons::kInsufficient, cluster.kind_name(kind)};
}

Fit resources_fit(const Cluster& cluster, NodeId node, const Resources& request) {
  if (!cluster.is_countable(node)) return Fit::never(Reason{reasons::kUncountable, {}});
  const auto shortage = cluster.future_shortage(node, request);
  return shortage ? Fit::no(shortage_reason(cluster, *shortage)) : Fit::yes();
}

Fit Session::fit(TaskId task, NodeId node) const {
  const TaskView asked = view(cluster_, task);
  Fit answer = resources_fit(cluster_, node, asked.spec.request);
  for (const FilterTerm* term : terms_->filters) {
    if (!answer) break;
    if (term->applies(asked.spec)) term->filter(asked, std::span(&node, 1), std::span(&answer, 1));
  }
  return answer;
}

std::vector<Score> Session::scores(TaskId task, std::span<const NodeId> nodes) const {
  const TaskView asked = view(cluster_, task);
  std::vector<Score> totals(nodes.size(), 0);
  std::vector<Score> raw(nodes.size());
  for (const ScoreTerm* term : terms_->scorers) {
    if (!term->applies(asked.spec)) continue;
    std::fill(raw.begin(), raw.end(), 0);
    term->score(asked, nodes, raw);
    add_normalised(*term, raw, totals);
  }
  return totals;
}

/// Whether what every node says to a task of a spec, the next one will hear too.
bool Session::failure_holds(const Spec& spec) const {
  return std::none_of(terms_->filters.begin(), terms_->filters.end(), [&](const FilterTerm* term) {
    const Inputs inputs = term->inputs();
    const bool looks_beyond =
        inputs.contains(Input::task) || inputs.contains(Input::job) || inputs.contains(Input::queue);
    return looks_beyond && term->applies(spec);
  });
}

std::optional<Placement> Session::find_placement(TaskId task, FitSummary& why) const {
  const SpecIndex* index = memory_ == nullptr ? nullptr : &memory_->index().of(cluster_, view(cluster_, task));
  if (index == nullptr || failure_is_known(task)) return ask_all_anew(task, why);
  const bool is_whole = index->is_whole();
  const auto placement = is_whole ? index->best(cluster_) : ask_the_rest(task, *index, cluster_.nodes_in_order());
  if (!placement && !is_whole) return ask_all_anew(task, why);
  if (!placement) why = index->refusals();
  return memory_->verifies_next() ? verified(task, cluster_.nodes_in_order(), placement, why) : placement;
}

std::optional<Placement> Session::find_placement(TaskId task, std::span<const NodeId> among, FitSummary& why) const {
  const SpecIndex* index = memory_ == nullptr ? nullptr : &memory_->index().of(cluster_, view(cluster_, task));
  if (index == nullptr) return ask_anew(task, among, why);
  const bool is_whole = index->is_whole();
  const auto placement = is_whole ? index->best(cluster_, among) : ask_the_rest(task, *index, among);
  if (!placement && !is_whole) return ask_anew(task, among, why);
  if (!placement) why = index->refusals(cluster_, among);
  return memory_->verifies_next() ? verified(task, among, placement, why) : placement;
}

/// The plain path has the last word.
std::optional<Placement> Session::verified(TaskId task, std::span<const NodeId> among,
                                           const std::optional<Placement>& indexed, FitSummary& why) const {
  FitSummary plainly;
  const auto placement = ask_anew(task, among, plainly);
  const bool agree = placement == indexed && (placement || plainly.counts() == why.counts());
  if (!agree) memory_->count_mismatch();
  why = std::move(plainly);
  return placement;
}

bool Session::failure_is_known(TaskId task) const {
  if (failures_.empty()) return false;
  const auto known = failures_.find(cluster_.tasks()[task].spec);
  return known != failures_.end() && known->second.first == cluster_.node_moment();
}

/// Terms that the index cannot stand for are asked about all nodes that it has left, and their
/// answers added to what it knows. Nothing: no node is left; the plain path says why, since of a
/// node the first objection counts, in the order of all terms.
std::optional<Placement> Session::ask_the_rest(TaskId task, const SpecIndex& index,
                                               std::span<const NodeId> among) const {
  const TaskView asked = view(cluster_, task);
  std::vector<NodeId> candidates = index.candidates(cluster_, among);
  std::vector<Fit> answers;
  for (const FilterTerm* term : index.other_filters()) {
    answers.assign(candidates.size(), Fit::yes());
    term->filter(asked, candidates, answers);
    keep_fitting(candidates, answers, [](NodeId, const Reason&) {});
  }
  if (candidates.empty()) return std::nullopt;
  const bool now = index.keep_those_with_room_now(cluster_, candidates);
  std::vector<Score> totals = index.scores(cluster_, candidates);
  std::vector<Score> raw(candidates.size());
  for (const ScoreTerm* term : index.other_scorers()) {
    std::fill(raw.begin(), raw.end(), 0);
    term->score(asked, candidates, raw);
    add_normalised(*term, raw, totals);
  }
  const auto best = std::max_element(totals.begin(), totals.end());
  return Placement{candidates[static_cast<std::size_t>(best - totals.begin())], now};
}

/// Asks every node, unless the last task of the spec was refused everywhere and nothing has changed.
std::optional<Placement> Session::ask_all_anew(TaskId task, FitSummary& why) const {
  const SpecId spec = cluster_.tasks()[task].spec;
  const std::uint64_t moment = cluster_.node_moment();
  if (failure_is_known(task)) {
    why = failures_.at(spec).second;
    return std::nullopt;
  }
  const auto placement = ask_anew(task, cluster_.nodes_in_order(), why);
  if (!placement && failure_holds(cluster_.specs()[spec])) failures_[spec] = {moment, why};
  return placement;
}

std::optional<Placement> Session::ask_anew(TaskId task, std::span<const NodeId> among, FitSummary& why) const {
  const TaskView asked = view(cluster_, task);
  std::vector<NodeId> candidates;
  candidates.reserve(among.size());
  for (const NodeId node : among) {
    if (const Fit fit = resources_fit(cluster_, node, asked.spec.request)) {
      candidates.push_back(node);
    } else {
      why.add(fit.reason);
    }
  }
  std::vector<Fit> answers;
  for (const FilterTerm* term : terms_->filters) {
    if (candidates.empty() || !term->applies(asked.spec)) continue;
    answers.assign(candidates.size(), Fit::yes());
    term->filter(asked, candidates, answers);
    keep_fitting(candidates, answers, [&](NodeId, const Reason& reason) { why.add(reason); });
  }
  if (candidates.empty()) return std::nullopt;

  // Room now beats room later, whatever the scores.
  const auto later = std::stable_partition(candidates.begin(), candidates.end(), [&](NodeId node) {
    return !cluster_.idle_shortage(node, asked.spec.request);
  });
  const bool now = later != candidates.begin();
  if (now) candidates.erase(later, candidates.end());

  const std::vector<Score> totals = scores(task, candidates);
  const auto best = std::max_element(totals.begin(), totals.end());  // the first of equals: lowest rank
  return Placement{candidates[static_cast<std::size_t>(best - totals.begin())], now};
}

}  // namespace basalt
