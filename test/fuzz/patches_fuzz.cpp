// Patches: one object a line, then the patch. The first line says which patch: "json", "merge", or the plural of the
// kind whose strategic merge patch it is ("pods").
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "basalt/base/check.hpp"
#include "embedded/api/patch.hpp"
#include "embedded/kinds/kind.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

KindRef kind_called(std::string_view plural) {
  static const Catalogue catalogue = builtin_kinds();
  for (const KindRef& kind : catalogue.kinds()) {
    if (kind->resource.plural == plural) return kind;
  }
  return catalogue.find("", "pods");
}

void apply(std::string_view type, const Json& object, const Json& patch) {
  if (type == "json") {
    const auto patched = json_patch(object, patch);
    if (patched) static_cast<void>(kube::print_json(*patched));
  } else if (type == "merge") {
    const Json once = merge_patch(object, patch);
    BASALT_CHECK(merge_patch(once, patch) == once, "a merge patch says a state, not a step (RFC 7386)");
  } else {
    const auto patched = strategic_merge_patch(*kind_called(type), object, patch);
    if (patched) static_cast<void>(kube::print_json(*patched));
  }
}

}  // namespace
}  // namespace basalt::embedded

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace basalt::embedded;  // NOLINT(google-build-using-namespace)
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the fuzzer hands over bytes
  std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::string_view type = take_line(input);
  const auto object = parse_body(take_line(input));
  const auto patch = parse_body(input);
  if (!object || !patch || !object->is_object()) return 0;
  try {
    apply(type, *object, *patch);
  } catch (const Json::exception&) {
    // The server answers 400 to a member of a type that it cannot have: see ApiServer::answer.
  }
  return 0;
}
