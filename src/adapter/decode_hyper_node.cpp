#include <array>
#include <limits>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/decode_selectors.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::array<std::string_view, 2> kMemberTypes = {"Node", "HyperNode"};
/// Far beyond any pattern for names; bounds what compiling one can cost.
constexpr std::size_t kLongestPattern = 1024;

void read_selector(const JsonMessage& in, HyperNodeMemberText& member) {
  in.read(message(kJsonOnly, "exactMatch",
                  [&member](const JsonMessage& exact) { exact.read(text(kJsonOnly, "name", member.exact_name)); }),
          message(kJsonOnly, "regexMatch",
                  [&member](const JsonMessage& regex) { regex.read(text(kJsonOnly, "pattern", member.name_pattern)); }),
          label_selector(kJsonOnly, "labelMatch", member.labels));
  const int selectors =
      int{member.exact_name.has_value()} + int{member.name_pattern.has_value()} + int{member.labels.has_value()};
  if (selectors != 1) in.reading().object("expected one of exactMatch, regexMatch and labelMatch");
  if (member.name_pattern && member.name_pattern->size() > kLongestPattern) {
    in.reading().object("regexMatch.pattern: expected at most " + std::to_string(kLongestPattern) + " characters");
  }
}

void read_member(const JsonMessage& in, HyperNodeMemberText& member) {
  std::string type;
  in.read(one_of(kJsonOnly, "type", type, kMemberTypes),
          message(kJsonOnly, "selector", [&member](const auto& selector) { read_selector(selector, member); }));
  member.is_node = type != "HyperNode";
}

}  // namespace

void read_hyper_node(const JsonMessage& in, HyperNodeObject& hyper_node) {
  constexpr std::int32_t kHighestTier = std::numeric_limits<std::int32_t>::max() - 1;
  in.read(metadata(hyper_node.meta), message(kJsonOnly, "spec", [&hyper_node](const JsonMessage& spec) {
            spec.read(integer_within(kJsonOnly, "tier", hyper_node.tier, 0, kHighestTier),
                      text(kJsonOnly, "tierName", hyper_node.tier_name),
                      each(kJsonOnly, "members", [&hyper_node](const JsonMessage& member) {
                        read_member(member, hyper_node.members.emplace_back());
                      }));
          }));
}

}  // namespace basalt::adapter
