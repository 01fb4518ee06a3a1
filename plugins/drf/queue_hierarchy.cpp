#include "plugins/drf/queue_hierarchy.hpp"

#include <algorithm>
#include <utility>

#include "basalt/model/quantity.hpp"

namespace basalt {
namespace {

/// The parts between slashes, empty ones too.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char character : path) {
    if (character == '/') {
      parts.emplace_back();
    } else {
      parts.back() += character;
    }
  }
  return parts;
}

std::int64_t weight_of(const std::string& text) {
  const auto weight = parse_quantity(text, Unit::milli);
  return std::clamp(weight ? *weight : 0, ShareTree::kWeightOne, ShareTree::kMostWeight);
}

}  // namespace

QueuePath path_of(const Queue& queue) {
  const std::string* path = find_value(queue.annotations, "volcano.sh/hierarchy");
  if (path == nullptr) return {{queue.name, queue.weight * ShareTree::kWeightOne}};
  const std::string* stated = find_value(queue.annotations, "volcano.sh/hierarchy-weights");
  const std::vector<std::string> names = parts_of(*path);
  const std::vector<std::string> weights = stated == nullptr ? std::vector<std::string>() : parts_of(*stated);
  QueuePath made;
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (!names[i].empty())
      made.emplace_back(names[i], i < weights.size() ? weight_of(weights[i]) : ShareTree::kWeightOne);
  }
  return made;
}

void QueueHierarchy::catch_up(const Cluster& cluster) {
  if (frame_seen_ != cluster.frame_epoch()) {
    build(cluster);
  } else if (jobs_seen_ != cluster.job_moment()) {
    cluster.for_each_job_slot_changed_after(jobs_seen_,
                                            [&](std::uint32_t slot, JobId job) { refresh(cluster, slot, job); });
    look_what_is_left();
  }
  frame_seen_ = cluster.frame_epoch();
  jobs_seen_ = cluster.job_moment();
}

std::weak_ordering QueueHierarchy::compare(QueueId left, QueueId right) const {
  return tree_.compare(places_.at(left.slot()), places_.at(right.slot()));
}

std::weak_ordering QueueHierarchy::compare_shares(QueueId left, QueueId right) const {
  return tree_.compare_shares(places_.at(left.slot()), places_.at(right.slot()));
}

void QueueHierarchy::suppose(JobId job, const Resources& more) {
  Entry& entry = entries_.at(job.slot());
  if (entry.job != job) return;
  entry.demand.allocated += more;
  allocated_.add(more);
  put(job.slot());
}

/// Of two queues that state different weights for a node above both, the one that was created first is believed.
void QueueHierarchy::build(const Cluster& cluster) {
  whole_ = cluster.total_allocatable();
  tree_ = ShareTree(whole_);
  entries_.clear();
  allocated_ = {};
  left_ = ~KindSet{0};
  std::vector<QueueId> queues;
  cluster.queues().for_each([&](QueueId id, const Queue&) { queues.push_back(id); });
  std::sort(queues.begin(), queues.end(),
            [&](QueueId left, QueueId right) { return comes_before(cluster.queues()[left], cluster.queues()[right]); });
  places_.assign(cluster.queues().slots(), ShareTree::kRoot);
  for (const QueueId queue : queues) {
    ShareTree::Place& place = places_[queue.slot()];
    for (const auto& [name, weight] : path_of(cluster.queues()[queue])) place = tree_.child(place, name, weight);
  }
  cluster.jobs().for_each([&](JobId job, const Job&) { refresh(cluster, job.slot(), job); });
  look_what_is_left();
}

void QueueHierarchy::refresh(const Cluster& cluster, std::uint32_t slot, JobId job) {
  if (entries_.size() <= slot) entries_.resize(slot + std::size_t{1});
  Entry& entry = entries_[slot];
  if (entry.job) allocated_.subtract(entry.demand.allocated);
  const QueueId queue = job ? cluster.jobs()[job].queue : QueueId{};
  if (!queue) {
    tree_.remove(slot);
    entry = Entry{};
    return;
  }
  const Resources held = cluster.allocated(job) + cluster.pipelined(job);
  entry = Entry{job, places_.at(queue.slot()), {held, held + cluster.pending(job)}};
  allocated_.add(held);
  put(slot);
}

void QueueHierarchy::put(std::uint32_t slot) {
  const Entry& entry = entries_[slot];
  tree_.put(slot, entry.place, entry.demand, is_saturated(entry.demand, left_));
}

void QueueHierarchy::look_what_is_left() {
  const Resources all = allocated_.saturated();
  KindSet left = 0;
  for (Dimension kind = 0; kind < whole_.width(); ++kind) {
    if (all[kind] < whole_[kind]) left |= KindSet{1} << kind;
  }
  if (std::exchange(left_, left) == left) return;
  for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
    if (entries_[slot].job && !(entries_[slot].demand.allocated == Resources{})) put(slot);
  }
}

}  // namespace basalt
