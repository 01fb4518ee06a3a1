#include "actions/advance_reservations.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "actions/domain_search.hpp"
#include "actions/task_placing.hpp"
#include "actions/worklist.hpp"
#include "basalt/framework/expected_start.hpp"

namespace basalt {
namespace {

bool wants_reservation(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const bool has_started = cluster.ready_tasks(job) > 0 && session.job_ready(job);
  return !has_started && cluster.count(job, TaskStatus::pending) > 0 && session.is_late(job) &&
         session.may_reserve(job);
}

/// Whether what the job holds, and each part that holds something, is enough to keep it.
bool is_whole_once_bound(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const std::vector<SubJobId>& parts = cluster.jobs()[job].sub_jobs;
  return session.job_pipelined(job) && std::all_of(parts.begin(), parts.end(), [&](SubJobId part) {
           return cluster.waiting_tasks(part) == 0 || session.sub_job_ready(part) || session.sub_job_pipelined(part);
         });
}

/// Reserves each place in turn until the job is whole. A node that has, or will have, the room keeps it as any
/// reservation does.
bool reserve_until_whole(Session& session, JobId job, const Placements& places, Transaction& tx) {
  const Cluster& cluster = session.cluster();
  for (const auto& [task, placement] : places) {
    if (cluster.future_shortage(placement.node, cluster.spec(task).request)) {
      tx.reserve_in_advance(task, placement.node);
    } else {
      tx.pipeline(task, placement.node);
    }
    if (is_whole_once_bound(session, job)) return true;
  }
  return false;
}

/// Looks for the places that one job can have soonest, where tasks that run now are waited for.
class Plan {
 public:
  Plan(Session& session, JobId job)
      : session_(session), cluster_(session.cluster()), job_(job), reported_(session.wait_report(job)) {}
  ~Plan() { session_.wait_report(job_) = reported_; }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  enum class Outcome : std::uint8_t { reserved, no_room_beside_others, impossible };

  Outcome make() {
    kinds_ = kinds_of_tasks();
    for (const NodeId node : cluster_.nodes_in_order()) {
      if (most_room(node, false) > 0) nodes_.push_back(node);
    }
    if (!has_capacity(false)) return Outcome::impossible;
    leave_out_unfit_nodes();
    if (!has_capacity(false)) return Outcome::impossible;
    if (!has_capacity(true)) return Outcome::no_room_beside_others;
    Placements places;
    {
      Transaction what_if = session_.begin();
      places = soonest_places(what_if);
    }
    if (!places.empty()) {
      Transaction tx = session_.begin();
      if (reserve_until_whole(session_, job_, places, tx)) {
        tx.commit();
        return Outcome::reserved;
      }
    }
    return fits_once_all_have_left() ? Outcome::no_room_beside_others : Outcome::impossible;
  }

 private:
  [[nodiscard]] auto by_rank() const {
    return [this](NodeId left, NodeId right) { return cluster_.rank(left) < cluster_.rank(right); };
  }

  /// Tasks of the job that are to be placed, one of each spec.
  std::vector<TaskId> kinds_of_tasks() const {
    std::vector<TaskId> kinds;
    for (const TaskId task : cluster_.jobs()[job_].tasks) {
      if (cluster_.status(task) != TaskStatus::pending || cluster_.spec(task).gated) continue;
      const SpecId spec = cluster_.tasks()[task].spec;
      const bool is_known =
          std::any_of(kinds.begin(), kinds.end(), [&](TaskId known) { return cluster_.tasks()[known].spec == spec; });
      if (!is_known && session_.pre_predicate(task).empty()) kinds.push_back(task);
    }
    return kinds;
  }

  /// Those that refuse whatever room they have, and whoever leaves them.
  void leave_out_unfit_nodes() {
    std::erase_if(nodes_, [&](NodeId node) {
      return std::none_of(kinds_.begin(), kinds_.end(), [&](TaskId task) {
        return session_.objection(task, node).verdict != Fit::Verdict::unresolvable;
      });
    });
  }

  /// So many like the task go onto the node when nobody runs there, and (or not) beside what is reserved there.
  [[nodiscard]] std::int64_t room(TaskId task, NodeId node, bool beside_reservations) const {
    const Resources& request = cluster_.spec(task).request;
    std::int64_t most = std::numeric_limits<std::int32_t>::max();
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] == 0) continue;
      const std::int64_t reserved = beside_reservations ? cluster_.pipelined(node, kind) : 0;
      most = std::min(most, std::max<std::int64_t>(cluster_.allocatable(node, kind) - reserved, 0) / request[kind]);
    }
    return most;
  }

  [[nodiscard]] std::int64_t most_room(NodeId node, bool beside_reservations) const {
    std::int64_t most = 0;
    for (const TaskId task : kinds_) most = std::max(most, room(task, node, beside_reservations));
    return most;
  }

  /// Whether the nodes could hold what the job lacks, as far as amounts tell. Cheap, and mostly right.
  [[nodiscard]] bool has_capacity(bool beside_reservations) const {
    std::int64_t lacking =
        std::max<std::int64_t>(std::int64_t{cluster_.jobs()[job_].min_member} - cluster_.ready_tasks(job_), 1);
    for (const NodeId node : nodes_) {
      lacking -= most_room(node, beside_reservations);
      if (lacking <= 0) return true;
    }
    return false;
  }

  /// What occupies the nodes, and what its queue holds elsewhere, in the order in which it is waited for: by
  /// expected end; then, where nobody knows, node by node, first the nodes with fewest of them.
  std::vector<TaskId> tasks_to_wait_for() const {
    std::vector<NodeId> nodes = nodes_;
    const QueueId queue = cluster_.jobs()[job_].queue;
    for (const NodeId node : cluster_.nodes_in_order()) {
      if (std::binary_search(nodes_.begin(), nodes_.end(), node, by_rank())) continue;
      bool holds_of_queue = false;
      cluster_.for_each_task_on(node, [&](TaskId task) { holds_of_queue = holds_of_queue || is_of(task, queue); });
      if (holds_of_queue) nodes.push_back(node);
    }
    struct Entry {
      WallTime end;
      std::size_t on_node = 0;  // tasks there of which nobody knows the end
      std::uint32_t rank = 0;
      TaskId task;
    };
    std::vector<Entry> entries;
    for (const NodeId node : nodes) {
      const bool is_wanted = std::binary_search(nodes_.begin(), nodes_.end(), node, by_rank());
      const std::size_t first = entries.size();
      std::size_t unknown = 0;
      cluster_.for_each_task_on(node, [&](TaskId task) {
        if (cluster_.status(task) == TaskStatus::pipelined || cluster_.status(task) == TaskStatus::releasing) return;
        if (cluster_.tasks()[task].job == job_ || (!is_wanted && !is_of(task, queue))) return;
        const auto end = expected_end(session_, task);
        unknown += end ? 0 : 1;
        entries.push_back({end.value_or(WallTime::max()), 0, cluster_.rank(node), task});
      });
      for (std::size_t i = first; i < entries.size(); ++i) {
        if (entries[i].end == WallTime::max()) entries[i].on_node = unknown;
      }
    }
    std::sort(entries.begin(), entries.end(), [&](const Entry& left, const Entry& right) {
      const auto key = [](const Entry& entry) { return std::tuple(entry.end, entry.on_node, entry.rank); };
      if (key(left) != key(right)) return key(left) < key(right);
      const Task& l = cluster_.tasks()[left.task];
      const Task& r = cluster_.tasks()[right.task];
      return std::tie(l.created, l.namespace_name, l.name) < std::tie(r.created, r.namespace_name, r.name);
    });
    std::vector<TaskId> tasks;
    for (const Entry& entry : entries) tasks.push_back(entry.task);
    return tasks;
  }
  [[nodiscard]] bool is_of(TaskId task, QueueId queue) const {
    const JobId job = cluster_.tasks()[task].job;
    return job && cluster_.jobs()[job].queue == queue;
  }

  /// Where the job goes with the fewest of `tasks_to_wait_for` gone; nowhere, with all of them gone.
  Placements soonest_places(Transaction& what_if) {
    const std::vector<TaskId> tasks = tasks_to_wait_for();
    std::size_t gone = 0;    // in `what_if`
    std::size_t enough = 0;  // so many are enough
    Placements found;
    const auto suppose = [&](std::size_t count) {
      for (; gone < count; ++gone) what_if.suppose_leaving(tasks[gone]);
    };
    Transaction::Savepoint too_few = what_if.savepoint();
    std::size_t known_too_few = 0;
    for (std::size_t step = 1; found.empty() && known_too_few < tasks.size(); step *= 2) {
      suppose(std::min(known_too_few + step, tasks.size()));
      found = places_now(what_if);
      if (found.empty()) {
        known_too_few = gone;
        too_few = what_if.savepoint();
      }
      enough = gone;
    }
    while (!found.empty() && enough - known_too_few > 1) {
      what_if.rollback(too_few);
      gone = known_too_few;
      suppose(known_too_few + (enough - known_too_few) / 2);
      Placements fewer = places_now(what_if);
      if (fewer.empty()) {
        known_too_few = gone;
        too_few = what_if.savepoint();
      } else {
        enough = gone;
        found = std::move(fewer);
      }
    }
    return found;
  }

  /// Where the job would go as things stand in the transaction, which is left as it was.
  Placements places_now(Transaction& what_if) {
    if (session_.overused(cluster_.jobs()[job_].queue)) return {};
    const Transaction::Savepoint before = what_if.savepoint();
    session_.wait_report(job_) = WaitReport{};
    JobWork work = work_of(session_, job_);
    Placements places;
    if (!work.is_empty()) {
      places = cluster_.jobs()[job_].has_parts() ? place_in_domains(session_, job_, work, what_if)
                                                 : place_tasks(session_, job_, work.lists.front(), what_if);
    }
    if (!session_.job_pipelined(job_)) places.clear();
    what_if.rollback(before);
    return places;
  }

  bool fits_once_all_have_left() {
    Transaction what_if = session_.begin();
    std::vector<TaskId> reserved;
    for (const NodeId node : cluster_.nodes_in_order()) {
      cluster_.for_each_task_on(node, [&](TaskId task) {
        if (cluster_.status(task) == TaskStatus::pipelined) reserved.push_back(task);
      });
    }
    for (const TaskId task : reserved) what_if.release(task);
    for (const TaskId task : tasks_to_wait_for()) what_if.suppose_leaving(task);
    return !places_now(what_if).empty();
  }

  Session& session_;
  const Cluster& cluster_;
  const JobId job_;
  const WaitReport reported_;  // what its own try said stands
  std::vector<TaskId> kinds_;
  std::vector<NodeId> nodes_;  // that could take some of it, in rank order
};

}  // namespace

void find_reservation_again(Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  if (!session.has_waiting_limits() || !wants_reservation(session, job)) return;
  Placements places;
  const auto nodes = cluster.nodes_in_order();
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const std::string& name = cluster.tasks()[task].nominated_node;
    if (name.empty() || cluster.status(task) != TaskStatus::pending || cluster.spec(task).gated) continue;
    const auto node = std::lower_bound(nodes.begin(), nodes.end(), name, [&](NodeId each, const std::string& wanted) {
      return cluster.node_name(each) < wanted;
    });
    if (node == nodes.end() || cluster.node_name(*node) != name) continue;
    if (session.objection(task, *node).verdict == Fit::Verdict::unresolvable) continue;
    places.emplace_back(task, Placement{*node, false});
  }
  if (places.empty()) return;
  Transaction tx = session.begin();
  if (reserve_until_whole(session, job, places, tx)) tx.commit();
}

void AdvanceReservations::ask_for(JobId job) {
  if (!session_.has_waiting_limits() || session_.cluster().waiting_tasks(job) > 0) return;
  if (wants_reservation(session_, job)) jobs_.push_back(job);
}

void AdvanceReservations::reserve() {
  const Cluster& cluster = session_.cluster();
  std::sort(jobs_.begin(), jobs_.end(), [&](JobId left, JobId right) {
    const std::int32_t of_left = cluster.jobs()[left].priority;
    const std::int32_t of_right = cluster.jobs()[right].priority;
    if (of_left != of_right) return of_left > of_right;
    const auto since_left = session_.waits_until(left);
    const auto since_right = session_.waits_until(right);
    if (since_left != since_right) return since_left < since_right;
    return session_.job_order(left, right) < 0;
  });
  jobs_.erase(std::unique(jobs_.begin(), jobs_.end()), jobs_.end());
  for (const JobId job : jobs_) {
    if (cluster.waiting_tasks(job) > 0 || !wants_reservation(session_, job)) continue;
    if (Plan(session_, job).make() == Plan::Outcome::no_room_beside_others) break;
  }
}

}  // namespace basalt
