#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "basalt/base/check.hpp"

namespace basalt::embedded {

/// One detail of a refusal (meta/v1 StatusCause).
struct Cause {
  std::string reason;  ///< e.g. "FieldValueRequired"
  std::string message;
  std::string field;  ///< path of the field, e.g. "spec.containers[0].name"

  bool operator==(const Cause&) const = default;
};

/// What kind of object a refusal is about, as Kubernetes names it in messages.
struct ResourceName {
  std::string group;   ///< empty for the core group
  std::string plural;  ///< e.g. "pods", or "pods/binding"

  /// "pods", "queues.scheduling.volcano.sh".
  [[nodiscard]] std::string qualified() const { return group.empty() ? plural : plural + "." + group; }
  auto operator<=>(const ResourceName&) const = default;
};

/// Why the API server does not do what it was asked: a meta/v1 Status of failure. The functions below make those that
/// Kubernetes has, with its reasons and its wording, since clients compare both.
struct Refusal {
  int code = 500;
  std::string reason;
  std::string message;
  ResourceName resource;  ///< details.group and details.kind
  std::string name;       ///< details.name
  std::string uid;        ///< details.uid
  std::vector<Cause> causes;
  std::optional<int> retry_after_seconds;
};

/// A value, or the refusal that stands in its place: `Result` where the failure is what a client is told.
template <class T>
class [[nodiscard]] Outcome {
 public:
  // Implicit on purpose: `return value;` and `return Refusal{...};` both read well.
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Outcome(Refusal refusal)
      : state_(std::in_place_index<1>, std::move(refusal)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// REQUIRES: has_value().
  T& value() & {
    BASALT_CHECK(has_value(), "value() of a refusal: " + std::get_if<1>(&state_)->message);
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    BASALT_CHECK(has_value(), "value() of a refusal: " + std::get_if<1>(&state_)->message);
    return *std::get_if<0>(&state_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// REQUIRES: !has_value().
  [[nodiscard]] const Refusal& refusal() const {
    BASALT_CHECK(!has_value(), "refusal() of an Outcome that holds a value");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Refusal> state_;
};

/// Why something may not be, or nothing: for checks.
using Objection = std::optional<Refusal>;

Refusal bad_request(std::string message);
Refusal unauthorized();
Refusal forbidden(const ResourceName& resource, std::string_view name, std::string_view why);
Refusal not_found(const ResourceName& resource, std::string_view name);
/// There is nothing at this path at all.
Refusal unknown_path();
Refusal method_not_allowed();
/// No media type in Accept can be served.
Refusal not_acceptable(std::string_view accepted);
/// The Content-Type cannot be read.
Refusal unsupported_media_type(std::string_view accepted);
Refusal already_exists(const ResourceName& resource, std::string_view name);
Refusal conflict(const ResourceName& resource, std::string_view name, std::string_view why);
/// Somebody wrote in between: the resourceVersion that was sent is not the object's.
Refusal modified_in_between(const ResourceName& resource, std::string_view name);
/// 422. REQUIRES: causes are not empty.
Refusal invalid(std::string_view group, std::string_view kind, std::string_view name, std::vector<Cause> causes);
/// 410 of a list or watch whose revision is forgotten.
Refusal expired(std::string message);
Refusal revision_too_large(std::uint64_t asked, std::uint64_t current);
Refusal too_many_requests(std::string message, int retry_after_seconds);
Refusal request_too_large(std::size_t limit);
Refusal internal_error(std::string message);
Refusal not_implemented(std::string message);

/// Causes of `invalid`.
Cause required(std::string field, std::string_view why = {});
Cause invalid_value(std::string field, const nlohmann::json& value, std::string_view why);
Cause unsupported_value(std::string field, const nlohmann::json& value, const std::vector<std::string>& supported);
Cause wrong_type(std::string field, const nlohmann::json& value, std::string_view why);
Cause forbidden_field(std::string field, std::string_view why);

/// The Status object that says so.
nlohmann::json status_of(const Refusal& refusal);
/// The Status object of a success without a result; `name` and `uid` say of what, when known.
nlohmann::json success_status(const ResourceName& resource = {}, std::string_view name = {}, std::string_view uid = {});

}  // namespace basalt::embedded
