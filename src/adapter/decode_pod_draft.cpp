#include "adapter/decode_pod_draft.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

// Far beyond any pod that runs. They bound the work that one object can cause, and with it the sums of amounts.
constexpr std::size_t kMostContainers = 1024;
constexpr std::size_t kMostKinds = 64;
constexpr std::array<std::string_view, 2> kGuaranteedKinds = {"cpu", "memory"};
static_assert(Resources::kMaxTaskAmount <= (std::int64_t{1} << 61) / (2 * kMostContainers + 1));

/// The larger of each kind.
void raise_to(NamedAmounts& amounts, const NamedAmounts& other) {
  for (const NamedAmount& wanted : other) {
    const auto known =
        std::find_if(amounts.begin(), amounts.end(), [&](const auto& a) { return a.name == wanted.name; });
    if (known == amounts.end()) {
      amounts.push_back(wanted);
    } else {
      known->amount = std::max(known->amount, wanted.amount);
    }
  }
  sort_amounts(amounts);
}

/// A container that was resized in place holds the most of what it asks for, has, and was promised; what it asks for
/// does not count when its node can never give it.
void apply_state(const std::vector<ContainerState>& states, bool resize_is_infeasible, ContainerRequest& container) {
  const auto state =
      std::find_if(states.begin(), states.end(), [&](const auto& s) { return s.name == container.name; });
  if (state == states.end() || !state->states_resources) return;
  if (resize_is_infeasible) container.requests.clear();
  raise_to(container.requests, state->actual);
  raise_to(container.requests, state->allocated);
}

/// Whether the lists are small enough to be added up.
bool is_reasonable(const PodDraft& draft, Reading& reading) {
  const PodResourceFields& resources = draft.resources;
  if (resources.containers.size() + resources.init_containers.size() > kMostContainers ||
      draft.states.size() + draft.init_states.size() > kMostContainers) {
    reading.object_at("spec.containers", "expected at most " + std::to_string(kMostContainers) + " containers");
    return false;
  }
  std::set<std::string_view> kinds;
  const auto count = [&kinds](const NamedAmounts& amounts) {
    for (const NamedAmount& named : amounts) kinds.insert(named.name);
  };
  for (const ContainerRequest& container : resources.init_containers) count(container.requests);
  for (const ContainerRequest& container : resources.containers) count(container.requests);
  count(resources.overhead);
  if (resources.pod_level) count(*resources.pod_level);
  if (kinds.size() <= kMostKinds) return true;
  reading.object_at("spec.containers", "expected at most " + std::to_string(kMostKinds) + " kinds of resources");
  return false;
}

std::optional<std::int64_t> find_amount(const NamedAmounts& amounts, std::string_view name) {
  const auto known = std::find_if(amounts.begin(), amounts.end(), [name](const auto& a) { return a.name == name; });
  if (known == amounts.end()) return std::nullopt;
  return known->amount;
}

/// Whether the container may use exactly what it asks for, and says so for cpu and memory.
bool is_guaranteed(const ContainerRequest& container) {
  return std::all_of(kGuaranteedKinds.begin(), kGuaranteedKinds.end(), [&](std::string_view kind) {
    const auto limit = find_amount(container.limits, kind);
    return limit && *limit > 0 && find_amount(container.requests, kind).value_or(*limit) == *limit;
  });
}

/// The cpus that containers have to themselves, if the pod's QoS class is Guaranteed: as stated, whatever was resized
/// since. A pod that states resources as a whole has no exclusive cpus.
/// Source: kubelet's ComputePodQOS and the static policy of its cpu manager.
void finish_exclusive_cpus(const PodResourceFields& fields, PodObject& pod) {
  const auto all_guaranteed = [](const std::vector<ContainerRequest>& containers) {
    return std::all_of(containers.begin(), containers.end(), is_guaranteed);
  };
  if (fields.pod_level || fields.containers.empty()) return;
  if (!all_guaranteed(fields.containers) || !all_guaranteed(fields.init_containers)) return;
  constexpr std::int64_t kMilli = 1000;
  for (const auto* containers : {&fields.init_containers, &fields.containers}) {
    for (const ContainerRequest& container : *containers) {
      const std::int64_t cpu = find_amount(container.limits, "cpu").value_or(0);
      pod.exclusive_cpus.push_back(
          {cpu % kMilli == 0 ? cpu / kMilli : 0, containers == &fields.init_containers, container.restartable});
    }
  }
}

void finish_request(PodDraft& draft, PodObject& pod, Reading& reading) {
  if (!is_reasonable(draft, reading)) return;
  finish_exclusive_cpus(draft.resources, pod);
  for (ContainerRequest& container : draft.resources.containers) {
    apply_state(draft.states, draft.resize_is_infeasible, container);
  }
  for (ContainerRequest& container : draft.resources.init_containers) {
    if (container.restartable) apply_state(draft.init_states, draft.resize_is_infeasible, container);
  }
  if (!is_reasonable(draft, reading)) return;
  for (const ContainerRequest& container : draft.resources.containers) {
    if (const auto devices = device_request(container.requests)) pod.device_requests.push_back(*devices);
  }
  pod.request = effective_request(draft.resources);
  pod.scoring_cpu = scoring_request(draft.resources, "cpu");
  pod.scoring_memory = scoring_request(draft.resources, "memory");
  for (const NamedAmount& named : pod.request) {
    if (named.amount <= Resources::kMaxTaskAmount) continue;
    const Unit unit = unit_of(named.name);
    reading.object_at("spec", "request of \"" + named.name + "\": expected at most " +
                                  format_quantity(Resources::kMaxTaskAmount, unit) + " in all, got " +
                                  format_quantity(named.amount, unit));
  }
}

void finish_ports(std::vector<StatedPort>& ports, bool host_network, std::vector<HostPortText>& out) {
  for (StatedPort& stated : ports) {
    if (host_network && stated.host.port == 0) stated.host.port = stated.container_port;
    if (stated.host.port == 0) continue;
    if (stated.host.protocol.empty()) stated.host.protocol = "TCP";
    if (stated.host.address.empty()) stated.host.address = "0.0.0.0";
    out.push_back(std::move(stated.host));
  }
}

/// Keys whose values a selector takes over from the pod itself. Newer API servers have written them out already, when
/// the pod was made: what they wrote stands, whatever became of the pod's labels.
void take_over_labels(const std::vector<std::string>& keys, std::string_view op, const StringPairs& labels,
                      std::optional<LabelSelectorText>& selector) {
  if (!selector) return;
  auto& expressions = selector->match_expressions;
  for (const std::string& key : keys) {
    const std::string* value = find_value(labels, key);
    if (value == nullptr) continue;
    const bool is_written_out = std::any_of(expressions.begin(), expressions.end(), [&](const RequirementText& known) {
      return known.key == key && known.op == op;
    });
    if (!is_written_out) expressions.push_back({key, std::string(op), {*value}});
  }
}

void take_over_labels(const TermLabelKeys& keys, const StringPairs& labels, PodAffinityTermText& term) {
  take_over_labels(keys.match, "In", labels, term.selector);
  take_over_labels(keys.mismatch, "NotIn", labels, term.selector);
}

void finish_affinity(const AffinityLabelKeys& keys, const StringPairs& labels,
                     std::vector<PodAffinityTermText>& required, std::vector<PreferredPodsText>& preferred) {
  for (std::size_t i = 0; i < required.size(); ++i) take_over_labels(keys.required[i], labels, required[i]);
  for (std::size_t i = 0; i < preferred.size(); ++i) take_over_labels(keys.preferred[i], labels, preferred[i].term);
}

}  // namespace

void finish_pod(PodDraft&& draft, PodObject& pod, Reading& reading) {
  finish_request(draft, pod, reading);
  finish_ports(draft.ports, draft.host_network, pod.host_ports);
  for (const StatedClaim& claim : draft.claims) {
    pod.claims.push_back(claim.is_ephemeral ? pod.meta.name + '-' + std::string(claim.name) : std::string(claim.name));
  }
  for (std::size_t i = 0; i < pod.topology_spread.size(); ++i) {
    take_over_labels(draft.spread_label_keys[i], "In", pod.meta.labels, pod.topology_spread[i].selector);
  }
  finish_affinity(draft.affinity_keys, pod.meta.labels, pod.required_affinity, pod.preferred_affinity);
  finish_affinity(draft.anti_affinity_keys, pod.meta.labels, pod.required_anti_affinity, pod.preferred_anti_affinity);
}

}  // namespace basalt::adapter
