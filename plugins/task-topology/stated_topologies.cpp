#include "plugins/task-topology/stated_topologies.hpp"

namespace basalt {

void StatedTopologies::catch_up(const Cluster& cluster) {
  cluster.for_each_job_slot_changed_after(seen_, [&](std::uint32_t slot, JobId job) {
    stated_.erase(slot);
    if (!job) return;
    std::vector<std::string> faults;  // told by the state, which reads the same
    TaskTopology topology = read_task_topology(cluster.jobs()[job].annotations, faults);
    if (!topology.is_empty()) stated_.emplace(slot, std::pair(job, std::move(topology)));
  });
  seen_ = cluster.job_moment();
}

const TaskTopology* StatedTopologies::of(JobId job) const {
  const auto found = stated_.find(job.slot());
  return found == stated_.end() || found->second.first != job ? nullptr : &found->second.second;
}

}  // namespace basalt
