#pragma once

#include <algorithm>
#include <array>
#include <string_view>

/// What a configuration for Volcano can name, whether it exists here or not: so that a name that is merely not there
/// yet is told from a misspelt one.
namespace basalt::volcano_names {

inline constexpr std::array<std::string_view, 8> kActions = {"enqueue", "allocate", "backfill",    "preempt",
                                                             "reclaim", "shuffle",  "gangpreempt", "gangreclaim"};

inline constexpr std::array<std::string_view, 24> kPlugins = {
    "drf",           "gang",       "deviceshare", "predicates", "priority",      "nodeorder",
    "conformance",   "binpack",    "tdm",         "overcommit", "sla",           "resource-strategy-fit",
    "task-topology", "numa-aware", "cdp",         "usage",      "pdb",           "rescheduling",
    "nodegroup",     "capacity",   "proportion",  "extender",   "resourcequota", "network-topology-aware"};

/// A switch of a plugin entry.
struct Switch {
  std::string_view key;    ///< as it is written in the file
  std::string_view point;  ///< the `kSwitch` of the extension points that it gates
  bool unused_in_volcano = false;
};

/// The spelling is inconsistent (`enable`, `enabled`, one capital E) and part of the contract.
inline constexpr std::array<Switch, 25> kSwitches = {{
    {"enableJobOrder", "enableJobOrder"},
    {"enableJobReady", "enableJobReady"},
    {"enableJobPipelined", "enableJobPipelined"},
    {"enableTaskOrder", "enableTaskOrder"},
    {"enablePreemptable", "enablePreemptable"},
    {"enableReclaimable", "enableReclaimable"},
    {"enablePreemptive", "enablePreemptive"},
    {"enableQueueOrder", "enableQueueOrder"},
    {"EnabledClusterOrder", "enabledClusterOrder"},
    {"enabledClusterOrder", "enabledClusterOrder"},
    {"enablePredicate", "enablePredicate"},
    {"enableBestNode", "enableBestNode"},
    {"enableNodeOrder", "enableNodeOrder"},
    {"enableTargetJob", "enableTargetJob", true},
    {"enableReservedNodes", "enableReservedNodes", true},
    {"enableJobEnqueued", "enableJobEnqueued"},
    {"enabledVictim", "enabledVictim"},
    {"enableJobStarving", "enableJobStarving"},
    {"enabledOverused", "enabledOverused"},
    {"enabledAllocatable", "enabledAllocatable"},
    {"enabledHyperNodeOrder", "enabledHyperNodeOrder"},
    {"enabledSubJobReady", "enabledSubJobReady"},
    {"enabledSubJobPipelined", "enabledSubJobPipelined"},
    {"enabledSubJobOrder", "enabledSubJobOrder"},
    {"enabledHyperNodeGradient", "enabledHyperNodeGradient"},
}};

/// Keys of the `metrics` section: where Volcano's usage plugin gets the load of nodes from.
inline constexpr std::array<std::string_view, 8> kMetrics = {"type",
                                                             "address",
                                                             "interval",
                                                             "tls.insecureSkipVerify",
                                                             "elasticsearch.index",
                                                             "elasticsearch.username",
                                                             "elasticsearch.password",
                                                             "elasticsearch.hostnameFieldName"};

template <std::size_t n>
constexpr bool contains(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace basalt::volcano_names
