#include "embedded/wire/message.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "embedded/wire/message_table.hpp"

namespace basalt::embedded {
namespace {

using Messages = std::map<std::string, Message, std::less<>>;

FieldType type_named(std::string_view name) {
  if (name == "string") return FieldType::text;
  if (name == "bytes") return FieldType::bytes;
  if (name == "int") return FieldType::integer;
  if (name == "bool") return FieldType::boolean;
  if (name == "Time") return FieldType::time;
  if (name == "MicroTime") return FieldType::micro_time;
  if (name == "Quantity") return FieldType::quantity;
  if (name == "IntOrString") return FieldType::int_or_string;
  return FieldType::message;
}

Messages parse_table(std::string_view text) {
  Messages messages;
  std::istringstream lines{std::string(text)};
  Message* current = nullptr;
  std::map<std::string, std::vector<std::string>> types;  // of the fields of a message, in order
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.front() != ' ') {
      current = &messages[line];
      current->name = line;
      continue;
    }
    BASALT_CHECK(current != nullptr, "fields before the first message");
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream words(line);
    Field field;
    for (std::string type; words >> field.name >> field.number >> type;) {
      field.shape = FieldShape::single;
      if (type.starts_with("[]")) field.shape = FieldShape::list;
      if (type.starts_with("{}")) field.shape = FieldShape::map;
      if (field.shape != FieldShape::single) type.erase(0, 2);
      field.type = type_named(type);
      field.inlined = field.name == ".";
      current->fields.push_back(field);
      types[current->name].push_back(std::move(type));
    }
  }
  for (auto& [name, message] : messages) {
    for (std::size_t i = 0; i < message.fields.size(); ++i) {
      if (message.fields[i].type != FieldType::message) continue;
      const auto found = messages.find(types[name][i]);
      BASALT_CHECK(found != messages.end(), "no message " + types[name][i] + " for a field of " + name);
      message.fields[i].message = &found->second;
    }
    std::sort(message.fields.begin(), message.fields.end(),
              [](const Field& a, const Field& b) { return a.name < b.name; });
  }
  return messages;
}

}  // namespace

const Message* find_message(std::string_view name) {
  static const Messages kMessages = parse_table(kMessageTable);
  const auto found = kMessages.find(name);
  return found == kMessages.end() ? nullptr : &found->second;
}

}  // namespace basalt::embedded
