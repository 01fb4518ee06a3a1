#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// The number at the end of a pod's name, behind its last '-': "train-worker-3" has 3. Nothing where there is none, or
/// it is longer than nine digits.
[[nodiscard]] std::optional<std::int64_t> number_at_end(std::string_view name);

/// A task's place among those of its role. By the first of these labels that is a whole number: volcano.sh/task-index,
/// batch.kubernetes.io/job-completion-index, apps.kubernetes.io/pod-index, training.kubeflow.org/replica-index,
/// leaderworkerset.sigs.k8s.io/worker-index; else by the number at the end of its name. Nothing: it has none.
[[nodiscard]] std::optional<std::int64_t> rank_of(const Cluster& cluster, TaskId task);

}  // namespace basalt
