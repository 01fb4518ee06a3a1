#include "plugins/proportion/proportion.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "basalt/base/go_duration.hpp"
#include "basalt/framework/session.hpp"
#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/queue_limits.hpp"
#include "plugins/amounts/share.hpp"
#include "plugins/amounts/shortage.hpp"
#include "plugins/proportion/queue_shares.hpp"

namespace basalt {
namespace {

constexpr std::string_view kHalfLife = "proportion.history-half-life";
constexpr std::string_view kStrength = "proportion.history-strength";
constexpr std::int64_t kMilli = 1000;

struct ProportionArgs {
  std::optional<std::chrono::microseconds> half_life;  ///< none: the past does not count
  std::int64_t strength = kMilli;                      ///< in thousandths

  /// How the past counts, if it does.
  [[nodiscard]] std::optional<ShareHistory> history(WallTime now) const {
    if (!half_life) return std::nullopt;
    return ShareHistory{*half_life, strength, now};
  }

  static ProportionArgs read(ArgumentReader& reader) {
    ProportionArgs args;
    const std::string half_life = reader.text(kHalfLife, "");
    const double strength = reader.number(kStrength, 1);
    if (!half_life.empty()) {
      const auto duration = parse_go_duration(half_life);
      if (!duration || *duration < std::chrono::seconds(1)) {
        reader.report(Finding::Severity::wrong, "'" + std::string(kHalfLife) + "' is \"" + half_life +
                                                    "\": expected a duration of a second or more, such as 168h");
      } else {
        args.half_life = std::chrono::duration_cast<std::chrono::microseconds>(*duration);
      }
    }
    if (strength < 0 || strength > 10) {
      reader.report(Finding::Severity::wrong, "'" + std::string(kStrength) + "' is not within 0 to 10");
    } else {
      args.strength = std::llround(strength * static_cast<double>(kMilli));
    }
    return args;
  }
};

class Proportion final : public QueueOrder,
                         public Overused,
                         public Allocatable,
                         public QueueBounds,
                         public Preemptive,
                         public Reclaimable,
                         public UnifiedEvictable,
                         public JobEnqueueable,
                         public JobEnqueued,
                         public EntitledToReclaim,
                         public CouldHelp {
 public:
  using Args = ProportionArgs;
  using Memory = JobLedger;
  Proportion(const Args& args, Memory& ledger, const Session& session)
      : cluster_(session.cluster()), ledger_(ledger), history_(args.history(session.moment().now)) {
    ledger.catch_up(cluster_);
    shares_ = queue_shares(cluster_, ledger, history_);
  }

  /// Higher priority first, then the queue that has the smaller part of what it deserves.
  std::weak_ordering queue_order(QueueId left, QueueId right) const override {
    const Queue& l = cluster_.queues()[left];
    const Queue& r = cluster_.queues()[right];
    if (l.priority != r.priority) return r.priority <=> l.priority;
    return part_of_deserved(left) <=> part_of_deserved(right);
  }

  /// It has all it deserves, of every kind.
  bool overused(QueueId queue) const override { return share(queue).deserved.fits_in(holdings(cluster_, queue)); }

  bool allocatable(QueueId queue, TaskId task, std::string& why) const override {
    return has_room(queue, cluster_.spec(task).request, &why);
  }

  std::vector<QueueBound> queue_bounds(QueueId queue) const override {
    const Resources& deserved = share(queue).deserved;
    QueueBound bound{"deserved", {}};
    for (Dimension kind = 0; kind < cluster_.schema().size(); ++kind) bound.limits.set(kind, deserved[kind]);
    return {{"capability", cluster_.queues()[queue].capability}, std::move(bound)};
  }

  bool preemptive(QueueId queue, std::span<const TaskId> tasks) const override {
    Resources wanted;
    for (const TaskId task : tasks) wanted += cluster_.spec(task).request;
    return has_room(queue, wanted, nullptr);
  }

  VictimInputs reclaimable_inputs() const override { return {VictimInput::queues}; }
  std::optional<std::vector<TaskId>> reclaimable(TaskId, std::span<const TaskId> candidates) const override {
    return undeserved(candidates);
  }
  std::optional<std::vector<TaskId>> unified_evictable(const EvictionContext& context,
                                                       std::span<const TaskId> candidates) const override {
    if (context.kind == EvictionContext::Kind::preempt) return std::nullopt;
    return undeserved(candidates);
  }

  Vote job_enqueueable(JobId job, std::string& why) const override {
    const Job& row = cluster_.jobs()[job];
    if (!row.queue) return Vote::abstain;
    const Queue& queue = cluster_.queues()[row.queue];
    if (queue.state != QueueState::open) {
      why = not_open(queue);
      return Vote::reject;
    }
    if (!row.min_resources) return Vote::permit;
    const QueueShare& known = share(row.queue);
    const Resources owed = saturating_add(known.claimed, unmet_minimum(cluster_, job));
    const Resources wanted = saturating_add(holdings(cluster_, row.queue) - known.elastic, owed);
    const auto short_of = exceeded_kinds(wanted, known.limit, *row.min_resources, cluster_.schema());
    if (short_of.empty()) return Vote::permit;
    why = insufficient(short_of);
    return Vote::reject;
  }

  void job_enqueued(JobId job) override {
    const QueueId queue = cluster_.jobs()[job].queue;
    const auto known = shares_.find(queue);
    if (known == shares_.end()) return;
    known->second.claimed = saturating_add(known->second.claimed, admission_claim(cluster_, job));
  }

  /// A queue that asks for more may deserve more; what others ask for more only takes from it.
  bool could_help(JobId, const Changes& changes) const override {
    return changes.room || changes.claims || changes.growth;
  }

  /// The queue stays within what it deserves with the claims of its jobs and the job's own, and all
  /// claims together are no more than what is free and what other queues hold beyond their share. So
  /// what jobs are let in for never adds up to more than what can be had.
  bool entitled_to_reclaim(JobId job) const override {
    const Job& row = cluster_.jobs()[job];
    if (!row.queue || !row.min_resources || cluster_.queues()[row.queue].state != QueueState::open) return false;
    if (!deserved_with_minima_) deserved_with_minima_ = deserved_with_minima(cluster_, ledger_, history_);
    const Resources wanted = unmet_minimum(cluster_, job);
    const Resources owed = saturating_add(share(row.queue).claimed, wanted);
    const Resources held = saturating_add(holdings(cluster_, row.queue), owed);
    if (!exceeded_kinds(held, deserved_with_minima_->at(row.queue), *row.min_resources, cluster_.schema()).empty()) {
      return false;
    }
    return exceeded_kinds(saturating_add(all_claims(), wanted), to_be_had(row.queue), *row.min_resources,
                          cluster_.schema())
        .empty();
  }

 private:
  Resources all_claims() const {
    Resources sum;
    for (const auto& [queue, known] : shares_) sum = saturating_add(sum, known.claimed);
    return sum;
  }

  /// What is free, and what others than `queue` would have to give back.
  Resources to_be_had(QueueId queue) const {
    Resources sum = excess(cluster_.total_allocatable(), cluster_.total_used());
    for (const auto& [other, deserved] : *deserved_with_minima_) {
      if (other == queue || !cluster_.queues()[other].reclaimable) continue;
      sum = saturating_add(sum, excess(holdings(cluster_, other), deserved));
    }
    return sum;
  }

  const QueueShare& share(QueueId queue) const {
    static const QueueShare kNone;
    const auto known = shares_.find(queue);
    return known == shares_.end() ? kNone : known->second;
  }

  Share part_of_deserved(QueueId queue) const {
    return dominant_share(cluster_.allocated(queue), cluster_.pipelined(queue), share(queue).deserved);
  }

  /// Tasks of queues that hold more than they deserve, until they no longer do: the last one taken
  /// may lead below the line. A task that holds nothing of what its queue has too much of stays:
  /// its going would bring the queue no nearer to its share, and could go on for ever.
  std::vector<TaskId> undeserved(std::span<const TaskId> candidates) const {
    std::vector<TaskId> victims;
    std::unordered_map<QueueId, Resources> left;
    for (const TaskId candidate : candidates) {
      const QueueId queue = queue_of(candidate);
      if (!queue) continue;
      auto known = left.find(queue);
      if (known == left.end()) known = left.emplace(queue, holdings(cluster_, queue)).first;
      const Resources& request = cluster_.spec(candidate).request;
      if (!holds_excess(request, known->second, share(queue).deserved)) continue;
      known->second -= request;
      victims.push_back(candidate);
    }
    return victims;
  }

  static bool holds_excess(const Resources& request, const Resources& held, const Resources& deserved) {
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] > 0 && held[kind] > deserved[kind]) return true;
    }
    return false;
  }

  QueueId queue_of(TaskId task) const {
    const JobId job = cluster_.tasks()[task].job;
    return job ? cluster_.jobs()[job].queue : QueueId{};
  }

  static std::string not_open(const Queue& queue) { return "queue " + queue.name + " is not open"; }

  /// Volcano's words.
  std::string insufficient(const std::vector<Dimension>& kinds) const {
    return "queue resource quota insufficient: " + list_kinds("insufficient", kinds, cluster_.schema());
  }

  /// Whether the queue is open and keeps within what it deserves with that much more, as far
  /// as kinds are concerned of which more is wanted.
  bool has_room(QueueId queue, const Resources& wanted, std::string* why) const {
    const Queue& row = cluster_.queues()[queue];
    if (row.state != QueueState::open) {
      if (why != nullptr) *why = not_open(row);
      return false;
    }
    const Resources then = holdings(cluster_, queue) + wanted;
    const auto short_of = exceeded_kinds(then, share(queue).deserved, wanted, cluster_.schema());
    if (!short_of.empty() && why != nullptr) *why = insufficient(short_of);
    return short_of.empty();
  }

  const Cluster& cluster_;
  const JobLedger& ledger_;
  std::optional<ShareHistory> history_;
  std::unordered_map<QueueId, QueueShare> shares_;
  /// As of the first question about it.
  mutable std::optional<std::unordered_map<QueueId, Resources>> deserved_with_minima_;
};

/// Proportion as configured, and what it asks of the tables: to remember what queues held.
class WithHistory final : public ConfiguredPlugin {
 public:
  WithHistory(std::unique_ptr<ConfiguredPlugin> plugin, std::optional<std::chrono::microseconds> half_life)
      : plugin_(std::move(plugin)), half_life_(half_life) {}
  std::unique_ptr<OpenedPlugin> open(const Session& session) override { return plugin_->open(session); }
  void attach(Cluster& cluster) override {
    cluster.remember_shares(half_life_);
    plugin_->attach(cluster);
  }

 private:
  std::unique_ptr<ConfiguredPlugin> plugin_;
  std::optional<std::chrono::microseconds> half_life_;
};

}  // namespace

PluginType proportion() {
  PluginType type = plugin_type<Proportion>("proportion");
  type.configure = [configure = type.configure](const Arguments& arguments, Findings& findings) {
    Findings said_twice;
    ArgumentReader reader("proportion", arguments, said_twice);
    return std::make_unique<WithHistory>(configure(arguments, findings), ProportionArgs::read(reader).half_life);
  };
  return type;
}

}  // namespace basalt
