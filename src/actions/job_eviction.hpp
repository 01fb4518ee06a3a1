#pragma once

#include <functional>
#include <string>

#include "actions/eviction_search.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Makes room for one pending task after the other while their job starves. What was found is
/// kept when it makes the job whole (`job_pipelined`); otherwise nothing has happened. Tasks for
/// which `may_try` is false are passed over. Reservations of the job that cannot come true are given
/// up first. Of those who would go for the tasks one by one, those without whom all fit as well are
/// spared. Whether it has got room. A job whose tasks belong in domains gets its room in one: see
/// `make_room_in_domains`.
bool make_room_for_job(Session& session, EvictionSearch& search, JobId job, const std::function<bool(TaskId)>& may_try);

/// Why `make_room_for_job` found none, as a sentence. REQUIRES: it has just failed.
std::string why_no_room(const Session& session, EvictionSearch& search, JobId job);

}  // namespace basalt
