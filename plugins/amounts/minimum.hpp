#pragma once

#include "basalt/framework/cluster.hpp"

/// What admitted jobs still have coming to them. Source: Volcano's enqueue gate, where the
/// minResources of a PodGroup is an admission quantity only.
namespace basalt {

/// By how much `amount` exceeds `base`, kind by kind, never below zero.
Resources excess(const Resources& amount, const Resources& base);

/// What is missing of the minimum that a job states: the minimum less what its tasks have
/// allocated. Nothing for a job without a minimum.
Resources unmet_minimum(const Cluster& cluster, JobId job);

/// What counts against later jobs once this one is let in: its unmet minimum, less the
/// requests of its pods that are held by scheduling gates.
Resources admission_claim(const Cluster& cluster, JobId job);

/// Whether a job that was let in some time ago still has its minimum coming to it: while the phase is Inqueue;
/// while it is Running only if at least `min_member` tasks hold resources, so that a Spark
/// driver keeps room for its executors, and a finished one gives it back.
bool keeps_its_claim(const Cluster& cluster, JobId job);

/// The claim of a job that was let in some time ago, while it keeps it.
///
/// Volcano's overcommit claims the whole minimum of an Inqueue job although its placed tasks
/// count as used already; here the placed part counts once.
Resources standing_claim(const Cluster& cluster, JobId job);

}  // namespace basalt
