#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

inline constexpr std::int64_t kGi = std::int64_t{1} << 30;

/// A small cluster made by hand, and sessions on it, for tests of one plugin. Amounts are in
/// the units of the tables: cpu and extended resources in milli, memory in bytes.
class World {
 public:
  Cluster cluster;

  Resources resources(const NamedAmounts& amounts) { return cluster.resources(amounts).value(); }

  QueueId queue(const std::string& name, const Queue& like = {}) {
    Queue row = like;
    row.name = name;
    row.created = next_moment();
    return cluster.insert_queue(row);
  }

  NodeId node(const std::string& name, const NamedAmounts& allocatable, Node row = {}) {
    row.name = cluster.symbols().intern(name);
    row.allocatable = resources(allocatable);
    if (row.allocatable[kPods] == 0) row.allocatable.set(kPods, 110);
    return cluster.insert_node(row);
  }

  JobId job(const std::string& name, QueueId queue, std::int32_t min_member, Job row = {}) {
    row.namespace_name = "default";
    row.name = name;
    row.queue = queue;
    row.min_member = min_member;
    row.created = next_moment();
    return cluster.insert_job(row);
  }

  /// A pending task; `spec` is completed with the request.
  TaskId task(JobId job, const std::string& name, const NamedAmounts& request, Spec spec = {}, Task row = {}) {
    spec.request = resources(request);
    spec.request.set(kPods, 1);
    row.namespace_name = "default";
    row.name = name;
    row.job = job;
    row.spec = cluster.intern_spec(std::move(spec));
    row.created = next_moment();
    return cluster.insert_task(std::move(row));
  }

  /// A task of a role that is already on a node.
  TaskId running(JobId job, const std::string& name, const NamedAmounts& request, NodeId node,
                 std::string_view role = "") {
    Task row;
    row.role = cluster.symbols().intern(role);
    const TaskId made = task(job, name, request, {}, std::move(row));
    cluster.move(made, TaskStatus::running, node);
    return made;
  }

 private:
  WallTime next_moment() { return WallTime(std::chrono::seconds(++moments_)); }

  int moments_ = 0;
};

/// One plugin with arguments, alone in its configuration.
class Configured {
 public:
  explicit Configured(const PluginType& type, const Arguments& arguments = {}) {
    Tier tier;
    tier.plugins.push_back({type.name, type.configure(arguments, findings), {}});
    configuration.tiers.push_back(std::move(tier));
  }

  Findings findings;
  Configuration configuration;
};

/// "severity: message" of each finding, one a line.
inline std::string text_of(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    constexpr std::string_view kNames[] = {"wrong", "unknown", "without effect", "note"};
    text.append(kNames[static_cast<int>(finding.severity)]).append(": ").append(finding.message).append("\n");
  }
  return text;
}

}  // namespace basalt
