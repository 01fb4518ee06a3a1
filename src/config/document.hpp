#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/framework/arguments.hpp"

namespace basalt {

/// Where something stands in a text. Lines and columns are counted from 1.
struct Place {
  int line = 1;
  int column = 1;
  bool operator==(const Place&) const = default;
};

struct DocumentEntry;

/// A value of a YAML document with its place, freed from the library that read it.
struct DocumentValue {
  enum class Kind { null, boolean, integer, number, text, list, map };

  Kind kind = Kind::null;
  Place place;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;                    ///< of every scalar, as it is written, without quotes
  std::vector<DocumentValue> items;    ///< of a list
  std::vector<DocumentEntry> entries;  ///< of a map: each key once, in the order of the file

  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_scalar() const { return !is_list() && !is_map(); }
  /// The value of a key of a map, or nullptr.
  [[nodiscard]] const DocumentValue* find(std::string_view key) const;
  /// The same value without places.
  [[nodiscard]] ArgumentValue argument() const;
};

struct DocumentEntry {
  std::string key;
  Place place;
  DocumentValue value;
};

/// Collects findings that begin with where they are: "volcano-scheduler.conf:12:5: ...".
class PlacedFindings {
 public:
  explicit PlacedFindings(std::string_view origin) : origin_(origin) {}
  void add(Finding::Severity severity, Place place, std::string_view message);
  [[nodiscard]] const Findings& all() const { return findings_; }
  [[nodiscard]] Findings take() { return std::move(findings_); }

 private:
  std::string origin_;
  Findings findings_;
};

/// The longest text that is read: what the API server accepts as a ConfigMap.
inline constexpr std::size_t kLongestConfiguration = std::size_t{1024} * 1024;

/// Reads YAML as Go's yaml.v2 does, which is what Volcano reads its configuration with: the words of YAML 1.1 for true
/// and false (yes, no, on, off, y, n), merge keys (`<<`), of several documents the first, of a key that is given twice
/// the last (both with a note). Nothing when the text is no YAML, longer than `kLongestConfiguration`, or grows beyond
/// measure through its aliases; a finding then says why.
[[nodiscard]] std::optional<DocumentValue> parse_document(std::string_view text, PlacedFindings& findings);

}  // namespace basalt
