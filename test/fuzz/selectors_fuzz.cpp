// Label and field selectors, and what they match. First line: labelSelector, second: fieldSelector, third: the labels
// of an object as JSON.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "basalt/base/check.hpp"
#include "embedded/store/object.hpp"
#include "embedded/store/selector.hpp"

namespace basalt::embedded {
namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

ObjectPtr pod_labelled(const Kind& pods, const Json& labels) {
  Json kept = Json::object();
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string()) kept[key] = value;
  }
  return make_object(
      pods,
      {{"metadata", {{"namespace", "default"}, {"name", "a"}, {"uid", "u"}, {"labels", std::move(kept)}}},
       {"spec", {{"nodeName", "n1"}}}},
      7);
}

void select(std::string_view labels, std::string_view fields, const Json& labelled) {
  static const Catalogue catalogue = builtin_kinds();
  const KindRef pods = catalogue.find("", "pods");
  const auto selector = Selector::parse(*pods, labels, fields);
  if (!selector) return;
  const ObjectPtr pod = pod_labelled(*pods, labelled);
  const bool matches = selector->matches(*pod);
  BASALT_CHECK(matches || !selector->selects_all(), "what selects everything selects this");
  const std::string_view only = selector->only_name();
  BASALT_CHECK(!matches || only.empty() || only == pod->key.name, "matches another name than the only one");
  // Requirements are joined by "and": once more the same changes nothing.
  if (labels.empty()) return;
  const auto twice = Selector::parse(*pods, std::string(labels) + "," + std::string(labels), fields);
  BASALT_CHECK(!twice || twice->matches(*pod) == matches, "the same requirements twice match something else");
}

}  // namespace
}  // namespace basalt::embedded

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace basalt::embedded;  // NOLINT(google-build-using-namespace)
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the fuzzer hands over bytes
  std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::string_view labels = take_line(input);
  const std::string_view fields = take_line(input);
  const auto labelled = parse_body(input);
  select(labels, fields, labelled && labelled->is_object() ? *labelled : Json::object());
  // The same text as a LabelSelector object, which comes with budgets and workloads.
  if (labelled && labelled->is_object()) {
    static const Catalogue catalogue = builtin_kinds();
    const Selector selector = Selector::of_labels(*labelled);
    static_cast<void>(selector.matches(*pod_labelled(*catalogue.find("", "pods"), {{"a", "b"}})));
  }
  return 0;
}
