#pragma once

#include <functional>

#include "actions/eviction_search.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Makes room for one pending task after the other while their job starves. What was found is
/// kept when it makes the job whole (`job_pipelined`); otherwise nothing has happened. Tasks for
/// which `may_try` is false are passed over. Reservations of the job that cannot come true are given
/// up first.
void make_room_for_job(Session& session, EvictionSearch& search, JobId job, const std::function<bool(TaskId)>& may_try);

}  // namespace basalt
