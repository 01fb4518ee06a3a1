#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/kinds/schema.hpp"
#include "embedded/objects/refusal.hpp"

namespace basalt::embedded {

struct Message;  // the protobuf form of a built-in kind

/// A field that field selectors may name, and the value it has where an object does not say.
struct SelectableField {
  std::string name;      ///< as selectors write it, e.g. "spec.nodeName"
  std::string path;      ///< where it stands in the object; usually the same
  std::string fallback;  ///< e.g. "false"
};

/// A column that `kubectl get` prints of a custom resource (additionalPrinterColumns).
struct PrinterColumn {
  std::string name;
  std::string type;  ///< string, integer, number, boolean, date
  std::string format;
  std::string description;
  int priority = 0;  ///< above 0: only in wide output
  std::string path;  ///< JSONPath
};

/// Where a kind keeps what its scale subresource shows.
struct ScalePaths {
  std::string spec_replicas;    ///< dotted, e.g. "spec.replicas"
  std::string status_replicas;  ///< dotted
  std::string selector;         ///< dotted; a label selector object, or a string in custom resources; may be empty
};

/// One version in which a kind is served.
struct ServedVersion {
  std::string name;  ///< e.g. "v1"
  bool has_status = false;
  std::optional<ScalePaths> scale;
  std::optional<Schema> schema;        ///< custom resources
  std::vector<PrinterColumn> columns;  ///< custom resources; empty: name and age
};

/// Whether an object that is created keeps the status that was sent with it.
enum class StatusOnCreate { kept, dropped };

/// A kind of objects and how it is served: what the API calls a resource. An immutable value, shared.
struct Kind {
  ResourceName resource;
  std::string kind;  ///< e.g. "Pod"
  std::string singular;
  std::string list_kind;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  bool namespaced = true;
  std::vector<ServedVersion> versions;  ///< preferred one first; objects are stored in it
  StatusOnCreate status_on_create = StatusOnCreate::dropped;
  bool counts_generation = true;        ///< metadata.generation rises with every change of what is wanted
  bool is_custom = false;               ///< defined by a CustomResourceDefinition
  std::vector<SelectableField> fields;  ///< besides metadata.name and metadata.namespace
  const Message* message = nullptr;     ///< null: no protobuf bodies are read
  bool answers_protobuf = false;        ///< replies come as protobuf to who asks for it

  /// "v1", "apps/v1": of the version that is stored.
  [[nodiscard]] std::string api_version() const { return api_version(versions.front()); }
  [[nodiscard]] std::string api_version(const ServedVersion& version) const {
    return resource.group.empty() ? version.name : resource.group + "/" + version.name;
  }
  [[nodiscard]] const ServedVersion* find_version(std::string_view name) const;
  [[nodiscard]] bool is(std::string_view group, std::string_view plural) const {
    return resource.group == group && resource.plural == plural;
  }
};

using KindRef = std::shared_ptr<const Kind>;

/// All kinds that are served. An immutable value: a new custom resource makes a new catalogue.
class Catalogue {
 public:
  explicit Catalogue(std::vector<KindRef> kinds) : kinds_(std::move(kinds)) {}

  [[nodiscard]] const std::vector<KindRef>& kinds() const { return kinds_; }
  [[nodiscard]] KindRef find(std::string_view group, std::string_view plural) const;
  /// By the apiVersion and kind that objects carry.
  [[nodiscard]] KindRef find_by_type(std::string_view api_version, std::string_view kind) const;
  /// This catalogue with `kind` in it, in the place of one of the same resource name.
  [[nodiscard]] Catalogue with(KindRef kind) const;
  [[nodiscard]] Catalogue without(const ResourceName& resource) const;

 private:
  std::vector<KindRef> kinds_;
};

/// The built-in kinds of Kubernetes that this server has.
Catalogue builtin_kinds();

/// The Kubernetes version whose behaviour is emulated.
inline constexpr std::string_view kEmulatedVersion = "v1.34.0";

/// The kind that a CustomResourceDefinition defines. Refused with what is wrong with the definition.
Outcome<KindRef> kind_of_definition(const Json& definition);

}  // namespace basalt::embedded
