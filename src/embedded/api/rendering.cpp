#include "embedded/api/rendering.hpp"

#include <nlohmann/json.hpp>

#include "embedded/api/table.hpp"
#include "embedded/objects/trimmed.hpp"
#include "embedded/wire/message.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// One alternative of an Accept header, or nothing when it cannot be served.
std::optional<Rendering> rendering_of(std::string_view alternative, bool protobuf) {
  std::string_view type = trimmed(alternative.substr(0, alternative.find(';')));
  std::string as;
  std::string version;
  std::string group;
  std::string_view rest = alternative;
  for (std::size_t semicolon = rest.find(';'); semicolon != std::string_view::npos; semicolon = rest.find(';')) {
    rest.remove_prefix(semicolon + 1);
    const std::string_view parameter = trimmed(rest.substr(0, rest.find(';')));
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = parameter.substr(0, equals);
    const std::string value(parameter.substr(equals + 1));
    if (name == "as") as = value;
    if (name == "v") version = value;
    if (name == "g") group = value;
  }
  Rendering rendering;
  if (type == kProtobufType) {
    if (!protobuf || !as.empty()) return std::nullopt;
    rendering.form = Form::protobuf;
    return rendering;
  }
  const bool json = type == "application/json" || type == "*/*" || type == "application/*";
  if (!json) return std::nullopt;
  if (as.empty()) return rendering;
  if (group != "meta.k8s.io" || (version != "v1" && version != "v1beta1")) return std::nullopt;
  rendering.meta_version = version;
  if (as == "Table") {
    rendering.form = Form::table;
  } else if (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList") {
    rendering.form = Form::metadata;
  } else {
    return std::nullopt;
  }
  return rendering;
}

// The object with the apiVersion of the version that was asked for.
std::string in_version(const Kind& kind, const ServedVersion& version, const Object& object) {
  if (&version == &kind.versions.front()) return object.json;
  Json tree = object.tree();
  tree["apiVersion"] = kind.api_version(version);
  return kube::print_json(tree);
}

Json partial_metadata(const Json& tree, const std::string& meta_version) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/" + meta_version},
          {"metadata", kube::member_at(tree, "metadata")}};
}

Json row_of(const Kind& kind, const ServedVersion& version, const Object& object, const Rendering& rendering,
            WallTime now) {
  const Json tree = object.tree();
  Json row = {{"cells", table_cells(kind, version, tree, now)}};
  switch (rendering.row_object) {
    case RowObject::none: row["object"] = nullptr; break;
    case RowObject::metadata: row["object"] = partial_metadata(tree, rendering.meta_version); break;
    case RowObject::whole: row["object"] = tree; break;
  }
  return row;
}

Json table_of(const Kind& kind, const ServedVersion& version, const Rendering& rendering, std::uint64_t revision,
              bool with_columns) {
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/" + rendering.meta_version},
          {"metadata", {{"resourceVersion", std::to_string(revision)}}},
          {"columnDefinitions", with_columns ? table_columns(kind, version) : Json()},
          {"rows", Json::array()}};
}

// What stands before the items of a JSON list: all but the end of its list of items.
std::string before_items(Json list, const char* items) {
  list.erase(items);
  std::string text = kube::print_json(list);
  text.back() = ',';
  return text + "\"" + items + "\":[";
}

Json list_metadata(const Page& page) {
  Json metadata = {{"resourceVersion", std::to_string(page.revision)}};
  if (!page.continue_token.empty()) {
    metadata["continue"] = page.continue_token;
    if (page.remaining > 0) metadata["remainingItemCount"] = page.remaining;
  }
  return metadata;
}

std::string protobuf_list_metadata(const Page& page) {
  std::string metadata;
  append_bytes_field(metadata, 2, std::to_string(page.revision));
  if (!page.continue_token.empty()) {
    append_bytes_field(metadata, 3, page.continue_token);
    if (page.remaining > 0) {
      append_varint(metadata, 4U << 3U);
      append_varint(metadata, page.remaining);
    }
  }
  return metadata;
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7U) ++size;
  return size;
}

std::string protobuf_list_head(const Kind& kind, const ServedVersion& version, const Page& page) {
  std::string type;
  append_bytes_field(type, 1, kind.api_version(version));
  append_bytes_field(type, 2, kind.list_kind);
  std::string metadata;
  append_bytes_field(metadata, 1, protobuf_list_metadata(page));
  std::size_t size = metadata.size();
  for (const ObjectPtr& object : page.objects) {
    size += 1 + varint_size(object->protobuf.size()) + object->protobuf.size();
  }
  std::string head("k8s\0", 4);
  append_bytes_field(head, 1, type);
  append_varint(head, (2U << 3U) | 2U);  // raw, whose bytes follow piece by piece
  append_varint(head, size);
  return head + metadata;
}

std::string protobuf_event(std::string_view type, std::string_view object) {
  std::string raw;
  append_bytes_field(raw, 1, object);
  std::string event;
  event.reserve(raw.size() + 32);
  append_bytes_field(event, 1, type);
  append_bytes_field(event, 2, raw);
  std::string frame;
  frame.reserve(event.size() + 4);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) frame += static_cast<char>((event.size() >> shift) & 0xFFU);
  return frame + event;
}

std::string json_event(std::string_view type, std::string_view object) {
  std::string event;
  event.reserve(object.size() + 40);
  event += R"({"type":")";
  event += type;
  event += R"(","object":)";
  event += object;
  event += "}\n";
  return event;
}

}  // namespace

std::string_view Rendering::content_type() const { return form == Form::protobuf ? kProtobufType : "application/json"; }

std::string_view Rendering::watch_content_type() const {
  return form == Form::protobuf ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/json";
}

Outcome<Rendering> negotiate(std::string_view accept, bool protobuf) {
  if (trimmed(accept).empty()) return Rendering{};
  std::string_view rest = accept;
  while (true) {
    const std::size_t comma = rest.find(',');
    if (auto rendering = rendering_of(trimmed(rest.substr(0, comma)), protobuf)) return *rendering;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return not_acceptable(protobuf ? "application/json, application/vnd.kubernetes.protobuf" : "application/json");
}

std::string render_item(const Kind& kind, const ServedVersion& version, const Object& object, Form form,
                        const std::string& meta_version) {
  if (form == Form::metadata) return kube::print_json(partial_metadata(object.tree(), meta_version));
  return in_version(kind, version, object);
}

std::string render_object(const Kind& kind, const ServedVersion& version, const Object& object,
                          const Rendering& rendering, WallTime now) {
  if (rendering.form == Form::protobuf) return wrap_protobuf(kind.api_version(version), kind.kind, object.protobuf);
  if (rendering.form != Form::table) return render_item(kind, version, object, rendering.form, rendering.meta_version);
  Json table = table_of(kind, version, rendering, object.revision, true);
  table["rows"].push_back(row_of(kind, version, object, rendering, now));
  return kube::print_json(table);
}

ListRendering::ListRendering(const Kind& kind, const ServedVersion& version, Page page, Rendering rendering,
                             WallTime now)
    : kind_(kind), version_(version), page_(std::move(page)), rendering_(std::move(rendering)), now_(now) {}

void ListRendering::append_head(std::string& to) {
  switch (rendering_.form) {
    case Form::protobuf: to += protobuf_list_head(kind_, version_, page_); return;
    case Form::table: {
      Json table = table_of(kind_, version_, rendering_, page_.revision, true);
      table["metadata"] = list_metadata(page_);
      to += before_items(std::move(table), "rows");
      return;
    }
    case Form::metadata:
      to += before_items({{"kind", "PartialObjectMetadataList"},
                          {"apiVersion", "meta.k8s.io/" + rendering_.meta_version},
                          {"metadata", list_metadata(page_)}},
                         "items");
      return;
    case Form::json:
      to += before_items(
          {{"kind", kind_.list_kind}, {"apiVersion", kind_.api_version(version_)}, {"metadata", list_metadata(page_)}},
          "items");
      return;
  }
}

void ListRendering::append_item(std::string& to, const Object& object) {
  if (rendering_.form == Form::protobuf) return append_bytes_field(to, 2, object.protobuf);
  if (next_ > 0) to += ',';
  if (rendering_.form == Form::table) {
    to += kube::print_json(row_of(kind_, version_, object, rendering_, now_));
  } else if (rendering_.form == Form::json && &version_ == &kind_.versions.front()) {
    to += object.json;
  } else {
    to += render_item(kind_, version_, object, rendering_.form, rendering_.meta_version);
  }
}

bool ListRendering::append(std::string& to, std::size_t bytes) {
  const std::size_t enough = to.size() + bytes;
  if (!begun_) append_head(to);
  begun_ = true;
  for (; next_ < page_.objects.size(); ++next_) {
    if (to.size() >= enough) return true;
    append_item(to, *page_.objects[next_]);
    page_.objects[next_].reset();
  }
  if (rendering_.form == Form::protobuf) {
    append_bytes_field(to, 3, "");
    append_bytes_field(to, 4, "");
  } else {
    to += "]}\n";
  }
  return false;
}

std::string render_event(const Kind& kind, const ServedVersion& version, std::string_view type, const Object& object,
                         const Rendering& rendering, WallTime now, bool first) {
  if (rendering.form == Form::protobuf) {
    return protobuf_event(type, wrap_protobuf(kind.api_version(version), kind.kind, object.protobuf));
  }
  if (rendering.form == Form::table) {
    Json table = table_of(kind, version, rendering, object.revision, first);
    table["rows"].push_back(row_of(kind, version, object, rendering, now));
    return json_event(type, kube::print_json(table));
  }
  if (rendering.form == Form::json && &version == &kind.versions.front()) return json_event(type, object.json);
  return json_event(type, render_item(kind, version, object, rendering.form, rendering.meta_version));
}

std::string render_bookmark(const Kind& kind, const ServedVersion& version, std::uint64_t revision,
                            const Rendering& rendering, bool ends_initial) {
  Json metadata = {{"resourceVersion", std::to_string(revision)}};
  if (ends_initial) metadata["annotations"]["k8s.io/initial-events-end"] = "true";
  Json object = {{"kind", kind.kind}, {"apiVersion", kind.api_version(version)}, {"metadata", metadata}};
  if (rendering.form == Form::protobuf) {
    return protobuf_event("BOOKMARK",
                          wrap_protobuf(kind.api_version(version), kind.kind, encode_protobuf(*kind.message, object)));
  }
  if (rendering.form == Form::table) {
    object = table_of(kind, version, rendering, revision, false);
    object["metadata"] = metadata;
  }
  if (rendering.form == Form::metadata) object = partial_metadata(object, rendering.meta_version);
  return json_event("BOOKMARK", kube::print_json(object));
}

std::string render_error_event(const Refusal& refusal, const Rendering& rendering) {
  const Json status = status_of(refusal);
  if (rendering.form == Form::protobuf) {
    return protobuf_event("ERROR", wrap_protobuf("v1", "Status", encode_protobuf(*find_message("Status"), status)));
  }
  return json_event("ERROR", kube::print_json(status));
}

}  // namespace basalt::embedded
