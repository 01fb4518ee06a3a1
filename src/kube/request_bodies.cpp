#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "kube/client.hpp"
#include "kube/json_access.hpp"

namespace basalt::kube {
namespace {

// meta/v1 Time: RFC 3339, UTC, whole seconds.
std::string time_text(WallTime time) {
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[sizeof "-2147483648-12-31T23:59:59Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

std::string binding_json(const Binding& binding) {
  nlohmann::json metadata{{"name", binding.name}, {"namespace", binding.space}};
  if (!binding.uid.empty()) metadata["uid"] = binding.uid;
  if (!binding.annotations.empty()) metadata["annotations"] = binding.annotations;
  return print_json({{"apiVersion", "v1"},
                     {"kind", "Binding"},
                     {"metadata", std::move(metadata)},
                     {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", binding.node}}}});
}

std::string event_json(const EventRecord& event) {
  nlohmann::json involved{{"kind", event.involved_kind}, {"name", event.involved_name}};
  if (!event.involved_api_version.empty()) involved["apiVersion"] = event.involved_api_version;
  if (!event.involved_space.empty()) involved["namespace"] = event.involved_space;
  if (!event.involved_uid.empty()) involved["uid"] = event.involved_uid;
  return print_json({{"apiVersion", "v1"},
                     {"kind", "Event"},
                     {"metadata", {{"name", event.name}, {"namespace", event.space}}},
                     {"involvedObject", std::move(involved)},
                     {"type", event.type},
                     {"reason", event.reason},
                     {"message", event.message},
                     {"source", {{"component", event.component}}},
                     {"reportingComponent", event.component},
                     {"reportingInstance", ""},
                     {"firstTimestamp", time_text(event.first)},
                     {"lastTimestamp", time_text(event.last)},
                     {"count", event.count}});
}

std::string delete_options_json(const DeleteOptions& options) {
  nlohmann::json body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
  if (!options.uid.empty()) body["preconditions"]["uid"] = options.uid;
  if (!options.resource_version.empty()) body["preconditions"]["resourceVersion"] = options.resource_version;
  if (options.grace_seconds) body["gracePeriodSeconds"] = *options.grace_seconds;
  return print_json(body);
}

}  // namespace basalt::kube
