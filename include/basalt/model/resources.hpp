#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/quantity.hpp"

namespace basalt {

/// Number of a kind of resource; see `ResourceSchema`.
using Dimension = std::uint32_t;

inline constexpr Dimension kCpu = 0;               ///< "cpu", in milli
inline constexpr Dimension kMemory = 1;            ///< "memory", in bytes
inline constexpr Dimension kPods = 2;              ///< "pods", a count; every pod asks for one
inline constexpr Dimension kEphemeralStorage = 3;  ///< "ephemeral-storage", in bytes

/// An amount of every resource kind, each an integer in its own unit, so that sums do
/// not depend on the order of addition. A kind that was never set is zero: compare
/// `Limits`, where it is unlimited. Amounts may be negative only in differences (a node
/// that others over-committed has negative idle).
class Resources {
 public:
  /// Kinds a cluster can have. A fixed width keeps columns flat; kinds beyond it are
  /// refused by `ResourceSchema` with a message.
  static constexpr std::size_t kMaxDimensions = 32;

  /// Largest amount of one pod: a sum over 2^20 pods cannot overflow.
  static constexpr std::int64_t kMaxTaskAmount = std::int64_t{1} << 43;
  /// Largest amount of one node: a sum over 2^16 nodes cannot overflow.
  static constexpr std::int64_t kMaxNodeAmount = std::int64_t{1} << 47;
  /// Largest amount of a minimum, limit or share that a group or queue states.
  static constexpr std::int64_t kMaxStatedAmount = std::int64_t{1} << 60;

  [[nodiscard]] std::int64_t operator[](Dimension kind) const { return amounts_[kind]; }
  void set(Dimension kind, std::int64_t amount) {
    amounts_[kind] = amount;
    if (kind >= width_) width_ = kind + 1;
  }

  /// One more than the highest kind ever set: loops need not look further.
  [[nodiscard]] Dimension width() const { return width_; }

  /// Whether everything that is asked for (every positive amount) is there: the only
  /// "less or equal" there is.
  [[nodiscard]] bool fits_in(const Resources& free) const { return !shortage(free).has_value(); }
  /// The first kind of which more is asked than there is.
  [[nodiscard]] std::optional<Dimension> shortage(const Resources& free) const {
    for (Dimension kind = 0; kind < width_; ++kind) {
      if (amounts_[kind] > 0 && amounts_[kind] > free.amounts_[kind]) return kind;
    }
    return std::nullopt;
  }

  Resources& operator+=(const Resources& other) {
    for (Dimension kind = 0; kind < other.width_; ++kind) amounts_[kind] += other.amounts_[kind];
    if (other.width_ > width_) width_ = other.width_;
    return *this;
  }
  Resources& operator-=(const Resources& other) {
    for (Dimension kind = 0; kind < other.width_; ++kind) amounts_[kind] -= other.amounts_[kind];
    if (other.width_ > width_) width_ = other.width_;
    return *this;
  }
  friend Resources operator+(Resources left, const Resources& right) { return left += right; }
  friend Resources operator-(Resources left, const Resources& right) { return left -= right; }

  /// Equal amounts, whatever the widths.
  friend bool operator==(const Resources& left, const Resources& right) { return left.amounts_ == right.amounts_; }

  /// No kind but "pods" is asked for: what Volcano calls best effort.
  [[nodiscard]] bool is_best_effort() const {
    for (Dimension kind = 0; kind < width_; ++kind) {
      if (kind != kPods && amounts_[kind] != 0) return false;
    }
    return true;
  }

 private:
  std::array<std::int64_t, kMaxDimensions> amounts_{};
  Dimension width_ = 0;
};

/// Adds without overflow: at the ends of the 64-bit range it stays there. For sums of
/// stated demands (minimum resources of groups), where "more than anything" is an
/// answer; accounting of nodes never saturates and uses `+=`.
Resources saturating_add(const Resources& left, const Resources& right);

/// Upper bounds. A kind without a bound is unlimited: that is why this is not a
/// `Resources`.
class Limits {
 public:
  void set(Dimension kind, std::int64_t bound) {
    bounds_.set(kind, bound);
    bounded_ |= std::uint32_t{1} << kind;
  }
  [[nodiscard]] std::optional<std::int64_t> operator[](Dimension kind) const {
    if ((bounded_ & (std::uint32_t{1} << kind)) == 0) return std::nullopt;
    return bounds_[kind];
  }
  /// Whether an amount keeps to every bound.
  [[nodiscard]] bool allow(const Resources& amount) const {
    for (Dimension kind = 0; kind < bounds_.width(); ++kind) {
      if ((bounded_ & (std::uint32_t{1} << kind)) != 0 && amount[kind] > bounds_[kind]) return false;
    }
    return true;
  }
  /// The amount cut to the bounds.
  [[nodiscard]] Resources cut(Resources amount) const {
    for (Dimension kind = 0; kind < bounds_.width(); ++kind) {
      if ((bounded_ & (std::uint32_t{1} << kind)) != 0 && amount[kind] > bounds_[kind]) amount.set(kind, bounds_[kind]);
    }
    return amount;
  }
  bool operator==(const Limits&) const = default;

 private:
  static_assert(Resources::kMaxDimensions <= 32, "one bit a kind");
  Resources bounds_;
  std::uint32_t bounded_ = 0;
};

/// An amount by the Kubernetes name of its kind, in the unit of `unit_of(name)`.
struct NamedAmount {
  std::string name;
  std::int64_t amount = 0;
  bool operator==(const NamedAmount&) const = default;
};

/// A resource list as objects carry it, sorted by name, each name once.
using NamedAmounts = std::vector<NamedAmount>;

/// The resource kinds of one cluster, numbered in the order in which they were first
/// seen; cpu, memory, pods and ephemeral-storage come first. Numbers are internal:
/// whatever people see goes by name. Not thread-safe.
class ResourceSchema {
 public:
  ResourceSchema();

  /// The number of a kind, new if need be. Fails when there are `kMaxDimensions` already.
  Result<Dimension> intern(std::string_view name);
  [[nodiscard]] std::optional<Dimension> find(std::string_view name) const;
  [[nodiscard]] const std::string& name(Dimension kind) const { return names_[kind]; }
  [[nodiscard]] Dimension size() const { return static_cast<Dimension>(names_.size()); }

  /// Fails when a kind is new and there is no room for it.
  Result<Resources> resources(const NamedAmounts& amounts);
  Result<Limits> limits(const NamedAmounts& amounts);
  /// Non-zero amounts by name, sorted.
  [[nodiscard]] NamedAmounts named(const Resources& amounts) const;
  /// "cpu 500m, memory 4Gi": non-zero amounts in the order of their names.
  [[nodiscard]] std::string text(const Resources& amounts) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace basalt
