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

std::int64_t read_weight_or_one(ArgumentReader& reader, std::string_view key) {
  const std::int64_t weight = reader.integer(key, 1);
  if (weight >= 0 && weight <= kLargestWeight) return weight;
  const bool is_negative = weight < 0;
  std::string message = "'";
  message.append(key).append(is_negative ? "' is negative: 1 is used" : "' is above 1000000");
  reader.report(is_negative ? Finding::Severity::note : Finding::Severity::wrong, message);
  return 1;
}

}  // namespace basalt
