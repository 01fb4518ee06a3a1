#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::size_t kQuotedCharacters = 64;  // of a value that is wrong: enough to recognize it by

}  // namespace

void expect_one_of(std::string_view value, std::span<const std::string_view> allowed, Reading& reading) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string what = "expected ";
  bool first = true;
  for (const std::string_view known : allowed) {
    if (known.empty()) continue;
    if (!first) what += " or ";
    what += known;
    first = false;
  }
  reading.object(what + ", got \"" + std::string(value.substr(0, kQuotedCharacters)) + '"');
}

}  // namespace basalt::adapter
