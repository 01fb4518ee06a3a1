#include "embedded/store/object.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/wire/message.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

std::string field_value(const Json& tree, const SelectableField& field) {
  const Json* value = find_at(tree, field.path);
  if (value == nullptr || value->is_null()) return field.fallback;
  return value->is_string() ? value->get<std::string>() : kube::print_json(*value);
}

}  // namespace

Json Object::tree() const { return kube::parse_json(json); }

std::string_view Object::label(std::string_view name) const {
  const auto found = std::lower_bound(labels.begin(), labels.end(), name,
                                      [](const auto& label, std::string_view wanted) { return label.first < wanted; });
  return found != labels.end() && found->first == name ? std::string_view(found->second) : std::string_view();
}

ObjectPtr make_object(const Kind& kind, Json tree, std::uint64_t revision) {
  auto object = std::make_shared<Object>();
  Json& metadata = tree["metadata"];
  metadata["resourceVersion"] = std::to_string(revision);
  object->key = {kube::text_at(metadata, "namespace"), kube::text_at(metadata, "name")};
  object->uid = kube::text_at(metadata, "uid");
  object->revision = revision;
  for (const auto& [name, value] : kube::member_at(metadata, "labels").items()) {
    if (value.is_string()) object->labels.emplace_back(name, value.get_ref<const std::string&>());
  }
  object->fields.reserve(kind.fields.size());
  for (const SelectableField& field : kind.fields) object->fields.push_back(field_value(tree, field));
  object->json = kube::print_json(tree);
  object->json.shrink_to_fit();
  if (kind.answers_protobuf) {
    object->protobuf = encode_protobuf(*kind.message, tree);
    object->protobuf.shrink_to_fit();
  }
  return object;
}

}  // namespace basalt::embedded
