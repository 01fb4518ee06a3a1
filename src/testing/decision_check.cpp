#include <map>
#include <set>

#include "basalt/testing/scenario.hpp"

// Decisions against the tables that they were made on.
namespace basalt::testing {
namespace {

/// The answers of a plugin named so count for this question.
bool is_asked(const Configuration& configuration, std::string_view plugin, std::string_view question) {
  for (const Tier& tier : configuration.tiers) {
    for (const PluginSlot& slot : tier.plugins) {
      if (slot.name == plugin) return slot.answers(question);
    }
  }
  return false;
}

class DecisionCheck {
 public:
  DecisionCheck(const Cluster& cluster, const Configuration& configuration, const Decisions& decisions)
      : cluster_(cluster), configuration_(configuration), decisions_(decisions) {}

  std::vector<std::string> run() {
    for (const Decision& decision : decisions_) {
      if (const auto* bind = std::get_if<Bind>(&decision)) check_place("bind", bind->task, bind->node);
      if (const auto* reserve = std::get_if<Reserve>(&decision)) check_place("reserve", reserve->task, reserve->node);
      if (const auto* evict = std::get_if<Evict>(&decision)) check_victim(*evict);
    }
    check_gangs_of_victims();
    check_priorities_of_victims();
    return std::move(violations_);
  }

 private:
  void complain(const std::string& what) { violations_.push_back(what); }

  void check_place(const char* verb, TaskId task, NodeId node) {
    const Task& row = cluster_.tasks()[task];
    const std::string said = std::string(verb) + " " + row.name;
    const TaskStatus status = cluster_.status(task);
    if (status != TaskStatus::pending && status != TaskStatus::pipelined) {
      complain("P1: " + said + ", which is " + std::string(to_string(status)));
    }
    if (!placed_.insert(task.slot()).second) complain("P1: " + said + " twice");
    if (!row.job) complain("P5: " + said + ", which is not ours");
    if (cluster_.spec(task).gated) complain("P5: " + said + ", which is gated");
    if (!cluster_.spec(task).blockers.empty()) complain("P5: " + said + ", which asks for what is not supported");
    if (cluster_.rank(node) == Cluster::kNoRank) complain("P5: " + said + " to a node that is not there");
    if (cluster_.nodes()[node].uncountable_pods > 0) complain("N2: " + said + " to a node whose use is not known");
    if (row.job && (status == TaskStatus::pending || std::string_view(verb) == "bind")) gainers_.insert(row.job);
  }

  void check_victim(const Evict& evict) {
    const Task& row = cluster_.tasks()[evict.task];
    const TaskStatus status = cluster_.status(evict.task);
    if (status != TaskStatus::running && status != TaskStatus::bound) {
      complain("V6: evict " + row.name + ", which is " + std::string(to_string(status)));
    }
    if (!victims_.insert(evict.task.slot()).second) complain("V6: evict " + row.name + " twice");
    if (!row.job) {
      complain("V1: evict " + row.name + ", which is another scheduler's");
      return;
    }
    if (!row.preemptable) complain("V1: evict " + row.name + ", which says that it is not preemptable");
    ++losses_[row.job.slot()].second;
    losses_[row.job.slot()].first = row.job;
    if (configuration_.victims_fall_through || !row.critical || evict.reason == "shuffle") return;
    const char* question = evict.reason == "preempt"   ? "enablePreemptable"
                           : evict.reason == "reclaim" ? "enableReclaimable"
                                                       : "";
    if (is_asked(configuration_, "conformance", question)) complain("V1: evict " + row.name + ", which is critical");
  }

  /// Whether gang is asked about every eviction of this cycle.
  [[nodiscard]] bool gangs_are_kept() const {
    return !configuration_.victims_fall_through && is_asked(configuration_, "gang", "enablePreemptable") &&
           is_asked(configuration_, "gang", "enableReclaimable");
  }

  void check_gangs_of_victims() {
    if (!gangs_are_kept()) return;
    for (const auto& [slot, loss] : losses_) {
      const auto& [job, lost] = loss;
      const std::int64_t before = cluster_.ready_tasks(job);
      const std::int64_t minimum = cluster_.jobs()[job].min_member;
      const bool is_gone = before - lost == cluster_.count(job, TaskStatus::succeeded);
      if (before >= minimum && before - lost < minimum && !is_gone) {
        complain("V4: gang " + cluster_.jobs()[job].name + " is broken: " + std::to_string(before - lost) + " of " +
                 std::to_string(minimum));
      }
    }
  }

  /// Whoever goes for a job of his queue is not more important than every job of it that gained something.
  void check_priorities_of_victims() {
    if (configuration_.victims_fall_through) return;  // then who is protected here may be offered by a later tier
    std::map<std::uint32_t, std::int32_t> most;  // by slot of a queue
    // Whoever came with a reservation may need somebody to go for it still.
    cluster_.jobs().for_each([&](JobId job, const Job&) {
      if (cluster_.waiting_tasks(job) > 0) gainers_.insert(job);
    });
    for (const JobId job : gainers_) {
      const Job& row = cluster_.jobs()[job];
      if (!row.queue) continue;
      const auto [known, is_new] = most.emplace(row.queue.slot(), row.priority);
      if (!is_new && row.priority > known->second) known->second = row.priority;
    }
    for (const Decision& decision : decisions_) {
      const auto* evict = std::get_if<Evict>(&decision);
      if (evict == nullptr || (evict->reason != "preempt" && evict->reason != "gangpreempt")) continue;
      const JobId job = cluster_.tasks()[evict->task].job;
      if (!job || !cluster_.jobs()[job].queue) continue;
      const auto known = most.find(cluster_.jobs()[job].queue.slot());
      if (known == most.end()) {
        complain("V2: evict " + cluster_.tasks()[evict->task].name + " for nobody of its queue");
      } else if (cluster_.jobs()[job].priority > known->second) {
        complain("V1: evict " + cluster_.tasks()[evict->task].name + " for a less important job");
      }
    }
  }

  struct BySlot {
    bool operator()(JobId left, JobId right) const { return left.slot() < right.slot(); }
  };

  const Cluster& cluster_;
  const Configuration& configuration_;
  const Decisions& decisions_;
  std::set<std::uint32_t> placed_, victims_;  // tasks by slot
  std::set<JobId, BySlot> gainers_;
  std::map<std::uint32_t, std::pair<JobId, std::int64_t>> losses_;  // jobs by slot, and how many tasks each loses
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> check_decisions(const Cluster& cluster, const Configuration& configuration,
                                         const Decisions& decisions) {
  return DecisionCheck(cluster, configuration, decisions).run();
}

}  // namespace basalt::testing
