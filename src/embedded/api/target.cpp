#include "embedded/api/target.hpp"

#include <charconv>

namespace basalt::embedded {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text, bool in_query) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && digit_of(text[at + 1]) >= 0 && digit_of(text[at + 2]) >= 0) {
      out += static_cast<char>(digit_of(text[at + 1]) * 16 + digit_of(text[at + 2]));
      at += 2;
    } else {
      out += in_query && text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

template <class Take>
void split(std::string_view text, char separator, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Target::Target(std::string_view text) {
  const std::size_t question = text.find('?');
  split(text.substr(0, question), '/', [this](std::string_view part) { segments_.push_back(decoded(part, false)); });
  if (question == std::string_view::npos) return;
  split(text.substr(question + 1), '&', [this](std::string_view part) {
    const std::size_t equals = part.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    query_.emplace_back(decoded(part.substr(0, equals), true), decoded(value, true));
  });
}

std::string Target::path() const {
  std::string path;
  for (const std::string& segment : segments_) path += "/" + segment;
  return path.empty() ? "/" : path;
}

std::string_view Target::query(std::string_view name) const {
  for (const auto& [known, value] : query_) {
    if (known == name) return value;
  }
  return {};
}

bool Target::flag(std::string_view name) const {
  const std::string_view value = query(name);
  return value == "true" || value == "1";
}

std::optional<std::uint64_t> Target::number(std::string_view name) const {
  const std::string_view text = query(name);
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace basalt::embedded
