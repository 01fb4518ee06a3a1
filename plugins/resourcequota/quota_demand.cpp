#include "plugins/resourcequota/quota_demand.hpp"

#include <algorithm>

#include "plugins/amounts/minimum.hpp"

namespace basalt {
namespace {

constexpr std::string_view kRequests = "requests.";
constexpr std::string_view kLimits = "limits.";

void raise(Resources& amounts, Dimension kind, std::int64_t to) {
  if (amounts[kind] < to) amounts.set(kind, to);
}

/// The kind of node resource that a key of a quota limits the requests of.
std::string_view requested_kind(std::string_view key) {
  if (key == "count/pods") return "pods";
  return key.starts_with(kRequests) ? key.substr(kRequests.size()) : key;
}

/// Requests of the job's pods that are there and not over, and how many they are ("pods").
Resources requests_of_pods(const Cluster& cluster, const Job& job) {
  Resources sum;
  for (const TaskId task : job.tasks) {
    const TaskStatus status = cluster.status(task);
    if (status != TaskStatus::succeeded && status != TaskStatus::failed) sum += cluster.spec(task).request;
  }
  return sum;
}

bool selects(const QuotaScope& scope, const Job& job) {
  const bool is_best_effort = !job.min_resources || job.min_resources->is_best_effort();
  if (scope.name == "BestEffort") return is_best_effort;
  if (scope.name == "NotBestEffort") return !is_best_effort;
  if (scope.name != "PriorityClass") return false;
  const bool is_named = std::find(scope.values.begin(), scope.values.end(), job.priority_class) != scope.values.end();
  if (scope.op == "In") return is_named;
  if (scope.op == "NotIn") return !is_named;
  return (scope.op == "Exists") != job.priority_class.empty();
}

}  // namespace

bool QuotaDemand::is_empty() const { return requests == Resources{} && limits.empty(); }

QuotaDemand quota_demand(const Cluster& cluster, JobId job) {
  const Job& row = cluster.jobs()[job];
  QuotaDemand demand;
  if (!row.min_resources) return demand;
  Resources minimum = *row.min_resources;
  for (const NamedAmount& stated : row.quota_minimum) {
    if (stated.name.starts_with(kLimits)) continue;
    if (const auto kind = cluster.schema().find(requested_kind(stated.name))) raise(minimum, *kind, stated.amount);
  }
  raise(minimum, kPods, row.min_member);
  const Resources there = requests_of_pods(cluster, row);
  demand.requests = excess(minimum, there);
  if (there[kPods] > 0) return demand;
  for (const NamedAmount& stated : row.quota_minimum) {
    if (stated.name.starts_with(kLimits)) demand.limits.push_back({stated.name.substr(kLimits.size()), stated.amount});
  }
  return demand;
}

QuotaDemand standing_demand(const Cluster& cluster, JobId job) {
  return keeps_its_claim(cluster, job) ? quota_demand(cluster, job) : QuotaDemand{};
}

std::int64_t amount_under(std::string_view key, const QuotaDemand& demand, const ResourceSchema& schema) {
  if (key.starts_with(kLimits)) {
    const std::string_view kind = key.substr(kLimits.size());
    const auto stated = std::find_if(demand.limits.begin(), demand.limits.end(),
                                     [kind](const NamedAmount& limit) { return limit.name == kind; });
    return stated == demand.limits.end() ? 0 : stated->amount;
  }
  const auto kind = schema.find(requested_kind(key));
  return kind ? demand.requests[*kind] : 0;
}

bool counts_pods_of(const ResourceQuotaObject& quota, const Job& job) {
  return std::all_of(quota.scopes.begin(), quota.scopes.end(),
                     [&job](const QuotaScope& scope) { return selects(scope, job); });
}

}  // namespace basalt
