#include "kube/json_scan.hpp"

#include <nlohmann/json.hpp>

namespace basalt::kube {

JsonScanner::JsonScanner(std::string_view text) : text_(text) {
  skip_space();
  if (at_ == text_.size() || (text_[at_] != '{' && text_[at_] != '[')) {
    fail();
    return;
  }
  closing_ = text_[at_++] == '{' ? '}' : ']';
}

bool JsonScanner::fail() {
  malformed_ = true;
  ended_ = true;
  return false;
}

bool JsonScanner::finish() {
  ended_ = true;
  ++at_;
  skip_space();
  return at_ == text_.size() ? false : fail();  // something follows the closing bracket
}

void JsonScanner::skip_space() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

bool JsonScanner::next() {
  if (ended_) return false;
  skip_space();
  if (at_ == text_.size()) return fail();
  if (first_ && text_[at_] == closing_) return finish();
  if (!first_) {
    if (text_[at_] == closing_) return finish();
    if (text_[at_] != ',') return fail();
    ++at_;
    skip_space();
  }
  first_ = false;
  if (closing_ == '}') {
    const std::size_t begin = at_;
    if (!skip_string()) return fail();
    key_ = text_.substr(begin + 1, at_ - begin - 2);
    skip_space();
    if (at_ == text_.size() || text_[at_] != ':') return fail();
    ++at_;
    skip_space();
  }
  const std::size_t begin = at_;
  if (!skip_value()) return fail();
  value_ = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonScanner::skip_string() {
  if (at_ == text_.size() || text_[at_] != '"') return false;
  ++at_;
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) return false;
    std::size_t backslashes = 0;
    while (quote - backslashes > at_ && text_[quote - backslashes - 1] == '\\') ++backslashes;
    at_ = quote + 1;
    if (backslashes % 2 == 0) return true;
  }
}

bool JsonScanner::skip_value() {
  if (at_ == text_.size()) return false;
  const char begin = text_[at_];
  if (begin == '"') return skip_string();
  if (begin == '{' || begin == '[') return skip_nested();
  const std::size_t end = text_.find_first_of(",]} \t\r\n", at_);
  if (end == at_) return false;
  at_ = end == std::string_view::npos ? text_.size() : end;
  return true;
}

bool JsonScanner::skip_nested() {
  std::size_t depth = 0;
  for (; at_ < text_.size();) {
    switch (text_[at_]) {
      case '"':
        if (!skip_string()) return false;
        continue;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']': --depth; break;
      default: break;
    }
    ++at_;
    if (depth == 0) return true;
  }
  return false;
}

std::optional<std::string> json_string(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
  const std::string_view inside = value.substr(1, value.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return std::string(inside);
  const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_string()) return std::nullopt;
  return parsed.get<std::string>();
}

}  // namespace basalt::kube
