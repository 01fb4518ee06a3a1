#include <array>
#include <limits>
#include <type_traits>
#include <utility>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/decode_pod_draft.hpp"
#include "adapter/decode_selectors.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::int64_t kMost = Resources::kMaxTaskAmount;
constexpr std::int32_t kMostPort = 65'535;
constexpr std::int32_t kMostWeight = 100;
constexpr std::size_t kMostLabelKeys = 64;  // far beyond any real constraint
constexpr std::array<std::string_view, 3> kTolerationOperators = {"", "Equal", "Exists"};
constexpr std::array<std::string_view, 4> kToleratedEffects = {"", "NoSchedule", "PreferNoSchedule", "NoExecute"};
constexpr std::array<std::string_view, 4> kProtocols = {"", "TCP", "UDP", "SCTP"};
constexpr std::array<std::string_view, 3> kPreemptionPolicies = {"", "PreemptLowerPriority", "Never"};
constexpr std::array<std::string_view, 2> kWhenUnsatisfiable = {"DoNotSchedule", "ScheduleAnyway"};
constexpr std::array<std::string_view, 2> kInclusionPolicies = {"Honor", "Ignore"};

// --- containers ---

/// Limits of cpu and memory, which together with the requests say whether a pod is Guaranteed. Whatever they are, they
/// are no amounts of a node.
auto limits_of(NamedAmounts& out) {
  return Field{1, "limits", [&out](const auto& value) {
                 value.entries([&out](std::string_view resource, const auto& entry) {
                   if (resource != "cpu" && resource != "memory") return;
                   const auto amount = parse_quantity(entry.quantity(), unit_of(resource));
                   if (amount) out.push_back({std::string(resource), *amount});
                 });
               }};
}

auto resources_of(ContainerRequest& container) {
  return [&container](const auto& resources) {
    resources.read(limits_of(container.limits), amounts(2, "requests", container.requests, kMost));
  };
}

template <class In>
void read_port(const In& in, StatedPort& port) {
  in.read(integer_within(2, "hostPort", port.host.port, 0, kMostPort),
          integer_within(3, "containerPort", port.container_port, 0, kMostPort),
          one_of(4, "protocol", port.host.protocol, kProtocols), text(5, "hostIP", port.host.address));
}

template <class In>
void read_container(const In& in, bool is_init, std::vector<ContainerRequest>& containers,
                    std::vector<StatedPort>& ports) {
  ContainerRequest& container = containers.emplace_back();
  const std::size_t ports_before = ports.size();
  std::string_view restart_policy;
  in.read(text(1, "name", container.name),
          each(6, "ports", [&ports](const auto& port) { read_port(port, ports.emplace_back()); }),
          message(8, "resources", resources_of(container)), view(24, "restartPolicy", restart_policy));
  container.restartable = is_init && restart_policy == "Always";
  // An ordinary init container is gone when the pod runs: its ports are nobody's.
  if (is_init && !container.restartable) ports.resize(ports_before);
}

template <class In>
void read_container_state(const In& in, ContainerState& state) {
  in.read(view(1, "name", state.name), amounts(10, "allocatedResources", state.allocated, kMost),
          message(11, "resources", [&state](const auto& resources) {
            state.states_resources = true;
            resources.read(amounts(2, "requests", state.actual, kMost));
          }));
}

// --- volumes ---

template <class In>
void read_volume_source(const In& in, std::string_view& claim, bool& is_ephemeral) {
  in.read(
      message(10, "persistentVolumeClaim", [&claim](const auto& source) { source.read(view(1, "claimName", claim)); }),
      message(29, "ephemeral", [&is_ephemeral](const auto&) { is_ephemeral = true; }));
}

template <class In>
void read_volume(const In& in, std::vector<StatedClaim>& claims) {
  std::string_view name;
  std::string_view claim;
  bool is_ephemeral = false;
  // Go embeds the source in the volume: JSON shows its members as the volume's own.
  in.read(view(1, "name", name),
          message(2, "", [&](const auto& source) { read_volume_source(source, claim, is_ephemeral); }));
  if constexpr (std::is_same_v<In, JsonMessage>) read_volume_source(in, claim, is_ephemeral);
  if (is_ephemeral) {
    claims.push_back({name, true});
  } else if (!claim.empty()) {
    claims.push_back({claim, false});
  }
}

// --- where it may and wants to go ---

template <class In>
void read_toleration(const In& in, TolerationText& toleration) {
  in.read(text(1, "key", toleration.key), one_of(2, "operator", toleration.op, kTolerationOperators),
          text(3, "value", toleration.value), one_of(4, "effect", toleration.effect, kToleratedEffects));
}

template <class In>
void read_preferred_nodes(const In& in, PreferredNodesText& preferred) {
  in.read(integer_within(1, "weight", preferred.weight, 1, kMostWeight),
          message(2, "preference", [&preferred](const auto& term) { read_node_term(term, preferred.term); }));
}

template <class In>
void read_pod_affinity_term(const In& in, PodAffinityTermText& term, TermLabelKeys& keys) {
  in.read(label_selector(1, "labelSelector", term.selector), texts(2, "namespaces", term.namespaces),
          text(3, "topologyKey", term.topology_key), label_selector(4, "namespaceSelector", term.namespace_selector),
          texts(5, "matchLabelKeys", keys.match), texts(6, "mismatchLabelKeys", keys.mismatch));
  if (keys.match.size() + keys.mismatch.size() > kMostLabelKeys) in.reading().object("expected fewer matchLabelKeys");
  if (term.topology_key.empty()) in.reading().object("expected a topologyKey");
}

template <class In>
void read_preferred_pods(const In& in, PreferredPodsText& preferred, TermLabelKeys& keys) {
  in.read(integer_within(1, "weight", preferred.weight, 1, kMostWeight),
          message(2, "podAffinityTerm", [&](const auto& term) { read_pod_affinity_term(term, preferred.term, keys); }));
  if (preferred.term.topology_key.empty()) in.reading().object("expected a podAffinityTerm");
}

/// core/v1 PodAffinity and PodAntiAffinity, which differ in name alone.
auto pod_affinity(std::vector<PodAffinityTermText>& required, std::vector<PreferredPodsText>& preferred,
                  AffinityLabelKeys& keys) {
  return [&](const auto& affinity) {
    affinity.read(each(1, "requiredDuringSchedulingIgnoredDuringExecution",
                       [&](const auto& term) {
                         read_pod_affinity_term(term, required.emplace_back(), keys.required.emplace_back());
                       }),
                  each(2, "preferredDuringSchedulingIgnoredDuringExecution", [&](const auto& wish) {
                    read_preferred_pods(wish, preferred.emplace_back(), keys.preferred.emplace_back());
                  }));
  };
}

template <class In>
void read_affinity(const In& in, PodObject& pod, PodDraft& draft) {
  const auto read_nodes = [&pod](const auto& nodes) {
    nodes.read(node_selector(1, "requiredDuringSchedulingIgnoredDuringExecution", pod.required_nodes),
               each(2, "preferredDuringSchedulingIgnoredDuringExecution", [&pod](const auto& preferred) {
                 read_preferred_nodes(preferred, pod.preferred_nodes.emplace_back());
               }));
  };
  in.read(message(1, "nodeAffinity", read_nodes),
          message(2, "podAffinity", pod_affinity(pod.required_affinity, pod.preferred_affinity, draft.affinity_keys)),
          message(3, "podAntiAffinity",
                  pod_affinity(pod.required_anti_affinity, pod.preferred_anti_affinity, draft.anti_affinity_keys)));
}

template <class In>
void read_spread(const In& in, TopologySpreadText& spread, std::vector<std::string>& label_keys) {
  constexpr std::int32_t kMost32 = std::numeric_limits<std::int32_t>::max();
  std::string when, affinity_policy, taints_policy;
  in.read(integer_within(1, "maxSkew", spread.max_skew, 1, kMost32), text(2, "topologyKey", spread.topology_key),
          one_of(3, "whenUnsatisfiable", when, kWhenUnsatisfiable), label_selector(4, "labelSelector", spread.selector),
          integer_within(5, "minDomains", spread.min_domains, 1, kMost32),
          one_of(6, "nodeAffinityPolicy", affinity_policy, kInclusionPolicies),
          one_of(7, "nodeTaintsPolicy", taints_policy, kInclusionPolicies), texts(8, "matchLabelKeys", label_keys));
  spread.hard = when != "ScheduleAnyway";
  spread.honours_affinity = affinity_policy != "Ignore";
  spread.honours_taints = taints_policy == "Honor";
  if (label_keys.size() > kMostLabelKeys) in.reading().object("expected fewer matchLabelKeys");
  if (spread.topology_key.empty()) in.reading().object("expected a topologyKey");
}

/// A list of messages of which only the name matters.
auto names(std::uint32_t number, std::string_view name, std::vector<std::string>& out) {
  return each(number, name, [&out](const auto& in) { in.read(text(1, "name", out.emplace_back())); });
}

// --- the pod ---

template <class In>
void read_spec(const In& in, PodObject& pod, PodDraft& draft) {
  std::string policy;
  auto& own = draft.resources;
  const auto containers = [&draft](bool is_init, std::vector<ContainerRequest>& out) {
    return [&draft, is_init, &out](const auto& c) { read_container(c, is_init, out, draft.ports); };
  };
  in.read(each(1, "volumes", [&draft](const auto& volume) { read_volume(volume, draft.claims); }),
          each(2, "containers", containers(false, own.containers)), pairs(7, "nodeSelector", pod.node_selector),
          text(10, "nodeName", pod.node_name), flag(11, "hostNetwork", draft.host_network),
          message(18, "affinity", [&](const auto& affinity) { read_affinity(affinity, pod, draft); }),
          text(19, "schedulerName", pod.scheduler_name),
          each(20, "initContainers", containers(true, own.init_containers)),
          each(22, "tolerations", [&pod](const auto& t) { read_toleration(t, pod.tolerations.emplace_back()); }),
          text(24, "priorityClassName", pod.priority_class_name), integer(25, "priority", pod.priority),
          one_of(31, "preemptionPolicy", policy, kPreemptionPolicies), amounts(32, "overhead", own.overhead, kMost),
          each(33, "topologySpreadConstraints",
               [&](const auto& spread) {
                 read_spread(spread, pod.topology_spread.emplace_back(), draft.spread_label_keys.emplace_back());
               }),
          names(38, "schedulingGates", pod.scheduling_gates), names(39, "resourceClaims", pod.resource_claims),
          message(40, "resources", [&own](const auto& r) { r.read(amounts(2, "requests", own.pod_level, kMost)); }));
  pod.never_preempts = policy == "Never";
}

PodPhase phase_of(std::string_view text) {
  if (text.empty() || text == "Pending") return PodPhase::pending;
  if (text == "Running") return PodPhase::running;
  if (text == "Succeeded") return PodPhase::succeeded;
  if (text == "Failed") return PodPhase::failed;
  return PodPhase::unknown;
}

template <class In>
void read_condition(const In& in, PodObject& pod, PodDraft& draft) {
  std::string_view type, status, reason, message_text;
  in.read(view(1, "type", type), view(2, "status", status), view(5, "reason", reason),
          view(6, "message", message_text));
  if (type == "PodScheduled" || type == "Ready" || type == "DisruptionTarget") {
    pod.conditions.push_back({std::string(type), std::string(status), std::string(reason), std::string(message_text)});
  } else if (type == "PodResizePending" && reason == "Infeasible") {
    draft.resize_is_infeasible = true;
  }
}

auto container_states(std::uint32_t number, std::string_view name, std::vector<ContainerState>& out) {
  return each(number, name, [&out](const auto& state) { read_container_state(state, out.emplace_back()); });
}

template <class In>
void read_status(const In& in, PodObject& pod, PodDraft& draft) {
  std::string_view phase, resize;
  in.read(view(1, "phase", phase),
          each(2, "conditions", [&](const auto& condition) { read_condition(condition, pod, draft); }),
          time(7, "startTime", pod.started), container_states(8, "containerStatuses", draft.states),
          container_states(10, "initContainerStatuses", draft.init_states),
          text(11, "nominatedNodeName", pod.nominated_node_name), view(14, "resize", resize));
  pod.phase = phase_of(phase);
  if (resize == "Infeasible") draft.resize_is_infeasible = true;  // before 1.33, where it became a condition
}

}  // namespace

template <class In>
void read_pod(const In& in, PodObject& pod) {
  PodDraft draft;
  in.read(metadata(pod.meta), message(2, "spec", [&](const auto& spec) { read_spec(spec, pod, draft); }),
          message(3, "status", [&](const auto& status) { read_status(status, pod, draft); }));
  if (!in.reading().is_malformed() && !in.reading().objection()) finish_pod(std::move(draft), pod, in.reading());
}

template void read_pod(const ProtobufMessage&, PodObject&);
template void read_pod(const JsonMessage&, PodObject&);

}  // namespace basalt::adapter
