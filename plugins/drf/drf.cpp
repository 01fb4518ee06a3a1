#include "plugins/drf/drf.hpp"

#include <unordered_map>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

class Drf final : public JobOrder, public Preemptable {
 public:
  using Args = NoArguments;
  Drf(const Args&, const Session& session) : cluster_(session.cluster()) {}

  std::weak_ordering job_order(JobId left, JobId right) const override { return share_of(left) <=> share_of(right); }

  VictimInputs preemptable_inputs() const override { return {VictimInput::candidate_jobs, VictimInput::evictor_job}; }

  /// A task may go if its job keeps a share no smaller than the one the evictor's job then
  /// has. What goes is counted as gone for the next candidate of that job.
  ///
  /// Volcano also counts candidates that it refuses as gone, and calls shares equal that
  /// differ by up to 1e-6.
  std::optional<std::vector<TaskId>> preemptable(TaskId evictor, std::span<const TaskId> candidates) const override {
    std::vector<TaskId> victims;
    const JobId job = cluster_.tasks()[evictor].job;
    if (!job) return victims;
    const Resources wanted = holdings(job) + cluster_.spec(evictor).request;
    const Share evictors = share(wanted);
    std::unordered_map<JobId, Resources> left;
    for (const TaskId candidate : candidates) {
      const JobId other = cluster_.tasks()[candidate].job;
      if (!other) continue;
      auto known = left.find(other);
      if (known == left.end()) known = left.emplace(other, holdings(other)).first;
      const Resources rest = known->second - cluster_.spec(candidate).request;
      if (share(rest) < evictors) continue;
      known->second = rest;
      victims.push_back(candidate);
    }
    return victims;
  }

 private:
  /// What a job has, reservations included.
  Resources holdings(JobId job) const { return cluster_.allocated(job) + cluster_.pipelined(job); }
  Share share_of(JobId job) const {
    return dominant_share(cluster_.allocated(job), cluster_.pipelined(job), cluster_.total_allocatable());
  }
  Share share(const Resources& amount) const { return dominant_share(amount, cluster_.total_allocatable()); }

  const Cluster& cluster_;
};

}  // namespace

PluginType drf() { return plugin_type<Drf>("drf"); }

}  // namespace basalt
