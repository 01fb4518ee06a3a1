#include "adapter/write_bodies.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapter/rfc3339.hpp"
#include "basalt/base/check.hpp"
#include "basalt/model/quantity.hpp"

namespace basalt::adapter {
namespace {

using Json = nlohmann::json;

/// Compact text; broken UTF-8 is replaced.
std::string print(const Json& body) { return body.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A patch with its precondition.
Json patch_of(const std::string& uid) {
  Json patch = Json::object();
  if (!uid.empty()) patch["metadata"]["uid"] = uid;
  return patch;
}

/// A pod condition; its time is left out, so that the server keeps what it has, while its status is the same.
Json pod_condition(const ConditionText& condition, const std::string& previous_status, WallTime now) {
  Json body = {{"type", condition.type},
               {"status", condition.status},
               {"reason", condition.reason},
               {"message", condition.message}};
  if (condition.status != previous_status) body["lastTransitionTime"] = format_time(now);
  return body;
}

void nominate(Nomination nomination, const std::string& node, Json& status) {
  switch (nomination) {
    case Nomination::keep: return;
    case Nomination::set: status["nominatedNodeName"] = node; return;
    case Nomination::clear: status["nominatedNodeName"] = nullptr; return;
  }
}

/// Empty texts are left out, as in what Volcano writes.
Json group_condition(const PodGroupCondition& condition) {
  Json body = {{"lastTransitionTime", format_time(condition.last_transition)}};
  const auto add = [&body](const char* name, const std::string& text) {
    if (!text.empty()) body[name] = text;
  };
  add("type", condition.type);
  add("status", condition.status);
  add("transitionID", condition.transition_id);
  add("reason", condition.reason);
  add("message", condition.message);
  return body;
}

std::string queue_body(const std::string& name, bool is_reclaimable) {
  return print(Json{{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                    {"kind", "Queue"},
                    {"metadata", {{"name", name}}},
                    {"spec", {{"weight", 1}, {"reclaimable", is_reclaimable}}}});
}

}  // namespace

std::string pod_unscheduled_patch(const PodUnscheduledWrite& write) {
  Json patch = patch_of(write.uid);
  Json& status = patch["status"];
  status["conditions"] = Json::array(
      {pod_condition({"PodScheduled", "False", write.reason, write.message}, write.previous_status, write.now)});
  nominate(write.nomination, write.nominated_node, status);
  return print(patch);
}

std::string pod_nomination_patch(const std::string& uid, Nomination nomination, const std::string& node) {
  BASALT_CHECK(nomination != Nomination::keep, "a patch that changes nothing");
  Json patch = patch_of(uid);
  nominate(nomination, node, patch["status"]);
  return print(patch);
}

std::string pod_evicted_patch(const PodEvictedWrite& write) {
  Json patch = patch_of(write.uid);
  patch["status"]["conditions"] =
      Json::array({pod_condition({"Ready", "False", "Evict", write.ready_message}, write.previous_ready, write.now),
                   pod_condition({"DisruptionTarget", "True", "PreemptionByScheduler", write.disruption_message},
                                 write.previous_disruption, write.now)});
  return print(patch);
}

std::string pod_group_status_patch(const PodGroupStatusWrite& write) {
  Json patch = patch_of(write.uid);
  if (!write.resource_version.empty()) patch["metadata"]["resourceVersion"] = write.resource_version;
  Json conditions = Json::array();
  for (const PodGroupCondition& condition : write.conditions) conditions.push_back(group_condition(condition));
  patch["status"] = {{"phase", nullptr},
                     {"running", write.running},
                     {"succeeded", write.succeeded},
                     {"failed", write.failed},
                     {"conditions", std::move(conditions)}};
  if (!write.phase.empty()) patch["status"]["phase"] = write.phase;
  return print(patch);
}

std::string queue_status_patch(const QueueStatusWrite& write) {
  Json patch = patch_of(write.uid);
  Json allocated = Json::object();
  for (const NamedAmount& named : write.previous) allocated[named.name] = nullptr;
  for (const NamedAmount& named : write.allocated) {
    allocated[named.name] = format_quantity(named.amount, unit_of(named.name));
  }
  patch["status"]["allocated"] = std::move(allocated);
  return print(patch);
}

std::string root_queue_body() { return queue_body("root", false); }

std::string default_queue_body(const std::string& name) { return queue_body(name, true); }

std::string event_repeat_patch(std::int32_t count, WallTime last, const std::string& message) {
  return print(Json{{"count", count}, {"lastTimestamp", format_time(last)}, {"message", message}});
}

}  // namespace basalt::adapter
