#include "embedded/api/table.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

struct Column {
  std::string name;
  std::string type = "string";
  std::string format = {};
  int priority = 0;
};

// How one kind is printed: its columns, and the cells of a row.
struct Layout {
  std::vector<Column> columns;
  Json (*cells)(const Json& object, WallTime now) = nullptr;
};

Column name_column() { return {"Name", "string", "name"}; }

std::string age_at(const Json& object, std::string_view path, WallTime now) {
  const auto since = parse_time(text_at(object, path));
  return since ? format_age(now - *since) : "<unknown>";
}

std::string age_of(const Json& object, WallTime now) { return age_at(object, "metadata.creationTimestamp", now); }

std::string object_name(const Json& object) { return text_at(object, "metadata.name"); }

std::string or_none(std::string text) { return text.empty() ? "<none>" : text; }

long long count_or_zero(const Json& object, std::string_view path) { return integer_at(object, path).value_or(0); }

// A member that may be a number or a text, as text.
std::string shown_at(const Json& object, std::string_view path, const std::string& otherwise) {
  const Json* value = find_at(object, path);
  if (value == nullptr || value->is_null()) return otherwise;
  return value->is_string() ? value->get<std::string>() : kube::print_json(*value);
}

bool has_condition(const Json& object, std::string_view type, std::string_view status) {
  for (const Json& condition : kube::member_at(kube::member_at(object, "status"), "conditions")) {
    if (kube::text_at(condition, "type") == type) return kube::text_at(condition, "status") == status;
  }
  return false;
}

// What a container waits for or ended with; empty when it runs.
std::string container_trouble(const Json& status) {
  const std::string waiting = text_at(status, "state.waiting.reason");
  if (!waiting.empty()) return waiting;
  const std::string ended = text_at(status, "state.terminated.reason");
  if (!ended.empty()) return ended;
  if (find_at(status, "state.terminated") == nullptr) return {};
  return "ExitCode:" + std::to_string(count_or_zero(status, "state.terminated.exitCode"));
}

std::string pod_status(const Json& pod) {
  std::string shown = text_at(pod, "status.reason");
  if (shown.empty()) shown = text_at(pod, "status.phase");
  for (const Json& condition : kube::member_at(kube::member_at(pod, "status"), "conditions")) {
    const bool gated =
        kube::text_at(condition, "type") == "PodScheduled" && kube::text_at(condition, "reason") == "SchedulingGated";
    if (gated) shown = "SchedulingGated";
  }
  for (const Json& container : kube::member_at(kube::member_at(pod, "status"), "containerStatuses")) {
    const std::string trouble = container_trouble(container);
    if (!trouble.empty()) shown = trouble;
  }
  return text_at(pod, "metadata.deletionTimestamp").empty() ? shown : "Terminating";
}

Json pod_cells(const Json& pod, WallTime now) {
  long long ready = 0;
  long long restarts = 0;
  const Json& status = kube::member_at(pod, "status");
  for (const Json& container : kube::member_at(status, "containerStatuses")) {
    ready += is_true_at(container, "ready") ? 1 : 0;
    restarts += count_or_zero(container, "restartCount");
  }
  const std::size_t containers = kube::member_at(kube::member_at(pod, "spec"), "containers").size();
  return {object_name(pod),
          std::to_string(ready) + "/" + std::to_string(containers),
          pod_status(pod),
          std::to_string(restarts),
          age_of(pod, now),
          or_none(text_at(status, "podIP")),
          or_none(text_at(pod, "spec.nodeName")),
          or_none(text_at(status, "nominatedNodeName")),
          "<none>"};
}

std::string node_roles(const Json& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::string roles;
  for (const auto& [label, value] : kube::member_at(kube::member_at(node, "metadata"), "labels").items()) {
    if (label.starts_with(kPrefix)) roles += (roles.empty() ? "" : ",") + label.substr(kPrefix.size());
  }
  return or_none(roles);
}

std::string node_address(const Json& node, const char* type) {
  for (const Json& address : kube::member_at(kube::member_at(node, "status"), "addresses")) {
    if (kube::text_at(address, "type") == type) return kube::text_at(address, "address");
  }
  return "<none>";
}

Json node_cells(const Json& node, WallTime now) {
  std::string status = has_condition(node, "Ready", "True")                                               ? "Ready"
                       : has_condition(node, "Ready", "False") || has_condition(node, "Ready", "Unknown") ? "NotReady"
                                                                                                          : "Unknown";
  if (is_true_at(node, "spec.unschedulable")) status += ",SchedulingDisabled";
  const auto about = [&](const char* field) {
    const std::string text = text_at(node, std::string("status.nodeInfo.") + field);
    return text.empty() ? std::string("<unknown>") : text;
  };
  return {object_name(node),
          status,
          node_roles(node),
          age_of(node, now),
          text_at(node, "status.nodeInfo.kubeletVersion"),
          node_address(node, "InternalIP"),
          node_address(node, "ExternalIP"),
          about("osImage"),
          about("kernelVersion"),
          about("containerRuntimeVersion")};
}

Json namespace_cells(const Json& space, WallTime now) {
  return {object_name(space), text_at(space, "status.phase"), age_of(space, now)};
}

Json event_cells(const Json& event, WallTime now) {
  const Json& object = kube::member_at(event, "involvedObject");
  std::string kind = kube::text_at(object, "kind");
  for (char& c : kind) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  std::string source = text_at(event, "source.component");
  if (const std::string host = text_at(event, "source.host"); !host.empty()) source += ", " + host;
  const bool counted = !text_at(event, "lastTimestamp").empty();
  return {age_at(event, counted ? "lastTimestamp" : "eventTime", now),
          text_at(event, "type"),
          text_at(event, "reason"),
          kind + "/" + kube::text_at(object, "name"),
          text_at(event, "message"),
          text_at(event, "involvedObject.fieldPath"),
          source,
          age_at(event, counted ? "firstTimestamp" : "eventTime", now),
          integer_at(event, "count").value_or(1),
          object_name(event)};
}

Json priority_class_cells(const Json& object, WallTime now) {
  return {object_name(object), count_or_zero(object, "value"), is_true_at(object, "globalDefault"), age_of(object, now),
          text_at(object, "preemptionPolicy")};
}

Json budget_cells(const Json& object, WallTime now) {
  return {object_name(object), shown_at(object, "spec.minAvailable", "N/A"),
          shown_at(object, "spec.maxUnavailable", "N/A"), count_or_zero(object, "status.disruptionsAllowed"),
          age_of(object, now)};
}

Json lease_cells(const Json& object, WallTime now) {
  return {object_name(object), text_at(object, "spec.holderIdentity"), age_of(object, now)};
}

// "cpu: 1/4, memory: 0/8Gi" of used and hard amounts whose names do, or do not, begin with "limits.".
std::string quota_amounts(const Json& quota, bool limits) {
  std::string text;
  for (const auto& [name, hard] : kube::member_at(kube::member_at(quota, "status"), "hard").items()) {
    if (name.starts_with("limits.") != limits) continue;
    const Json& used = kube::member_at(kube::member_at(kube::member_at(quota, "status"), "used"), name.c_str());
    text += (text.empty() ? "" : ", ") + name + ": " + (used.is_string() ? used.get<std::string>() : "0") + "/" +
            (hard.is_string() ? hard.get<std::string>() : kube::print_json(hard));
  }
  return text;
}

Json quota_cells(const Json& quota, WallTime now) {
  return {object_name(quota), quota_amounts(quota, false), quota_amounts(quota, true), age_of(quota, now)};
}

// "a,b" of the containers in a workload's template.
std::string of_containers(const Json& workload, const char* member) {
  const Json* containers = find_at(workload, "spec.template.spec.containers");
  std::string text;
  if (containers == nullptr) return text;
  for (const Json& container : *containers) text += (text.empty() ? "" : ",") + kube::text_at(container, member);
  return text;
}

// "a=b,c in (d,e),!f"
std::string selector_text(const Json& workload) {
  const Json* selector = find_at(workload, "spec.selector");
  if (selector == nullptr) return "<none>";
  std::string text;
  for (const auto& [key, value] : kube::member_at(*selector, "matchLabels").items()) {
    if (value.is_string()) text += (text.empty() ? "" : ",") + key + "=" + value.get<std::string>();
  }
  for (const Json& expression : kube::member_at(*selector, "matchExpressions")) {
    const std::string op = kube::text_at(expression, "operator");
    text += std::string(text.empty() ? "" : ",") + (op == "DoesNotExist" ? "!" : "") + kube::text_at(expression, "key");
    if (op != "In" && op != "NotIn") continue;
    std::string values;
    for (const Json& value : kube::member_at(expression, "values")) {
      if (value.is_string()) values += (values.empty() ? "" : ",") + value.get<std::string>();
    }
    text += (op == "In" ? " in (" : " notin (") + values + ")";
  }
  return or_none(text);
}

std::vector<Column> with_template_columns(std::vector<Column> columns) {
  for (const char* name : {"Containers", "Images", "Selector"}) columns.push_back({name, "string", "", 1});
  return columns;
}

Json deployment_cells(const Json& object, WallTime now) {
  return {object_name(object),
          std::to_string(count_or_zero(object, "status.readyReplicas")) + "/" +
              std::to_string(count_or_zero(object, "spec.replicas")),
          count_or_zero(object, "status.updatedReplicas"),
          count_or_zero(object, "status.availableReplicas"),
          age_of(object, now),
          of_containers(object, "name"),
          of_containers(object, "image"),
          selector_text(object)};
}

Json replica_set_cells(const Json& object, WallTime now) {
  return {object_name(object),
          count_or_zero(object, "spec.replicas"),
          count_or_zero(object, "status.replicas"),
          count_or_zero(object, "status.readyReplicas"),
          age_of(object, now),
          of_containers(object, "name"),
          of_containers(object, "image"),
          selector_text(object)};
}

std::string job_state(const Json& job) {
  if (has_condition(job, "Complete", "True")) return "Complete";
  if (has_condition(job, "Failed", "True")) return "Failed";
  if (!text_at(job, "metadata.deletionTimestamp").empty()) return "Terminating";
  return is_true_at(job, "spec.suspend") ? "Suspended" : "Running";
}

Json job_cells(const Json& job, WallTime now) {
  const auto wanted = integer_at(job, "spec.completions");
  const auto begun = parse_time(text_at(job, "status.startTime"));
  const auto ended = parse_time(text_at(job, "status.completionTime"));
  return {object_name(job),
          job_state(job),
          std::to_string(count_or_zero(job, "status.succeeded")) + "/" + std::to_string(wanted.value_or(1)),
          begun ? format_age(ended.value_or(now) - *begun) : "",
          age_of(job, now),
          of_containers(job, "name"),
          of_containers(job, "image"),
          selector_text(job)};
}

Json counted_data_cells(const Json& object, WallTime now) {
  return {object_name(object), kube::member_at(object, "data").size(), age_of(object, now)};
}

Json secret_cells(const Json& object, WallTime now) {
  return {object_name(object), text_at(object, "type"), kube::member_at(object, "data").size(), age_of(object, now)};
}

Json definition_cells(const Json& object, WallTime) {
  return {object_name(object), text_at(object, "metadata.creationTimestamp")};
}

Json plain_cells(const Json& object, WallTime now) { return {object_name(object), age_of(object, now)}; }

Json service_cells(const Json& object, WallTime now) {
  return {object_name(object), text_at(object, "spec.type"), or_none(text_at(object, "spec.clusterIP")),
          age_of(object, now)};
}

const std::map<ResourceName, Layout>& layouts() {
  static const std::map<ResourceName, Layout> kLayouts = {
      {{"", "pods"},
       {{name_column(),
         {"Ready"},
         {"Status"},
         {"Restarts"},
         {"Age"},
         {"IP", "string", "", 1},
         {"Node", "string", "", 1},
         {"Nominated Node", "string", "", 1},
         {"Readiness Gates", "string", "", 1}},
        pod_cells}},
      {{"", "nodes"},
       {{name_column(),
         {"Status"},
         {"Roles"},
         {"Age"},
         {"Version"},
         {"Internal-IP", "string", "", 1},
         {"External-IP", "string", "", 1},
         {"OS-Image", "string", "", 1},
         {"Kernel-Version", "string", "", 1},
         {"Container-Runtime", "string", "", 1}},
        node_cells}},
      {{"", "namespaces"}, {{name_column(), {"Status"}, {"Age"}}, namespace_cells}},
      {{"", "events"},
       {{{"Last Seen"},
         {"Type"},
         {"Reason"},
         {"Object"},
         {"Message"},
         {"Subobject", "string", "", 1},
         {"Source", "string", "", 1},
         {"First Seen", "string", "", 1},
         {"Count", "integer", "", 1},
         {"Name", "string", "", 1}},
        event_cells}},
      {{"", "configmaps"}, {{name_column(), {"Data", "integer"}, {"Age"}}, counted_data_cells}},
      {{"", "secrets"}, {{name_column(), {"Type"}, {"Data", "integer"}, {"Age"}}, secret_cells}},
      {{"", "services"}, {{name_column(), {"Type"}, {"Cluster-IP"}, {"Age"}}, service_cells}},
      {{"", "resourcequotas"}, {{name_column(), {"Request"}, {"Limit"}, {"Age"}}, quota_cells}},
      {{"scheduling.k8s.io", "priorityclasses"},
       {{name_column(), {"Value", "integer"}, {"Global-Default", "boolean"}, {"Age"}, {"PreemptionPolicy"}},
        priority_class_cells}},
      {{"policy", "poddisruptionbudgets"},
       {{name_column(), {"Min Available"}, {"Max Unavailable"}, {"Allowed Disruptions", "integer"}, {"Age"}},
        budget_cells}},
      {{"coordination.k8s.io", "leases"}, {{name_column(), {"Holder"}, {"Age"}}, lease_cells}},
      {{"apps", "deployments"},
       {with_template_columns({name_column(), {"Ready"}, {"Up-to-date", "integer"}, {"Available", "integer"}, {"Age"}}),
        deployment_cells}},
      {{"apps", "replicasets"},
       {with_template_columns(
            {name_column(), {"Desired", "integer"}, {"Current", "integer"}, {"Ready", "integer"}, {"Age"}}),
        replica_set_cells}},
      {{"batch", "jobs"},
       {with_template_columns({name_column(), {"Status"}, {"Completions"}, {"Duration"}, {"Age"}}), job_cells}},
      {{"apiextensions.k8s.io", "customresourcedefinitions"},
       {{name_column(), {"Created At", "date"}}, definition_cells}},
  };
  return kLayouts;
}

const Layout& layout_of(const Kind& kind) {
  static const Layout kPlain{{name_column(), {"Age"}}, plain_cells};
  const auto found = layouts().find(kind.resource);
  return found == layouts().end() ? kPlain : found->second;
}

Json definition_of(const Column& column) {
  return {{"name", column.name},
          {"type", column.type},
          {"format", column.format},
          {"description", ""},
          {"priority", column.priority}};
}

Json custom_cell(const PrinterColumn& column, const Json& object, WallTime now) {
  const auto value = follow_json_path(object, column.path);
  if (!value || value->is_null()) return nullptr;
  if (column.type == "date") {
    const auto since = value->is_string() ? parse_time(value->get<std::string>()) : std::nullopt;
    return since ? Json(format_age(now - *since)) : Json("<invalid>");
  }
  if (column.type == "string" && !value->is_string()) return kube::print_json(*value);
  return *value;
}

}  // namespace

Json table_columns(const Kind& kind, const ServedVersion& version) {
  Json columns = Json::array();
  if (!kind.is_custom || version.columns.empty()) {
    for (const Column& column : layout_of(kind).columns) columns.push_back(definition_of(column));
    return columns;
  }
  columns.push_back(definition_of(name_column()));
  for (const PrinterColumn& column : version.columns) {
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"format", column.format},
                       {"description", column.description},
                       {"priority", column.priority}});
  }
  return columns;
}

Json table_cells(const Kind& kind, const ServedVersion& version, const Json& object, WallTime now) {
  if (!kind.is_custom || version.columns.empty()) return layout_of(kind).cells(object, now);
  Json cells = {object_name(object)};
  for (const PrinterColumn& column : version.columns) cells.push_back(custom_cell(column, object, now));
  return cells;
}

}  // namespace basalt::embedded
