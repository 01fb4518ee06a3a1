#pragma once

#include "basalt/framework/explanation.hpp"

namespace basalt {

/// Tries a job that has parts in the domains in which allocate would, in the same order, and notes
/// for the first few with most places what they hold and what they lack. Whether some domain that was
/// tried holds enough of it. Leaves no trace.
bool try_domains(Session& session, JobId job, JobExplanation& made);

/// Notes the sub-groups that are below their size, and how many of the job's minima are missing.
void find_incomplete_parts(const Cluster& cluster, JobId job, JobExplanation& made);

/// Lets each action that evicts make room for the job, notes whom it would evict or why it would
/// not, and undoes it.
void try_evictions(Session& session, JobId job, JobExplanation& made);

}  // namespace basalt
