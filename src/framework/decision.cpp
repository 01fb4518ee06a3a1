#include "basalt/framework/decision.hpp"

#include "basalt/framework/cluster.hpp"

namespace basalt {
namespace {

class Printer {
 public:
  explicit Printer(const Cluster& cluster) : cluster_(cluster) {}

  std::string operator()(const Bind& bind) const {
    std::string line = "bind " + name(bind.task) + " " + cluster_.node_name(bind.node);
    for (const auto& [key, value] : bind.annotations) line += " " + key + "=" + value;
    return line;
  }
  std::string operator()(const Evict& evict) const { return "evict " + name(evict.task) + " for " + evict.reason; }
  std::string operator()(const Enqueue& enqueue) const { return "enqueue " + name(enqueue.job); }
  std::string operator()(const Reserve& reserve) const {
    return "reserve " + name(reserve.task) + " " + cluster_.node_name(reserve.node) +
           (reserve.in_advance ? " in-advance" : "");
  }
  std::string operator()(const Release& release) const { return "release " + name(release.task); }
  std::string operator()(const JobStatus& status) const {
    return "status " + name(status.job) + " " + std::string(to_string(status.phase)) +
           " running=" + std::to_string(status.running) + " succeeded=" + std::to_string(status.succeeded) +
           " failed=" + std::to_string(status.failed);
  }
  std::string operator()(const JobCondition& decided) const {
    const ConditionText& condition = decided.condition;
    return "condition " + name(decided.job) + " " + condition.type + " " + condition.reason +
           (condition.message.empty() ? "" : ": " + condition.message);
  }
  std::string operator()(const TaskCondition& decided) const {
    return "waits " + name(decided.task) + " " + decided.reason + ": " + decided.message;
  }
  std::string operator()(const QueueStatus& status) const {
    std::string line = "queue-status " + cluster_.queues()[status.queue].name;
    for (const auto& [kind, amount] : status.allocated)
      line += " " + kind + "=" + format_quantity(amount, unit_of(kind));
    return line;
  }

 private:
  [[nodiscard]] std::string name(TaskId id) const {
    const Task& task = cluster_.tasks()[id];
    return display_name(task.namespace_name, task.name);
  }
  [[nodiscard]] std::string name(JobId id) const {
    const Job& job = cluster_.jobs()[id];
    return display_name(job.namespace_name, job.name);
  }

  const Cluster& cluster_;
};

}  // namespace

std::string display_name(const std::string& namespace_name, const std::string& name) {
  return namespace_name == "default" ? name : namespace_name + "/" + name;
}

std::string print(const Decision& decision, const Cluster& cluster) { return std::visit(Printer(cluster), decision); }

std::string print(const Decisions& decisions, const Cluster& cluster) {
  std::string lines;
  for (const Decision& decision : decisions) lines += print(decision, cluster) + "\n";
  return lines;
}

}  // namespace basalt
