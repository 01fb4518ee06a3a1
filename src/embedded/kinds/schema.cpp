#include "embedded/kinds/schema.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>

#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// std::regex recurses over its input.
constexpr std::size_t kLongestMatched = 4096;

bool is_bookkeeping(const std::string& member) {
  return member == "apiVersion" || member == "kind" || member == "metadata";
}

std::optional<double> number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

std::optional<std::size_t> count_at(const Json& object, const char* key) {
  const auto number = number_at(object, key);
  return number && *number >= 0 ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
  std::vector<std::string> texts;
  for (const Json& item : kube::member_at(object, key)) {
    if (item.is_string()) texts.push_back(item);
  }
  return texts;
}

// Code points, as Kubernetes counts.
std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<std::regex> compiled(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

bool is_integer(const Json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
}

std::string number_text(double number) {
  return kube::print_json(std::floor(number) == number && std::abs(number) < 1e15 ? Json(static_cast<long long>(number))
                                                                                  : Json(number));
}

}  // namespace

struct Schema::Node {
  using Ref = std::shared_ptr<const Node>;

  std::string type;
  std::map<std::string, Ref, std::less<>> properties;
  Ref items;
  Ref additional;  // schema of members that `properties` does not name
  bool keeps_unknown = false;
  bool int_or_string = false;
  bool nullable = false;
  bool embedded_resource = false;
  bool unique_items = false;
  bool is_set = false;
  std::vector<std::string> map_keys;  // of a list of type map
  std::vector<std::string> required;
  std::vector<Json> allowed;  // enum
  std::optional<Json> fallback;
  std::optional<double> minimum, maximum, multiple_of;
  bool above_minimum = false, below_maximum = false;  // exclusive
  std::optional<std::size_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  std::string pattern;
  std::optional<std::regex> expression;
  std::vector<Ref> all_of, any_of, one_of;
  Ref negated;
};

std::shared_ptr<const Schema::Node> Schema::compile(const Json& open_api) {
  auto node = std::make_shared<Node>();
  if (!open_api.is_object()) return node;
  const auto flag = [&](const char* key) { return open_api.contains(key) && open_api[key] == true; };
  node->type = kube::text_at(open_api, "type");
  node->keeps_unknown = flag("x-kubernetes-preserve-unknown-fields");
  node->int_or_string = flag("x-kubernetes-int-or-string");
  node->embedded_resource = flag("x-kubernetes-embedded-resource");
  node->nullable = flag("nullable");
  node->unique_items = flag("uniqueItems");
  node->above_minimum = flag("exclusiveMinimum");
  node->below_maximum = flag("exclusiveMaximum");
  node->is_set = kube::text_at(open_api, "x-kubernetes-list-type") == "set";
  if (kube::text_at(open_api, "x-kubernetes-list-type") == "map") {
    node->map_keys = texts_at(open_api, "x-kubernetes-list-map-keys");
  }
  for (const auto& [name, member] : kube::member_at(open_api, "properties").items()) {
    node->properties[name] = compile(member);
  }
  if (open_api.contains("items")) node->items = compile(open_api["items"]);
  const Json& additional = kube::member_at(open_api, "additionalProperties");
  if (additional.is_object()) node->additional = compile(additional);
  if (additional == true) node->keeps_unknown = true;
  node->required = texts_at(open_api, "required");
  for (const Json& value : kube::member_at(open_api, "enum")) node->allowed.push_back(value);
  if (open_api.contains("default")) node->fallback = open_api["default"];
  node->minimum = number_at(open_api, "minimum");
  node->maximum = number_at(open_api, "maximum");
  node->multiple_of = number_at(open_api, "multipleOf");
  node->min_length = count_at(open_api, "minLength");
  node->max_length = count_at(open_api, "maxLength");
  node->min_items = count_at(open_api, "minItems");
  node->max_items = count_at(open_api, "maxItems");
  node->min_properties = count_at(open_api, "minProperties");
  node->max_properties = count_at(open_api, "maxProperties");
  node->pattern = kube::text_at(open_api, "pattern");
  if (!node->pattern.empty()) node->expression = compiled(node->pattern);
  for (const Json& part : kube::member_at(open_api, "allOf")) node->all_of.push_back(compile(part));
  for (const Json& part : kube::member_at(open_api, "anyOf")) node->any_of.push_back(compile(part));
  for (const Json& part : kube::member_at(open_api, "oneOf")) node->one_of.push_back(compile(part));
  if (open_api.contains("not")) node->negated = compile(open_api["not"]);
  return node;
}

// One walk over one object, collecting what is wrong.
class Schema::Validation {
 public:
  std::vector<Cause> causes;

  void check(const Node& node, const Json& value, const std::string& path) {
    if (value.is_null() && node.nullable) return;
    if (!check_type(node, value, path)) return;
    if (!node.allowed.empty() && std::find(node.allowed.begin(), node.allowed.end(), value) == node.allowed.end()) {
      std::vector<std::string> supported;
      for (const Json& one : node.allowed) supported.push_back(one.is_string() ? one.get<std::string>() : one.dump());
      causes.push_back(unsupported_value(path, value, supported));
    }
    if (value.is_number()) check_number(node, value, path);
    if (value.is_string()) check_string(node, value, path);
    if (value.is_array()) check_list(node, value, path);
    if (value.is_object()) check_object(node, value, path);
    check_combinations(node, value, path);
  }

  void check_members(const Node& node, const Json& value, const std::string& path, bool is_root) {
    for (const std::string& name : node.required) {
      if (!value.contains(name)) causes.push_back(required(member(path, name)));
    }
    for (const auto& [name, part] : value.items()) {
      if (is_root && is_bookkeeping(name)) continue;
      const auto known = node.properties.find(name);
      if (known != node.properties.end()) {
        check(*known->second, part, member(path, name));
      } else if (node.additional) {
        check(*node.additional, part, member(path, name));
      }
    }
  }

 private:
  static std::string member(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  void refuse(const std::string& path, const Json& value, const std::string& why) {
    causes.push_back(invalid_value(path, value, path + " in body " + why));
  }

  bool check_type(const Node& node, const Json& value, const std::string& path) {
    if (node.int_or_string) {
      if (value.is_string() || is_integer(value)) return true;
      causes.push_back(wrong_type(
          path, value, path + " in body must be of type integer,string: \"" + std::string(value.type_name()) + "\""));
      return false;
    }
    if (node.type.empty()) return true;
    const bool fits = (node.type == "object" && value.is_object()) || (node.type == "array" && value.is_array()) ||
                      (node.type == "string" && value.is_string()) || (node.type == "boolean" && value.is_boolean()) ||
                      (node.type == "integer" && is_integer(value)) || (node.type == "number" && value.is_number());
    if (fits) return true;
    causes.push_back(wrong_type(
        path, value, path + " in body must be of type " + node.type + ": \"" + std::string(value.type_name()) + "\""));
    return false;
  }

  void check_number(const Node& node, const Json& value, const std::string& path) {
    const auto number = value.get<double>();
    if (node.minimum && (number < *node.minimum || (node.above_minimum && number == *node.minimum))) {
      refuse(path, value,
             (node.above_minimum ? "should be greater than " : "should be greater than or equal to ") +
                 number_text(*node.minimum));
    }
    if (node.maximum && (number > *node.maximum || (node.below_maximum && number == *node.maximum))) {
      refuse(path, value,
             (node.below_maximum ? "should be less than " : "should be less than or equal to ") +
                 number_text(*node.maximum));
    }
    if (node.multiple_of && *node.multiple_of > 0 && std::fmod(number, *node.multiple_of) != 0) {
      refuse(path, value, "should be a multiple of " + number_text(*node.multiple_of));
    }
  }

  void check_string(const Node& node, const Json& value, const std::string& path) {
    const auto& text = value.get_ref<const std::string&>();
    const std::size_t length = length_of(text);
    if (node.min_length && length < *node.min_length) {
      refuse(path, value, "should be at least " + std::to_string(*node.min_length) + " chars long");
    }
    if (node.max_length && length > *node.max_length) {
      refuse(path, value, "should be at most " + std::to_string(*node.max_length) + " chars long");
    }
    if (!node.expression) return;
    if (text.size() > kLongestMatched || !std::regex_search(text, *node.expression)) {
      refuse(path, value, "should match '" + node.pattern + "'");
    }
  }

  void check_list(const Node& node, const Json& value, const std::string& path) {
    if (node.min_items && value.size() < *node.min_items) {
      refuse(path, value.size(), "should have at least " + std::to_string(*node.min_items) + " items");
    }
    if (node.max_items && value.size() > *node.max_items) {
      causes.push_back({"FieldValueTooMany",
                        "Too many: " + std::to_string(value.size()) + ": must have at most " +
                            std::to_string(*node.max_items) + " items",
                        path});
    }
    std::set<Json> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string at = path + "[" + std::to_string(i) + "]";
      if (node.items) check(*node.items, value[i], at);
      if (!node.is_set && !node.unique_items && node.map_keys.empty()) continue;
      Json identity = value[i];
      if (!node.map_keys.empty()) {
        identity = Json::array();
        for (const std::string& key : node.map_keys) identity.push_back(kube::member_at(value[i], key.c_str()));
      }
      if (!seen.insert(std::move(identity)).second) {
        causes.push_back({"FieldValueDuplicate", "Duplicate value: " + kube::print_json(value[i]), at});
      }
    }
  }

  void check_object(const Node& node, const Json& value, const std::string& path) {
    if (node.min_properties && value.size() < *node.min_properties) {
      refuse(path, value.size(), "should have at least " + std::to_string(*node.min_properties) + " properties");
    }
    if (node.max_properties && value.size() > *node.max_properties) {
      refuse(path, value.size(), "should have at most " + std::to_string(*node.max_properties) + " properties");
    }
    check_members(node, value, path, node.embedded_resource);
  }

  static bool holds(const Node& node, const Json& value, const std::string& path) {
    Validation trial;
    trial.check(node, value, path);
    return trial.causes.empty();
  }

  void check_combinations(const Node& node, const Json& value, const std::string& path) {
    for (const auto& part : node.all_of) check(*part, value, path);
    const auto held = [&](const std::vector<Node::Ref>& parts) {
      return std::count_if(parts.begin(), parts.end(), [&](const auto& part) { return holds(*part, value, path); });
    };
    if (!node.any_of.empty() && held(node.any_of) == 0) {
      refuse(path, value, "must validate at least one schema (anyOf)");
    }
    if (!node.one_of.empty() && held(node.one_of) != 1) {
      refuse(path, value, "must validate one and only one schema (oneOf)");
    }
    if (node.negated && holds(*node.negated, value, path)) refuse(path, value, "must not validate the schema (not)");
  }
};

std::vector<Cause> Schema::problems_of(const Json& open_api, const std::string& path) {
  std::vector<Cause> causes;
  if (!open_api.is_object()) return causes;
  const std::string pattern = kube::text_at(open_api, "pattern");
  if (!pattern.empty() && !compiled(pattern)) {
    causes.push_back(invalid_value(path + ".pattern", pattern, "must be a valid regular expression"));
  }
  const auto add = [&](const Json& part, const std::string& at) {
    for (Cause& cause : problems_of(part, at)) causes.push_back(std::move(cause));
  };
  for (const auto& [name, member] : kube::member_at(open_api, "properties").items()) {
    add(member, path + ".properties[" + name + "]");
  }
  for (const char* key : {"items", "additionalProperties", "not"}) {
    add(kube::member_at(open_api, key), path + "." + key);
  }
  for (const char* key : {"allOf", "anyOf", "oneOf"}) {
    const Json& parts = kube::member_at(open_api, key);
    for (std::size_t i = 0; i < parts.size() && parts.is_array(); ++i) {
      add(parts[i], path + "." + key + "[" + std::to_string(i) + "]");
    }
  }
  return causes;
}

Schema::Schema(const Json& open_api) : root_(compile(open_api)) {}

void Schema::fill(const Node& node, Json& value) {
  if (value.is_array() && node.items) {
    for (Json& item : value) fill(*node.items, item);
  }
  if (!value.is_object()) return;
  for (const auto& [name, part] : node.properties) {
    if (node.embedded_resource && is_bookkeeping(name)) continue;
    auto found = value.find(name);
    const bool dropped_null = found != value.end() && found->is_null() && part->fallback && !part->nullable;
    if ((found == value.end() || dropped_null) && part->fallback) {
      value[name] = *part->fallback;
      found = value.find(name);
    }
    if (found != value.end()) fill(*part, *found);
  }
  if (!node.additional) return;
  for (auto& [name, part] : value.items()) {
    if (!node.properties.contains(name)) fill(*node.additional, part);
  }
}

void Schema::prune(const Node& node, Json& value) {
  if (value.is_array() && node.items) {
    for (Json& item : value) prune(*node.items, item);
  }
  if (!value.is_object()) return;
  for (auto it = value.begin(); it != value.end();) {
    const auto known = node.properties.find(it.key());
    if (node.embedded_resource && is_bookkeeping(it.key())) {
      ++it;
    } else if (known != node.properties.end()) {
      prune(*known->second, *it);
      ++it;
    } else if (node.additional) {
      prune(*node.additional, *it);
      ++it;
    } else if (node.keeps_unknown) {
      ++it;
    } else {
      it = value.erase(it);
    }
  }
}

void Schema::fill_defaults(Json& object) const {
  for (const auto& [name, part] : root_->properties) {
    if (is_bookkeeping(name)) continue;
    if (!object.contains(name) && part->fallback) object[name] = *part->fallback;
    if (object.contains(name)) fill(*part, object[name]);
  }
}

void Schema::prune(Json& object) const {
  for (auto it = object.begin(); it != object.end();) {
    const auto known = root_->properties.find(it.key());
    if (is_bookkeeping(it.key())) {
      ++it;
    } else if (known != root_->properties.end()) {
      prune(*known->second, *it);
      ++it;
    } else if (root_->keeps_unknown) {
      ++it;
    } else {
      it = object.erase(it);
    }
  }
}

std::vector<Cause> Schema::validate(const Json& object) const {
  Validation validation;
  validation.check_members(*root_, object, "", true);
  return std::move(validation.causes);
}

}  // namespace basalt::embedded
