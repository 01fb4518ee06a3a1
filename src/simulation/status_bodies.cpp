#include "simulation/status_bodies.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "adapter/rfc3339.hpp"
#include "kube/json_access.hpp"

namespace basalt::simulation {
namespace {

using Json = nlohmann::json;
using adapter::format_time;

constexpr int kFailureCode = 1;

// meta/v1 MicroTime.
std::string format_micro_time(WallTime time) {
  const auto micros = time.time_since_epoch().count() % 1'000'000;
  char digits[16];
  std::snprintf(digits, sizeof digits, ".%06lldZ", static_cast<long long>(micros));
  std::string text = format_time(time);
  text.pop_back();
  return text + digits;
}

Json condition(const char* type, const char* status, const char* reason, const char* message, WallTime now) {
  return {{"type", type},
          {"status", status},
          {"reason", reason},
          {"message", message},
          {"lastHeartbeatTime", format_time(now)},
          {"lastTransitionTime", format_time(now)}};
}

Json ready_condition(bool ready, WallTime now) {
  if (ready) return condition("Ready", "True", "KubeletReady", "kubelet is posting ready status (simulated)", now);
  return condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", now);
}

Json pod_condition(const char* type, bool holds, const char* reason, WallTime now) {
  Json made = {{"type", type}, {"status", holds ? "True" : "False"}, {"lastTransitionTime", format_time(now)}};
  if (*reason != '\0') made["reason"] = reason;
  return made;
}

Json container_state(const Pod& pod, WallTime now) {
  if (pod.phase == Phase::running) return {{"running", {{"startedAt", format_time(now)}}}};
  const bool failed = pod.phase == Phase::failed;
  return {{"running", nullptr},
          {"terminated",
           {{"exitCode", failed ? kFailureCode : 0},
            {"reason", failed ? "Error" : "Completed"},
            {"startedAt", format_time(pod.containers_begun.value_or(now))},
            {"finishedAt", format_time(now)}}}};
}

}  // namespace

std::string node_body(const std::string& name, const std::string& address, const NodeShape& shape, WallTime now) {
  Json labels = {{"kubernetes.io/hostname", name},
                 {"kubernetes.io/os", "linux"},
                 {"kubernetes.io/arch", "amd64"},
                 {kSimulated, "true"}};
  if (!shape.zone.empty()) labels["topology.kubernetes.io/zone"] = shape.zone;
  for (const auto& [key, value] : shape.labels) labels[key] = value;
  const Json node = {
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata", {{"name", name}, {"labels", std::move(labels)}}},
      {"status",
       {{"capacity", shape.capacity},
        {"allocatable", shape.capacity},
        {"conditions", Json::array({condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "", now),
                                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "", now),
                                    condition("PIDPressure", "False", "KubeletHasSufficientPID", "", now),
                                    ready_condition(true, now)})},
        {"addresses",
         Json::array({{{"type", "InternalIP"}, {"address", address}}, {{"type", "Hostname"}, {"address", name}}})},
        {"nodeInfo",
         {{"kubeletVersion", "v1.34.0"},
          {"kubeProxyVersion", ""},
          {"operatingSystem", "linux"},
          {"architecture", "amd64"},
          {"osImage", "simulated"},
          {"kernelVersion", "simulated"},
          {"containerRuntimeVersion", "simulated://0"},
          {"machineID", ""},
          {"systemUUID", ""},
          {"bootID", ""}}}}}};
  return kube::print_json(node);
}

std::string readiness_patch(bool ready, WallTime now) {
  return kube::print_json({{"status", {{"conditions", Json::array({ready_condition(ready, now)})}}}});
}

std::string heartbeat_patch(WallTime now) {
  const Json beat = {{"type", "Ready"}, {"lastHeartbeatTime", format_time(now)}};
  return kube::print_json({{"status", {{"conditions", Json::array({beat})}}}});
}

std::string allocatable_patch(const std::map<std::string, std::string>& allocatable) {
  return kube::print_json({{"status", {{"allocatable", allocatable}}}});
}

std::string lease_body(const std::string& name, const std::string& node_uid, std::chrono::seconds duration,
                       WallTime now) {
  const Json owner = {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", name}, {"uid", node_uid}};
  return kube::print_json(
      {{"apiVersion", "coordination.k8s.io/v1"},
       {"kind", "Lease"},
       {"metadata", {{"name", name}, {"namespace", "kube-node-lease"}, {"ownerReferences", Json::array({owner})}}},
       {"spec",
        {{"holderIdentity", name},
         {"leaseDurationSeconds", duration.count()},
         {"renewTime", format_micro_time(now)}}}});
}

std::string lease_patch(WallTime now) { return kube::print_json({{"spec", {{"renewTime", format_micro_time(now)}}}}); }

std::string pod_status_patch(const Pod& pod, PodStep::Kind step, const std::string& node_address, WallTime now) {
  const bool running = pod.phase == Phase::running;
  const char* reason = running ? "" : pod.phase == Phase::succeeded ? "PodCompleted" : "PodFailed";
  Json containers = Json::array();
  for (const Pod::Container& container : pod.containers) {
    containers.push_back({{"name", container.name},
                          {"image", container.image},
                          {"imageID", ""},
                          {"containerID", "simulated://" + pod.uid + "/" + container.name},
                          {"ready", running},
                          {"started", running},
                          {"restartCount", pod.restarts},
                          {"state", container_state(pod, now)}});
  }
  Json status = {{"phase", running                         ? "Running"
                           : pod.phase == Phase::succeeded ? "Succeeded"
                                                           : "Failed"},
                 {"containerStatuses", std::move(containers)}};
  if (step != PodStep::Kind::restart) {
    status["conditions"] = Json::array(
        {pod_condition("ContainersReady", running, reason, now), pod_condition("Ready", running, reason, now)});
  }
  if (step == PodStep::Kind::start) {
    status["conditions"].push_back(pod_condition("PodReadyToStartContainers", true, "", now));
    status["conditions"].push_back(pod_condition("Initialized", true, "", now));
    status["startTime"] = format_time(now);
    status["hostIP"] = node_address;
    status["hostIPs"] = Json::array({{{"ip", node_address}}});
    status["podIP"] = pod.address;
    status["podIPs"] = Json::array({{{"ip", pod.address}}});
  }
  return kube::print_json({{"metadata", {{"uid", pod.uid}}}, {"status", std::move(status)}});
}

}  // namespace basalt::simulation
