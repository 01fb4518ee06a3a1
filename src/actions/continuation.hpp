#pragma once

#include <optional>
#include <unordered_map>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether the tasks that are left could still make a job ready after some found no place: when not, a try
/// ends early. Counts the minima of the job, of its roles and of the part that is being placed; errs on the side of
/// going on. Volcano's NeedContinueAllocating gives a role up with its first task that finds no place; here the others
/// of the role may be of another kind.
class Prospects {
 public:
  /// `part`: that is being placed, if the job has parts. Looks at nothing yet.
  Prospects(const Cluster& cluster, JobId job, SubJobId part) : cluster_(cluster), job_(job), part_(part) {}

  /// A task of the job, and of the part, found no place. Each once.
  [[nodiscard]] bool survive(TaskId failed);

 private:
  /// Tasks that are placed or could be, beyond what is needed; below zero: too few.
  struct Spare {
    std::int64_t of_job = 0;
    std::optional<std::int64_t> of_part;
    std::unordered_map<Symbol, std::int64_t> of_role;
  };
  void count();

  const Cluster& cluster_;
  JobId job_;
  SubJobId part_;
  std::optional<Spare> spare_;
};

}  // namespace basalt
