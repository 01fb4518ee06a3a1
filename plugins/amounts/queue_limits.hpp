#pragma once

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// What a queue's objects and tasks say, as the plugins that divide a cluster among queues read it.

/// Requests of a queue's tasks that are placed or hold reservations, now.
[[nodiscard]] Resources holdings(const Cluster& cluster, QueueId queue);

/// What all queues are guaranteed. Saturates.
[[nodiscard]] Resources total_guarantee(const Cluster& cluster);

/// The capability without what was never thought about: no cpu, or no memory, at all. Source: Volcano.
[[nodiscard]] Limits stated_capability(const Queue& queue);

}  // namespace basalt
