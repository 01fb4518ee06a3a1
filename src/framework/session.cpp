#include "basalt/framework/session.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "basalt/base/check.hpp"
#include "framework/placement_index.hpp"
#include "framework/terms_in_force.hpp"
#include "framework/waiting_room.hpp"

namespace basalt {
namespace {

std::weak_ordering by_row(bool left_first, bool right_first) {
  if (left_first) return std::weak_ordering::less;
  return right_first ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

/// What a plugin answered, without its order inside groups.
Gradient in_order(Gradient gradient, const Topology& topology) {
  for (auto& group : gradient) {
    std::sort(group.begin(), group.end(),
              [&](HyperNodeId left, HyperNodeId right) { return topology.rank(left) < topology.rank(right); });
    group.erase(std::unique(group.begin(), group.end()), group.end());
  }
  return gradient;
}

/// Refuses jobs, and does not say what could help them.
bool is_silent_gate(const PointPointers& plugin) {
  const auto answers = [&]<class... Points>(std::type_identity<std::tuple<Points...>>) {
    return ((std::get<Points*>(plugin) != nullptr) || ...);
  };
  return answers(std::type_identity<std::tuple<JobValid, JobEnqueueable, Overused, Allocatable, PrePredicate>>{}) &&
         std::get<CouldHelp*>(plugin) == nullptr;
}

/// Time passes for the tables when a cycle begins, and not when somebody looks what one would decide.
UndoLog::Mark opening_mark(Cluster& cluster, const Moment& moment, SessionPurpose purpose) {
  if (purpose == SessionPurpose::cycle) cluster.pass_time(moment.now);
  return cluster.open_undo();
}

}  // namespace

Session::Session(Cluster& cluster, const Configuration& configuration, Moment moment, SessionPurpose purpose)
    : cluster_(cluster),
      configuration_(configuration),
      moment_(moment),
      opening_(opening_mark(cluster, moment, purpose)),
      purpose_(purpose),
      terms_(std::make_unique<TermsInForce>()) {
  if (configuration.memory->is_of(cluster)) memory_ = configuration.memory.get();
  open_plugins();
  if (memory_ != nullptr) memory_->index().open(*terms_);
  look_around();
}

void Session::look_around() {
  if (memory_ != nullptr && purpose_ == SessionPurpose::cycle) {
    jobs_in_view_ = memory_->waiting_room().wake(*this);
  } else {
    cluster_.jobs().for_each([&](JobId job, const Job&) { jobs_in_view_.push_back(job); });
  }
  std::sort(jobs_in_view_.begin(), jobs_in_view_.end(),
            [&](JobId left, JobId right) { return comes_before(cluster_.jobs()[left], cluster_.jobs()[right]); });
}

Session::~Session() {
  if (closed_) return;
  cluster_.rollback(opening_);
  cluster_.close_undo();
}

void Session::open_plugins() {
  for (const Tier& tier : configuration_.tiers) {
    const std::size_t first = plugins_.size();
    for (const PluginSlot& slot : tier.plugins) {
      plugins_.push_back(slot.plugin->open(*this));
      some_gate_is_silent_ = some_gate_is_silent_ || is_silent_gate(plugins_.back()->points());
    }
    const auto collect = [&]<class Point>(TiersOf<Point>& into) {
      std::vector<Point*> answering;
      for (std::size_t i = 0; i < tier.plugins.size(); ++i) {
        Point* point = std::get<Point*>(plugins_[first + i]->points());
        if (point != nullptr && tier.plugins[i].answers(Point::kSwitch)) answering.push_back(point);
      }
      if (!answering.empty()) into.tiers.push_back(std::move(answering));
    };
    std::apply([&](auto&... table) { (collect(table), ...); }, points_);
  }
  laws::tell_all(points<Predicate>(), [&](Predicate& plugin) {
    for (const FilterTerm* term : plugin.filter_terms()) {
      terms_->filters.push_back(term);
    }
  });
  laws::tell_all(points<NodeOrder>(), [&](NodeOrder& plugin) {
    for (const ScoreTerm* term : plugin.score_terms()) terms_->scorers.push_back(term);
  });
}

// --- orders ---

std::weak_ordering Session::queue_order(QueueId left, QueueId right) const {
  return laws::first_preference(
      points<QueueOrder>(), [&](const QueueOrder& plugin) { return plugin.queue_order(left, right); },
      [&] {
        const Queue& l = cluster_.queues()[left];
        const Queue& r = cluster_.queues()[right];
        return by_row(comes_before(l, r), comes_before(r, l));
      });
}

bool Session::queues_move_others() const {
  return laws::anyone(points<QueueOrder>(), [](const QueueOrder& plugin) { return plugin.queues_move_others(); });
}

std::weak_ordering Session::job_order(JobId left, JobId right) const {
  return laws::first_preference(
      points<JobOrder>(), [&](const JobOrder& plugin) { return plugin.job_order(left, right); },
      [&] {
        const Job& l = cluster_.jobs()[left];
        const Job& r = cluster_.jobs()[right];
        return by_row(comes_before(l, r), comes_before(r, l));
      });
}

std::weak_ordering Session::sub_job_order(SubJobId left, SubJobId right) const {
  return laws::first_preference(
      points<SubJobOrder>(), [&](const SubJobOrder& plugin) { return plugin.sub_job_order(left, right); },
      [&] {
        const SubJob& l = cluster_.sub_jobs()[left];
        const SubJob& r = cluster_.sub_jobs()[right];
        return by_row(comes_before(l, r), comes_before(r, l));
      });
}

std::weak_ordering Session::task_order(TaskId left, TaskId right) const {
  const std::weak_ordering preference = task_preference(left, right);
  if (preference != 0) return preference;
  const Task& l = cluster_.tasks()[left];
  const Task& r = cluster_.tasks()[right];
  return by_row(comes_before(l, r), comes_before(r, l));
}

std::weak_ordering Session::task_preference(TaskId left, TaskId right) const {
  return laws::first_preference(
      points<TaskOrder>(), [&](const TaskOrder& plugin) { return plugin.task_order(left, right); },
      [] { return std::weak_ordering::equivalent; });
}

// --- questions ---

std::optional<Objection> Session::job_valid(JobId job) const {
  return laws::first_objection(points<JobValid>(), [&](const JobValid& plugin) { return plugin.job_valid(job); });
}

bool Session::job_ready(JobId job) const {
  return laws::all_agree(points<JobReady>(), [&](const JobReady& plugin) { return plugin.job_ready(job); });
}

bool Session::job_pipelined(JobId job) const {
  return laws::vote(points<JobPipelined>(), [&](const JobPipelined& plugin) { return plugin.job_pipelined(job); });
}

bool Session::sub_job_ready(SubJobId sub_job) const {
  const JobId job = cluster_.sub_jobs()[sub_job].job;
  if (cluster_.jobs()[job].sub_groups.empty()) return job_ready(job);
  return laws::all_agree(points<SubJobReady>(),
                         [&](const SubJobReady& plugin) { return plugin.sub_job_ready(sub_job); });
}

bool Session::sub_job_pipelined(SubJobId sub_job) const {
  const JobId job = cluster_.sub_jobs()[sub_job].job;
  if (cluster_.jobs()[job].sub_groups.empty()) return job_pipelined(job);
  return laws::vote(points<SubJobPipelined>(),
                    [&](const SubJobPipelined& plugin) { return plugin.sub_job_pipelined(sub_job); });
}

bool Session::job_starving(JobId job) const {
  return laws::first_tier_agrees(points<JobStarving>(),
                                 [&](const JobStarving& plugin) { return plugin.job_starving(job); });
}

bool Session::overused(QueueId queue) const {
  return laws::anyone(points<Overused>(), [&](const Overused& plugin) { return plugin.overused(queue); });
}

bool Session::allocatable(QueueId queue, TaskId task, std::string& why) const {
  return laws::all_agree(points<Allocatable>(),
                         [&](const Allocatable& plugin) { return plugin.allocatable(queue, task, why); });
}

std::vector<QueueBound> Session::queue_bounds(QueueId queue) const {
  std::vector<QueueBound> bounds;
  laws::tell_all(points<QueueBounds>(), [&](const QueueBounds& plugin) {
    for (QueueBound& bound : plugin.queue_bounds(queue)) bounds.push_back(std::move(bound));
  });
  return bounds;
}

bool Session::preemptive(QueueId queue, std::span<const TaskId> tasks) const {
  return laws::all_agree(points<Preemptive>(),
                         [&](const Preemptive& plugin) { return plugin.preemptive(queue, tasks); });
}

bool Session::job_enqueueable(JobId job, std::string& why) const {
  return laws::vote(points<JobEnqueueable>(),
                    [&](const JobEnqueueable& plugin) { return plugin.job_enqueueable(job, why); });
}

bool Session::entitled_to_reclaim(JobId job) const {
  if (!configuration_.has_action("reclaim") && !configuration_.has_action("gangreclaim")) return false;
  return laws::anyone(points<EntitledToReclaim>(),
                      [&](const EntitledToReclaim& plugin) { return plugin.entitled_to_reclaim(job); });
}

bool Session::fit_is_local(SpecId spec) const { return SpecIndex::covers_filters(*terms_, cluster_.specs()[spec]); }

bool Session::evictions_could_help() const {
  return std::any_of(configuration_.actions.begin(), configuration_.actions.end(),
                     [](const ActionSlot& slot) { return slot.action->evicts(); });
}

bool Session::could_help(JobId job, const Changes& changes) const {
  return some_gate_is_silent_ ||
         laws::anyone(points<CouldHelp>(), [&](const CouldHelp& plugin) { return plugin.could_help(job, changes); });
}

std::optional<WallTime> Session::deadline() const {
  std::optional<WallTime> earliest;
  laws::tell_all(points<Deadline>(), [&](const Deadline& plugin) {
    const std::optional<WallTime> moment = plugin.deadline();
    if (moment && (!earliest || *moment < *earliest)) earliest = moment;
  });
  if (!has_waiting_limits()) return earliest;
  cluster_.jobs().for_each([&](JobId job, const Job&) {
    if (cluster_.count(job, TaskStatus::pending) == 0) return;
    const std::optional<WallTime> moment = waits_until(job);
    if (moment && *moment > moment_.now && (!earliest || *moment < *earliest)) earliest = moment;
  });
  return earliest;
}

std::optional<WallTime> Session::waits_until(JobId job) const {
  std::optional<std::chrono::microseconds> shortest;
  laws::tell_all(points<WaitingLimit>(), [&](const WaitingLimit& plugin) {
    const auto limit = plugin.waiting_limit(job);
    if (limit && (!shortest || *limit < *shortest)) shortest = limit;
  });
  if (!shortest) shortest = configuration_.waiting_limit;
  if (!shortest) return std::nullopt;
  return cluster_.jobs()[job].created + *shortest;
}

bool Session::is_late(JobId job) const {
  const std::optional<WallTime> until = waits_until(job);
  return until && *until <= moment_.now;
}

bool Session::may_reserve(JobId job) const {
  return laws::all_agree(points<WaitingLimit>(), [&](const WaitingLimit& plugin) { return plugin.may_reserve(job); });
}

std::string Session::pre_predicate(TaskId task) const {
  std::string why;
  for (const std::string& blocker : cluster_.spec(task).blockers) why += (why.empty() ? "" : "; ") + blocker;
  if (!why.empty()) return why;  // whatever the plugins: a constraint that is not evaluated is not ignored
  const bool agreed = laws::all_agree(points<PrePredicate>(), [&](const PrePredicate& plugin) {
    return plugin.pre_predicate(task, why) == Fit::Verdict::fits;
  });
  if (agreed) return {};
  return why.empty() ? "refused by a plugin" : why;
}

// --- HyperNodes ---

Gradient Session::hyper_node_gradient(JobId job, HyperNodeId root, SearchPurpose purpose) const {
  const auto* plugin = laws::first_plugin(points<HyperNodeGradient>());
  if (plugin == nullptr) return {{root}};
  return in_order(plugin->gradient_for_job(job, root, purpose), cluster_.topology());
}

Gradient Session::hyper_node_gradient(SubJobId sub_job, HyperNodeId root, SearchPurpose purpose) const {
  const auto* plugin = laws::first_plugin(points<HyperNodeGradient>());
  if (plugin == nullptr) return {{root}};
  return in_order(plugin->gradient_for_sub_job(sub_job, root, purpose), cluster_.topology());
}

std::vector<Score> Session::hyper_node_scores(SubJobId sub_job, std::span<const HyperNodeId> hyper_nodes) const {
  std::vector<Score> totals(hyper_nodes.size(), 0);
  laws::tell_all(points<HyperNodeOrder>(),
                 [&](const HyperNodeOrder& plugin) { plugin.add_hyper_node_scores(sub_job, hyper_nodes, totals); });
  return totals;
}

// --- changes ---

void Session::enqueue(JobId job) {
  admit(job);
  laws::tell_all(points<JobEnqueued>(), [&](JobEnqueued& plugin) { plugin.job_enqueued(job); });
}

/// The plugins' choice for a task that has just been placed.
Fit Session::reserve(TaskId task, NodeId node) {
  StringPairs annotations;
  Fit answer = Fit::yes();
  static_cast<void>(laws::all_agree(points<NodeReserve>(), [&](NodeReserve& plugin) {
    answer = plugin.reserve(task, node, annotations);
    return static_cast<bool>(answer);
  }));
  if (!answer) return answer;
  std::sort(annotations.begin(), annotations.end());
  cluster_.tell_assigned(task, node, annotations);
  assigned_[task] = std::move(annotations);
  return answer;
}

void Session::admit(JobId job) {
  BASALT_CHECK(cluster_.phase(job) == JobPhase::pending, "only a pending job comes in");
  cluster_.set_phase(job, JobPhase::inqueue);
  journal_.push_back({Operation::Kind::enqueue, TaskId{}, NodeId{}, job, {}});
}

void WaitReport::note(SpecId spec, FitSummary summary) {
  const auto known = std::find_if(tasks.begin(), tasks.end(), [&](const auto& entry) { return entry.first == spec; });
  if (known == tasks.end()) tasks.emplace_back(spec, std::move(summary));
}

void WaitReport::note(SpecId spec, std::string refusal) {
  const auto known =
      std::find_if(refusals.begin(), refusals.end(), [&](const auto& entry) { return entry.first == spec; });
  if (known == refusals.end()) refusals.emplace_back(spec, std::move(refusal));
}

void Session::remember_opening(TaskId task) {
  openings_.try_emplace(task, cluster_.status(task), cluster_.node_of(task));
}

const WaitReport* Session::find_wait_report(JobId job) const {
  const auto found = waits_.find(job);
  return found == waits_.end() ? nullptr : &found->second;
}

// --- closing ---

/// Turns the journal into decisions. A reservation counts by what came of it: one that stands
/// as it stood when the session opened is no decision, however often it was tried in between.
void Session::decide_placements(Decisions& decisions) const {
  std::unordered_map<TaskId, std::size_t> last;  // of tasks that had a reservation, or were given one
  for (std::size_t i = 0; i < journal_.size(); ++i) {
    if (openings_.contains(journal_[i].task)) last[journal_[i].task] = i;
  }
  decisions.reserve(journal_.size());
  for (std::size_t i = 0; i < journal_.size(); ++i) {
    const Operation& operation = journal_[i];
    const auto known = last.empty() ? last.end() : last.find(operation.task);
    const bool stands = known == last.end() || known->second == i;
    switch (operation.kind) {
      case Operation::Kind::enqueue: decisions.push_back(Enqueue{operation.job}); break;
      case Operation::Kind::allocate:
        if (stands) {
          const auto assigned = assigned_.find(operation.task);
          decisions.push_back(
              Bind{operation.task, operation.node, assigned == assigned_.end() ? StringPairs{} : assigned->second});
        }
        break;
      case Operation::Kind::evict: decisions.push_back(Evict{operation.task, operation.reason}); break;
      case Operation::Kind::pipeline:
      case Operation::Kind::reserve_in_advance:
        if (stands && openings_.at(operation.task) != std::pair{TaskStatus::pipelined, operation.node}) {
          decisions.push_back(
              Reserve{operation.task, operation.node, operation.kind == Operation::Kind::reserve_in_advance});
        }
        break;
      case Operation::Kind::suppose: BASALT_CHECK(false, "what was supposed has to be rolled back"); break;
      case Operation::Kind::release:
        if (stands && openings_.at(operation.task).first == TaskStatus::pipelined) {
          decisions.push_back(Release{operation.task});
        }
        break;
    }
  }
}

Decisions Session::close() && {
  BASALT_CHECK(!closed_ && depth_ == 0, "a session closes once, with no transaction open");
  Decisions decisions;
  decide_placements(decisions);
  Reporter reporter(*this, decisions);
  reporter.report_standard();
  laws::tell_all(points<SessionReport>(), [&](const SessionReport& plugin) { plugin.session_report(reporter); });
  const bool is_cycle = memory_ != nullptr && purpose_ == SessionPurpose::cycle;
  if (is_cycle) memory_->waiting_room().settle(*this, jobs_in_view_);
  cluster_.rollback(opening_);
  cluster_.close_undo();
  if (is_cycle) memory_->waiting_room().note_closed(cluster_);
  closed_ = true;
  return decisions;
}

}  // namespace basalt
