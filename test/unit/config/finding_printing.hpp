#pragma once

#include <array>
#include <ostream>
#include <string_view>

#include "basalt/framework/arguments.hpp"

namespace basalt {

/// Lets GoogleTest print findings.
inline void PrintTo(const Finding& finding, std::ostream* out) {
  constexpr std::array<std::string_view, 4> kSeverities = {"wrong", "unknown", "without_effect", "note"};
  *out << kSeverities.at(static_cast<std::size_t>(finding.severity)) << "(" << finding.message << ")";
}

}  // namespace basalt
