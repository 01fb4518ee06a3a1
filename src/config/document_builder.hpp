#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.hpp"

namespace basalt {

/// Builds one document from what a YAML parser meets, in its order: scalars, and the beginnings and ends of lists and
/// maps. Aliases become copies, merge keys (`<<`) are carried out, of a key that is given twice the last stays.
///
/// Aliases let a short text stand for any amount of values: once there are more than `kMostValues`, nested deeper than
/// `kDeepest`, or longer than `kMostBytes` together, `has_overflown` and nothing more may be added.
class DocumentBuilder {
 public:
  static constexpr std::size_t kMostValues = 20'000;
  static constexpr std::size_t kMostBytes = 4 * kLongestConfiguration;
  static constexpr std::size_t kDeepest = 64;

  /// Names an anchored value; 0: not anchored.
  using Anchor = std::size_t;

  explicit DocumentBuilder(PlacedFindings& findings) : findings_(findings) {}

  void add_null(Anchor anchor);
  /// `tag`: "?" for a scalar without quotes, "!" for one with, else the tag that is given.
  void add_scalar(Place place, std::string_view tag, Anchor anchor, const std::string& text);
  void add_alias(Place place, Anchor anchor);
  void begin_list(Place place, Anchor anchor);
  void begin_map(Place place, Anchor anchor);
  /// Ends the list or map that began last.
  void end();

  [[nodiscard]] bool has_overflown() const { return overflown_; }
  /// The whole, once the parser has met its end.
  [[nodiscard]] DocumentValue take() { return std::move(root_); }

 private:
  // A value with what it adds up to.
  struct Built {
    DocumentValue value;
    std::size_t values = 1;
    std::size_t bytes = 0;
    std::size_t height = 1;
  };
  // A list or map that has begun.
  struct Open {
    Built built;
    Anchor anchor = 0;
    bool expects_key = false;  // of a map
    bool drops_value = false;  // of a map: the key was none
    bool merges = false;       // of a map: the key was <<
    std::string key;
    Place key_place;
    std::vector<DocumentEntry> merged;  // of a map: what merge keys brought in
  };

  void begin(Place place, Anchor anchor, DocumentValue::Kind kind);
  void add(Built built, Anchor anchor, bool is_plain_scalar);
  void take_key(Open& map, const Built& built, bool is_plain_scalar);
  void take_value(Open& map, DocumentValue value);
  void merge(Open& map, DocumentValue value);
  void insert(std::vector<DocumentEntry>& entries, DocumentEntry entry);
  [[nodiscard]] Place place_of_nothing() const;
  void check_limits(Place place);
  DocumentValue resolve(Place place, std::string_view tag, const std::string& text);

  PlacedFindings& findings_;
  std::vector<Open> open_;
  std::map<Anchor, Built> anchored_;
  DocumentValue root_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
  bool overflown_ = false;
};

}  // namespace basalt
