#include "embedded/controllers/replica_share.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

namespace basalt::embedded {

std::optional<long long> share_of(const Json& value, long long total, Rounding rounding) {
  if (value.is_number_integer()) return value.get<long long>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  long long percent = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (failure != std::errc{} || end + 1 != text.data() + text.size() || *end != '%') return std::nullopt;
  return (percent * total + (rounding == Rounding::up ? 99 : 0)) / 100;
}

}  // namespace basalt::embedded
