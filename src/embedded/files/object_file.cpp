#include "embedded/files/object_file.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "embedded/objects/yaml.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// A text of one JSON object a line, which is what save_objects writes, needs no YAML reader.
Result<std::vector<Json>> parse_documents(std::string_view text) {
  if (!text.starts_with('{')) return parse_yaml(text);
  std::vector<Json> documents;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    auto object = parse_body(line);
    if (!object) return parse_yaml(text);  // JSON over several lines
    documents.push_back(*std::move(object));
  }
  return documents;
}

void take_objects(Json document, std::vector<Json>& objects) {
  const std::string kind = kube::text_at(document, "kind");
  const Json& items = kube::member_at(document, "items");
  if (!kind.ends_with("List") || !items.is_array()) {
    objects.push_back(std::move(document));
    return;
  }
  for (const Json& item : items) take_objects(item, objects);
}

// What others need comes first.
int turn_of(const Json& object) {
  const std::string kind = kube::text_at(object, "kind");
  if (kind == "CustomResourceDefinition") return 0;
  if (kind == "Namespace") return 1;
  if (kind == "PriorityClass") return 2;
  return 3;
}

Result<void> load_object(Cluster& cluster, Json object) {
  const std::string api_version = kube::text_at(object, "apiVersion");
  const std::string kind_name = kube::text_at(object, "kind");
  const std::string what = kind_name + " \"" + text_at(object, "metadata.name") + "\"";
  const KindRef kind = cluster.store().catalogue()->find_by_type(api_version, kind_name);
  if (!kind) {
    return Error{ErrorCode::invalid, what + ": no kind " + kind_name + " in version \"" + api_version + "\" is served"};
  }
  std::string space = text_at(object, "metadata.namespace");
  if (kind->namespaced && space.empty()) space = "default";
  const bool was_saved = !text_at(object, "metadata.uid").empty();
  const auto put =
      was_saved ? cluster.restore(*kind, std::move(object)) : cluster.create(*kind, space, std::move(object));
  if (!put) return Error{ErrorCode::invalid, what + ": " + put.refusal().message};
  return {};
}

template <class Take>
void for_each_object(const Cluster& cluster, const Take& take) {
  for (const KindRef& kind : cluster.store().catalogue()->kinds()) {
    for (const ObjectPtr& object : cluster.store().list(*kind, "").objects) take(*object);
  }
}

}  // namespace

Result<std::size_t> load_objects(Cluster& cluster, std::string_view text) {
  auto documents = parse_documents(text);
  if (!documents) return documents.error();
  std::vector<Json> objects;
  for (Json& document : *documents) {
    if (!document.is_object()) return Error{ErrorCode::invalid, "a document is no object"};
    take_objects(std::move(document), objects);
  }
  std::stable_sort(objects.begin(), objects.end(),
                   [](const Json& a, const Json& b) { return turn_of(a) < turn_of(b); });
  for (Json& object : objects) {
    if (const auto loaded = load_object(cluster, std::move(object)); !loaded) return loaded.error();
  }
  return objects.size();
}

std::string save_objects(const Cluster& cluster) {
  std::string text;
  for_each_object(cluster, [&text](const Object& object) { text += object.json + "\n"; });
  return text;
}

std::string print_objects(const Cluster& cluster) {
  std::string text;
  for_each_object(cluster, [&text](const Object& object) {
    text += (text.empty() ? "" : "---\n") + print_yaml(object.tree()) + "\n";
  });
  return text;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, path + ": cannot be read"};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<void> write_file(const std::string& path, std::string_view text) {
  const std::string draft = path + ".draft";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || std::rename(draft.c_str(), path.c_str()) != 0) {
    return Error{ErrorCode::unavailable, path + ": cannot be written"};
  }
  return {};
}

}  // namespace basalt::embedded
