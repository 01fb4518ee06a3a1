#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/model/resources.hpp"

namespace basalt {

/// What one party wants of one kind of resource.
struct Claim {
  std::int64_t weight = 1;   ///< not negative
  std::int64_t floor = 0;    ///< gets this much in any case; not negative
  std::int64_t ceiling = 0;  ///< gets no more than this; not below the floor
};

/// Divides `total` among the claims like water poured into vessels: each party gets
/// weight * level, rounded down to a whole unit, but no less than its floor and no more than
/// its ceiling; the level is the highest (an exact fraction) at which no more than the total
/// is handed out.
///
/// So: nobody is below his floor or above his ceiling. The sum is at most the total, unless
/// the floors alone are more, in which case everybody gets his floor. What is left over, if
/// somebody with a weight is still below his ceiling, is less than one unit a party. Of two
/// parties strictly between floor and ceiling each has its weight's part of what both have,
/// to within a unit. The result of a party does not depend on the order of the claims.
///
/// Volcano's proportion reaches the same numbers in rounds, up to its tolerance, where no
/// guarantee lifts a queue above its part; where one does, Volcano lets the queue grow on
/// top of the guarantee and may hand out more than the total.
std::vector<std::int64_t> fill(std::int64_t total, std::span<const Claim> claims);

/// What one queue wants of everything.
struct QueueDemand {
  std::int64_t weight = 1;
  Resources guarantee;
  Resources limit;    ///< the most it may ever have
  Resources request;  ///< what its tasks hold and wait for
};

/// `fill` for each kind of resource on its own: the floor is the guarantee, the ceiling the
/// smaller of limit and request, but no less than the guarantee.
std::vector<Resources> deserved_shares(const Resources& total, std::span<const QueueDemand> demands);

}  // namespace basalt
