#include <algorithm>

#include "model/cluster_text_attributes.hpp"
#include "model/cluster_text_setters.hpp"

// PodGroups and HyperNodes: what starts together, and what is close together.
namespace basalt::text {
namespace {

/// "soft", "hard:2", "hard:spine".
Result<void> set_topology(std::optional<NetworkTopologyText>& topology, const std::string& value) {
  const std::size_t colon = value.find(':');
  NetworkTopologyText made;
  made.mode = value.substr(0, colon);
  if (made.mode != "hard" && made.mode != "soft") return expected("hard or soft, then perhaps :TIER");
  if (colon != std::string::npos) {
    const std::string tier = value.substr(colon + 1);
    if (const auto number = parse_integer(tier)) {
      made.highest_tier_allowed = static_cast<std::int32_t>(*number);
    } else {
      made.highest_tier_name = tier;
    }
  }
  topology = std::move(made);
  return {};
}

SubGroupPolicyText& policy_named(PodGroupObject& group, const std::string& name) {
  const auto known = std::find_if(group.sub_groups.begin(), group.sub_groups.end(),
                                  [&](const SubGroupPolicyText& policy) { return policy.name == name; });
  if (known != group.sub_groups.end()) return *known;
  group.sub_groups.emplace_back().name = name;
  return group.sub_groups.back();
}

/// "sub-group:NAME=KEY1,KEY2", and what more there is to say about that policy.
Result<void> set_sub_group(PodGroupObject& group, const Attribute& attribute) {
  const std::size_t colon = attribute.key.find(':');
  const std::string what = attribute.key.substr(0, colon);
  if (colon == std::string::npos || colon + 1 == attribute.key.size()) return expected("the policy's name after ':'");
  SubGroupPolicyText& policy = policy_named(group, attribute.key.substr(colon + 1));
  if (what == "sub-group") {
    policy.match_label_keys = split(attribute.value, ',');
    return {};
  }
  if (what == "sub-group-size") return set_integer(&SubGroupPolicyText::size)(policy, attribute.value);
  if (what == "sub-group-min") return set_integer(&SubGroupPolicyText::min_sub_groups)(policy, attribute.value);
  if (what == "sub-group-topology") return set_topology(policy.network_topology, attribute.value);
  if (what == "sub-group-select") {
    const std::size_t equals = attribute.value.find('=');
    if (equals == std::string::npos) return expected("sub-group-select:NAME=KEY=VALUE");
    if (!policy.selector) policy.selector.emplace();
    put(policy.selector->match_labels, attribute.value.substr(0, equals), attribute.value.substr(equals + 1));
    return {};
  }
  return expected("sub-group, sub-group-size, sub-group-min, sub-group-topology or sub-group-select, and :NAME");
}

Result<void> put_quota_amount(NamedAmounts& amounts, const std::string& key, const std::string& value) {
  const auto amount = parse_quantity(value, quota_unit(key));
  if (!amount) return amount.error();
  amounts.push_back({key, *amount});
  std::sort(amounts.begin(), amounts.end(),
            [](const NamedAmount& left, const NamedAmount& right) { return left.name < right.name; });
  return {};
}

}  // namespace

Result<void> set(PodGroupObject& group, const Attribute& attribute) {
  static const Setters<PodGroupObject> setters = {
      {"min", set_integer(&PodGroupObject::min_member)},
      {"queue", set_text(&PodGroupObject::queue)},
      {"priority", set_text(&PodGroupObject::priority_class_name)},
      {"phase", set_text(&PodGroupObject::phase)},
      {"estimate",
       [](PodGroupObject& object, const std::string& value) -> Result<void> {
         put(object.meta.annotations, "basalt.sh/running-estimate", value);
         return {};
       }},
      {"topology",
       [](PodGroupObject& object, const std::string& value) { return set_topology(object.network_topology, value); }},
  };
  if (const auto setter = setters.find(attribute.key); setter != setters.end())
    return setter->second(group, attribute.value);
  if (attribute.key == "min-resources") {  // stated, and empty
    group.min_resources.emplace();
    return {};
  }
  if (attribute.key.starts_with("min-resources.")) {
    if (!group.min_resources) group.min_resources.emplace();
    const std::string kind = last_part(attribute.key, "min-resources.");
    if (is_node_resource(kind) || !is_quota_key(kind)) return put_amount(*group.min_resources, kind, attribute.value);
    return put_quota_amount(group.quota_minimum, kind, attribute.value);
  }
  if (attribute.key.starts_with("role:")) {
    const auto minimum = parse_integer(attribute.value);
    if (!minimum) return expected("a whole number");
    group.min_task_member.emplace_back(last_part(attribute.key, "role:"), static_cast<std::int32_t>(*minimum));
    std::sort(group.min_task_member.begin(), group.min_task_member.end());
    return {};
  }
  if (attribute.key.starts_with("sub-group")) return set_sub_group(group, attribute);
  return expected(
      "min, queue, priority, phase, min-resources.R, role:NAME, estimate, topology, sub-group:NAME, label:KEY, "
      "annotation:KEY, "
      "created or uid");
}

Result<void> set(HyperNodeObject& hyper_node, const Attribute& attribute) {
  static const Setters<HyperNodeObject> setters = {
      {"tier", set_integer(&HyperNodeObject::tier)},
      {"tier-name", set_text(&HyperNodeObject::tier_name)},
  };
  if (const auto setter = setters.find(attribute.key); setter != setters.end()) {
    return setter->second(hyper_node, attribute.value);
  }
  if (attribute.key == "nodes" || attribute.key == "hyper-nodes") {
    for (const std::string& name : split(attribute.value, ',')) {
      HyperNodeMemberText& member = hyper_node.members.emplace_back();
      member.is_node = attribute.key == "nodes";
      member.exact_name = name;
    }
  } else if (attribute.key == "pattern") {
    hyper_node.members.emplace_back().name_pattern = attribute.value;
  } else if (attribute.key.starts_with("select:")) {
    LabelSelectorText selector;
    put(selector.match_labels, last_part(attribute.key, "select:"), attribute.value);
    hyper_node.members.emplace_back().labels = std::move(selector);
  } else {
    return expected("tier, tier-name, nodes, hyper-nodes, pattern, select:KEY, label:KEY, created or uid");
  }
  return {};
}

}  // namespace basalt::text
