#include "state/stated_rates.hpp"

#include <algorithm>

#include "basalt/model/quantity.hpp"

namespace basalt {
namespace {

constexpr std::string_view kNetwork = "basalt.sh/network-bandwidth";
constexpr std::string_view kDisk = "basalt.sh/disk-bandwidth";
constexpr std::int64_t kNotUnderstood = -1;
/// Far beyond any machine: sums over the pods of a node cannot overflow.
constexpr std::int64_t kMost = Resources::kMaxTaskAmount;

/// Nothing: the key is not there.
std::optional<std::int64_t> rate(const StringPairs& annotations, std::string_view key) {
  const std::string* text = find_value(annotations, key);
  if (text == nullptr) return std::nullopt;
  const auto amount = parse_quantity(*text, Unit::whole);
  if (!amount || *amount < 0 || *amount > kMost) return kNotUnderstood;
  return *amount;
}

}  // namespace

IoRates stated_rates(const StringPairs& annotations) {
  IoRates rates;
  rates.disk = rate(annotations, kDisk).value_or(0);
  if (const auto own = rate(annotations, kNetwork)) {
    rates.network = *own;
    return rates;
  }
  const std::int64_t in = rate(annotations, "kubernetes.io/ingress-bandwidth").value_or(0);
  const std::int64_t out = rate(annotations, "kubernetes.io/egress-bandwidth").value_or(0);
  rates.network = std::min(in, out) == kNotUnderstood ? kNotUnderstood : std::max(in, out);
  return rates;
}

IoCapacity stated_capacity(const StringPairs& annotations) {
  constexpr std::int64_t kMillion = 1'000'000;
  IoCapacity capacity{rate(annotations, kNetwork), rate(annotations, kDisk)};
  if (!capacity.network) {
    capacity.network = rate(annotations, "volcano.sh/network-bandwidth-rate");
    if (capacity.network && *capacity.network > 0)
      capacity.network = std::min(*capacity.network, kMost / kMillion) * kMillion;
  }
  for (auto* can : {&capacity.network, &capacity.disk}) {
    if (*can) *can = std::max<std::int64_t>(**can, 0);
  }
  return capacity;
}

}  // namespace basalt
