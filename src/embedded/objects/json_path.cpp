#include "embedded/objects/json_path.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// How deep brackets nest, without building anything.
int deepest_nesting(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

// One step of a JSONPath taken off its front.
struct Step {
  std::string member;                // ".member"
  std::optional<std::size_t> index;  // "[0]"
  std::string condition_key;         // "[?(@.key=="value")]"
  std::string condition_value;
  bool every = false;  // "[*]"
};

std::optional<Step> take_bracket(std::string_view& path) {
  const std::size_t close = path.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view inside = path.substr(1, close - 1);
  path.remove_prefix(close + 1);
  Step step;
  if (inside == "*") {
    step.every = true;
    return step;
  }
  if (inside.starts_with("?(@.") && inside.ends_with(")")) {
    inside = inside.substr(4, inside.size() - 5);
    const std::size_t equals = inside.find("==");
    if (equals == std::string_view::npos) return std::nullopt;
    const auto trimmed = [](std::string_view text) {
      while (!text.empty() && (text.front() == ' ' || text.front() == '"' || text.front() == '\''))
        text.remove_prefix(1);
      while (!text.empty() && (text.back() == ' ' || text.back() == '"' || text.back() == '\'')) text.remove_suffix(1);
      return std::string(text);
    };
    step.condition_key = trimmed(inside.substr(0, equals));
    step.condition_value = trimmed(inside.substr(equals + 2));
    return step;
  }
  if (inside.size() > 1 && (inside.front() == '\'' || inside.front() == '"')) {
    step.member = inside.substr(1, inside.size() - 2);
    return step;
  }
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (failure != std::errc{} || end != inside.data() + inside.size()) return std::nullopt;
  step.index = index;
  return step;
}

std::optional<Step> take_step(std::string_view& path) {
  if (path.front() == '[') return take_bracket(path);
  if (path.front() != '.') return std::nullopt;
  path.remove_prefix(1);
  Step step;
  while (!path.empty() && path.front() != '.' && path.front() != '[') {
    if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
    step.member += path.front();
    path.remove_prefix(1);
  }
  if (step.member.empty()) return std::nullopt;
  return step;
}

std::vector<const Json*> taken(const Step& step, const std::vector<const Json*>& values) {
  std::vector<const Json*> next;
  for (const Json* value : values) {
    if (!step.member.empty()) {
      if (!value->is_object()) continue;
      if (const auto found = value->find(step.member); found != value->end()) next.push_back(&*found);
      continue;
    }
    if (!value->is_array()) continue;
    if (step.index) {
      if (*step.index < value->size()) next.push_back(&(*value)[*step.index]);
      continue;
    }
    for (const Json& item : *value) {
      const bool wanted = step.every || text_at(item, step.condition_key) == step.condition_value;
      if (wanted) next.push_back(&item);
    }
  }
  return next;
}

}  // namespace

const Json* find_at(const Json& object, std::string_view path) {
  const Json* here = &object;
  while (true) {
    if (!here->is_object()) return nullptr;
    const std::size_t dot = path.find('.');
    const auto found = here->find(path.substr(0, dot));
    if (found == here->end()) return nullptr;
    here = &*found;
    if (dot == std::string_view::npos) return here;
    path.remove_prefix(dot + 1);
  }
}

std::string text_at(const Json& object, std::string_view path) {
  const Json* found = find_at(object, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<long long> integer_at(const Json& object, std::string_view path) {
  const Json* found = find_at(object, path);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  return found->get<long long>();
}

bool is_true_at(const Json& object, std::string_view path) {
  const Json* found = find_at(object, path);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

void set_if_absent(Json& object, const char* key, Json value) {
  if (object.is_object() && kube::member_at(object, key).is_null()) object[key] = std::move(value);
}

Outcome<Json> parse_body(std::string_view text) {
  if (deepest_nesting(text) > kDeepestNesting) {
    return bad_request("the body is nested deeper than " + std::to_string(kDeepestNesting) + " levels");
  }
  Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !(parsed.is_object() || parsed.is_array())) {
    return bad_request("the object provided is unrecognized (must be of type JSON object)");
  }
  return parsed;
}

std::optional<Json> follow_json_path(const Json& object, std::string_view path) {
  if (path.starts_with("{") && path.ends_with("}")) path = path.substr(1, path.size() - 2);
  if (path.starts_with("$")) path.remove_prefix(1);
  std::vector<const Json*> values{&object};
  while (!path.empty()) {
    const auto step = take_step(path);
    if (!step) return std::nullopt;
    values = taken(*step, values);
    if (values.empty()) return std::nullopt;
  }
  if (values.size() == 1) return *values.front();
  std::string joined;
  for (const Json* value : values) {
    joined += (joined.empty() ? "" : ",") + (value->is_string() ? value->get<std::string>() : kube::print_json(*value));
  }
  return joined;
}

}  // namespace basalt::embedded
