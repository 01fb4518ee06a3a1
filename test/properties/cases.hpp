#pragma once

#include <cstdint>

namespace basalt::testing {

/// How many random cases to try: all of them in an optimised build, a part under sanitizers,
/// where each costs some fifty times as much.
constexpr std::uint32_t cases(std::uint32_t all) {
#ifdef __SANITIZE_ADDRESS__
  return all / 16 + 1;
#else
  return all;
#endif
}

}  // namespace basalt::testing
