#pragma once

#include <cstdint>

namespace basalt {

/// Whose tasks may go for whom.
enum class EvictionKind : std::uint8_t {
  between_jobs,   ///< other jobs of the evictor's queue
  within_job,     ///< less important tasks of the evictor's own job
  across_queues,  ///< jobs of other queues
};

}  // namespace basalt
