#include "api/traits.hpp"

#include <array>

namespace basalt::api {
namespace {

using enum Trait;

constexpr std::string_view kNewer = "newer than the real server that Debian's sources make (1.20)";

constexpr std::array kTraits = {
    TraitRow{
        server_side_apply, "server-side apply", 18, false,
        "a patch of type application/apply-patch+yaml is applied; else it is refused with 415, and kubectl says so",
        "who owns which field would have to be kept for every object; nothing here applies that way"},
    TraitRow{managed_fields, "managedFields", 18, false,
             "metadata.managedFields says who wrote what; else it is absent",
             "without server-side apply nobody reads it"},
    TraitRow{streaming_lists, "sendInitialEvents", 34, true,
             "a watch begins with all objects and a bookmark that ends them; else the request is refused or the "
             "parameter ignored",
             kNewer},
    TraitRow{policy_v1, "policy/v1", 21, true,
             "budgets and evictions are served as policy/v1; else as policy/v1beta1 alone", kNewer},
    TraitRow{restarts_as_text, "RESTARTS as text", 22, true,
             "the column is text, with the time of the last restart; else a number", kNewer},
    TraitRow{scheduling_gates, "scheduling gates", 27, true,
             "a pod with spec.schedulingGates is not bound; else the field is dropped", kNewer},
    TraitRow{field_validation, "fieldValidation", 27, false,
             "fieldValidation=Strict refuses unknown fields with 400; else it has no effect",
             "the embedded server has no schemas of built-in kinds to check against"},
    TraitRow{schemas_of_builtin_kinds, "schemas of built-in kinds", 0, false,
             "unknown fields of built-in kinds are dropped, and values of a wrong type refused; else they are kept as "
             "they came, but for the fields that the server itself reads",
             "objects are kept as JSON; nobody whom the embedded server serves sends fields that do not exist"},
    TraitRow{canonical_quantities, "canonical quantities", 0, false,
             "quantities are written back in canonical form (1000m is 1); else as they came",
             "every reader has to parse quantities anyway"},
    TraitRow{items_without_kind, "items without kind", 0, false,
             "items of a list of a built-in kind do not repeat apiVersion and kind; else each has them",
             "lists, watches and replies share one text of each object"},
    TraitRow{uid_of_binding, "uid of a binding", 34, true,
             "a binding whose uid is not the pod's is refused with 409; else it may be taken",
             "1.20 does not look at it; what came first after that was not looked up"},
    TraitRow{uid_in_patch, "uid in a patch", 34, true,
             "a patch with the uid of another object is a conflict (409); else it may be called invalid (422)",
             "1.20 says that the field is immutable; either way nothing is changed"},
};

}  // namespace

std::span<const TraitRow> traits() { return kTraits; }

std::string traits_as_markdown() {
  std::string table =
      "| what | kube-apiserver | embedded | if yes; else | why that is allowed |\n|---|---|---|---|---|\n";
  for (const TraitRow& row : kTraits) {
    table += "| " + std::string(row.name) + " | ";
    table += row.since_minor == 0 ? "yes" : "from 1." + std::to_string(row.since_minor);
    table += std::string(" | ") + (row.embedded ? "yes" : "no") + " | " + std::string(row.what) + " | " +
             std::string(row.why) + " |\n";
  }
  return table;
}

}  // namespace basalt::api
