#include "kube/object.hpp"

#include "kube/json_scan.hpp"
#include "kube/wire.hpp"

namespace basalt::kube {
namespace {

constexpr std::string_view kInitialEventsEnd = "k8s.io/initial-events-end";

// Calls `visit(reader)` for every field of the ObjectMeta of an encoded object. False: malformed or no metadata.
template <class Visit>
bool visit_metadata(std::string_view object, Visit visit) {
  bool found = false;
  WireReader fields(object);
  while (fields.next()) {
    if (fields.number() != 1) continue;
    found = true;
    WireReader metadata(fields.bytes());
    while (metadata.next()) visit(metadata);
    if (metadata.malformed()) return false;
  }
  return found && !fields.malformed();
}

// Calls `visit(key, raw value)` for every member of the metadata of a JSON object. False: malformed or no metadata.
template <class Visit>
bool visit_json_metadata(std::string_view object, Visit visit) {
  bool found = false;
  JsonScanner members(object);
  while (members.next()) {
    if (members.key() != "metadata") continue;
    found = true;
    JsonScanner metadata(members.value());
    while (metadata.next()) visit(metadata.key(), metadata.value());
    if (metadata.malformed()) return false;
  }
  return found && !members.malformed();
}

Result<ObjectHead> read_protobuf_head(std::string_view object) {
  ObjectHead head;
  const bool whole = visit_metadata(object, [&head](WireReader& field) {
    switch (field.number()) {
      case 1: head.key.name = field.bytes(); break;
      case 3: head.key.space = field.bytes(); break;
      case 5: head.uid = field.bytes(); break;
      case 6: head.resource_version = field.bytes(); break;
      default: break;
    }
  });
  if (!whole) return Error{ErrorCode::invalid, "object: expected a protobuf message with metadata (field 1)"};
  return head;
}

Result<ObjectHead> read_json_head(std::string_view object) {
  ObjectHead head;
  bool strings = true;
  const auto assign = [&strings](std::string& to, std::string_view value) {
    if (value == "null") return;
    auto text = json_string(value);
    strings = strings && text.has_value();
    if (text) to = std::move(*text);
  };
  const bool whole = visit_json_metadata(object, [&](std::string_view key, std::string_view value) {
    if (key == "name") assign(head.key.name, value);
    if (key == "namespace") assign(head.key.space, value);
    if (key == "uid") assign(head.uid, value);
    if (key == "resourceVersion") assign(head.resource_version, value);
  });
  if (!whole) return Error{ErrorCode::invalid, "object: expected a JSON object with an object 'metadata'"};
  if (!strings) {
    return Error{ErrorCode::invalid, "object: metadata.name, namespace, uid and resourceVersion must be strings"};
  }
  return head;
}

}  // namespace

Result<ObjectHead> read_head(const ObjectBytes& object) {
  return object.encoding == Encoding::protobuf ? read_protobuf_head(object.bytes) : read_json_head(object.bytes);
}

bool ends_initial_events(const ObjectBytes& bookmark) {
  bool ends = false;
  if (bookmark.encoding == Encoding::json) {
    return visit_json_metadata(bookmark.bytes,
                               [&ends](std::string_view key, std::string_view value) {
                                 if (key != "annotations") return;
                                 JsonScanner annotations(value);
                                 while (annotations.next()) {
                                   ends = ends ||
                                          (annotations.key() == kInitialEventsEnd && annotations.value() == "\"true\"");
                                 }
                               }) &&
           ends;
  }
  return visit_metadata(bookmark.bytes,
                        [&ends](WireReader& field) {
                          if (field.number() != 12) return;
                          std::string_view key;
                          std::string_view value;
                          WireReader entry(field.bytes());
                          while (entry.next()) {
                            if (entry.number() == 1) key = entry.bytes();
                            if (entry.number() == 2) value = entry.bytes();
                          }
                          ends = ends || (key == kInitialEventsEnd && value == "true");
                        }) &&
         ends;
}

}  // namespace basalt::kube
