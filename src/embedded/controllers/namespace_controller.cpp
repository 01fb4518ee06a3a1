#include "embedded/controllers/namespace_controller.hpp"

#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

const ResourceName kNamespaces{"", "namespaces"};

}  // namespace

void NamespaceController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource == kNamespaces) {
    const std::string& space = change.object().key.name;
    if (change.gone() || !change.mentions("\"deletionTimestamp\"")) {
      ending_.erase(space);
      return;
    }
    ending_.insert(space);
    agenda.add(change.name());
  } else if (change.gone() && ending_.contains(change.object().key.space)) {
    agenda.add({kNamespaces, {"", change.object().key.space}});
  }
}

Objection NamespaceController::reconcile(const ObjectName& object, WallTime, Agenda&) {
  const ObjectPtr present = workplace_.find(object);
  if (!present || !is_being_deleted(present->tree())) return {};
  bool empty = true;
  const auto catalogue = workplace_.cluster.store().catalogue();
  for (const KindRef& kind : catalogue->kinds()) {
    if (!kind->namespaced) continue;
    for (const ObjectPtr& content : workplace_.cluster.store().list(*kind, object.key.name).objects) {
      DeleteRequest request;
      request.propagation = "Background";
      const bool ends_already = content->json.find("\"deletionTimestamp\"") != std::string::npos;
      if (!ends_already) {
        if (auto objection = workplace_.remove({kind->resource, content->key}, content->uid, request)) return objection;
      }
      empty = empty && workplace_.cluster.store().find(*kind, content->key) == nullptr;
    }
  }
  if (!empty) return {};
  const auto changed = workplace_.cluster.modify(*workplace_.kind(kNamespaces), object.key, Part::main,
                                                 [](const Json& before) -> Outcome<Json> {
                                                   Json wanted = before;
                                                   wanted["spec"]["finalizers"] = Json::array();
                                                   return wanted;
                                                 });
  if (changed || changed.refusal().code == 404) return {};
  return changed.refusal();
}

}  // namespace basalt::embedded
