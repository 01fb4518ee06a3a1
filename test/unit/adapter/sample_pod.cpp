#include "sample_pod.hpp"

#include "decoding.hpp"

namespace basalt::adapter {
namespace {

Proto requests(std::string_view cpu, std::string_view memory) {
  return Proto().amount(1, "cpu", "99").amount(2, "cpu", cpu).amount(2, "memory", memory);
}

Proto requirement(std::string_view key, std::string_view op, std::string_view value) {
  Proto result = Proto().text(1, key).text(2, op);
  if (!value.empty()) result.text(3, value);
  return result;
}

Proto affinity() {
  const Proto zone_term =
      Proto().message(1, requirement("zone", "In", "a")).message(2, requirement("metadata.name", "NotIn", "n9"));
  const Proto nodes =
      Proto()
          .message(1, Proto().message(1, zone_term))
          .message(2, Proto().integer(1, 7).message(2, Proto().message(1, requirement("ssd", "Exists", ""))));
  const Proto selector = Proto().entry(1, "app", "web").message(2, requirement("tier", "DoesNotExist", ""));
  const Proto term =
      Proto().message(1, selector).text(2, "other").text(3, "kubernetes.io/hostname").message(4, Proto());
  const Proto wish = Proto().message(1, Proto().entry(1, "app", "db")).text(3, "rack");
  return Proto()
      .message(1, nodes)
      .message(2, Proto().message(1, term).message(2, Proto().integer(1, 30).message(2, wish)))
      .message(3, Proto()
                      .message(1, Proto().text(3, "zone"))
                      .message(2, Proto().integer(1, 40).message(2, Proto().text(3, "zone").text(6, "rank"))));
}

}  // namespace

Proto sample_metadata() {
  const Proto bystander = Proto().text(1, "Other").text(3, "o").text(4, "u0").text(5, "v1");
  const Proto owner = Proto()
                          .text(1, "Job")
                          .text(3, "train")
                          .text(4, "u1")
                          .text(5, "batch.volcano.sh/v1alpha1")
                          .integer(6, 1)
                          .integer(7, 1);
  return Proto()
      .text(1, "train-0")
      .text(2, "")
      .text(3, "research")
      .text(4, "")
      .text(5, "uid-1")
      .text(6, "4711")
      .integer(7, 2)
      .seconds(8, 1'767'323'045)
      .seconds(9, 1'767'323'105)
      .integer(10, 30)
      .entry(11, "rank", "0")
      .entry(11, "app", "web")
      .entry(12, "scheduling.k8s.io/group-name", "train")
      .entry(12, "kubectl.kubernetes.io/last-applied-configuration", "{}")
      .message(13, bystander)
      .message(13, owner)
      .message(17, Proto().text(1, "kubelet").text(2, "Update"));
}

Proto sample_spec() {
  const Proto port = Proto().text(1, "http").integer(2, 8080).integer(3, 80).text(4, "UDP").text(5, "10.0.0.1");
  const Proto container = Proto()
                              .text(1, "main")
                              .text(2, "image")
                              .message(6, port)
                              .message(6, Proto().integer(3, 81))
                              .message(8, requests("1500m", "2Gi"));
  const Proto sidecar = Proto().text(1, "proxy").message(8, requests("100m", "64Mi")).text(24, "Always");
  const Proto loader = Proto().text(1, "load").message(6, Proto().integer(2, 9999)).message(8, requests("2", "1Gi"));
  const Proto spread = Proto()
                           .integer(1, 2)
                           .text(2, "zone")
                           .text(3, "ScheduleAnyway")
                           .message(4, Proto().entry(1, "app", "web"))
                           .integer(5, 3)
                           .text(6, "Ignore")
                           .text(7, "Honor")
                           .text(8, "rank");
  return Proto()
      .message(1, Proto().text(1, "data").message(2, Proto().message(10, Proto().text(1, "claim-a"))))
      .message(1, Proto().text(1, "scratch").message(2, Proto().message(29, Proto().message(1, Proto()))))
      .message(1, Proto().text(1, "token").message(2, Proto().message(26, Proto())))
      .message(2, container)
      .text(3, "Always")
      .entry(7, "pool", "gpu")
      .text(10, "n1")
      .integer(11, 0)
      .message(18, affinity())
      .text(19, "volcano")
      .message(20, sidecar)
      .message(20, loader)
      .message(22, Proto().text(1, "dedicated").text(2, "Exists").text(3, "").text(4, "NoExecute").integer(5, 300))
      .text(24, "high")
      .integer(25, -5)
      .text(31, "Never")
      .amount(32, "memory", "16Mi")
      .message(33, spread)
      .message(38, Proto().text(1, "example.com/wait"))
      .message(39, Proto().text(1, "gpu").text(3, "gpu-claim"));
}

Proto sample_status() {
  return Proto()
      .text(1, "Running")
      .message(2, Proto().text(1, "PodScheduled").text(2, "True").seconds(4, 1).text(5, "").text(6, ""))
      .message(2, Proto().text(1, "Initialized").text(2, "True"))
      .message(2, Proto().text(1, "Ready").text(2, "False").text(5, "Evict").text(6, "preempted"))
      .text(11, "n2");
}

Proto sample_pod_protobuf() {
  return Proto().message(1, sample_metadata()).message(2, sample_spec()).message(3, sample_status());
}

std::string sample_pod_json() {
  return quoted(R"({'apiVersion': 'v1', 'kind': 'Pod',
 'metadata': {'name': 'train-0', 'namespace': 'research', 'uid': 'uid-1', 'resourceVersion': '4711', 'generation': 2,
  'creationTimestamp': '2026-01-02T03:04:05Z', 'deletionTimestamp': '2026-01-02T03:05:05Z',
  'labels': {'rank': '0', 'app': 'web'},
  'annotations': {'scheduling.k8s.io/group-name': 'train', 'kubectl.kubernetes.io/last-applied-configuration': '{}'},
  'ownerReferences': [{'kind': 'Other', 'name': 'o', 'uid': 'u0', 'apiVersion': 'v1'},
   {'kind': 'Job', 'name': 'train', 'uid': 'u1', 'apiVersion': 'batch.volcano.sh/v1alpha1', 'controller': true}],
  'managedFields': [{'manager': 'kubelet', 'fieldsV1': {'f:status': {}}}]},
 'spec': {
  'volumes': [{'name': 'data', 'persistentVolumeClaim': {'claimName': 'claim-a'}},
   {'name': 'scratch', 'ephemeral': {'volumeClaimTemplate': {}}}, {'name': 'token', 'projected': {}}],
  'containers': [{'name': 'main', 'image': 'image',
   'ports': [{'name': 'http', 'hostPort': 8080, 'containerPort': 80, 'protocol': 'UDP', 'hostIP': '10.0.0.1'},
    {'containerPort': 81}],
   'resources': {'limits': {'cpu': '99'}, 'requests': {'cpu': '1500m', 'memory': '2Gi'}}}],
  'nodeSelector': {'pool': 'gpu'}, 'nodeName': 'n1', 'hostNetwork': false,
  'affinity': {
   'nodeAffinity': {
    'requiredDuringSchedulingIgnoredDuringExecution': {'nodeSelectorTerms': [{
     'matchExpressions': [{'key': 'zone', 'operator': 'In', 'values': ['a']}],
     'matchFields': [{'key': 'metadata.name', 'operator': 'NotIn', 'values': ['n9']}]}]},
    'preferredDuringSchedulingIgnoredDuringExecution': [
     {'weight': 7, 'preference': {'matchExpressions': [{'key': 'ssd', 'operator': 'Exists'}]}}]},
   'podAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': [{
    'labelSelector': {'matchLabels': {'app': 'web'}, 'matchExpressions': [{'key': 'tier', 'operator': 'DoesNotExist'}]},
    'namespaces': ['other'], 'topologyKey': 'kubernetes.io/hostname', 'namespaceSelector': {}}],
    'preferredDuringSchedulingIgnoredDuringExecution': [
     {'weight': 30, 'podAffinityTerm': {'labelSelector': {'matchLabels': {'app': 'db'}}, 'topologyKey': 'rack'}}]},
   'podAntiAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': [{'topologyKey': 'zone'}],
    'preferredDuringSchedulingIgnoredDuringExecution': [
     {'weight': 40, 'podAffinityTerm': {'topologyKey': 'zone', 'mismatchLabelKeys': ['rank']}}]}},
  'schedulerName': 'volcano',
  'initContainers': [
   {'name': 'proxy', 'restartPolicy': 'Always', 'resources': {'requests': {'cpu': '100m', 'memory': '64Mi'}}},
   {'name': 'load', 'ports': [{'hostPort': 9999}], 'resources': {'requests': {'cpu': '2', 'memory': '1Gi'}}}],
  'tolerations': [{'key': 'dedicated', 'operator': 'Exists', 'effect': 'NoExecute', 'tolerationSeconds': 300}],
  'priorityClassName': 'high', 'priority': -5, 'preemptionPolicy': 'Never', 'overhead': {'memory': '16Mi'},
  'topologySpreadConstraints': [{'maxSkew': 2, 'topologyKey': 'zone', 'whenUnsatisfiable': 'ScheduleAnyway',
   'labelSelector': {'matchLabels': {'app': 'web'}}, 'minDomains': 3, 'nodeAffinityPolicy': 'Ignore',
   'nodeTaintsPolicy': 'Honor', 'matchLabelKeys': ['rank']}],
  'schedulingGates': [{'name': 'example.com/wait'}],
  'resourceClaims': [{'name': 'gpu', 'resourceClaimName': 'gpu-claim'}]},
 'status': {'phase': 'Running', 'nominatedNodeName': 'n2', 'startTime': null, 'conditions': [
  {'type': 'PodScheduled', 'status': 'True', 'lastTransitionTime': '1970-01-01T00:00:01Z'},
  {'type': 'Initialized', 'status': 'True'},
  {'type': 'Ready', 'status': 'False', 'reason': 'Evict', 'message': 'preempted'}]}})");
}

}  // namespace basalt::adapter
