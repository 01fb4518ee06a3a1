#include "kube/json_access.hpp"

#include <nlohmann/json.hpp>

namespace basalt::kube {

nlohmann::json parse_json(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

const nlohmann::json& member_at(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const nlohmann::json& member = member_at(object, key);
  return member.is_string() ? member.get<std::string>() : std::string();
}

long long integer_at(const nlohmann::json& object, const char* key, long long otherwise) {
  const nlohmann::json& member = member_at(object, key);
  return member.is_number_integer() ? member.get<long long>() : otherwise;
}

std::string print_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace basalt::kube
