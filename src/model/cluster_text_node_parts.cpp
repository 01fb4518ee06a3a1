#include <algorithm>

#include "basalt/model/cpu_list.hpp"
#include "model/cluster_text_attributes.hpp"
#include "model/cluster_text_setters.hpp"

// ResourceQuotas and Numatopologies: what a namespace may have, and how a node's cpus lie.
namespace basalt::text {
namespace {

QuotaLine& line_of(ResourceQuotaObject& quota, const std::string& key) {
  auto place = std::lower_bound(quota.lines.begin(), quota.lines.end(), key,
                                [](const QuotaLine& line, const std::string& wanted) { return line.key < wanted; });
  if (place == quota.lines.end() || place->key != key) place = quota.lines.insert(place, QuotaLine{key, 0, 0});
  return *place;
}

Result<void> set_quota_line(ResourceQuotaObject& quota, const std::string& key, const std::string& value,
                            std::int64_t QuotaLine::*side) {
  if (!is_quota_key(key)) return expected("a key of a quota that pods use up, such as cpu, requests.cpu or pods");
  const auto amount = parse_quantity(value, quota_unit(key));
  if (!amount) return amount.error();
  line_of(quota, key).*side = *amount;
  return {};
}

/// "scope:NAME=OP", "scope:NAME=OP:V1,V2".
QuotaScope scope_of(const std::string& name, const std::string& value) {
  const std::size_t colon = std::min(value.find(':'), value.size());
  QuotaScope scope{name, value.substr(0, colon), {}};
  if (colon < value.size()) scope.values = split(value.substr(colon + 1), ',');
  return scope;
}

CpuPlace& place_of(NumaTopology& topology, std::int32_t cpu) {
  auto place = std::lower_bound(topology.cpus.begin(), topology.cpus.end(), cpu,
                                [](const CpuPlace& known, std::int32_t wanted) { return known.id < wanted; });
  if (place == topology.cpus.end() || place->id != cpu) place = topology.cpus.insert(place, CpuPlace{cpu, 0, 0, cpu});
  return *place;
}

/// "numa:N=CPUS", "socket:N=CPUS", "core:N=CPUS". A cpu is free, in the socket of its NUMA node's number and a core of
/// its own, unless what follows says otherwise.
Result<void> set_places(NumaTopology& topology, const Attribute& attribute) {
  const std::size_t colon = attribute.key.find(':');
  const std::string what = attribute.key.substr(0, colon);
  const auto number = parse_integer(attribute.key.substr(colon + 1));
  if (!number) return expected("numa:NUMBER, socket:NUMBER or core:NUMBER");
  const auto cpus = parse_cpu_list(attribute.value);
  if (!cpus) return cpus.error();
  const auto at = static_cast<std::int32_t>(*number);
  for (const std::int32_t cpu : *cpus) {
    CpuPlace& place = place_of(topology, cpu);
    if (what == "numa") place.numa = place.socket = at;
    if (what == "socket") place.socket = at;
    if (what == "core") place.core = at;
  }
  topology.allocatable.clear();
  for (const CpuPlace& place : topology.cpus) topology.allocatable.push_back(place.id);
  return {};
}

}  // namespace

Result<void> set(ResourceQuotaObject& quota, const Attribute& attribute) {
  for (const auto& [prefix, side] : {std::pair<std::string_view, std::int64_t QuotaLine::*>{"hard.", &QuotaLine::hard},
                                     {"used.", &QuotaLine::used}}) {
    if (attribute.key.starts_with(prefix)) {
      return set_quota_line(quota, last_part(attribute.key, prefix), attribute.value, side);
    }
  }
  if (attribute.key.starts_with("scope:")) {
    quota.scopes.push_back(scope_of(last_part(attribute.key, "scope:"), attribute.value));
    return {};
  }
  return expected("hard.KEY, used.KEY, scope:NAME, label:KEY, annotation:KEY, created or uid");
}

Result<void> set(NumatopologyObject& object, const Attribute& attribute) {
  NumaTopology& topology = object.topology;
  if (attribute.key == "policy") {
    const auto policy = parse_numa_policy(attribute.value);
    if (!policy) return expected("none, best-effort, restricted or single-numa-node");
    topology.policy = *policy;
    return {};
  }
  if (attribute.key == "static") {
    topology.has_static_cpus = true;
    return {};
  }
  if (attribute.key == "reserved.cpu") {
    const auto amount = parse_quantity(attribute.value, Unit::milli);
    if (!amount) return amount.error();
    topology.reserved_cpu = *amount;
    return {};
  }
  const bool is_place =
      attribute.key.starts_with("numa:") || attribute.key.starts_with("socket:") || attribute.key.starts_with("core:");
  if (is_place) return set_places(topology, attribute);
  const bool is_pod = attribute.key.starts_with("pod:");
  if (is_pod || attribute.key == "allocatable") {
    auto cpus = parse_cpu_list(attribute.value);
    if (!cpus) return cpus.error();
    if (is_pod) {
      topology.allocations.push_back({last_part(attribute.key, "pod:"), *std::move(cpus)});
      std::sort(topology.allocations.begin(), topology.allocations.end(),
                [](const PodCpus& left, const PodCpus& right) { return left.uid < right.uid; });
    } else {
      topology.allocatable = *std::move(cpus);
    }
    return {};
  }
  return expected("policy, static, reserved.cpu, numa:N, socket:N, core:N, allocatable, pod:UID, created or uid");
}

/// "guaranteed=2,1,i4,s0": what each container has to itself; i: an init container, s: a sidecar.
Result<void> set_guaranteed(PodObject& pod, const std::string& value) {
  pod.exclusive_cpus.clear();
  for (const std::string& part : split(value, ',')) {
    ExclusiveCpus container;
    container.restartable = part.starts_with('s');
    container.is_init = container.restartable || part.starts_with('i');
    const auto cpus = parse_integer(std::string_view(part).substr(container.is_init ? 1 : 0));
    if (!cpus || *cpus < 0) return expected("whole numbers of cpus, such as 2,1 or i4,2");
    container.cpus = *cpus;
    pod.exclusive_cpus.push_back(container);
  }
  if (pod.exclusive_cpus.empty()) pod.exclusive_cpus.push_back({kAsRequested, false, false});
  return {};
}

void finish_guaranteed(PodObject& pod) {
  constexpr std::int64_t kMilli = 1000;
  if (pod.exclusive_cpus.size() != 1 || pod.exclusive_cpus.front().cpus != kAsRequested) return;
  const auto cpu = std::find_if(pod.request.begin(), pod.request.end(),
                                [](const NamedAmount& amount) { return amount.name == "cpu"; });
  const std::int64_t amount = cpu == pod.request.end() ? 0 : cpu->amount;
  pod.exclusive_cpus.front().cpus = amount % kMilli == 0 ? amount / kMilli : 0;
}

}  // namespace basalt::text
