#include "framework/explain_parts.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace basalt {
namespace {

/// A page that names more is read by nobody; who has so many domains wants the best ones.
constexpr std::size_t kNamedDomains = 8, kTriedDomains = 256;
constexpr std::size_t kNamedPods = 8;

std::string name_of(const Cluster& cluster, TaskId task) {
  return display_name(cluster.tasks()[task].namespace_name, cluster.tasks()[task].name);
}

/// What some tasks of a job find in one domain.
struct Found {
  std::vector<std::pair<TaskId, NodeId>> placed;
  std::string lacks;  // what was said to the first that found nothing
};

class DomainTrial {
 public:
  DomainTrial(Session& session, JobId job, Transaction& tx)
      : session_(session), cluster_(session.cluster()), job_(job), tx_(tx) {}

  TriedDomain try_in(HyperNodeId domain) {
    TriedDomain tried;
    tried.name = cluster_.hyper_nodes()[domain].name;
    tried.tier = cluster_.topology().tier(domain);
    tried.nodes = static_cast<std::uint32_t>(cluster_.topology().nodes(domain).size());
    const Transaction::Savepoint before = tx_.savepoint();
    for (const SubJobId part : parts_in_order()) {
      Found found = place_part(part, domain);
      tried.placeable += static_cast<std::uint32_t>(found.placed.size());
      if (tried.lacks.empty()) tried.lacks = std::move(found.lacks);
    }
    tried.holds = session_.job_ready(job_) || session_.job_pipelined(job_);
    tx_.rollback(before);
    return tried;
  }

 private:
  [[nodiscard]] std::vector<SubJobId> parts_in_order() const {
    std::vector<SubJobId> parts = cluster_.jobs()[job_].sub_jobs;
    std::sort(parts.begin(), parts.end(),
              [&](SubJobId left, SubJobId right) { return session_.sub_job_order(left, right) < 0; });
    return parts;
  }

  [[nodiscard]] std::vector<TaskId> waiting_tasks(SubJobId part) const {
    std::vector<TaskId> tasks;
    for (const TaskId task : cluster_.sub_jobs()[part].tasks) {
      if (cluster_.status(task) == TaskStatus::pending && !cluster_.spec(task).gated) tasks.push_back(task);
    }
    std::sort(tasks.begin(), tasks.end(),
              [&](TaskId left, TaskId right) { return session_.task_order(left, right) < 0; });
    return tasks;
  }

  /// The part in that of its domains which holds all that waits of it, or else the most.
  Found place_part(SubJobId part, HyperNodeId within) {
    const std::vector<TaskId> tasks = waiting_tasks(part);
    Found best;
    if (tasks.empty()) return best;
    bool is_first = true;
    for (const auto& group : session_.hyper_node_gradient(part, within, SearchPurpose::allocate)) {
      for (const HyperNodeId domain : group) {
        const Transaction::Savepoint before = tx_.savepoint();
        Found found = place_in(tasks, domain);
        if (found.placed.size() == tasks.size()) return found;
        tx_.rollback(before);
        if (is_first || found.placed.size() > best.placed.size()) best = std::move(found);
        is_first = false;
      }
    }
    if (is_first) best.lacks = "what is placed of it leaves no HyperNode for the rest";
    for (const auto& [task, node] : best.placed) tx_.pipeline(task, node);
    return best;
  }

  Found place_in(const std::vector<TaskId>& tasks, HyperNodeId domain) {
    Found found;
    for (const TaskId task : tasks) {
      std::string refusal;
      if (!session_.allocatable(cluster_.jobs()[job_].queue, task, refusal)) {
        found.lacks = refusal.empty() ? "the queue has no room for it" : refusal;
        break;
      }
      refusal = session_.pre_predicate(task);
      FitSummary why;
      const auto placement =
          refusal.empty() ? session_.find_placement(task, cluster_.topology().nodes(domain), why) : std::nullopt;
      if (placement) {
        tx_.pipeline(task, placement->node);  // whether now or later makes no difference here
        found.placed.emplace_back(task, placement->node);
      } else if (found.lacks.empty()) {
        found.lacks = refusal.empty() ? why.text(cluster_.symbols()) : refusal;
      }
    }
    return found;
  }

  Session& session_;
  const Cluster& cluster_;
  JobId job_;
  Transaction& tx_;
};

std::vector<TaskId> tasks_with(const Cluster& cluster, TaskStatus status) {
  std::vector<TaskId> tasks;
  cluster.tasks().for_each([&](TaskId task, const Task&) {
    if (cluster.status(task) == status) tasks.push_back(task);
  });
  std::sort(tasks.begin(), tasks.end(),
            [&](TaskId left, TaskId right) { return comes_before(cluster.tasks()[left], cluster.tasks()[right]); });
  return tasks;
}

}  // namespace

bool try_domains(Session& session, JobId job, JobExplanation& made) {
  const Cluster& cluster = session.cluster();
  Transaction tx = session.begin();  // never committed
  for (const TaskId task : cluster.jobs()[job].tasks) {
    if (cluster.status(task) == TaskStatus::pipelined) tx.release(task);
  }
  bool any_holds = false;
  std::size_t left = kTriedDomains;
  for (const auto& group : session.hyper_node_gradient(job, cluster.topology().root(), SearchPurpose::allocate)) {
    for (const HyperNodeId domain : group) {
      if (left == 0) continue;
      --left;
      made.domains.push_back(DomainTrial(session, job, tx).try_in(domain));
      any_holds = any_holds || made.domains.back().holds;
    }
  }
  made.domains_tried = static_cast<std::uint32_t>(made.domains.size());
  std::stable_sort(made.domains.begin(), made.domains.end(),
                   [](const TriedDomain& one, const TriedDomain& other) { return one.placeable > other.placeable; });
  if (made.domains.size() > kNamedDomains) made.domains.resize(kNamedDomains);
  return any_holds;
}

void find_incomplete_parts(const Cluster& cluster, JobId job, JobExplanation& made) {
  const Job& row = cluster.jobs()[job];
  std::vector<std::int64_t> complete(row.sub_groups.size(), 0);
  for (const SubJobId id : row.sub_jobs) {
    const SubJob& part = cluster.sub_jobs()[id];
    if (!part.policy) continue;
    IncompletePart found{row.sub_groups[*part.policy].name, cluster.valid_tasks(id), cluster.ready_tasks(id),
                         cluster.waiting_tasks(id), cluster.min_member(id)};
    for (const auto& value : part.values) found.name += "/" + value;
    if (found.ready >= found.minimum) {
      ++complete[*part.policy];
    } else {
      made.parts.push_back(std::move(found));
    }
  }
  for (std::size_t i = 0; i < complete.size(); ++i) {
    const std::int64_t missing = row.sub_groups[i].min_sub_groups - complete[i];
    made.parts_missing += static_cast<std::uint32_t>(std::max<std::int64_t>(missing, 0));
  }
}

void try_evictions(Session& session, JobId job, JobExplanation& made) {
  const Cluster& cluster = session.cluster();
  const std::vector<TaskId> leaving = tasks_with(cluster, TaskStatus::releasing);
  for (const ActionSlot& slot : session.configuration().actions) {
    if (!slot.action->evicts()) continue;
    EvictionOutlook& outlook = made.evictions.emplace_back();
    outlook.action = slot.name;
    Transaction tx = session.begin();  // never committed
    outlook.why_not = slot.action->make_room_for(session, job);
    if (!outlook.why_not.empty()) continue;
    for (const TaskId task : tasks_with(cluster, TaskStatus::releasing)) {
      if (std::find(leaving.begin(), leaving.end(), task) != leaving.end()) continue;
      if (++outlook.count <= kNamedPods) outlook.victims.push_back(name_of(cluster, task));
    }
    std::vector<NodeId> nodes;
    for (const TaskId task : cluster.jobs()[job].tasks) {
      if (cluster.status(task) == TaskStatus::pipelined) nodes.push_back(cluster.node_of(task));
    }
    std::sort(nodes.begin(), nodes.end(),
              [&](NodeId left, NodeId right) { return cluster.rank(left) < cluster.rank(right); });
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    for (const NodeId node : nodes) {
      if (outlook.nodes.size() < kNamedPods) outlook.nodes.push_back(cluster.node_name(node));
    }
  }
}

}  // namespace basalt
