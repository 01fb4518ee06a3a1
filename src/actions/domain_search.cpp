#include "actions/domain_search.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "actions/exact_placing.hpp"
#include "actions/room_bound.hpp"
#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

/// A way to place enough of a job.
struct Plan {
  Placements placements;
  std::vector<std::size_t> progress;
  Score score = 0;
  WaitReport said;  // to those that found no place beside them
};

class DomainSearch {
 public:
  DomainSearch(Session& session, JobId job, JobWork& work, Transaction& tx)
      : session_(session),
        cluster_(session.cluster()),
        job_(job),
        work_(work),
        tx_(tx),
        reported_(session.wait_report(job)) {}

  Placements run() {
    const HyperNodeId root = cluster_.topology().root();
    for (const auto& group : session_.hyper_node_gradient(job_, root, SearchPurpose::allocate)) {
      std::optional<Plan> best;
      for (const HyperNodeId domain : group) {
        ++domains_tried_;
        auto plan = try_domain(domain);
        if (plan && (!best || plan->score > best->score)) best = std::move(plan);
      }
      if (!best) continue;
      session_.wait_report(job_) = std::move(best->said);
      repeat(best->placements, tx_);
      work_.go_back(best->progress);
      return std::move(best->placements);
    }
    explain();
    return {};
  }

 private:
  /// Places the job in one domain, notes how, and undoes it.
  std::optional<Plan> try_domain(HyperNodeId domain) {
    if (!has_room(domain)) return std::nullopt;
    session_.wait_report(job_) = reported_;  // what counts is what the last domain that was tried said
    const Transaction::Savepoint before = tx_.savepoint();
    const std::vector<std::size_t> begun = work_.progress();
    Plan plan;
    std::vector<bool> failed(work_.lists.size(), false);
    const auto is_complete = [&](SubJobId part) { return session_.sub_job_ready(part); };
    while (const auto next = next_part(session_, work_, failed, is_complete)) {
      Worklist& list = work_.lists[*next];
      const auto score = place_part(list, domain, plan.placements);
      failed[*next] = !score;
      plan.score += score.value_or(0);
      if (score && session_.job_ready(job_)) break;
    }
    const bool enough = session_.job_ready(job_) || session_.job_pipelined(job_);
    plan.progress = work_.progress();
    plan.said = session_.wait_report(job_);
    tx_.rollback(before);
    work_.go_back(begun);
    if (!enough || plan.placements.empty()) return std::nullopt;
    return plan;
  }

  /// Places enough of a part in the best of the domains below `within` that can hold it, and adds
  /// what it placed. The domain's score; nothing when no domain can.
  std::optional<Score> place_part(Worklist& list, HyperNodeId within, Placements& placements) {
    for (const auto& group : session_.hyper_node_gradient(list.part, within, SearchPurpose::allocate)) {
      const std::vector<Score> scores = session_.hyper_node_scores(list.part, group);
      std::vector<std::size_t> by_score(group.size());
      std::iota(by_score.begin(), by_score.end(), std::size_t{0});
      std::stable_sort(by_score.begin(), by_score.end(),
                       [&](std::size_t left, std::size_t right) { return scores[left] > scores[right]; });
      // Scores do not depend on the try, so the first domain that holds the part is the best one.
      for (const std::size_t i : by_score) {
        if (!place_part_in(list, group[i], placements)) continue;
        return scores[i];
      }
    }
    return std::nullopt;
  }

  bool place_part_in(Worklist& list, HyperNodeId domain, Placements& placements) {
    if (!has_room(list, domain)) return false;
    const Transaction::Savepoint before = tx_.savepoint();
    const std::size_t begun = list.next;
    const WaitReport said = session_.wait_report(job_);
    Placements placed = place_tasks(session_, job_, list, domain, tx_);
    if (!session_.sub_job_ready(list.part)) {
      const bool can_wait = !placed.empty() && session_.sub_job_pipelined(list.part);
      const std::size_t progress = std::exchange(list.next, begun);
      tx_.rollback(before);
      const bool may_hold = holds_perhaps(list, domain);
      auto exact = may_hold ? place_exactly(session_, job_, list, domain, true, tx_) : std::nullopt;
      if (exact) {
        placed = std::move(*exact);
        session_.wait_report(job_) = said;
      } else {
        if (!can_wait && may_hold) exact = place_exactly(session_, job_, list, domain, false, tx_);
        if (!can_wait && !exact) return false;
        if (can_wait) {
          list.next = progress;
        } else {
          placed = std::move(*exact);
          session_.wait_report(job_) = said;
        }
        // None of the part may be bound before all of it can: everything found is held.
        for (auto& [task, placement] : placed) placement.now = false;
        repeat(placed, tx_);
      }
    }
    if (placed.empty()) {
      list.next = begun;
      return false;
    }
    placements.insert(placements.end(), placed.begin(), placed.end());
    return true;
  }

  /// Tasks that must be placed for a step to be worth anything.
  static std::size_t missing(std::int64_t minimum, std::uint32_t ready) {
    return static_cast<std::size_t>(std::max<std::int64_t>(minimum - ready, 1));
  }

  /// The whole cluster is always tried: what its nodes say to the tasks is the better reason.
  bool has_room(HyperNodeId domain) {
    if (domain == cluster_.topology().root()) return true;
    std::vector<TaskId> tasks;
    for (const Worklist& list : work_.lists) {
      tasks.insert(tasks.end(), list.tasks.begin() + static_cast<std::ptrdiff_t>(list.next), list.tasks.end());
    }
    const std::size_t needed = missing(cluster_.jobs()[job_].min_member, cluster_.ready_tasks(job_));
    const std::size_t room = most_that_fit(cluster_, tasks, cluster_.topology().nodes(domain), needed);
    if (!roomiest_ || room > most_room_) {
      roomiest_ = domain;
      most_room_ = room;
      needed_ = needed;
    }
    return room >= needed;
  }

  [[nodiscard]] bool has_room(const Worklist& list, HyperNodeId domain) const {
    return domain == cluster_.topology().root() || holds_perhaps(list, domain);
  }

  [[nodiscard]] bool holds_perhaps(const Worklist& list, HyperNodeId domain) const {
    const std::span<const TaskId> tasks = std::span(list.tasks).subspan(list.next);
    const std::size_t needed =
        missing(cluster_.min_member(list.part), cluster_.ready_tasks(list.part) + cluster_.waiting_tasks(list.part));
    return most_that_fit(cluster_, tasks, cluster_.topology().nodes(domain), needed) >= needed;
  }

  /// Says why no domain will do: that there are none, the one with the most room, or what the
  /// widest said to the tasks.
  void explain() {
    WaitReport& report = session_.wait_report(job_);
    const std::string said = session_.wait_text(job_, std::nullopt);
    if (!said.empty() && domains_tried_ == 1) return;  // what nodes said is all there is to say
    report = WaitReport{};
    if (domains_tried_ == 0) {
      report.job_reason = "networkTopology: what is placed of it leaves no HyperNode for the rest";
      return;
    }
    const std::string none = "networkTopology: none of " + std::to_string(domains_tried_) + " HyperNodes ";
    if (!said.empty()) {
      report.job_reason = none + "can hold it; in the last: " + said;
    } else if (roomiest_ && most_room_ < needed_) {
      report.job_reason = none + "has room for " + std::to_string(needed_) + " tasks; \"" +
                          cluster_.hyper_nodes()[roomiest_].name + "\" has the most, for " + std::to_string(most_room_);
    } else {
      report.job_reason = "no sub-group of it can be placed as a whole";
    }
  }

  Session& session_;
  const Cluster& cluster_;
  const JobId job_;
  JobWork& work_;
  Transaction& tx_;
  const WaitReport reported_;  // before the search
  std::size_t domains_tried_ = 0;
  HyperNodeId roomiest_;
  std::size_t most_room_ = 0, needed_ = 0;
};

}  // namespace

Placements place_in_domains(Session& session, JobId job, JobWork& work, Transaction& tx) {
  return DomainSearch(session, job, work, tx).run();
}

}  // namespace basalt
