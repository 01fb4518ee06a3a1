#include <array>
#include <limits>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/decode_selectors.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::array<std::string_view, 3> kTopologyModes = {"", "hard", "soft"};
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

/// networkTopology of a group or of a policy. An absent mode is the CRD's default.
auto topology(std::optional<NetworkTopologyText>& out) {
  return message(kJsonOnly, "networkTopology", [&out](const JsonMessage& in) {
    NetworkTopologyText& stated = out.emplace();
    std::optional<std::int32_t>& tier = stated.highest_tier_allowed;
    in.read(one_of(kJsonOnly, "mode", stated.mode, kTopologyModes), integer(kJsonOnly, "highestTierAllowed", tier),
            text(kJsonOnly, "highestTierName", stated.highest_tier_name));
    if (stated.mode.empty()) stated.mode = "hard";
    if (tier && *tier < 0) in.reading().object("highestTierAllowed: expected a tier of 0 or more");
  });
}

/// minResources: what nodes have goes one way, what only quotas know the other.
auto minimum(PodGroupObject& group) {
  const auto take = [&group](const JsonValue& value) {
    if (!group.min_resources) group.min_resources.emplace();
    value.entries([&group](std::string_view key, const JsonValue& amount) {
      if (is_node_resource(key)) {
        add_amount(amount, key, Resources::kMaxStatedAmount, *group.min_resources);
      } else {
        add_quota_amount(amount, key, group.quota_minimum);
      }
    });
  };
  const auto done = [&group] {
    if (group.min_resources) sort_amounts(*group.min_resources);
    sort_amounts(group.quota_minimum);
  };
  return Field{kJsonOnly, "minResources", take, done};
}

void read_policy(const JsonMessage& in, SubGroupPolicyText& policy) {
  in.read(text(kJsonOnly, "name", policy.name), label_selector(kJsonOnly, "labelSelector", policy.selector),
          texts(kJsonOnly, "matchLabelKeys", policy.match_label_keys),
          integer_within(kJsonOnly, "subGroupSize", policy.size, 1, kMost),
          integer_within(kJsonOnly, "minSubGroups", policy.min_sub_groups, 0, kMost),
          topology(policy.network_topology));
}

void read_spec(const JsonMessage& in, PodGroupObject& group) {
  in.read(integer_within(kJsonOnly, "minMember", group.min_member, 0, kMost), role_minimums(group.min_task_member),
          text(kJsonOnly, "queue", group.queue), text(kJsonOnly, "priorityClassName", group.priority_class_name),
          minimum(group), topology(group.network_topology),
          each(kJsonOnly, "subGroupPolicy",
               [&group](const JsonMessage& policy) { read_policy(policy, group.sub_groups.emplace_back()); }));
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
