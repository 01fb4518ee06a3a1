#include "plugins/capacity/capacity.hpp"

#include <algorithm>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/queue_limits.hpp"
#include "plugins/amounts/shortage.hpp"
#include "plugins/capacity/victims.hpp"

namespace basalt {
namespace {

class Capacity final : public QueueOrder,
                       public Allocatable,
                       public QueueBounds,
                       public Preemptive,
                       public Reclaimable,
                       public UnifiedEvictable,
                       public VictimQueueOrder,
                       public JobEnqueueable,
                       public JobEnqueued,
                       public EntitledToReclaim,
                       public CouldHelp {
 public:
  struct Args {
    QueueTree::Shape shape = QueueTree::Shape::flat;
    std::size_t ancestor_levels = 0;  ///< that take part in decisions about who gives back

    static Args read(ArgumentReader& reader) {
      Args args;
      if (reader.boolean("enableHierarchy", false)) args.shape = QueueTree::Shape::tree;
      const std::int64_t levels = reader.integer("ancestorReclaimLevel", 0);
      if (levels < 0) {
        reader.report(Finding::Severity::note, "'ancestorReclaimLevel' is below 0: 0 is used, as in Volcano");
      }
      if (args.shape == QueueTree::Shape::tree) {
        args.ancestor_levels = static_cast<std::size_t>(std::max<std::int64_t>(levels, 0));
      }
      for (const char* key : {"capacity.DynamicResourceAllocationEnable", "capacity.DRAConsumableCapacityEnable"}) {
        reader.without_effect(key, "pods with resource claims wait");
      }
      return args;
    }
  };

  using Memory = JobLedger;
  Capacity(const Args& args, Memory& ledger, const Session& session)
      : cluster_(session.cluster()), shape_(args.shape), levels_(args.ancestor_levels), tree_(cluster_, args.shape) {
    ledger.catch_up(cluster_);
    quotas_ = queue_quotas(cluster_, tree_, args.shape, ledger);
  }

  /// Higher priority first; then the branch that holds the smaller part of what it deserves; then who deserves
  /// anything.
  std::weak_ordering queue_order(QueueId left, QueueId right) const override {
    const Queue& l = cluster_.queues()[left];
    const Queue& r = cluster_.queues()[right];
    if (l.priority != r.priority) return r.priority <=> l.priority;
    if (tree_.is_leaf(left) != tree_.is_leaf(right)) {
      return tree_.is_leaf(left) ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    const QueueId branch_of_left = branch(left, right);
    const QueueId branch_of_right = branch(right, left);
    const auto by_share = share(branch_of_left) <=> share(branch_of_right);
    if (by_share != 0) return by_share;
    const auto by_claim = is_empty(quota(branch_of_left).deserved) <=> is_empty(quota(branch_of_right).deserved);
    if (by_claim != 0 || shape_ == QueueTree::Shape::flat || branch_of_left == branch_of_right) return by_claim;
    // Branches that are equal come one after the other: else queues that differ within one of them could both be equal
    // to a queue of the other, and it would be no order.
    return comes_before(cluster_.queues()[branch_of_left], cluster_.queues()[branch_of_right])
               ? std::weak_ordering::less
               : std::weak_ordering::greater;
  }
  bool queues_move_others() const override { return shape_ == QueueTree::Shape::tree; }

  bool allocatable(QueueId queue, TaskId task, std::string& why) const override {
    return has_room(queue, cluster_.spec(task).request, &why);
  }

  std::vector<QueueBound> queue_bounds(QueueId queue) const override {
    QueueBound limit{"capability", {}};
    for (Dimension kind = 0; kind < cluster_.schema().size(); ++kind) {
      const std::int64_t most = quota(queue).limit[kind];
      if (most < Resources::kMaxStatedAmount) limit.limits.set(kind, most);
    }
    return {std::move(limit), {"deserved", quota(queue).deserved}};
  }

  /// It stays within its limit, and of something that is asked for within what it, or a queue so near above it,
  /// deserves.
  bool preemptive(QueueId queue, std::span<const TaskId> tasks) const override {
    Resources wanted;
    for (const TaskId task : tasks) wanted += cluster_.spec(task).request;
    if (!has_room(queue, wanted, nullptr)) return false;
    for (std::size_t level = 0; level <= levels_; ++level) {
      const QueueId above = tree_.ancestor(queue, level);
      if (!above || (level > 0 && tree_.is_root(above))) break;
      if (deserves_some(above, wanted)) return true;
    }
    return false;
  }

  VictimInputs reclaimable_inputs() const override { return {VictimInput::queues, VictimInput::evictor_job}; }
  std::optional<std::vector<TaskId>> reclaimable(TaskId evictor, std::span<const TaskId> candidates) const override {
    Reclaim reclaim(cluster_, tree_, quotas_);
    reclaim.for_task(evictor, levels_);
    return taken(reclaim, candidates);
  }
  std::optional<std::vector<TaskId>> unified_evictable(const EvictionContext& context,
                                                       std::span<const TaskId> candidates) const override {
    if (context.kind == EvictionContext::Kind::preempt) return std::nullopt;
    Reclaim reclaim(cluster_, tree_, quotas_);
    return taken(reclaim, candidates);
  }

  /// Near relatives give first.
  std::weak_ordering victim_queue_order(QueueId left, QueueId right, QueueId evictor) const override {
    return tree_.common_depth(right, evictor) <=> tree_.common_depth(left, evictor);
  }

  Vote job_enqueueable(JobId job, std::string& why) const override {
    const Job& row = cluster_.jobs()[job];
    if (!row.queue) return Vote::abstain;
    why = objection_to(row.queue);
    if (!why.empty()) return Vote::reject;
    if (!row.min_resources) return Vote::permit;
    for (const QueueId queue : tree_.path(row.queue)) {
      const QueueQuota& known = quota(queue);
      const Resources owed = saturating_add(known.claimed, unmet_minimum(cluster_, job));
      const Resources wanted = saturating_add(held(queue) - known.elastic, owed);
      const auto short_of = exceeded_kinds(wanted, known.limit, *row.min_resources, cluster_.schema());
      if (short_of.empty()) continue;
      why = insufficient(row.queue, queue, short_of);
      return Vote::reject;
    }
    return Vote::permit;
  }

  void job_enqueued(JobId job) override {
    const QueueId queue = cluster_.jobs()[job].queue;
    if (!queue) return;
    const Resources claim = admission_claim(cluster_, job);
    for (const QueueId above : tree_.path(queue)) {
      Resources& claimed = quotas_.at(above).claimed;
      claimed = saturating_add(claimed, claim);
    }
  }

  bool could_help(JobId, const Changes& changes) const override { return changes.room || changes.claims; }

  /// Its queue deserves the job's minimum beside what it holds and has let in, and so much is free or held by queues
  /// beyond what they deserve.
  bool entitled_to_reclaim(JobId job) const override {
    const Job& row = cluster_.jobs()[job];
    if (!row.queue || !row.min_resources || !objection_to(row.queue).empty()) return false;
    const Resources wanted = unmet_minimum(cluster_, job);
    const Resources then = saturating_add(held(row.queue), saturating_add(quota(row.queue).claimed, wanted));
    const Resources deserved = amounts_of(quota(row.queue).deserved);
    if (!exceeded_kinds(then, deserved, *row.min_resources, cluster_.schema()).empty()) return false;
    Resources claims = wanted;
    Resources to_be_had = excess(cluster_.total_allocatable(), cluster_.total_used());
    for (const QueueId other : tree_.from_the_top()) {
      if (!tree_.is_leaf(other)) continue;
      claims = saturating_add(claims, quota(other).claimed);
      if (other == row.queue || !cluster_.queues()[other].reclaimable) continue;
      to_be_had = saturating_add(to_be_had, excess(cluster_.allocated(other), amounts_of(quota(other).deserved)));
    }
    return exceeded_kinds(claims, to_be_had, *row.min_resources, cluster_.schema()).empty();
  }

 private:
  const QueueQuota& quota(QueueId queue) const { return quotas_.at(queue); }

  /// What the queues at or below it hold, reservations included.
  Resources held(QueueId queue) const {
    Resources sum;
    for (const QueueId leaf : tree_.leaves(queue)) sum += holdings(cluster_, leaf);
    return sum;
  }

  Share share(QueueId queue) const { return share_of(held(queue), quota(queue).deserved); }

  /// Of the queues above one, itself included, the highest that is not above another.
  QueueId branch(QueueId queue, QueueId other) const {
    const auto above = tree_.path(queue);
    const std::size_t common = tree_.common_depth(queue, other);
    return common >= above.size() ? queue : above[above.size() - 1 - common];
  }

  /// Why the queue gets nothing whatever it asks for; empty: there is no such reason.
  std::string objection_to(QueueId queue) const {
    const Queue& row = cluster_.queues()[queue];
    if (!tree_.fault(queue).empty()) return tree_.fault(queue);
    if (!tree_.is_leaf(queue)) return "queue " + row.name + " has queues below it: jobs belong into one of those";
    if (row.state != QueueState::open) return "queue " + row.name + " is not open";
    return {};
  }

  /// Volcano's words; which queue above it is short is said where it is another.
  std::string insufficient(QueueId queue, QueueId above, const std::vector<Dimension>& kinds) const {
    std::string text = "queue resource quota insufficient: " + list_kinds("insufficient", kinds, cluster_.schema());
    if (above != queue) text += " in queue " + cluster_.queues()[above].name;
    return text;
  }

  /// Whether the queue and those above it keep within their limits with that much more, as far as kinds are concerned
  /// of which more is wanted.
  bool has_room(QueueId queue, const Resources& wanted, std::string* why) const {
    std::string objection = objection_to(queue);
    if (objection.empty()) {
      for (const QueueId above : tree_.path(queue)) {
        const auto short_of = exceeded_kinds(held(above) + wanted, quota(above).limit, wanted, cluster_.schema());
        if (short_of.empty()) continue;
        objection = insufficient(queue, above, short_of);
        break;
      }
    }
    if (why != nullptr) *why = objection;
    return objection.empty();
  }

  /// Whether there is a kind, other than pods, of which with that much more it would hold no more than it deserves.
  bool deserves_some(QueueId queue, const Resources& wanted) const {
    const Resources then = held(queue) + wanted;
    for (Dimension kind = 0; kind < wanted.width(); ++kind) {
      if (kind == kPods || wanted[kind] == 0) continue;
      if (then[kind] <= quota(queue).deserved[kind].value_or(0)) return true;
    }
    return false;
  }

  static std::vector<TaskId> taken(Reclaim& reclaim, std::span<const TaskId> candidates) {
    std::vector<TaskId> victims;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(victims),
                 [&](TaskId candidate) { return reclaim.take(candidate); });
    return victims;
  }

  const Cluster& cluster_;
  const QueueTree::Shape shape_;
  std::size_t levels_;
  QueueTree tree_;
  std::unordered_map<QueueId, QueueQuota> quotas_;
};

}  // namespace

PluginType capacity() { return plugin_type<Capacity>("capacity"); }

}  // namespace basalt
