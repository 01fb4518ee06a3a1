#include <string_view>

#include "embedded/kinds/kind.hpp"
#include "embedded/wire/message.hpp"

namespace basalt::embedded {
namespace {

enum class Scope { cluster, space };
// What a kind has besides its objects.
enum class Parts { none, status, status_and_scale };

struct Row {
  std::string_view group;
  std::string_view version;
  std::string_view plural;
  std::string_view kind;
  std::vector<std::string> short_names;
  Scope scope;
  Parts parts;
  std::string_view message;  // of the protobuf form; empty: its numbers are not known
  bool counts_generation = false;
  StatusOnCreate status_on_create = StatusOnCreate::dropped;
  std::vector<SelectableField> fields = {};
};

SelectableField field(std::string name, std::string fallback = "") {
  SelectableField made{name, name, std::move(fallback)};
  return made;
}

std::vector<SelectableField> pod_fields() {
  return {field("spec.nodeName"),
          {"spec.host", "spec.nodeName", ""},
          field("spec.restartPolicy"),
          field("spec.schedulerName"),
          field("spec.serviceAccountName"),
          field("spec.hostNetwork", "false"),
          field("status.phase"),
          field("status.podIP"),
          field("status.nominatedNodeName")};
}

std::vector<SelectableField> event_fields() {
  return {field("involvedObject.kind"),
          field("involvedObject.namespace"),
          field("involvedObject.name"),
          field("involvedObject.uid"),
          field("involvedObject.apiVersion"),
          field("involvedObject.resourceVersion"),
          field("involvedObject.fieldPath"),
          field("reason"),
          field("reportingComponent"),
          {"source", "source.component", ""},
          field("type")};
}

std::vector<Row> core_rows() {
  using enum Scope;
  using enum Parts;
  using enum StatusOnCreate;
  return {
      {"",
       "v1",
       "namespaces",
       "Namespace",
       {"ns"},
       cluster,
       status,
       "Namespace",
       false,
       dropped,
       {field("status.phase")}},
      {"", "v1", "nodes", "Node", {"no"}, cluster, status, "Node", false, kept, {field("spec.unschedulable", "false")}},
      {"", "v1", "pods", "Pod", {"po"}, space, status, "Pod", true, dropped, pod_fields()},
      {"",
       "v1",
       "services",
       "Service",
       {"svc"},
       space,
       status,
       "",
       false,
       dropped,
       {field("spec.clusterIP"), field("spec.type")}},
      {"", "v1", "endpoints", "Endpoints", {"ep"}, space, none, ""},
      {"", "v1", "configmaps", "ConfigMap", {"cm"}, space, none, "ConfigMap"},
      {"", "v1", "secrets", "Secret", {}, space, none, "Secret", false, dropped, {field("type")}},
      {"", "v1", "serviceaccounts", "ServiceAccount", {"sa"}, space, none, "ServiceAccount"},
      {"", "v1", "events", "Event", {"ev"}, space, none, "Event", false, kept, event_fields()},
      {"", "v1", "persistentvolumes", "PersistentVolume", {"pv"}, cluster, status, "", false, kept},
      {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", {"pvc"}, space, status, "PersistentVolumeClaim"},
      {"", "v1", "resourcequotas", "ResourceQuota", {"quota"}, space, status, "ResourceQuota"},
      {"", "v1", "limitranges", "LimitRange", {"limits"}, space, none, ""},
      {"",
       "v1",
       "replicationcontrollers",
       "ReplicationController",
       {"rc"},
       space,
       status_and_scale,
       "",
       true,
       dropped,
       {field("status.replicas", "0")}},
      {"", "v1", "podtemplates", "PodTemplate", {}, space, none, ""},
  };
}

std::vector<Row> group_rows() {
  using enum Scope;
  using enum Parts;
  using enum StatusOnCreate;
  return {
      {"apps", "v1", "deployments", "Deployment", {"deploy"}, space, status_and_scale, "Deployment", true},
      {"apps",
       "v1",
       "replicasets",
       "ReplicaSet",
       {"rs"},
       space,
       status_and_scale,
       "ReplicaSet",
       true,
       dropped,
       {field("status.replicas", "0")}},
      {"apps", "v1", "statefulsets", "StatefulSet", {"sts"}, space, status_and_scale, "", true},
      {"apps", "v1", "daemonsets", "DaemonSet", {"ds"}, space, status, "", true},
      {"apps", "v1", "controllerrevisions", "ControllerRevision", {}, space, none, ""},
      {"batch", "v1", "jobs", "Job", {}, space, status, "Job", true, dropped, {field("status.successful", "0")}},
      {"batch", "v1", "cronjobs", "CronJob", {"cj"}, space, status, "", true},
      {"coordination.k8s.io", "v1", "leases", "Lease", {}, space, none, "Lease"},
      {"policy",
       "v1",
       "poddisruptionbudgets",
       "PodDisruptionBudget",
       {"pdb"},
       space,
       status,
       "PodDisruptionBudget",
       true},
      {"scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", {"pc"}, cluster, none, "PriorityClass", true},
      {"storage.k8s.io", "v1", "storageclasses", "StorageClass", {"sc"}, cluster, none, ""},
      {"storage.k8s.io", "v1", "csinodes", "CSINode", {}, cluster, none, ""},
      {"storage.k8s.io", "v1", "csidrivers", "CSIDriver", {}, cluster, none, ""},
      {"storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity", {}, space, none, ""},
      {"storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", {}, cluster, status, ""},
      {"rbac.authorization.k8s.io", "v1", "roles", "Role", {}, space, none, "Role"},
      {"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", {}, space, none, "RoleBinding"},
      {"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", {}, cluster, none, "ClusterRole"},
      {"rbac.authorization.k8s.io",
       "v1",
       "clusterrolebindings",
       "ClusterRoleBinding",
       {},
       cluster,
       none,
       "ClusterRoleBinding"},
      {"flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema", {}, cluster, status, "", true},
      {"flowcontrol.apiserver.k8s.io",
       "v1",
       "prioritylevelconfigurations",
       "PriorityLevelConfiguration",
       {},
       cluster,
       status,
       "",
       true},
      {"apiextensions.k8s.io",
       "v1",
       "customresourcedefinitions",
       "CustomResourceDefinition",
       {"crd", "crds"},
       cluster,
       status,
       "",
       true},
  };
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lowered;
}

// `kubectl get all` shows these.
bool is_in_all(std::string_view group, std::string_view plural) {
  if (group == "apps") return plural != "controllerrevisions";
  return group == "batch" ||
         (group.empty() && (plural == "pods" || plural == "services" || plural == "replicationcontrollers"));
}

// Kinds whose message has every field that matters, so that a reply in protobuf is as good as one in JSON.
bool answers_protobuf(std::string_view message) {
  for (const char* complete : {"Namespace", "Node", "Pod", "ConfigMap", "Event", "ResourceQuota", "Lease",
                               "PodDisruptionBudget", "PriorityClass"}) {
    if (message == complete) return true;
  }
  return false;
}

KindRef kind_of(Row row) {
  auto kind = std::make_shared<Kind>();
  kind->resource = {std::string(row.group), std::string(row.plural)};
  kind->kind = row.kind;
  kind->singular = lower(row.kind);
  kind->list_kind = std::string(row.kind) + "List";
  kind->short_names = std::move(row.short_names);
  if (is_in_all(row.group, row.plural)) kind->categories = {"all"};
  kind->namespaced = row.scope == Scope::space;
  kind->status_on_create = row.status_on_create;
  kind->counts_generation = row.counts_generation;
  kind->fields = std::move(row.fields);
  kind->message = row.message.empty() ? nullptr : find_message(row.message);
  kind->answers_protobuf = answers_protobuf(row.message);
  ServedVersion version;
  version.name = row.version;
  version.has_status = row.parts != Parts::none;
  if (row.parts == Parts::status_and_scale) {
    version.scale = ScalePaths{"spec.replicas", "status.replicas", "spec.selector"};
  }
  kind->versions.push_back(std::move(version));
  return kind;
}

}  // namespace

Catalogue builtin_kinds() {
  std::vector<KindRef> kinds;
  for (auto* rows : {&core_rows, &group_rows}) {
    for (Row& row : (*rows)()) kinds.push_back(kind_of(std::move(row)));
  }
  return Catalogue(std::move(kinds));
}

}  // namespace basalt::embedded
