#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Tasks of a job, or of a part of it, that wait for a place, and how many have had their try.
struct Worklist {
  SubJobId part;  ///< none: the job has no parts
  std::vector<TaskId> tasks;
  std::size_t next = 0;
  bool required = false;  ///< one of the parts that the job's minima need next

  [[nodiscard]] bool is_empty() const { return next >= tasks.size(); }
};

/// All that waits of a job: one list, or one for each part that has waiting tasks.
struct JobWork {
  std::vector<Worklist> lists;

  [[nodiscard]] bool is_empty() const;
  /// How far each list is; `go_back` undoes what was tried since.
  [[nodiscard]] std::vector<std::size_t> progress() const;
  void go_back(const std::vector<std::size_t>& progress);
  /// Nothing of it is tried again.
  void give_up();
  /// Only these tasks, of those that wait.
  void keep_only(const std::vector<TaskId>& tasks);
};

/// What waits of a job, in task order. Best-effort tasks are in it, last, while the minimum may
/// need them: they are then placed with the others, or not at all; those of jobs with parts
/// always are, since backfill knows nothing of domains.
JobWork work_of(const Session& session, JobId job);

/// Which list is served next: half-placed parts, then required ones, then in order. `failed`: those
/// that are passed over, one flag a list. `is_complete`: whether a part has its minimum. Nothing: no
/// other list has waiting tasks.
[[nodiscard]] std::optional<std::size_t> next_part(const Session& session, const JobWork& work,
                                                   const std::vector<bool>& failed,
                                                   const std::function<bool(SubJobId)>& is_complete);

/// Whether a crash, a refused bind or a lost member has left less of a job, or of a part of it,
/// than its minimum: it is made whole before anything new is started.
[[nodiscard]] bool is_half_placed(const Session& session, JobId job);

}  // namespace basalt
