#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "adapter/fields.hpp"
#include "basalt/model/objects.hpp"

/// Node and label selectors, taints and tolerations. `In` is ProtobufMessage or JsonMessage.
namespace basalt::adapter {

inline constexpr std::array<std::string_view, 6> kNodeOperators = {"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"};
inline constexpr std::array<std::string_view, 2> kFieldOperators = {"In", "NotIn"};
inline constexpr std::array<std::string_view, 4> kLabelOperators = {"In", "NotIn", "Exists", "DoesNotExist"};

/// core/v1 NodeSelectorRequirement and meta/v1 LabelSelectorRequirement, which differ in their operators.
template <class In>
RequirementText read_requirement(const In& in, std::span<const std::string_view> operators) {
  RequirementText requirement;
  in.read(text(1, "key", requirement.key), one_of(2, "operator", requirement.op, operators),
          texts(3, "values", requirement.values));
  return requirement;
}

inline auto requirements(std::uint32_t number, std::string_view name, std::vector<RequirementText>& out,
                         std::span<const std::string_view> operators) {
  return each(number, name, [&out, operators](const auto& in) { out.push_back(read_requirement(in, operators)); });
}

/// meta/v1 LabelSelector.
inline auto label_selector(std::uint32_t number, std::string_view name, std::optional<LabelSelectorText>& out) {
  return message(number, name, [&out](const auto& in) {
    LabelSelectorText& selector = out.emplace();
    in.read(pairs(1, "matchLabels", selector.match_labels),
            requirements(2, "matchExpressions", selector.match_expressions, kLabelOperators));
  });
}

/// core/v1 NodeSelectorTerm.
template <class In>
void read_node_term(const In& in, NodeSelectorTermText& term) {
  in.read(requirements(1, "matchExpressions", term.match_expressions, kNodeOperators),
          requirements(2, "matchFields", term.match_fields, kFieldOperators));
}

/// core/v1 NodeSelector: present without terms it selects nothing, absent everything.
inline auto node_selector(std::uint32_t number, std::string_view name,
                          std::optional<std::vector<NodeSelectorTermText>>& out) {
  return message(number, name, [&out](const auto& in) {
    auto& terms = out.emplace();
    in.read(each(1, "nodeSelectorTerms", [&terms](const auto& term) { read_node_term(term, terms.emplace_back()); }));
  });
}

}  // namespace basalt::adapter
