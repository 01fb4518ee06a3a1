#include "embedded/objects/yaml.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

namespace basalt::embedded {
namespace {

// Aliases may multiply a small text into a huge tree: this many values for each byte, and some more, are enough for all
// that is written by people.
constexpr std::size_t kValuesOfAByte = 10;
constexpr std::size_t kValuesOfAnyText = 1000;

bool is_number_text(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos &&
         text.find_first_of("0123456789") != std::string::npos;
}

Json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return text;
  if (text.empty() || text == "null" || text == "Null" || text == "NULL" || text == "~") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (!is_number_text(text)) return text;
  const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto [stop, failure] = std::from_chars(begin, end, integer); failure == std::errc{} && stop == end) {
    return integer;
  }
  double number = 0;
  if (const auto [stop, failure] = std::from_chars(begin, end, number); failure == std::errc{} && stop == end) {
    return number;
  }
  return text;
}

class Conversion {
 public:
  explicit Conversion(std::size_t bytes) : most_values_(kValuesOfAnyText + kValuesOfAByte * bytes) {}

  Json convert(const YAML::Node& node, int depth) {
    if (depth > kDeepestNesting || ++values_ > most_values_) {
      throw YAML::Exception(node.Mark(), "too large or nested too deeply");
    }
    switch (node.Type()) {
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const YAML::Node& item : node) list.push_back(convert(item, depth + 1));
        return list;
      }
      case YAML::NodeType::Map: return mapping(node, depth);
      default: return nullptr;
    }
  }

 private:
  // What is merged in gives way to what the mapping says itself.
  Json mapping(const YAML::Node& node, int depth) {
    Json object = Json::object();
    for (const auto& member : node) {
      if (member.first.Scalar() == "<<") {
        const Json merged = convert(member.second, depth + 1);
        const auto take = [&object](const Json& from) {
          for (const auto& [name, value] : from.items()) {
            if (!object.contains(name)) object[name] = value;
          }
        };
        if (merged.is_array()) {
          for (const Json& one : merged) take(one);
        } else {
          take(merged);
        }
      } else {
        object[member.first.Scalar()] = convert(member.second, depth + 1);
      }
    }
    return object;
  }

  std::size_t values_ = 0;
  const std::size_t most_values_;
};

// Of what stands behind a document and begins no other one, such as a comma, yaml-cpp makes empty documents without end
// and without moving on. This goes through the documents first, and fails there.
class Progress final : public YAML::EventHandler {
 public:
  static void check(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Progress progress;
    while (parser.HandleNextDocument(progress)) {
    }
  }

 private:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (begun_ && mark.pos <= *begun_) {
      throw YAML::ParserException(mark, "expected the end, or --- and another document");
    }
    begun_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  std::optional<int> begun_;  // where the last document did
};

}  // namespace

Result<std::vector<Json>> parse_yaml(std::string_view text) {
  std::vector<Json> documents;
  try {
    const std::string whole(text);
    Progress::check(whole);
    Conversion conversion(whole.size());
    for (const YAML::Node& node : YAML::LoadAll(whole)) {
      Json document = conversion.convert(node, 0);
      if (!document.is_null()) documents.push_back(std::move(document));
    }
  } catch (const YAML::Exception& error) {
    return Error{ErrorCode::invalid, std::string("YAML: ") + error.what()};
  }
  return documents;
}

std::string print_yaml(const Json& value) {
  YAML::Emitter out;
  const auto emit = [&out](const auto& self, const Json& part) -> void {
    if (part.is_object()) {
      out << YAML::BeginMap;
      if (part.empty()) out << YAML::Flow;
      for (const auto& [name, member] : part.items()) {
        out << YAML::Key << YAML::DoubleQuoted << name << YAML::Value;
        self(self, member);
      }
      out << YAML::EndMap;
    } else if (part.is_array()) {
      if (part.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const Json& item : part) self(self, item);
      out << YAML::EndSeq;
    } else if (part.is_string()) {
      out << YAML::DoubleQuoted << part.get<std::string>();
    } else {
      out << part.dump();
    }
  };
  emit(emit, value);
  return out.c_str();
}

}  // namespace basalt::embedded
