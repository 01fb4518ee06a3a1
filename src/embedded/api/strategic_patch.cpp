#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "embedded/api/patch.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// How a list is merged.
enum class ListKind {
  replaced,  // as a whole
  set,       // of primitive values: united
  keyed,     // of objects with a key: merged one by one
};

struct ListRule {
  ListKind kind = ListKind::replaced;
  std::string_view key;
};

// The lists of the built-in types that are not simply replaced, by the name of their field and what it stands in.
ListRule rule_for(const Kind& kind, std::string_view parent, std::string_view field) {
  for (const char* named : {"containers", "initContainers", "ephemeralContainers", "volumes", "env", "imagePullSecrets",
                            "schedulingGates", "resourceClaims", "secrets"}) {
    if (field == named) return {ListKind::keyed, "name"};
  }
  if (field == "ports") {
    if (kind.kind == "Service" && parent == "spec") return {ListKind::keyed, "port"};
    return {ListKind::keyed, "containerPort"};
  }
  if (field == "volumeMounts") return {ListKind::keyed, "mountPath"};
  if (field == "volumeDevices") return {ListKind::keyed, "devicePath"};
  if (field == "hostAliases" || field == "podIPs" || field == "hostIPs") return {ListKind::keyed, "ip"};
  if (field == "topologySpreadConstraints") return {ListKind::keyed, "topologyKey"};
  if (field == "conditions" || (field == "addresses" && parent == "status")) return {ListKind::keyed, "type"};
  if (field == "ownerReferences") return {ListKind::keyed, "uid"};
  if (field == "taints" && kind.kind == "Node") return {};
  if (field == "finalizers" || field == "podCIDRs") return {ListKind::set, {}};
  return {};
}

class Merger {
 public:
  explicit Merger(const Kind& kind) : kind_(kind) {}
  Objection objection;

  void merge(Json& object, const Json& patch, std::string_view field) {
    if (!object.is_object()) object = Json::object();
    const std::string directive = kube::text_at(patch, "$patch");
    if (directive == "replace") {
      object = patch;
      object.erase("$patch");
      return;
    }
    if (directive == "delete") {
      object = Json::object();
      return;
    }
    if (!directive.empty() && directive != "merge") {
      return refuse("Unknown patch type: " + directive);
    }
    retain_keys(object, patch);
    for (const auto& [name, value] : patch.items()) {
      if (name == "$patch" || name == "$retainKeys" || name.starts_with("$setElementOrder/")) continue;
      if (name.starts_with("$deleteFromPrimitiveList/")) {
        delete_primitives(object, name.substr(name.find('/') + 1), value);
      } else if (name.starts_with('$')) {
        return refuse("unknown directive " + name);
      } else {
        merge_member(object, name, value, field);
      }
      if (objection) return;
    }
    for (const auto& [name, order] : patch.items()) {
      if (!name.starts_with("$setElementOrder/")) continue;
      reorder(object, name.substr(name.find('/') + 1), order, field);
    }
  }

 private:
  void refuse(std::string why) {
    if (!objection) objection = bad_request(std::move(why));
  }

  static void retain_keys(Json& object, const Json& patch) {
    const Json& kept = kube::member_at(patch, "$retainKeys");
    if (!kept.is_array()) return;
    for (auto it = object.begin(); it != object.end();) {
      const bool stays = std::find(kept.begin(), kept.end(), it.key()) != kept.end();
      it = stays ? std::next(it) : object.erase(it);
    }
  }

  static void delete_primitives(Json& object, const std::string& name, const Json& values) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array() || !values.is_array()) return;
    Json left = Json::array();
    for (const Json& item : *found) {
      if (std::find(values.begin(), values.end(), item) == values.end()) left.push_back(item);
    }
    *found = std::move(left);
  }

  void merge_member(Json& object, const std::string& name, const Json& value, std::string_view field) {
    if (value.is_null()) {
      object.erase(name);
    } else if (value.is_object()) {
      merge(object[name], value, name);
    } else if (value.is_array()) {
      merge_list(object, name, value, rule_for(kind_, field, name));
    } else {
      object[name] = value;
    }
  }

  void merge_list(Json& object, const std::string& name, const Json& patch, const ListRule& rule) {
    Json& list = object[name];
    if (!list.is_array() || rule.kind == ListKind::replaced) {
      if (rule.kind != ListKind::keyed) {
        list = patch;
        return;
      }
      list = Json::array();
    }
    if (rule.kind == ListKind::set) {
      for (const Json& item : patch) {
        if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
      }
      return;
    }
    for (const Json& item : patch) {
      if (is_directive(item, "replace")) {
        list = Json::array();
        for (const Json& other : patch) {
          if (!other.contains("$patch")) list.push_back(other);
        }
        return;
      }
    }
    for (const Json& item : patch) merge_element(list, name, item, std::string(rule.key));
  }

  static bool is_directive(const Json& item, std::string_view directive) {
    return kube::text_at(item, "$patch") == directive;
  }

  void merge_element(Json& list, const std::string& name, const Json& item, const std::string& key) {
    const Json& identity = kube::member_at(item, key.c_str());
    if (identity.is_null()) {
      return refuse("map: " + kube::print_json(item) + " does not contain declared merge key: " + key);
    }
    const auto known = std::find_if(list.begin(), list.end(), [&](const Json& element) {
      return kube::member_at(element, key.c_str()) == identity;
    });
    if (is_directive(item, "delete")) {
      if (known != list.end()) list.erase(known);
    } else if (known != list.end()) {
      merge(*known, item, name);
    } else {
      Json added = Json::object();
      merge(added, item, name);
      list.push_back(std::move(added));
    }
  }

  // What the patch names comes in its order; the rest stays where it was, after its former predecessor.
  void reorder(Json& object, const std::string& name, const Json& order, std::string_view field) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array() || !order.is_array()) return;
    const ListRule rule = rule_for(kind_, field, name);
    const auto identity = [&](const Json& item) -> const Json& {
      return rule.kind == ListKind::keyed ? kube::member_at(item, std::string(rule.key).c_str()) : item;
    };
    Json sorted = Json::array();
    for (const Json& wanted : order) {
      for (const Json& item : *found) {
        if (identity(item) == identity(wanted)) sorted.push_back(item);
      }
    }
    for (const Json& item : *found) {
      const bool named = std::any_of(order.begin(), order.end(),
                                     [&](const Json& wanted) { return identity(wanted) == identity(item); });
      if (!named) sorted.push_back(item);
    }
    *found = std::move(sorted);
  }

  const Kind& kind_;
};

}  // namespace

Outcome<Json> strategic_merge_patch(const Kind& kind, Json object, const Json& patch) {
  if (!patch.is_object()) return bad_request("a strategic merge patch is an object");
  Merger merger(kind);
  merger.merge(object, patch, "");
  if (merger.objection) return *merger.objection;
  return object;
}

}  // namespace basalt::embedded
