#include "plugins/amounts/bounded_argument.hpp"

#include <string>

namespace basalt {

std::int64_t read_within(ArgumentReader& reader, std::string_view key, std::int64_t fallback, std::int64_t least,
                         std::int64_t most) {
  const std::int64_t value = reader.integer(key, fallback);
  if (value >= least && value <= most) return value;
  reader.report(Finding::Severity::wrong, "'" + std::string(key) + "' is " + std::to_string(value) + ": expected " +
                                              std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

}  // namespace basalt
