#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "basalt/base/check.hpp"

namespace basalt {

/// What kind of failure an `Error` is, for callers that react differently; the
/// message is for people.
enum class ErrorCode {
  invalid,      ///< input that can never be accepted: configuration, a malformed object
  not_found,    ///< what was named does not exist
  conflict,     ///< somebody else changed or made it first (HTTP 409)
  refused,      ///< understood and denied: authentication, permission, a policy
  exhausted,    ///< the other side asks us to slow down (HTTP 429)
  unavailable,  ///< could not be reached, or the connection broke: the effect is unknown
  timeout,      ///< no answer before the deadline: the effect is unknown
  stopped,      ///< given up because the program is shutting down
  unsupported,  ///< a known thing that this version does not do
};

/// Name of a code as it appears in logs and metrics, for example "not_found".
std::string_view to_string(ErrorCode code);

/// A failure outside the program's control. `message` says what failed, where,
/// and what was expected.
struct Error {
  ErrorCode code = ErrorCode::invalid;
  std::string message;

  bool operator==(const Error&) const = default;
};

/// Either a value or the reason there is none: a subset of `std::expected`'s
/// interface (C++23), which replaces it when the project moves there.
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{...};` both read well.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// REQUIRES: has_value().
  T& value() & {
    BASALT_CHECK(has_value(), error_text());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    BASALT_CHECK(has_value(), error_text());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    BASALT_CHECK(has_value(), error_text());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// REQUIRES: !has_value().
  [[nodiscard]] const Error& error() const& {
    BASALT_CHECK(!has_value(), "error() of a Result that holds a value");
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    BASALT_CHECK(!has_value(), "error() of a Result that holds a value");
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  [[nodiscard]] std::string error_text() const {
    return has_value() ? std::string() : "value() of a failed Result: " + std::get_if<1>(&state_)->message;
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or the reason for failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }

  /// REQUIRES: !has_value().
  [[nodiscard]] const Error& error() const {
    BASALT_CHECK(failed_, "error() of a Result that holds a value");
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

inline std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::refused: return "refused";
    case ErrorCode::exhausted: return "exhausted";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::stopped: return "stopped";
    case ErrorCode::unsupported: return "unsupported";
  }
  return "unknown";
}

}  // namespace basalt
