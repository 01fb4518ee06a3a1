#pragma once

#include <set>
#include <string>
#include <vector>

#include "embedded/controllers/controller.hpp"

namespace basalt::embedded {

/// Completion indexes as a Job's status writes them: "1,3-5,7". Unreadable parts count as absent.
std::set<int> parse_indexes(const std::string& text);
std::string format_indexes(const std::set<int>& indexes);

/// batch/v1 Job: makes pods up to its parallelism, counts those that end, and says when the Job is complete or has
/// failed. Each pod has a finalizer until it is counted, so that none that is deleted early is lost.
///
/// A pod that is deleted before it ends counts as failed (podReplacementPolicy TerminatingOrFailed). A failed pod is
/// replaced at once: there is no back-off. podFailurePolicy, successPolicy and backoffLimitPerIndex are not evaluated.
class JobController final : public Controller {
 public:
  explicit JobController(const Workplace& workplace) : workplace_(workplace) {}

  void observe(const Change& change, Agenda& agenda) override;
  Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) override;

 private:
  struct Work;
  Objection release(const PodState& pod) const;
  Objection reconcile_job(const ObjectName& name, WallTime now, Agenda& agenda) const;
  Objection finish_up(const Work& work, WallTime now, Agenda& agenda) const;
  Objection end_pods(const std::vector<const PodState*>& pods) const;
  Objection add_pods(const Work& work, long long count) const;
  Objection add_indexed_pods(const Work& work, long long count) const;
  Objection create_pod(const Work& work, Json pod) const;
  Objection manage(Work& work, WallTime now) const;

  Workplace workplace_;
};

}  // namespace basalt::embedded
