#include "config/document.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "config/yaml_scalar.hpp"

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;
using Severity = Finding::Severity;

// Aliases let a short text stand for any amount of values, and for itself: what is beyond this is not a configuration.
constexpr std::size_t kMostValues = 20'000;
constexpr int kDeepest = 64;

Place place_of(const YAML::Mark& mark, Place fallback) {
  if (mark.is_null() || mark.line < 0) return fallback;
  return Place{mark.line + 1, mark.column + 1};
}

// The text with the mark that ends a document: without it yaml-cpp 0.7 takes a quote that is never closed for closed at
// the end of the text.
std::string ended(std::string_view text) { return std::string(text) + (text.ends_with('\n') ? "...\n" : "\n...\n"); }

std::string said_by(const YAML::Exception& failure) {
  return failure.msg == YAML::ErrorMsg::DOC_IN_SCALAR ? "a quote is opened and not closed" : failure.msg;
}

// Turns the nodes of yaml-cpp into values.
class Converter {
 public:
  explicit Converter(PlacedFindings& findings) : findings_(findings) {}

  // False once the limits above were passed: what was converted is then incomplete.
  [[nodiscard]] bool complete() const { return complete_; }

  DocumentValue convert(const YAML::Node& node, Place fallback, int depth) {
    // Nothing stands where yaml-cpp says: it is where the next thing begins.
    const Place place = node.IsNull() ? fallback : place_of(node.Mark(), fallback);
    DocumentValue value;
    if (!may_go_on(place, depth)) return value;
    switch (node.Type()) {
      case YAML::NodeType::Scalar: value = scalar(node, place); break;
      case YAML::NodeType::Sequence: value = list(node, place, depth); break;
      case YAML::NodeType::Map: value = map(node, place, depth); break;
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined: break;
    }
    value.place = place;
    return value;
  }

 private:
  bool may_go_on(Place place, int depth) {
    if (!complete_) return false;
    ++values_;
    if (values_ <= kMostValues && depth <= kDeepest) return true;
    complete_ = false;
    findings_.add(Severity::wrong, place,
                  "too much: expected at most " + std::to_string(kMostValues) + " values, nested at most " +
                      std::to_string(kDeepest) + " deep (do aliases refer to each other?)");
    return false;
  }

  DocumentValue scalar(const YAML::Node& node, Place place) {
    const std::string& tag = node.Tag();
    constexpr std::string_view kStandard = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?") return resolve_plain_scalar(node.Scalar());
    DocumentValue value;
    value.kind = Kind::text;
    value.text = node.Scalar();
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return value;
    DocumentValue resolved = resolve_plain_scalar(node.Scalar());
    const std::string_view type = std::string_view(tag).starts_with(kStandard)
                                      ? std::string_view(tag).substr(kStandard.size())
                                      : std::string_view();
    if (type == "float" && resolved.kind == Kind::integer) {
      resolved.kind = Kind::number;
      resolved.number = static_cast<double>(resolved.integer);
    }
    const bool agrees =
        (type == "bool" && resolved.kind == Kind::boolean) || (type == "int" && resolved.kind == Kind::integer) ||
        (type == "float" && resolved.kind == Kind::number) || (type == "null" && resolved.kind == Kind::null);
    if (agrees) return resolved;
    findings_.add(Severity::wrong, place,
                  "\"" + value.text + "\" with the tag '" + tag +
                      "': expected a value that agrees with one of the tags "
                      "!!str, !!bool, !!int, !!float, !!null");
    return value;
  }

  DocumentValue list(const YAML::Node& node, Place place, int depth) {
    DocumentValue value;
    value.kind = Kind::list;
    for (const YAML::Node& item : node) value.items.push_back(convert(item, place, depth + 1));
    return value;
  }

  DocumentValue map(const YAML::Node& node, Place place, int depth) {
    DocumentValue value;
    value.kind = Kind::map;
    std::vector<DocumentEntry> merged;
    for (const auto& pair : node) {
      const Place key_place = place_of(pair.first.Mark(), place);
      if (!pair.first.IsScalar() && !pair.first.IsNull()) {
        findings_.add(Severity::wrong, key_place, "a list or map stands where a key was expected");
        continue;
      }
      DocumentEntry entry{pair.first.IsNull() ? std::string() : pair.first.Scalar(), key_place,
                          convert(pair.second, key_place, depth + 1)};
      if (entry.key == "<<" && pair.first.Tag() != "!") {
        gather(std::move(entry), merged);
      } else {
        insert(value.entries, std::move(entry));
      }
    }
    for (DocumentEntry& entry : merged) {
      if (value.find(entry.key) == nullptr) value.entries.push_back(std::move(entry));
    }
    return value;
  }

  // What a merge key brings in: a map, or several of which the first that has a key wins.
  void gather(DocumentEntry merge, std::vector<DocumentEntry>& merged) {
    std::vector<DocumentValue> maps;
    if (merge.value.is_list()) {
      maps = std::move(merge.value.items);
    } else {
      maps.push_back(std::move(merge.value));
    }
    for (DocumentValue& map : maps) {
      if (!map.is_map()) {
        findings_.add(Severity::wrong, merge.place, "'<<' merges maps: expected a map or a list of maps");
        return;
      }
      std::move(map.entries.begin(), map.entries.end(), std::back_inserter(merged));
    }
  }

  void insert(std::vector<DocumentEntry>& entries, DocumentEntry entry) {
    const auto known = std::find_if(entries.begin(), entries.end(),
                                    [&](const DocumentEntry& earlier) { return earlier.key == entry.key; });
    if (known == entries.end()) {
      entries.push_back(std::move(entry));
      return;
    }
    findings_.add(
        Severity::note, entry.place,
        "'" + entry.key + "' was given before, in line " + std::to_string(known->place.line) + ": the last one counts");
    *known = std::move(entry);
  }

  PlacedFindings& findings_;
  std::size_t values_ = 0;
  bool complete_ = true;
};

}  // namespace

const DocumentValue* DocumentValue::find(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [key](const DocumentEntry& candidate) { return candidate.key == key; });
  return entry == entries.end() ? nullptr : &entry->value;
}

ArgumentValue DocumentValue::argument() const {
  switch (kind) {
    case Kind::null: return {};
    case Kind::boolean: return boolean;
    case Kind::integer: return integer;
    case Kind::number: return number;
    case Kind::text: return text;
    case Kind::list: {
      ArgumentValue::List list;
      for (const DocumentValue& item : items) list.push_back(item.argument());
      return list;
    }
    case Kind::map: {
      Arguments map;
      for (const DocumentEntry& entry : entries) map.emplace_back(entry.key, entry.value.argument());
      return map;
    }
  }
  return {};
}

void PlacedFindings::add(Finding::Severity severity, Place place, std::string_view message) {
  findings_.push_back(Finding{severity, origin_ + ":" + std::to_string(place.line) + ":" +
                                            std::to_string(place.column) + ": " + std::string(message)});
}

std::optional<DocumentValue> parse_document(std::string_view text, PlacedFindings& findings) {
  if (text.size() > kLongestConfiguration) {
    findings.add(Severity::wrong, Place{},
                 std::to_string(text.size()) + " bytes: expected at most " + std::to_string(kLongestConfiguration));
    return std::nullopt;
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(ended(text));
    if (documents.empty()) return DocumentValue{};
    Converter converter(findings);
    DocumentValue root = converter.convert(documents.front(), Place{}, 0);
    if (!converter.complete()) return std::nullopt;
    if (documents.size() > 1) {
      findings.add(Severity::note, place_of(documents[1].Mark(), Place{}), "a second document: only the first counts");
    }
    return root;
  } catch (const YAML::Exception& failure) {
    findings.add(Severity::wrong, place_of(failure.mark, Place{}), "no YAML: " + said_by(failure));
    return std::nullopt;
  }
}

}  // namespace basalt
