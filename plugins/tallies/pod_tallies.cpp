#include "plugins/tallies/pod_tallies.hpp"

#include <algorithm>
#include <utility>

#include "basalt/base/check.hpp"

namespace basalt {
namespace {

template <class T>
T& at_slot(std::vector<T>& rows, std::uint32_t slot) {
  if (slot >= rows.size()) rows.resize(slot + std::size_t{1});
  return rows[slot];
}

}  // namespace

PodTallies::~PodTallies() {
  if (cluster_ == nullptr) return;
  cluster_->detach(*this);
  cluster_->remove_counters(*counters_);
}

void PodTallies::attach(Cluster& cluster) {
  BASALT_CHECK(cluster_ == nullptr, "attached twice");
  cluster_ = &cluster;
  counters_ = &cluster.add_counters();
  cluster.attach(*this);
}

// --- answers ---

const SpecTallies& PodTallies::of(const Spec& spec) const {
  const SpecId id = spec.own.id;
  return id && id.slot() < specified_.size() ? specified_[id.slot()].tallies : none_;
}

bool PodTallies::others_select(const Spec& spec) const {
  const SpecId id = spec.own.id;
  return id && id.slot() < specified_.size() && specified_[id.slot()].selecting > 0;
}

std::span<const TallyId> PodTallies::selecting(const Task& task) const {
  if (!task.labels || task.labels.slot() >= labelled_.size()) return {};
  return labelled_[task.labels.slot()].selecting;
}

PodTallies::View PodTallies::view(TallyId tally) const {
  const Counted& counted = counted_[tally.slot()];
  View view;
  view.domains_ = domains_.of(counted.key);
  view.counters_ = counters_;
  view.group_ = counted.group;
  return view;
}

const std::vector<Domain>& PodTallies::domains_in_scope(TallyId tally) const {
  const Counted& counted = counted_[tally.slot()];
  if (counted.domains_of == nodes_seen_) return counted.domains;
  counted.domains.clear();
  const std::span<const Domain> by_slot = domains_.of(counted.key);
  cluster_->nodes().for_each([&](NodeId node, const Node&) {
    const Domain domain = by_slot[node.slot()];
    if (domain == kNoDomain || (counted.scope && !scopes_.contains(*counted.scope, node))) return;
    counted.domains.push_back(domain);
  });
  std::sort(counted.domains.begin(), counted.domains.end());
  counted.domains.erase(std::unique(counted.domains.begin(), counted.domains.end()), counted.domains.end());
  counted.domains_of = nodes_seen_;
  return counted.domains;
}

// --- what is counted: follows the rows ---

void PodTallies::spec_added(const Cluster& cluster, SpecId id) {
  const Spec& spec = cluster.specs()[id];
  const WantedTallies wanted =
      purpose_ == Purpose::filters ? wanted_by_filters(spec) : wanted_by_scores(spec, cluster.symbols());
  const auto take_all = [&](const std::vector<Tally>& tallies) {
    std::vector<TallyId> ids;
    for (const Tally& tally : tallies) ids.push_back(take(cluster, tally));
    return ids;
  };
  SpecTallies made{take_all(wanted.affinity),
                   take_all(wanted.anti_affinity),
                   take_all(wanted.preferred),
                   take_all(wanted.spread),
                   {}};
  for (const auto& [tally, weight] : wanted.owned) made.owned.emplace_back(take(cluster, tally), weight);
  at_slot(specified_, id.slot()) = Specified{std::move(made), 0};
}

void PodTallies::spec_removed(const Cluster& cluster, SpecId id) {
  const SpecTallies gone = std::exchange(specified_[id.slot()], Specified{}).tallies;
  for (const auto* list : {&gone.affinity, &gone.anti_affinity, &gone.preferred, &gone.spread}) {
    for (const TallyId tally : *list) release(cluster, tally);
  }
  for (const auto& [tally, weight] : gone.owned) release(cluster, tally);
}

TallyId PodTallies::take(const Cluster& cluster, const Tally& tally) {
  const TallyId id = tallies_.take(tally);
  if (tallies_.users(id) == 1) introduce(cluster, id);
  return id;
}

/// Finds out whom a new tally is about, and counts those that are placed already.
void PodTallies::introduce(const Cluster& cluster, TallyId id) {
  const Tally& tally = row(id);
  Counted& counted = at_slot(counted_, id.slot());
  counted = Counted{};
  counted.key = domains_.take(cluster, tally.topology_key);
  if (tally.scope) counted.scope = scopes_.take(cluster, *tally.scope);
  counted.group = counters_->add_group();

  const PodSelection& first = tally.pods.front();
  if (first.in_all_namespaces) anywhere_.push_back(id);
  if (!first.in_all_namespaces) {
    for (const Symbol name : first.namespaces) bucket(name).push_back(id);
  }
  bool is_any = false;
  std::vector<bool> selected(labelled_.size());
  for (std::uint32_t slot = 0; slot < labelled_.size(); ++slot) {
    if (!labelled_[slot].is_known) continue;
    selected[slot] = add_if_selected(cluster, id, cluster.label_sets().id_in(slot));
    is_any = is_any || selected[slot];
  }
  if (is_any && tally.role == Tally::Role::selected) count_what_is_there(cluster, id, selected);
}

void PodTallies::count_what_is_there(const Cluster& cluster, TallyId tally, const std::vector<bool>& labels) {
  cluster.tasks().for_each([&](TaskId id, const Task& task) {
    const NodeId node = cluster.node_of(id);
    if (node && task.labels && labels[task.labels.slot()]) count(tally, cluster.status(id), node, 1);
  });
}

void PodTallies::release(const Cluster& cluster, TallyId id) {
  if (tallies_.users(id) == 1) {
    const Tally& tally = row(id);
    const bool is_selected = tally.role == Tally::Role::selected;
    for (std::uint32_t slot = 0; slot < labelled_.size(); ++slot) {
      Labelled& labelled = labelled_[slot];
      const auto gone = std::erase(is_selected ? labelled.counting : labelled.selecting, id);
      if (gone == 0 || is_selected) continue;
      const SpecId spec = cluster.label_sets()[cluster.label_sets().id_in(slot)].spec;
      if (spec) --specified_[spec.slot()].selecting;
    }
    std::erase(anywhere_, id);
    for (const Symbol name : tally.pods.front().namespaces) {
      const auto kept = by_namespace_.find(name);
      if (kept == by_namespace_.end()) continue;
      std::erase(kept->second, id);
      if (kept->second.empty()) by_namespace_.erase(kept);
    }
    const Counted& counted = counted_[id.slot()];
    domains_.release(counted.key);
    if (counted.scope) scopes_.release(*counted.scope);
    counters_->drop_group(counted.group);
  }
  tallies_.release(id);
}

void PodTallies::labels_added(const Cluster& cluster, LabelSetId labels) {
  at_slot(labelled_, labels.slot()).is_known = true;
  if (const auto kept = by_namespace_.find(cluster.label_sets()[labels].namespace_name); kept != by_namespace_.end()) {
    for (const TallyId tally : kept->second) add_if_selected(cluster, tally, labels);
  }
  for (const TallyId tally : anywhere_) add_if_selected(cluster, tally, labels);
}

bool PodTallies::add_if_selected(const Cluster& cluster, TallyId id, LabelSetId labels) {
  const Tally& tally = row(id);
  const PodLabels& pod = cluster.label_sets()[labels];
  const bool is_selected = std::all_of(tally.pods.begin(), tally.pods.end(), [&](const PodSelection& pods) {
    return matches(pods, pod.namespace_name, pod.labels, cluster.symbols());
  });
  if (!is_selected) return false;
  Labelled& labelled = labelled_[labels.slot()];
  if (tally.role == Tally::Role::selected) {
    labelled.counting.push_back(id);
  } else {
    labelled.selecting.push_back(id);
    if (pod.spec) ++at_slot(specified_, pod.spec.slot()).selecting;
  }
  return true;
}

void PodTallies::labels_removed(const Cluster& cluster, LabelSetId labels) {
  Labelled gone = std::exchange(labelled_[labels.slot()], Labelled{});
  const SpecId spec = cluster.label_sets()[labels].spec;
  if (spec) specified_[spec.slot()].selecting -= static_cast<std::uint32_t>(gone.selecting.size());
}

void PodTallies::node_changed(const Cluster& cluster, NodeId node) {
  ++nodes_seen_;
  domains_.node_changed(cluster, node);
  scopes_.node_changed(cluster, node);
}

void PodTallies::node_removed(const Cluster&, NodeId node) {
  ++nodes_seen_;
  domains_.node_removed(node);
  scopes_.node_removed(node);
}

// --- counting ---

void PodTallies::count(const Cluster& cluster, TaskId id, NodeId node, std::int64_t sign) {
  const Task& task = cluster.tasks()[id];
  const TaskStatus status = cluster.status(id);
  if (task.spec.slot() < specified_.size()) {
    for (const auto& [tally, weight] : specified_[task.spec.slot()].tallies.owned) {
      count(tally, status, node, sign * weight);
    }
  }
  if (!task.labels || task.labels.slot() >= labelled_.size()) return;
  for (const TallyId tally : labelled_[task.labels.slot()].counting) count(tally, status, node, sign);
}

void PodTallies::count(TallyId tally, TaskStatus status, NodeId node, std::int64_t amount) {
  const Counted& counted = counted_[tally.slot()];
  const Domain domain = domains_.of(counted.key)[node.slot()];
  if (domain == kNoDomain) return;
  if (counted.scope && !scopes_.contains(*counted.scope, node)) return;
  if (status == TaskStatus::releasing && !row(tally).counts_leaving) return;
  counters_->add(counted.group, domain, amount);
}

}  // namespace basalt
