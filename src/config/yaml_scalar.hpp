#pragma once

#include <string_view>

#include "config/document.hpp"

namespace basalt {

/// What a scalar without quotes means to Go's yaml.v2: null, boolean, integer (decimal, 0x, 0o, 0b, leading 0 is octal,
/// underscores ignored), number, or else text. The place is left open.
[[nodiscard]] DocumentValue resolve_plain_scalar(std::string_view text);

}  // namespace basalt
