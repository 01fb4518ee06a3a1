#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/flags.hpp"

namespace basalt::daemon {

/// What Go's strconv.ParseBool reads.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// What a value of this type must be and `value` is not, such as "an integer"; empty when it is right.
[[nodiscard]] std::string_view expectation(FlagType type, std::string_view value);

/// Takes the value of a flag over into `options`: lists grow, everything else is replaced. Returns what was expected
/// instead when the value is outside the flag's range, else nothing. REQUIRES: the flag is honoured, and `value` is of
/// its type.
[[nodiscard]] std::string set_flag(Options& options, const Flag& flag, const std::string& value);

}  // namespace basalt::daemon
