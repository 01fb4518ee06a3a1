#include "basalt/model/resources.hpp"

#include <algorithm>
#include <limits>

namespace basalt {
namespace {

std::int64_t saturating_add(std::int64_t left, std::int64_t right) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(left, right, &sum)) return sum;
  return left > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

}  // namespace

Resources saturating_add(const Resources& left, const Resources& right) {
  Resources sum = left;
  for (Dimension kind = 0; kind < right.width(); ++kind) sum.set(kind, saturating_add(left[kind], right[kind]));
  return sum;
}

ResourceSchema::ResourceSchema() : names_{"cpu", "memory", "pods", "ephemeral-storage"} {}

Result<Dimension> ResourceSchema::intern(std::string_view name) {
  if (const auto known = find(name)) return *known;
  if (names_.size() >= Resources::kMaxDimensions) {
    return Error{ErrorCode::unsupported, "resource \"" + std::string(name) + "\": expected at most " +
                                             std::to_string(Resources::kMaxDimensions) +
                                             " kinds of resources in a cluster"};
  }
  names_.emplace_back(name);
  return size() - 1;
}

std::optional<Dimension> ResourceSchema::find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<Dimension>(found - names_.begin());
}

Result<Resources> ResourceSchema::resources(const NamedAmounts& amounts) {
  Resources result;
  for (const NamedAmount& named : amounts) {
    auto kind = intern(named.name);
    if (!kind) return std::move(kind).error();
    result.set(*kind, named.amount);
  }
  return result;
}

Result<Limits> ResourceSchema::limits(const NamedAmounts& amounts) {
  Limits result;
  for (const NamedAmount& named : amounts) {
    auto kind = intern(named.name);
    if (!kind) return std::move(kind).error();
    result.set(*kind, named.amount);
  }
  return result;
}

NamedAmounts ResourceSchema::named(const Resources& amounts) const {
  NamedAmounts result;
  for (Dimension kind = 0; kind < amounts.width(); ++kind) {
    if (amounts[kind] != 0) result.push_back(NamedAmount{name(kind), amounts[kind]});
  }
  std::sort(result.begin(), result.end(),
            [](const NamedAmount& left, const NamedAmount& right) { return left.name < right.name; });
  return result;
}

std::string ResourceSchema::text(const Resources& amounts) const {
  std::string result;
  for (const NamedAmount& named : named(amounts)) {
    if (!result.empty()) result += ", ";
    result += named.name + " " + format_quantity(named.amount, unit_of(named.name));
  }
  return result;
}

}  // namespace basalt
