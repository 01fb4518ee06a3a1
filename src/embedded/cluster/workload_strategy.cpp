#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/cluster/strategy.hpp"
#include "embedded/store/selector.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

Json& spec_of(Json& workload) {
  Json& spec = workload["spec"];
  if (!spec.is_object()) spec = Json::object();
  return spec;
}

void fill_template(Json& spec) {
  if (spec.contains("template")) fill_pod_template(spec["template"]);
}

}  // namespace

void fill_deployment(Json& deployment) {
  Json& spec = spec_of(deployment);
  set_if_absent(spec, "replicas", 1);
  set_if_absent(spec, "revisionHistoryLimit", 10);
  set_if_absent(spec, "progressDeadlineSeconds", 600);
  set_if_absent(spec, "strategy", Json::object());
  Json& strategy = spec["strategy"];
  if (strategy.is_object()) {
    set_if_absent(strategy, "type", "RollingUpdate");
    if (strategy["type"] == "RollingUpdate") {
      set_if_absent(strategy, "rollingUpdate", Json::object());
      set_if_absent(strategy["rollingUpdate"], "maxUnavailable", "25%");
      set_if_absent(strategy["rollingUpdate"], "maxSurge", "25%");
    }
  }
  fill_template(spec);
}

void fill_replica_set(Json& replica_set) {
  Json& spec = spec_of(replica_set);
  set_if_absent(spec, "replicas", 1);
  fill_template(spec);
}

void fill_stateful_set(Json& stateful_set) {
  Json& spec = spec_of(stateful_set);
  set_if_absent(spec, "replicas", 1);
  set_if_absent(spec, "podManagementPolicy", "OrderedReady");
  set_if_absent(spec, "revisionHistoryLimit", 10);
  fill_template(spec);
}

void fill_daemon_set(Json& daemon_set) {
  Json& spec = spec_of(daemon_set);
  set_if_absent(spec, "revisionHistoryLimit", 10);
  fill_template(spec);
}

void fill_job(Json& job) {
  Json& spec = spec_of(job);
  if (kube::member_at(spec, "completions").is_null() && kube::member_at(spec, "parallelism").is_null()) {
    spec["completions"] = 1;
  }
  set_if_absent(spec, "parallelism", 1);
  set_if_absent(spec, "backoffLimit", 6);
  set_if_absent(spec, "completionMode", "NonIndexed");
  set_if_absent(spec, "suspend", false);
  fill_template(spec);
}

void begin_job(Json& job, WallTime) {
  Json& spec = spec_of(job);
  if (is_true_at(job, "spec.manualSelector") || !spec["template"].is_object()) return;
  const Json uid = kube::member_at(job["metadata"], "uid");
  Json& labels = spec["template"]["metadata"]["labels"];
  labels["controller-uid"] = uid;
  labels["batch.kubernetes.io/controller-uid"] = uid;
  labels["job-name"] = job["metadata"]["name"];
  labels["batch.kubernetes.io/job-name"] = job["metadata"]["name"];
  spec["selector"] = {{"matchLabels", {{"batch.kubernetes.io/controller-uid", uid}}}};
}

std::vector<Cause> check_job(const Json& job) {
  const Json& spec = kube::member_at(job, "spec");
  std::vector<Cause> causes =
      check_pod_spec(kube::member_at(kube::member_at(spec, "template"), "spec"), "spec.template.spec");
  const std::string policy = text_at(spec, "template.spec.restartPolicy");
  if (causes.empty() && policy != "OnFailure" && policy != "Never") {
    causes.push_back(unsupported_value("spec.template.spec.restartPolicy", policy, {"OnFailure", "Never"}));
  }
  return causes;
}

std::vector<Cause> check_workload(const Json& workload) {
  const Json& spec = kube::member_at(workload, "spec");
  const Json& pod_template = kube::member_at(spec, "template");
  std::vector<Cause> causes = check_pod_spec(kube::member_at(pod_template, "spec"), "spec.template.spec");
  const Json& selector = kube::member_at(spec, "selector");
  if (!selector.is_object() || selector.empty()) {
    causes.push_back(required("spec.selector"));
    return causes;
  }
  const Json labels = kube::member_at(kube::member_at(pod_template, "metadata"), "labels");
  Object described;
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string()) described.labels.emplace_back(key, value.get<std::string>());
  }
  if (!Selector::of_labels(selector).matches(described)) {
    causes.push_back(
        invalid_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  return causes;
}

}  // namespace basalt::embedded
