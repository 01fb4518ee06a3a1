#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/check.hpp"

namespace basalt::adapter {

/// What one pass over one object finds out besides its values: where it is (the path of the current field), whether
/// the bytes are malformed (then the pass ends), and the first objection to what they say (then the pass goes on, so
/// that the object's name is known in the end). Views must outlive the pass. Not thread-safe.
class Reading {
 public:
  /// Steps into a field; `leave` steps out. An empty name does not show in paths.
  void enter(std::string_view field) {
    BASALT_CHECK(depth_ < steps_.size(), "no message of ours is that deep");
    steps_[depth_++] = Step{field, {}, -1};
  }
  void leave() { --depth_; }

  /// Which element of the current field, a list, is being read.
  void at_index(std::int64_t index) { steps_[depth_ - 1].index = index; }
  /// Which entry of the current field, a map, is being read.
  void at_key(std::string_view key) { steps_[depth_ - 1].key = key; }

  /// Bytes that break the encoding. The first call counts.
  void malformed(std::string_view what) {
    if (!malformed_) malformed_ = path() + ": " + std::string(what);
  }
  /// A value that cannot be scheduled by: what is wrong, what was expected. The first call counts.
  void object(std::string_view what) {
    if (!objection_) objection_ = path() + ": " + std::string(what);
  }
  /// The same about another place than the current field.
  void object_at(std::string_view place, std::string_view what) {
    if (!objection_) objection_ = std::string(place) + ": " + std::string(what);
  }

  [[nodiscard]] bool is_malformed() const { return malformed_.has_value(); }
  [[nodiscard]] const std::optional<std::string>& malformation() const { return malformed_; }
  [[nodiscard]] const std::optional<std::string>& objection() const { return objection_; }

  /// `spec.containers[0].resources.requests["memory"]`; "object" at the top.
  [[nodiscard]] std::string path() const;

 private:
  struct Step {
    std::string_view field, key;
    std::int64_t index = -1;
  };
  static constexpr std::size_t kDeepest = 32;  // what we read is at most half as deep

  std::array<Step, kDeepest> steps_;
  std::size_t depth_ = 0;
  std::optional<std::string> malformed_, objection_;
};

}  // namespace basalt::adapter
