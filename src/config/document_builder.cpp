#include "config/document_builder.hpp"

#include <algorithm>
#include <iterator>

#include "config/yaml_scalar.hpp"

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;
using Severity = Finding::Severity;

}  // namespace

void DocumentBuilder::add_null(Anchor anchor) {
  Built built;
  built.value.place = place_of_nothing();
  add(std::move(built), anchor, true);
}

void DocumentBuilder::add_scalar(Place place, std::string_view tag, Anchor anchor, const std::string& text) {
  Built built;
  built.value = resolve(place, tag, text);
  built.value.place = place;
  built.bytes = text.size();
  add(std::move(built), anchor, tag == "?" || tag.empty());
}

void DocumentBuilder::add_alias(Place place, Anchor anchor) {
  const auto known = anchored_.find(anchor);
  if (known == anchored_.end()) {
    findings_.add(Severity::wrong, place, "an alias of a value that it is part of");
    add(Built{}, 0, false);
    return;
  }
  const bool too_deep = open_.size() + known->second.height > kDeepest;
  if (too_deep || values_ + known->second.values > kMostValues || bytes_ + known->second.bytes > kMostBytes) {
    values_ = kMostValues;  // before it is copied
    add(Built{}, 0, false);
    return;
  }
  Built copy = known->second;
  values_ += copy.values - 1;
  bytes_ += copy.bytes;
  add(std::move(copy), 0, false);
}

void DocumentBuilder::begin_list(Place place, Anchor anchor) { begin(place, anchor, Kind::list); }
void DocumentBuilder::begin_map(Place place, Anchor anchor) { begin(place, anchor, Kind::map); }

void DocumentBuilder::begin(Place place, Anchor anchor, Kind kind) {
  Open open;
  open.built.value.kind = kind;
  open.built.value.place = place;
  open.anchor = anchor;
  open.expects_key = kind == Kind::map;
  open_.push_back(std::move(open));
  check_limits(place);
}

void DocumentBuilder::end() {
  Open ended = std::move(open_.back());
  open_.pop_back();
  std::vector<DocumentEntry>& entries = ended.built.value.entries;
  for (DocumentEntry& entry : ended.merged) {
    if (ended.built.value.find(entry.key) == nullptr) entries.push_back(std::move(entry));
  }
  add(std::move(ended.built), ended.anchor, false);
}

void DocumentBuilder::add(Built built, Anchor anchor, bool is_plain_scalar) {
  ++values_;
  if (built.value.is_scalar()) bytes_ += built.value.text.size();
  check_limits(built.value.place);
  if (anchor != 0) anchored_.insert_or_assign(anchor, built);
  if (open_.empty()) {
    root_ = std::move(built.value);
    return;
  }
  Open& parent = open_.back();
  parent.built.values += built.values;
  parent.built.bytes += built.bytes;
  parent.built.height = std::max(parent.built.height, built.height + 1);
  if (parent.built.value.is_list()) {
    parent.built.value.items.push_back(std::move(built.value));
  } else if (parent.expects_key) {
    take_key(parent, built, is_plain_scalar);
  } else {
    take_value(parent, std::move(built.value));
  }
}

void DocumentBuilder::take_key(Open& map, const Built& built, bool is_plain_scalar) {
  map.expects_key = false;
  map.key = built.value.text;
  map.key_place = built.value.place;
  map.merges = is_plain_scalar && map.key == "<<";
  map.drops_value = !built.value.is_scalar();
  if (map.drops_value) {
    findings_.add(Severity::wrong, built.value.place, "a list or map stands where a key was expected");
  }
}

void DocumentBuilder::take_value(Open& map, DocumentValue value) {
  map.expects_key = true;
  if (map.drops_value) return;
  if (map.merges) {
    merge(map, std::move(value));
  } else {
    insert(map.built.value.entries, DocumentEntry{std::move(map.key), map.key_place, std::move(value)});
  }
}

// Takes over a map, or several of which the first that has a key wins.
void DocumentBuilder::merge(Open& map, DocumentValue value) {
  std::vector<DocumentValue> maps;
  if (value.is_list()) {
    maps = std::move(value.items);
  } else {
    maps.push_back(std::move(value));
  }
  for (DocumentValue& from : maps) {
    if (!from.is_map()) {
      findings_.add(Severity::wrong, map.key_place, "'<<' merges maps: expected a map or a list of maps");
      return;
    }
    std::move(from.entries.begin(), from.entries.end(), std::back_inserter(map.merged));
  }
}

void DocumentBuilder::insert(std::vector<DocumentEntry>& entries, DocumentEntry entry) {
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

// Where nothing stands: at its key, or at the list it is in.
Place DocumentBuilder::place_of_nothing() const {
  if (open_.empty()) return Place{};
  const Open& parent = open_.back();
  return parent.built.value.is_map() && !parent.expects_key ? parent.key_place : parent.built.value.place;
}

void DocumentBuilder::check_limits(Place place) {
  if (overflown_ || (values_ <= kMostValues && bytes_ <= kMostBytes && open_.size() <= kDeepest)) return;
  overflown_ = true;
  findings_.add(Severity::wrong, place,
                "too much: expected at most " + std::to_string(kMostValues) + " values and " +
                    std::to_string(kMostBytes) + " bytes, nested at most " + std::to_string(kDeepest) +
                    " deep (do aliases multiply them?)");
}

DocumentValue DocumentBuilder::resolve(Place place, std::string_view tag, const std::string& text) {
  constexpr std::string_view kStandard = "tag:yaml.org,2002:";
  if (tag.empty() || tag == "?") return resolve_plain_scalar(text);
  DocumentValue value;
  value.kind = Kind::text;
  value.text = text;
  const std::string_view type = tag.starts_with(kStandard) ? tag.substr(kStandard.size()) : std::string_view();
  if (tag == "!" || type == "str") return value;
  DocumentValue resolved = resolve_plain_scalar(text);
  if (type == "float" && resolved.kind == Kind::integer) {
    resolved.kind = Kind::number;
    resolved.number = static_cast<double>(resolved.integer);
  }
  const bool agrees =
      (type == "bool" && resolved.kind == Kind::boolean) || (type == "int" && resolved.kind == Kind::integer) ||
      (type == "float" && resolved.kind == Kind::number) || (type == "null" && resolved.kind == Kind::null);
  if (agrees) return resolved;
  findings_.add(Severity::wrong, place,
                "\"" + text + "\" with the tag '" + std::string(tag) +
                    "': expected a value that agrees with one of the tags !!str, !!bool, !!int, !!float, !!null");
  return value;
}

}  // namespace basalt
