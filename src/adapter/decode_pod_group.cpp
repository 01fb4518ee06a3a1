#include <array>
#include <limits>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::array<std::string_view, 6> kPhases = {"", "Pending", "Inqueue", "Running", "Unknown", "Completed"};

/// spec.minTaskMember: pods that are needed of each role.
auto role_minimums(std::vector<std::pair<std::string, std::int32_t>>& out) {
  const auto take = [&out](const JsonValue& value) {
    value.entries([&out](std::string_view role, const JsonValue& minimum) {
      out.emplace_back(role, minimum.int32());
      if (out.back().second < 0) minimum.reading().object("expected a count of 0 or more");
    });
  };
  const auto done = [&out] { sort_by_key(out, [](const auto& pair) -> const std::string& { return pair.first; }); };
  return Field{kJsonOnly, "minTaskMember", take, done};
}

void read_spec(const JsonMessage& in, PodGroupObject& group) {
  in.read(integer_within(kJsonOnly, "minMember", group.min_member, 0, kMost), role_minimums(group.min_task_member),
          text(kJsonOnly, "queue", group.queue), text(kJsonOnly, "priorityClassName", group.priority_class_name),
          amounts(kJsonOnly, "minResources", group.min_resources, Resources::kMaxStatedAmount),
          message(kJsonOnly, "networkTopology", [&group](const JsonMessage&) { group.has_network_topology = true; }),
          each(kJsonOnly, "subGroupPolicy", [&group](const JsonMessage&) { group.has_sub_groups = true; }));
}

void read_condition(const JsonMessage& in, ConditionText& condition) {
  in.read(text(kJsonOnly, "type", condition.type), text(kJsonOnly, "status", condition.status),
          text(kJsonOnly, "reason", condition.reason), text(kJsonOnly, "message", condition.message));
}

void read_status(const JsonMessage& in, PodGroupObject& group) {
  in.read(one_of(kJsonOnly, "phase", group.phase, kPhases), integer(kJsonOnly, "running", group.running),
          integer(kJsonOnly, "succeeded", group.succeeded), integer(kJsonOnly, "failed", group.failed),
          each(kJsonOnly, "conditions",
               [&group](const JsonMessage& condition) { read_condition(condition, group.conditions.emplace_back()); }));
}

}  // namespace

void read_pod_group(const JsonMessage& in, PodGroupObject& group) {
  in.read(metadata(group.meta),
          message(kJsonOnly, "spec", [&group](const JsonMessage& spec) { read_spec(spec, group); }),
          message(kJsonOnly, "status", [&group](const JsonMessage& status) { read_status(status, group); }));
}

}  // namespace basalt::adapter
