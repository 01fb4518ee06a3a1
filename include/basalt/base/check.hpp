#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace basalt {

/// Prints what was expected and where, and aborts. Called by `BASALT_CHECK` only.
[[noreturn]] inline void check_failed(const char* file, int line, const char* expression, std::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s: %.*s\n", file, line, expression, static_cast<int>(message.size()),
               message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace basalt

/// Aborts, in every build, when an invariant of the program itself is broken. The
/// API server holds all state, so a restart is cheap and a wrong decision is not.
/// Never for bad input: that is an `Error`. `message` is evaluated only on failure.
#define BASALT_CHECK(condition, message)                                 \
  do {                                                                   \
    if (!(condition)) [[unlikely]] {                                     \
      ::basalt::check_failed(__FILE__, __LINE__, #condition, (message)); \
    }                                                                    \
  } while (false)
