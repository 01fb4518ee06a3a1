#include <nlohmann/json.hpp>

#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kBinding{"", "pods/binding"};

Objection check_binding(const Key& pod, const Json& binding) {
  const std::string name = text_at(binding, "metadata.name");
  if (!name.empty() && name != pod.name) {
    return bad_request("the name of the binding (" + name + ") does not match the name on the URL (" + pod.name + ")");
  }
  if (text_at(binding, "target.name").empty()) {
    return invalid("", "Binding", pod.name, {required("target.name")});
  }
  const std::string kind = text_at(binding, "target.kind");
  if (!kind.empty() && kind != "Node") {
    return invalid("", "Binding", pod.name, {unsupported_value("target.kind", kind, {"Node", "<empty>"})});
  }
  return {};
}

Objection check_bindable(const Object& pod, const Json& tree, const Json& binding) {
  const auto refuse = [&](const std::string& why) { return conflict(kBinding, pod.key.name, why); };
  const std::string uid = text_at(binding, "metadata.uid");
  if (!uid.empty() && uid != pod.uid) {
    return refuse("Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + pod.uid);
  }
  const std::string version = text_at(binding, "metadata.resourceVersion");
  if (!version.empty() && version != std::to_string(pod.revision)) {
    return refuse("Precondition failed: ResourceVersion in precondition: " + version +
                  ", ResourceVersion in object meta: " + std::to_string(pod.revision));
  }
  if (is_being_deleted(tree)) return refuse("pod " + pod.key.name + " is being deleted, cannot be assigned to a host");
  const std::string node = text_at(tree, "spec.nodeName");
  if (!node.empty()) return refuse("pod " + pod.key.name + " is already assigned to node \"" + node + "\"");
  const Json* gates = find_at(tree, "spec.schedulingGates");
  if (gates != nullptr && gates->is_array() && !gates->empty()) {
    return refuse("pod " + pod.key.name + " has non-empty .spec.schedulingGates");
  }
  return {};
}

}  // namespace

Outcome<ObjectPtr> Cluster::bind(const Key& pod, const Json& binding, WriteOptions options) {
  if (auto objection = check_binding(pod, binding)) return *objection;
  Store::Writer writer = store_.write();
  const KindRef pods = writer.catalogue()->find("", "pods");
  const ObjectPtr present = writer.find(*pods, pod);
  if (!present) return not_found(pods->resource, pod.name);
  Json tree = present->tree();
  if (auto objection = check_bindable(*present, tree, binding)) return *objection;
  tree["spec"]["nodeName"] = text_at(binding, "target.name");
  if (const Json* annotations = find_at(binding, "metadata.annotations"); annotations != nullptr) {
    for (const auto& [key, value] : annotations->items()) {
      if (value.is_string()) tree["metadata"]["annotations"][key] = value;
    }
  }
  tree["status"].erase("nominatedNodeName");
  set_condition(tree["status"], {{"type", "PodScheduled"},
                                 {"status", "True"},
                                 {"lastProbeTime", nullptr},
                                 {"lastTransitionTime", format_time(clock_.now())}});
  if (options.dry_run) return make_object(*pods, std::move(tree), present->revision);
  return writer.put(*pods, std::move(tree));
}

}  // namespace basalt::embedded
