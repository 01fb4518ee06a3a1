#pragma once

#include <set>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether the tasks that are left could still make a job ready after tasks of some roles found
/// no place: when not, the try ends early. Errs on the side of going on.
/// `part` is the part of the job that is being placed, if it has parts.
/// Source: Volcano's NeedContinueAllocating.
[[nodiscard]] bool may_still_succeed(const Cluster& cluster, JobId job, SubJobId part,
                                     const std::set<Symbol>& failed_roles);

}  // namespace basalt
