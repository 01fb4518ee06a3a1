#pragma once

#include <cstdint>
#include <string_view>

#include "basalt/framework/cluster.hpp"

/// How what a job needs at least compares with what a ResourceQuota states. Amounts under the keys of a quota are in
/// the unit of `quota_unit`.
namespace basalt {

/// What the pods that a job still lacks for its minimum will add to what quotas count.
struct QuotaDemand {
  Resources requests;   ///< by kind, "pods" among them
  NamedAmounts limits;  ///< below "limits.", by kind, sorted

  [[nodiscard]] bool is_empty() const;
};

/// The minimum of a job, less the requests of its pods that are there and not over: those the quota counts already. A
/// kind that minResources states twice ("cpu", "requests.cpu") counts as the larger; pods are at least minMember.
/// Limits count while the job has no pods: what those of its pods are is not known here. Nothing for a job
/// without minResources. Source: Volcano's resourcequota, which counts pods that are there twice.
[[nodiscard]] QuotaDemand quota_demand(const Cluster& cluster, JobId job);

/// The same of a job that was let in some time ago, while it keeps its claim (`keeps_its_claim`).
[[nodiscard]] QuotaDemand standing_demand(const Cluster& cluster, JobId job);

/// What the demand is under a key of a quota: "cpu" and "requests.cpu" are the same.
[[nodiscard]] std::int64_t amount_under(std::string_view key, const QuotaDemand& demand, const ResourceSchema& schema);

/// Whether a quota counts the pods of a job, as far as its PodGroup tells: all scopes must select them. PriorityClass
/// is compared with the group's class; BestEffort and NotBestEffort with its minimum. What other scopes select cannot
/// be told before the pods are there: such a quota is left to who enforces it.
[[nodiscard]] bool counts_pods_of(const ResourceQuotaObject& quota, const Job& job);

}  // namespace basalt
