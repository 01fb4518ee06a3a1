#pragma once

#include <vector>

#include "basalt/framework/session.hpp"

/// Reservations in advance: room for jobs that have waited beyond their limit (`Session::is_late`). A gang
/// among jobs that are smaller waits for ever as long as these take each place that comes free; so once it is late,
/// it reserves places where others still run, and whoever comes after it finds no room there. See
/// docs/decisions/0013-reservations-and-backfill.md.
namespace basalt {

/// Gives a late job back what its pods are nominated for, if that makes it whole: what it had reserved before a
/// restart. Does nothing to other jobs, nor to those that hold all they need.
void find_reservation_again(Session& session, JobId job);

/// The jobs of one session that ask for a reservation in advance.
class AdvanceReservations {
 public:
  explicit AdvanceReservations(Session& session) : session_(session) {}

  /// Notes a job that found no place, if it is late, has not started and holds no reservation.
  void ask_for(JobId job);

  /// Reserves for those that asked: the higher priority first, then who has been late for longer, then in job
  /// order. A job that finds no places beside what is reserved stops those behind it, which could
  /// otherwise keep it waiting for ever; one that the empty cluster could not hold does not.
  void reserve();

 private:
  Session& session_;
  std::vector<JobId> jobs_;
};

}  // namespace basalt
