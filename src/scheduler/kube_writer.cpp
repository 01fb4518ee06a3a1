#include "scheduler/kube_writer.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "kube/json_access.hpp"

namespace basalt {
namespace {

// The version that the decoders and bodies are written for.
const kube::Resource& pod_groups_resource() {
  static const kube::Resource resource{"scheduling.volcano.sh", "v1beta1", "podgroups", true};
  return resource;
}

const kube::Resource& queues_resource() {
  static const kube::Resource resource{"scheduling.volcano.sh", "v1beta1", "queues", false};
  return resource;
}

/// What a write came to. An answer that was no HTTP says nothing about the effect; neither does a refusal after an
/// earlier attempt that the server may have carried out.
Result<void> outcome(const std::string& what, const Result<kube::Reply>& reply) {
  if (!reply) {
    const Error& error = reply.error();
    const ErrorCode code =
        error.code == ErrorCode::stopped || error.code == ErrorCode::timeout || error.code == ErrorCode::refused
            ? error.code
            : ErrorCode::unavailable;
    return Error{code, what + ": " + error.message};
  }
  if (reply->ok()) return {};
  Error error = kube::to_error(what, reply->status);
  // "Not found" and "conflict" are looked into by reading; anything else would be believed.
  const bool is_looked_into = error.code == ErrorCode::not_found || error.code == ErrorCode::conflict;
  if (reply->effect_unknown && !is_looked_into) error.code = ErrorCode::unavailable;
  return error;
}

}  // namespace

Result<void> KubeWriter::bind(const BindOrder& order, std::stop_token stop) {
  kube::Binding binding{order.pod.space, order.pod.name, order.pod.uid, order.node, {}};
  binding.annotations = std::map<std::string, std::string>(order.annotations.begin(), order.annotations.end());
  return outcome("binding", client_.bind(binding, std::move(stop)));
}

Result<void> KubeWriter::patch_pod_status(const ObjectName& pod, std::string body, std::stop_token stop) {
  return outcome("status of the pod", client_.patch({kube::pods_resource(), pod.space, pod.name, "status"},
                                                    kube::PatchType::strategic, std::move(body), std::move(stop)));
}

Result<void> KubeWriter::delete_pod(const ObjectName& pod, std::stop_token stop) {
  return outcome("deletion of the pod",
                 client_.remove({kube::pods_resource(), pod.space, pod.name},
                                {.uid = pod.uid, .resource_version = {}, .grace_seconds = {}}, std::move(stop)));
}

Result<PodPlace> KubeWriter::read_pod(const ObjectName& pod, std::stop_token stop) {
  const auto reply = client_.get({kube::pods_resource(), pod.space, pod.name}, std::move(stop));
  if (auto read = outcome("reading the pod", reply); !read) return read.error();
  const nlohmann::json object = kube::parse_json(reply->body);
  PodPlace place{kube::text_at(kube::member_at(object, "metadata"), "uid"),
                 kube::text_at(kube::member_at(object, "spec"), "nodeName")};
  if (place.uid.empty()) return Error{ErrorCode::unavailable, "reading the pod: the reply is no pod"};
  return place;
}

Result<void> KubeWriter::patch_pod_group(const ObjectName& group, std::string body, std::stop_token stop) {
  return outcome("status of the PodGroup", client_.patch({pod_groups_resource(), group.space, group.name},
                                                         kube::PatchType::merge, std::move(body), std::move(stop)));
}

Result<void> KubeWriter::patch_queue_status(const ObjectName& queue, std::string body, std::stop_token stop) {
  return outcome("status of the queue", client_.patch({queues_resource(), {}, queue.name, "status"},
                                                      kube::PatchType::merge, std::move(body), std::move(stop)));
}

Result<void> KubeWriter::find_queue(const std::string& name, std::stop_token stop) {
  return outcome("looking for queue \"" + name + "\"", client_.get({queues_resource(), {}, name}, std::move(stop)));
}

Result<void> KubeWriter::create_queue(std::string body, std::stop_token stop) {
  return outcome("creating the queue", client_.create({queues_resource(), {}, {}}, std::move(body), std::move(stop)));
}

Result<void> KubeWriter::create_event(const kube::EventRecord& record, std::stop_token stop) {
  return outcome("event", client_.create_event(record, std::move(stop)));
}

Result<void> KubeWriter::patch_event(const kube::EventRecord& record, std::string body, std::stop_token stop) {
  return outcome("event", client_.patch({kube::events_resource(), record.space, record.name},
                                        kube::PatchType::strategic, std::move(body), std::move(stop)));
}

}  // namespace basalt
