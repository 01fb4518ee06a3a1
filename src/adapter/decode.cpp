#include "adapter/decode.hpp"

#include <simdjson.h>

#include <optional>
#include <string>
#include <utility>

#include "adapter/decode_kinds.hpp"
#include "adapter/fields.hpp"
#include "adapter/reading.hpp"

namespace basalt::adapter {
namespace {

/// An object and what is said against it, if anything.
struct Judged {
  ObjectVariant object;
  std::optional<std::string> objection;
};

template <class In, class Object>
ObjectVariant read_with(void (*read)(const In&, Object&), const In& in) {
  Object object;
  read(in, object);
  return object;
}

/// The built-in kinds, in either encoding. REQUIRES: `kind` is one of them.
template <class In>
ObjectVariant read_builtin(ObjectKind kind, const In& in) {
  switch (kind) {
    case ObjectKind::pod: return read_with<In>(read_pod<In>, in);
    case ObjectKind::node: return read_with<In>(read_node<In>, in);
    case ObjectKind::priority_class: return read_with<In>(read_priority_class<In>, in);
    case ObjectKind::claim: return read_with<In>(read_claim<In>, in);
    case ObjectKind::volume: return read_with<In>(read_volume<In>, in);
    case ObjectKind::storage_class: return read_with<In>(read_storage_class<In>, in);
    case ObjectKind::namespace_kind: return read_with<In>(read_namespace<In>, in);
    case ObjectKind::resource_quota: return read_with<In>(read_resource_quota<In>, in);
    case ObjectKind::pod_group:
    case ObjectKind::queue:
    case ObjectKind::hyper_node:
    case ObjectKind::numatopology: break;
  }
  BASALT_CHECK(false, "not a built-in kind");
  return {};
}

bool is_custom(ObjectKind kind) {
  return kind == ObjectKind::pod_group || kind == ObjectKind::queue || kind == ObjectKind::hyper_node ||
         kind == ObjectKind::numatopology;
}

bool is_namespaced(ObjectKind kind) {
  return kind == ObjectKind::pod || kind == ObjectKind::pod_group || kind == ObjectKind::claim ||
         kind == ObjectKind::resource_quota;
}

const ObjectMeta& meta_of(const ObjectVariant& object) {
  return std::visit([](const auto& any) -> const ObjectMeta& { return any.meta; }, object);
}

Error malformed(ObjectKind kind, const std::string& what) {
  return Error{ErrorCode::invalid, "malformed " + std::string(to_string(kind)) + ": " + what};
}

/// What a pass has found out, as a whole.
Result<Judged> judge(ObjectKind kind, ObjectVariant object, const Reading& reading) {
  if (reading.malformation()) return malformed(kind, *reading.malformation());
  const ObjectMeta& meta = meta_of(object);
  if (meta.name.empty()) return malformed(kind, "metadata.name: expected a name");
  if (is_namespaced(kind) && meta.namespace_name.empty()) {
    return malformed(kind, "metadata.namespace: expected a namespace");
  }
  return Judged{std::move(object), reading.objection()};
}

Result<Judged> read_protobuf(ObjectKind kind, std::string_view bytes) {
  if (is_custom(kind)) {
    return Error{ErrorCode::unsupported, std::string(to_string(kind)) + ": a custom resource, expected JSON"};
  }
  Reading reading;
  return judge(kind, read_builtin(kind, ProtobufMessage(bytes, reading)), reading);
}

Result<Judged> read_json(ObjectKind kind, std::string_view bytes) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto error = parser.parse(bytes.data(), bytes.size()).get(document)) {
    return malformed(kind, std::string("JSON: ") + simdjson::error_message(error));
  }
  simdjson::dom::object object;
  if (document.get(object) != simdjson::SUCCESS) return malformed(kind, "expected a JSON object");
  Reading reading;
  const JsonMessage in(object, reading);
  std::string_view stated_kind;  // items of a list have none
  in.read(view(kJsonOnly, "kind", stated_kind));
  if (!stated_kind.empty() && stated_kind != to_string(kind)) {
    return malformed(kind, "kind: expected " + std::string(to_string(kind)) + ", got \"" +
                               std::string(stated_kind.substr(0, 64)) + '"');
  }
  if (kind == ObjectKind::pod_group) return judge(kind, read_with<JsonMessage>(read_pod_group, in), reading);
  if (kind == ObjectKind::queue) return judge(kind, read_with<JsonMessage>(read_queue, in), reading);
  if (kind == ObjectKind::hyper_node) return judge(kind, read_with<JsonMessage>(read_hyper_node, in), reading);
  if (kind == ObjectKind::numatopology) return judge(kind, read_with<JsonMessage>(read_numatopology, in), reading);
  return judge(kind, read_builtin(kind, in), reading);
}

Result<Judged> read_object(ObjectKind kind, const kube::ObjectBytes& object) {
  return object.encoding == kube::Encoding::protobuf ? read_protobuf(kind, object.bytes)
                                                     : read_json(kind, object.bytes);
}

}  // namespace

Result<ObjectVariant> decode(ObjectKind kind, const kube::ObjectBytes& object) {
  auto judged = read_object(kind, object);
  if (!judged) return std::move(judged).error();
  if (judged->objection) return Error{ErrorCode::invalid, std::move(*judged->objection)};
  return std::move(judged->object);
}

Delta to_delta(ObjectKind kind, const kube::ObjectHead& head, const kube::ObjectBytes& object) {
  auto judged = read_object(kind, object);
  if (judged && !judged->objection) return Upserted{std::move(judged->object)};
  Rejected rejected{kind, head.key.space, head.key.name, head.uid, {}, {}};
  if (!judged) {
    rejected.reason = judged.error().message;
    return rejected;
  }
  rejected.reason = std::move(*judged->objection);
  if (auto* pod = std::get_if<PodObject>(&judged->object)) rejected.node_name = std::move(pod->node_name);
  return rejected;
}

Delta to_removed(ObjectKind kind, const kube::ObjectHead& head) {
  return Removed{kind, head.key.space, head.key.name, head.uid};
}

}  // namespace basalt::adapter
