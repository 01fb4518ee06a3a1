#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "basalt/framework/explanation.hpp"
#include "framework/explain_parts.hpp"

// The questions that the actions ask, asked again for one job, with an account of every answer.
namespace basalt {
namespace {

constexpr std::size_t kNamedNodes = 3;

std::string name_of(const Task& task) { return display_name(task.namespace_name, task.name); }
std::string name_of(const Job& job) { return display_name(job.namespace_name, job.name); }

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

/// One job, tried out.
class JobTrial {
 public:
  JobTrial(Session& session, JobId job)
      : session_(session), cluster_(session.cluster()), job_(job), row_(cluster_.jobs()[job]) {}

  JobExplanation explain() {
    describe();
    find_incomplete_parts(cluster_, job_, made_);
    if (is_kept_out()) return std::move(made_);
    const bool has_domain = !row_.has_parts() || try_domains(session_, job_, made_);
    {
      Transaction tx = session_.begin();  // never committed
      try_tasks(tx);
      conclude(has_domain);
    }
    if (made_.hindrance != Hindrance::nothing && made_.pending > 0) try_evictions(session_, job_, made_);
    return std::move(made_);
  }

 private:
  void describe() {
    made_.name = name_of(row_);
    made_.implicit = row_.implicit;
    made_.queue = row_.queue_name;
    made_.phase = to_string(cluster_.phase(job_));
    made_.cycle = session_.moment().cycle;
    made_.now = session_.moment().now;
    made_.minimum = row_.min_member;
    made_.ready = cluster_.ready_tasks(job_);
    made_.reserved = cluster_.waiting_tasks(job_);
    made_.pending = cluster_.count(job_, TaskStatus::pending);
    made_.exist = cluster_.valid_tasks(job_);
  }

  bool hindered(Hindrance hindrance, std::string sentence) {
    made_.hindrance = hindrance;
    made_.sentence = std::move(sentence);
    return true;
  }

  /// Whether the job is not even looked at by actions that place tasks, and why.
  bool is_kept_out() {
    if (made_.pending + made_.reserved == 0) return hindered(Hindrance::nothing, "no pod of it waits");
    if (!row_.blockers.empty()) return hindered(Hindrance::blocked, joined(row_.blockers));
    if (!row_.queue) return hindered(Hindrance::no_queue, "queue \"" + row_.queue_name + "\" not found");
    if (is_not_let_in()) return true;
    if (const auto objection = session_.job_valid(job_)) {
      find_missing_members();
      return hindered(made_.missing_members.empty() ? Hindrance::not_valid : Hindrance::gang_incomplete,
                      objection->message);
    }
    if (made_.reserved == 0 && session_.overused(row_.queue)) {
      exceed(row_.queue, Resources{}, made_.bounds);
      return hindered(Hindrance::queue_share, "queue \"" + row_.queue_name + "\" has used its share");
    }
    return false;
  }

  bool is_not_let_in() {
    if (cluster_.phase(job_) != JobPhase::pending || !session_.configuration().has_action("enqueue")) return false;
    std::string why;
    if (!row_.min_resources || session_.job_enqueueable(job_, why)) return false;
    exceed(row_.queue, *row_.min_resources, made_.bounds);
    return hindered(Hindrance::not_enqueued, "not let in: " + (why.empty() ? "refused by a plugin" : why));
  }

  void find_missing_members() {
    std::map<std::string, std::int64_t> there;
    for (const TaskId task : row_.tasks) {
      const TaskStatus status = cluster_.status(task);
      const bool counts = is_allocated(status) || status == TaskStatus::succeeded || status == TaskStatus::pending ||
                          status == TaskStatus::pipelined;
      if (counts) ++there[cluster_.symbols().text(cluster_.tasks()[task].role)];
    }
    std::int64_t to_create = made_.minimum - made_.exist;
    std::int64_t of_roles = 0;
    for (const auto& [role, minimum] : row_.min_task_member) {
      const std::string& name = cluster_.symbols().text(role);
      if (there[name] >= minimum) continue;
      made_.missing_members.push_back({name, there[name], minimum});
      of_roles += minimum - there[name];
    }
    if (to_create > of_roles) made_.missing_members.push_back({"", made_.exist, made_.minimum});
    to_create = std::max(to_create, of_roles);
    if (to_create > 0) made_.remedies.push_back({Remedy::Kind::create_pods, made_.name, {}, to_create});
  }

  /// The bounds of a queue that so much more would exceed. Nothing more: those that are reached.
  void exceed(QueueId queue, const Resources& more, std::vector<ExceededBound>& bounds) {
    const bool is_share = more == Resources{};
    const Resources held = cluster_.allocated(queue) + cluster_.pipelined(queue);
    for (const QueueBound& bound : session_.queue_bounds(queue)) {
      for (Dimension kind = 0; kind < cluster_.schema().size(); ++kind) {
        const auto limit = bound.limits[kind];
        if (!limit || (is_share ? held[kind] == 0 || held[kind] < *limit : more[kind] == 0)) continue;
        const std::int64_t over = held[kind] + more[kind] - *limit;
        if (!is_share && over <= 0) continue;
        bounds.push_back({cluster_.queues()[queue].name, bound.name, cluster_.schema().name(kind), *limit, held[kind],
                          more[kind], over});
      }
    }
  }

  // --- placing, as allocate would ---

  std::vector<TaskId> tasks_to_try() {
    std::vector<TaskId> tasks;
    for (const TaskId task : row_.tasks) {
      const TaskStatus status = cluster_.status(task);
      if (status == TaskStatus::pending || status == TaskStatus::pipelined) tasks.push_back(task);
    }
    std::stable_sort(tasks.begin(), tasks.end(), [&](TaskId left, TaskId right) {
      const bool left_later = cluster_.spec(left).is_best_effort();
      const bool right_later = cluster_.spec(right).is_best_effort();
      return left_later != right_later ? right_later : session_.task_order(left, right) < 0;
    });
    return tasks;
  }

  void try_tasks(Transaction& tx) {
    const std::vector<TaskId> tasks = tasks_to_try();
    for (const TaskId task : tasks) {
      if (cluster_.status(task) != TaskStatus::pipelined) continue;
      reserved_on_[task] = cluster_.node_name(cluster_.node_of(task));
      tx.release(task);
    }
    std::map<std::string, std::size_t> positions;  // of specs and roles in made_.tasks
    for (const TaskId task : tasks) {
      const Task& row = cluster_.tasks()[task];
      const std::string& role = cluster_.symbols().text(row.role);
      const std::string key = std::to_string(row.spec.slot()) + " " + role;
      const auto [known, is_new] = positions.emplace(key, made_.tasks.size());
      if (is_new) {
        TaskExplanation& begun = made_.tasks.emplace_back();
        begun.name = name_of(row);
        begun.role = role;
        begun.request = cluster_.schema().named(cluster_.spec(task).request);
      }
      TaskExplanation& group = made_.tasks[known->second];
      group.tasks.push_back(name_of(row));
      if (const auto node = reserved_on_.find(task); node != reserved_on_.end()) {
        group.reserved_on.push_back(node->second);
      }
      if (group.hindrance == Hindrance::nothing) try_task(task, group, tx);
    }
  }

  static bool hindered(TaskExplanation& group, Hindrance hindrance, std::string sentence) {
    group.hindrance = hindrance;
    group.sentence = std::move(sentence);
    return false;
  }

  void try_task(TaskId task, TaskExplanation& group, Transaction& tx) {
    if (!may_be_placed(task, group)) return;
    FitSummary why;
    const auto placement = session_.find_placement(task, why);
    if (!placement) {
      ask_nodes(task, group);
      return;
    }
    if (placement->now) {
      tx.allocate(task, placement->node);
    } else {
      tx.pipeline(task, placement->node);
      awaits_ = true;
    }
    ++group.placeable;
    ++made_.placeable;
  }

  /// What is asked before any node is.
  bool may_be_placed(TaskId task, TaskExplanation& group) {
    const Spec& spec = cluster_.spec(task);
    if (spec.gated) return hindered(group, Hindrance::gated, "the pod has scheduling gates");
    std::string refusal;
    if (!spec.is_best_effort() && !session_.allocatable(row_.queue, task, refusal)) {
      exceed(row_.queue, spec.request, group.bounds);
      return hindered(group, Hindrance::queue_limit,
                      refusal.empty() ? "queue \"" + row_.queue_name + "\" has no room for it" : refusal);
    }
    refusal = session_.pre_predicate(task);
    return refusal.empty() || hindered(group, Hindrance::blocked, std::move(refusal));
  }

  // --- what nodes say ---

  void ask_nodes(TaskId task, TaskExplanation& group) {
    std::map<std::string, NodesByReason> reasons;
    FitSummary summary;
    std::vector<NodeId> suitable;  // but for what they have left
    for (const NodeId node : cluster_.nodes_in_order()) {
      ++group.nodes_asked;
      const Fit fit = session_.fit(task, node);
      summary.add(fit.reason);
      NodesByReason& entry = reasons[format(fit.reason, cluster_.symbols())];
      ++entry.nodes;
      if (entry.first.size() < kNamedNodes) entry.first.push_back(cluster_.node_name(node));
      const bool is_countable = cluster_.nodes()[node].uncountable_pods == 0;
      if (is_countable && session_.objection(task, node)) suitable.push_back(node);
    }
    for (auto& [reason, entry] : reasons) {
      entry.reason = reason;
      group.nodes.push_back(std::move(entry));
    }
    std::stable_sort(group.nodes.begin(), group.nodes.end(),
                     [](const auto& left, const auto& right) { return left.nodes > right.nodes; });
    hindered(group, suitable.empty() ? Hindrance::no_node : Hindrance::no_room,
             group.nodes_asked == 0 ? "there are no nodes" : summary.text(cluster_.symbols()));
    if (suitable.empty()) return;
    measure(task, suitable, group);
    find_holders(task, suitable, group);
    if (made_.remedies.empty()) suggest_room(task, suitable, group);
  }

  /// How far a node is from taking a request: kinds that lack, then the largest part of the request that does, in
  /// thousandths.
  struct Distance {
    int kinds = 0;
    std::int64_t part = 0;
    auto operator<=>(const Distance&) const = default;
  };
  [[nodiscard]] Distance distance(NodeId node, const Resources& request) const {
    Distance found;
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      const std::int64_t missing = request[kind] - cluster_.future_idle(node, kind);
      if (request[kind] == 0 || missing <= 0) continue;
      ++found.kinds;
      const std::int64_t thousandth = std::max<std::int64_t>(request[kind] / 1000, 1);
      found.part = std::max(found.part, missing / thousandth);
    }
    return found;
  }

  void measure(TaskId task, const std::vector<NodeId>& suitable, TaskExplanation& group) {
    const Resources& request = cluster_.spec(task).request;
    const NodeId nearest = *std::min_element(suitable.begin(), suitable.end(), [&](NodeId left, NodeId right) {
      return distance(left, request) < distance(right, request);  // the first by name of those that lack least
    });
    group.nearest_node = cluster_.node_name(nearest);
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      const std::int64_t left = cluster_.future_idle(nearest, kind);
      if (request[kind] == 0 || request[kind] <= left) continue;
      MissingAmount amount{cluster_.schema().name(kind), request[kind], left, request[kind] - left, 0};
      for (const NodeId node : suitable) amount.in_total += std::max<std::int64_t>(cluster_.future_idle(node, kind), 0);
      group.missing.push_back(std::move(amount));
    }
  }

  /// Nodes that would have room if others held no reservations there.
  void find_holders(TaskId task, const std::vector<NodeId>& suitable, TaskExplanation& group) {
    const Resources& request = cluster_.spec(task).request;
    std::set<std::string> holding_jobs;
    for (const NodeId node : suitable) {
      Resources own;
      std::set<std::string> holders;
      cluster_.for_each_task_on(node, [&](TaskId other) {
        if (cluster_.status(other) != TaskStatus::pipelined) return;
        const JobId holder = cluster_.tasks()[other].job;
        if (holder == job_ || !holder) {
          own += cluster_.spec(other).request;
        } else {
          holders.insert(name_of(cluster_.jobs()[holder]));
        }
      });
      if (holders.empty()) continue;
      bool fits = true;
      for (Dimension kind = 0; kind < request.width(); ++kind) {
        const std::int64_t without = cluster_.idle(node, kind) + cluster_.releasing(node)[kind] - own[kind];
        fits = fits && (request[kind] == 0 || request[kind] <= without);
      }
      if (!fits) continue;
      for (const std::string& holder : holders) group.holders.push_back({holder, cluster_.node_name(node)});
      holding_jobs.insert(holders.begin(), holders.end());
    }
    if (group.holders.empty()) return;
    group.hindrance = Hindrance::reserved;
    if (holding_jobs.size() == 1) {
      made_.remedies.push_back({Remedy::Kind::end_reservation, *holding_jobs.begin(), {}, 0});
    }
  }

  // --- what would help ---

  /// Pods that are still needed, this group's alone: what others of the gang lack cannot be told apart from here.
  [[nodiscard]] std::int64_t still_needed() const {
    return std::max<std::int64_t>(made_.minimum - made_.ready - made_.placeable, 1);
  }

  void suggest_room(TaskId task, const std::vector<NodeId>& suitable, const TaskExplanation& group) {
    if (still_needed() == 1 && !group.missing.empty()) {
      Remedy remedy{Remedy::Kind::free_on_node, group.nearest_node, {}, 0};
      for (const MissingAmount& amount : group.missing) remedy.amounts.push_back({amount.kind, amount.missing});
      made_.remedies.push_back(std::move(remedy));
    }
    suggest_nodes(task, suitable);
  }

  /// So many of the request go onto such a node while it is empty.
  [[nodiscard]] std::int64_t capacity(NodeId node, const Resources& request) const {
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] > 0) most = std::min(most, cluster_.nodes()[node].allocatable[kind] / request[kind]);
    }
    return most;
  }

  void suggest_nodes(TaskId task, const std::vector<NodeId>& suitable) {
    const Spec& spec = cluster_.spec(task);
    const NodeId largest = *std::max_element(suitable.begin(), suitable.end(), [&](NodeId left, NodeId right) {
      return capacity(left, spec.request) < capacity(right, spec.request);
    });
    const std::int64_t each = spec.host_ports.empty() ? capacity(largest, spec.request)
                                                      : std::min<std::int64_t>(capacity(largest, spec.request), 1);
    if (each <= 0) return;
    Remedy remedy{Remedy::Kind::add_nodes, cluster_.node_name(largest), {}, (still_needed() + each - 1) / each};
    remedy.amounts = cluster_.schema().named(cluster_.nodes()[largest].allocatable);
    made_.remedies.push_back(std::move(remedy));
  }

  // --- the job as a whole ---

  void conclude(bool has_domain) {
    std::vector<const TaskExplanation*> failed;
    for (const TaskExplanation& group : made_.tasks) {
      if (group.hindrance != Hindrance::nothing) failed.push_back(&group);
    }
    if (failed.size() > 1) drop_remedies_of_room();
    const bool is_ready = session_.job_ready(job_);
    if (failed.empty() && !has_domain) {
      hindered(Hindrance::no_domain, domains_text());
      return;
    }
    if (failed.empty() || is_ready) {
      if (awaits_ && !is_ready) {
        hindered(Hindrance::awaits_release, "it fits once what is being released has left");
        return;
      }
      if (failed.empty()) {
        hindered(Hindrance::nothing, "it fits, and is placed when its turn comes");
        return;
      }
    }
    const TaskExplanation& first = *failed.front();
    const std::int64_t waiting = made_.pending + made_.reserved;
    std::string sentence = std::to_string(made_.placeable) + " of " + std::to_string(waiting) + " waiting pod(s) fit";
    if (made_.minimum > 1) sentence += ", minMember " + std::to_string(made_.minimum);
    hindered(first.hindrance, sentence + "; " + first.name + ": " + first.sentence);
    if (first.hindrance == Hindrance::queue_limit) suggest_capability(first);
    if (!is_ready) {
      suggest_minimum();
      mark_fitting_members();
    }
  }

  [[nodiscard]] std::string domains_text() const {
    if (made_.domains.empty()) return "networkTopology: what is placed of it leaves no HyperNode for the rest";
    const TriedDomain& most = made_.domains.front();
    const std::int64_t waiting = made_.pending + made_.reserved;
    return "none of " + std::to_string(made_.domains_tried) + " HyperNode(s) holds enough of it; \"" + most.name +
           "\" has places for the most, " + std::to_string(most.placeable) + " of " + std::to_string(waiting) +
           " waiting pod(s)";
  }

  /// What would help one template helps the job only if no other one lacks anything.
  void drop_remedies_of_room() {
    std::erase_if(made_.remedies, [](const Remedy& remedy) {
      return remedy.kind == Remedy::Kind::free_on_node || remedy.kind == Remedy::Kind::add_nodes ||
             remedy.kind == Remedy::Kind::end_reservation;
    });
  }

  /// Only where the capability alone is in the way.
  void suggest_capability(const TaskExplanation& group) {
    if (still_needed() != 1) return;
    Remedy remedy{Remedy::Kind::raise_capability, row_.queue_name, {}, 0};
    std::set<std::string> kinds;
    for (const ExceededBound& bound : group.bounds) {
      if (bound.bound == "capability") {
        remedy.amounts.push_back({bound.kind, bound.held + bound.asked});
        kinds.insert(bound.kind);
      }
    }
    const bool is_alone = std::all_of(group.bounds.begin(), group.bounds.end(), [&](const ExceededBound& bound) {
      // A share is cut to the capability, and rises with it only if the cluster has more to give.
      return bound.bound == "capability" || (kinds.contains(bound.kind) && is_capability(bound));
    });
    if (!remedy.amounts.empty() && is_alone) made_.remedies.push_back(std::move(remedy));
  }
  [[nodiscard]] bool is_capability(const ExceededBound& bound) const {
    const auto kind = cluster_.schema().find(bound.kind);
    const auto capability = cluster_.queues()[row_.queue].capability[*kind];
    return capability && *capability == bound.limit;
  }

  void suggest_minimum() {
    const std::int64_t possible = made_.ready + made_.placeable;
    if (row_.implicit || awaits_ || possible < 1 || possible >= made_.minimum || !row_.min_task_member.empty()) return;
    made_.remedies.push_back({Remedy::Kind::lower_minimum, made_.name, {}, possible});
  }

  /// Members that find a place wait for those that do not.
  void mark_fitting_members() {
    for (TaskExplanation& group : made_.tasks) {
      if (group.hindrance != Hindrance::nothing) continue;
      hindered(group, Hindrance::gang_does_not_fit, "it fits, but not enough others of its gang do");
    }
  }

  Session& session_;
  const Cluster& cluster_;
  const JobId job_;
  const Job& row_;
  JobExplanation made_;
  std::unordered_map<TaskId, std::string> reserved_on_;  // the node of a pod's reservation
  bool awaits_ = false;                                  // something was placed that has to wait for others to leave
};

/// "name" or "namespace/name".
std::pair<std::string_view, std::string_view> split_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {"default", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

}  // namespace

std::string_view to_string(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::nothing: return "nothing";
    case Hindrance::gated: return "gated";
    case Hindrance::blocked: return "blocked";
    case Hindrance::no_queue: return "no_queue";
    case Hindrance::not_enqueued: return "not_enqueued";
    case Hindrance::gang_incomplete: return "gang_incomplete";
    case Hindrance::not_valid: return "not_valid";
    case Hindrance::queue_share: return "queue_share";
    case Hindrance::queue_limit: return "queue_limit";
    case Hindrance::no_node: return "no_node";
    case Hindrance::no_room: return "no_room";
    case Hindrance::reserved: return "reserved";
    case Hindrance::no_domain: return "no_domain";
    case Hindrance::gang_does_not_fit: return "gang_does_not_fit";
    case Hindrance::awaits_release: return "awaits_release";
  }
  return "unknown";
}

JobExplanation explain(Session& session, JobId job) { return JobTrial(session, job).explain(); }

std::vector<JobId> waiting_jobs(const Session& session) {
  const Cluster& cluster = session.cluster();
  std::vector<JobId> jobs;
  cluster.jobs().for_each([&](JobId id, const Job&) {
    if (cluster.count(id, TaskStatus::pending) + cluster.waiting_tasks(id) > 0) jobs.push_back(id);
  });
  std::sort(jobs.begin(), jobs.end(),
            [&](JobId left, JobId right) { return comes_before(cluster.jobs()[left], cluster.jobs()[right]); });
  return jobs;
}

JobId find_job(const Cluster& cluster, std::string_view name) {
  const auto [name_space, own] = split_name(name);
  JobId found;
  cluster.jobs().for_each([&, name_space = name_space, own = own](JobId id, const Job& job) {
    if (job.namespace_name != name_space || job.name != own) return;
    if (!found || cluster.jobs()[found].implicit) found = id;
  });
  return found;
}

TaskId find_task(const Cluster& cluster, std::string_view name) {
  const auto [name_space, own] = split_name(name);
  TaskId found;
  cluster.tasks().for_each([&, name_space = name_space, own = own](TaskId id, const Task& task) {
    if (task.namespace_name == name_space && task.name == own) found = id;
  });
  return found;
}

const TaskExplanation* find_task(const JobExplanation& job, std::string_view name) {
  const auto [name_space, own] = split_name(name);
  const std::string shown = display_name(std::string(name_space), std::string(own));
  for (const TaskExplanation& group : job.tasks) {
    if (std::find(group.tasks.begin(), group.tasks.end(), shown) != group.tasks.end()) return &group;
  }
  return nullptr;
}

}  // namespace basalt
