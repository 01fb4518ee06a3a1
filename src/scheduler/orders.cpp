#include "scheduler/orders.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "basalt/base/overloaded.hpp"
#include "basalt/framework/cluster.hpp"

namespace basalt {
namespace {

constexpr std::size_t kRememberedGroups = 65'536;

std::string api_version_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::pod_group:
    case ObjectKind::queue: return "scheduling.volcano.sh/v1beta1";
    case ObjectKind::priority_class: return "scheduling.k8s.io/v1";
    case ObjectKind::storage_class: return "storage.k8s.io/v1";
    default: return "v1";
  }
}

ObjectName name_of(const Task& task) { return {task.namespace_name, task.name, task.uid}; }
ObjectName name_of(const Job& job) { return {job.namespace_name, job.name, job.uid}; }

/// Puts orders of one gang beside each other, gangs in the order of their first orders.
void gather_gangs(std::vector<BindOrder>& binds) {
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < binds.size(); ++i) first.emplace(binds[i].gang, i);
  std::stable_sort(binds.begin(), binds.end(), [&](const BindOrder& left, const BindOrder& right) {
    return first.at(left.gang) < first.at(right.gang);
  });
}

}  // namespace

std::string to_string(const ObjectName& object) {
  return object.space.empty() ? object.name : object.space + "/" + object.name;
}

PodConditionOrder merge(PodConditionOrder older, PodConditionOrder newer) {
  PodConditionOrder merged = newer.write.reason.empty() ? older : newer;
  const adapter::PodUnscheduledWrite& nomination =
      newer.write.nomination == adapter::Nomination::keep ? older.write : newer.write;
  const adapter::Nomination what = nomination.nomination;
  std::string node = nomination.nominated_node;
  merged.write.nomination = what;
  merged.write.nominated_node = std::move(node);
  return merged;
}

adapter::EventReport event_about(ObjectKind kind, const ObjectName& object, const std::string& component) {
  adapter::EventReport report;
  report.api_version = api_version_of(kind);
  report.kind = to_string(kind);
  report.space = object.space;
  report.name = object.name;
  report.uid = object.uid;
  report.component = component;
  return report;
}

/// The orders of one cycle as they are written.
class OrderBook::Page {
 public:
  Page(const Cluster& cluster, const Moment& moment, const std::string& component,
       adapter::RecentMap<Conditions>& remembered)
      : cluster_(cluster), moment_(moment), component_(component), remembered_(remembered) {}

  void enter(const Bind& bind) {
    const Task& task = cluster_.tasks()[bind.task];
    const Job* job = cluster_.jobs().find(task.job);
    orders_.binds.push_back(
        {name_of(task), cluster_.node_name(bind.node), bind.annotations, job ? job->uid : task.uid});
  }

  void enter(const Evict& evict) {
    const Task& task = cluster_.tasks()[evict.task];
    orders_.evictions.push_back({name_of(task), evict.reason});
    tell(ObjectKind::pod, name_of(task), "Warning", "Evict", "Pod is evicted, because of " + evict.reason);
    const Job* job = cluster_.jobs().find(task.job);
    if (job != nullptr && !job->implicit) tell(ObjectKind::pod_group, name_of(*job), "Normal", "Evict", evict.reason);
  }

  void enter(const TaskCondition& decided) {
    const Task& task = cluster_.tasks()[decided.task];
    PodConditionOrder& order = condition_of(decided.task);
    order.write.reason = decided.reason;
    order.write.message = decided.message;
    order.write.previous_status = task.scheduled ? task.scheduled->status : std::string();
    order.event = report(ObjectKind::pod, name_of(task), "Warning", "FailedScheduling", decided.message);
  }

  /// Reservations are written down as nominations, so that they can be found again after a restart.
  void enter(const Reserve& reserve) {
    const std::string& node = cluster_.node_name(reserve.node);
    if (cluster_.tasks()[reserve.task].nominated_node == node) return;
    adapter::PodUnscheduledWrite& write = condition_of(reserve.task).write;
    write.nomination = adapter::Nomination::set;
    write.nominated_node = node;
  }
  void enter(const Release& release) {
    if (cluster_.tasks()[release.task].nominated_node.empty()) return;
    condition_of(release.task).write.nomination = adapter::Nomination::clear;
  }

  void enter(const JobStatus& status) {
    adapter::PodGroupStatusWrite& write = status_of(status.job);
    write.phase = to_string(status.phase);
    write.running = status.running;
    write.succeeded = status.succeeded;
    write.failed = status.failed;
  }

  void enter(const JobCondition& decided) {
    const ConditionText& condition = decided.condition;
    adapter::PodGroupStatusWrite& write = status_of(decided.job);
    const auto same = std::find_if(write.conditions.begin(), write.conditions.end(),
                                   [&](const auto& known) { return known.type == condition.type; });
    if (same != write.conditions.end()) write.conditions.erase(same);
    write.conditions.push_back(dated(write.uid, condition));
    const ObjectName group = name_of(cluster_.jobs()[decided.job]);
    if (condition.type == "Scheduled") {
      tell(ObjectKind::pod_group, group, "Normal", "Scheduled", "pod group is ready");
    } else {
      tell(ObjectKind::pod_group, group, "Warning", condition.type, condition.message);
    }
  }

  void enter(const QueueStatus& status) {
    const Queue& queue = cluster_.queues()[status.queue];
    orders_.statuses.emplace_back(
        QueueStatusOrder{{{}, queue.name, queue.uid}, {queue.uid, status.allocated, queue.observed_allocated}});
  }

  // Nothing is written for itself: the phase goes with the group's status.
  void enter(const Enqueue&) {}

  Orders finish() {
    gather_gangs(orders_.binds);
    for (PodConditionOrder& order : conditions_) orders_.statuses.emplace_back(std::move(order));
    for (auto& [job, write] : group_statuses_) {
      remembered_[write.uid] = write.conditions;
      orders_.statuses.emplace_back(PodGroupStatusOrder{name_of(cluster_.jobs()[job]), std::move(write)});
    }
    return std::move(orders_);
  }

 private:
  PodConditionOrder& condition_of(TaskId task) {
    const auto [known, is_new] = condition_places_.try_emplace(task, conditions_.size());
    if (is_new) {
      PodConditionOrder& order = conditions_.emplace_back();
      order.pod = name_of(cluster_.tasks()[task]);
      order.write.uid = order.pod.uid;
      order.write.now = moment_.now;
    }
    return conditions_[known->second];
  }

  /// The status of a group as it will be: at first as it is.
  adapter::PodGroupStatusWrite& status_of(JobId job) {
    const auto [known, is_new] = group_places_.try_emplace(job, group_statuses_.size());
    if (!is_new) return group_statuses_[known->second].second;
    const Job& row = cluster_.jobs()[job];
    const JobObserved& seen = row.observed;
    adapter::PodGroupStatusWrite write{row.uid, {}, seen.phase_text, seen.running, seen.succeeded, seen.failed, {}};
    for (const ConditionText& condition : seen.conditions) write.conditions.push_back(dated(row.uid, condition));
    return group_statuses_.emplace_back(job, std::move(write)).second;
  }

  /// A condition with the time at which it became so: ours as we wrote it, any other now.
  adapter::PodGroupCondition dated(const std::string& uid, const ConditionText& condition) {
    if (const Conditions* written = remembered_.find(uid)) {
      for (const adapter::PodGroupCondition& known : *written) {
        const bool is_same = known.type == condition.type && known.status == condition.status &&
                             known.reason == condition.reason && known.message == condition.message;
        if (is_same) return known;
      }
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment_.now.time_since_epoch()).count();
    return {condition.type, condition.status, std::to_string(seconds) + "-" + std::to_string(moment_.cycle),
            moment_.now,    condition.reason, condition.message};
  }

  [[nodiscard]] adapter::EventReport report(ObjectKind kind, const ObjectName& object, const char* type,
                                            std::string reason, std::string message) const {
    adapter::EventReport event = event_about(kind, object, component_);
    event.type = type;
    event.reason = std::move(reason);
    event.message = std::move(message);
    return event;
  }
  void tell(ObjectKind kind, const ObjectName& object, const char* type, std::string reason, std::string message) {
    orders_.events.push_back(report(kind, object, type, std::move(reason), std::move(message)));
  }

  const Cluster& cluster_;
  const Moment& moment_;
  const std::string& component_;
  adapter::RecentMap<Conditions>& remembered_;
  std::vector<PodConditionOrder> conditions_;
  std::unordered_map<TaskId, std::size_t> condition_places_;
  std::vector<std::pair<JobId, adapter::PodGroupStatusWrite>> group_statuses_;
  std::unordered_map<JobId, std::size_t> group_places_;
  Orders orders_;
};

OrderBook::OrderBook(std::string component) : component_(std::move(component)), conditions_(kRememberedGroups) {}

Orders OrderBook::write(const Decisions& decisions, const Cluster& cluster, const Moment& moment) {
  Page page(cluster, moment, component_, conditions_);
  for (const Decision& decision : decisions) {
    std::visit([&](const auto& kind) { page.enter(kind); }, decision);
  }
  return page.finish();
}

}  // namespace basalt
