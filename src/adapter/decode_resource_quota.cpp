#include <array>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::array<std::string_view, 4> kOperators = {"In", "NotIn", "Exists", "DoesNotExist"};

auto quota_amounts(std::uint32_t number, std::string_view name, NamedAmounts& out) {
  const auto take = [&out](const auto& value) {
    value.entries([&out](std::string_view key, const auto& amount) { add_quota_amount(amount, key, out); });
  };
  return Field{number, name, take, [&out] { sort_amounts(out); }};
}

template <class In>
void read_scope(const In& in, QuotaScope& scope) {
  in.read(text(1, "scopeName", scope.name), one_of(2, "operator", scope.op, kOperators),
          texts(3, "values", scope.values));
}

}  // namespace

template <class In>
void read_resource_quota(const In& in, ResourceQuotaObject& quota) {
  NamedAmounts wanted, hard, used;
  std::vector<std::string> names;
  in.read(metadata(quota.meta),
          message(2, "spec",
                  [&](const auto& spec) {
                    spec.read(quota_amounts(1, "hard", wanted), texts(2, "scopes", names),
                              message(3, "scopeSelector", [&](const auto& selector) {
                                selector.read(each(1, "matchExpressions", [&](const auto& scope) {
                                  read_scope(scope, quota.scopes.emplace_back());
                                }));
                              }));
                  }),
          message(3, "status", [&](const auto& status) {
            status.read(quota_amounts(1, "hard", hard), quota_amounts(2, "used", used));
          }));
  for (std::string& name : names) quota.scopes.push_back({std::move(name), "Exists", {}});
  for (const NamedAmount& limit : hard.empty() ? wanted : hard) {
    const auto same = std::find_if(used.begin(), used.end(), [&](const auto& line) { return line.name == limit.name; });
    quota.lines.push_back({limit.name, limit.amount, same == used.end() ? 0 : same->amount});
  }
}

template void read_resource_quota(const ProtobufMessage&, ResourceQuotaObject&);
template void read_resource_quota(const JsonMessage&, ResourceQuotaObject&);

}  // namespace basalt::adapter
