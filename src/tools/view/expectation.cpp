#include "tools/view/expectation.hpp"

#include <algorithm>
#include <charconv>

namespace basalt::view {

Result<Expectation> parse_expectation(std::string_view text) {
  const auto mistake = [&] {
    return Error{ErrorCode::invalid, "\"" + std::string(text) +
                                         "\": expected NAME=PODS or NAME=waits, PODS above 0, with NAMESPACE/ before "
                                         "a name that is not in the namespace default"};
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return mistake();
  Expectation expectation;
  const std::string_view subject = text.substr(0, equals);
  const std::size_t slash = subject.find('/');
  if (slash != std::string_view::npos) expectation.space = subject.substr(0, slash);
  expectation.name = subject.substr(slash == std::string_view::npos ? 0 : slash + 1);
  if (expectation.name.empty() || expectation.space.empty()) return mistake();
  const std::string_view fate = text.substr(equals + 1);
  if (fate == "waits") return expectation;
  const auto [end, failure] = std::from_chars(fate.data(), fate.data() + fate.size(), expectation.placed);
  if (failure != std::errc{} || end != fate.data() + fate.size() || expectation.placed <= 0) return mistake();
  return expectation;
}

std::string shortfall(const Expectation& expectation, const Picture& picture) {
  const std::string name = expectation.name + ": ";
  const Workload* workload = picture.find(expectation.space, expectation.name);
  if (workload == nullptr) return name + "there is no such gang, workload or pod";
  const std::string placed = std::to_string(workload->placed) + " pods on nodes";
  if (expectation.placed > 0) {
    if (workload->placed == expectation.placed) return "";
    return name + placed + ", expected " + std::to_string(expectation.placed);
  }
  if (workload->placed > 0) return name + placed + ", expected it to wait as a whole";
  const int needed = std::max(workload->minimum, 1);
  if (workload->members() < needed) {
    return name + std::to_string(workload->members()) + " pods exist, " + std::to_string(needed) + " are needed";
  }
  return workload->hindrance.empty() ? name + "waits, and nobody says why" : "";
}

}  // namespace basalt::view
