#pragma once

#include <span>
#include <string>
#include <string_view>

namespace basalt::api {

/// What not every server under test does alike. Everything else that the tests look at must be the same on all.
enum class Trait {
  server_side_apply,
  managed_fields,
  streaming_lists,
  policy_v1,
  restarts_as_text,
  scheduling_gates,
  field_validation,
  schemas_of_builtin_kinds,
  canonical_quantities,
  items_without_kind,
  uid_of_binding,
  uid_in_patch,
};

/// One line of docs/api-differences.md.
struct TraitRow {
  Trait trait;
  std::string_view name;
  int since_minor;        ///< kube-apiserver 1.N and later does it
  bool embedded;          ///< the embedded server does it
  std::string_view what;  ///< what is done, and otherwise
  std::string_view why;   ///< why a server that does not is let off
};

/// All of them, in the order of the enumeration.
std::span<const TraitRow> traits();

/// The table in docs/api-differences.md, header included.
std::string traits_as_markdown();

}  // namespace basalt::api
