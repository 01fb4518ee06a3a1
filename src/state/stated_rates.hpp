#pragma once

#include "basalt/model/rows.hpp"

namespace basalt {

/// What a pod's annotations say it moves in a second:
/// - basalt.sh/network-bandwidth, else the larger of kubernetes.io/ingress-bandwidth and egress-bandwidth, in bits;
/// - basalt.sh/disk-bandwidth, in bytes;
/// each a Kubernetes quantity. -1 stands for what cannot be understood.
[[nodiscard]] IoRates stated_rates(const StringPairs& annotations);

/// What a node's annotations say it can: basalt.sh/network-bandwidth, else volcano.sh/network-bandwidth-rate, which is
/// in millions of bits; basalt.sh/disk-bandwidth. What cannot be understood is no capacity at all.
[[nodiscard]] IoCapacity stated_capacity(const StringPairs& annotations);

}  // namespace basalt
