#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/delta.hpp"

/// Clusters as text, one object a line, for scenarios, dumps and bug reports:
///
///     queue q1 weight=2
///     node  n{1..3} cpu=2 memory=4Gi label:zone=a taint:gpu=yes:NoSchedule
///     job   train queue=q1 min=3
///     task  train-{0..2} cpu=1
///     pod   web cpu=500m
///     pod   other scheduler=default-scheduler cpu=1 on=n1
///
/// A line is a kind, a name ("name", or "namespace/name" outside "default") and attributes
/// `key=value` in any order; values that contain spaces are not possible. `{a..b}` in a name
/// makes one object a number. Everything after '#' is a comment. A `task` belongs to the
/// job whose name, followed by '-', is the longest prefix of its own, or to `job=`; a `pod`
/// belongs to none. Objects are created one second apart in the order of the lines, unless
/// `created=` (seconds) says otherwise. docs/scenarios.md lists all attributes.
namespace basalt {

/// Reads lines into the deltas that make the cluster (or change it: `gone task train-0`).
/// Fails with the number of the line, what is wrong with it and what was expected.
/// `first_second` is the creation time of the first line, so that later blocks come later.
Result<std::vector<Delta>> parse_cluster_text(std::string_view text, std::int64_t first_second = 0);

/// The line that makes an object, with every attribute that is not the default; its creation
/// time always. `parse_cluster_text` reads it back, as far as the format goes: uids, versions
/// and conditions are left out.
std::string print_cluster_text(const ObjectVariant& object);

}  // namespace basalt
