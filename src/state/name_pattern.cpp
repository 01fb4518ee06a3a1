#include "state/name_pattern.hpp"

#include <re2/re2.h>

namespace basalt {
namespace {

constexpr std::int64_t kMostMemory = std::int64_t{1} << 20U;

re2::RE2::Options options() {
  re2::RE2::Options made;
  made.set_max_mem(kMostMemory);
  made.set_log_errors(false);
  return made;
}

}  // namespace

struct NamePattern::Compiled {
  explicit Compiled(const std::string& pattern) : regex(pattern, options()) {}
  re2::RE2 regex;
};

NamePattern::NamePattern(const std::string& pattern) : compiled_(std::make_unique<Compiled>(pattern)) {}
NamePattern::~NamePattern() = default;
NamePattern::NamePattern(NamePattern&&) noexcept = default;
NamePattern& NamePattern::operator=(NamePattern&&) noexcept = default;

std::string NamePattern::fault() const { return compiled_->regex.ok() ? std::string() : compiled_->regex.error(); }

bool NamePattern::matches(std::string_view name) const {
  return compiled_->regex.ok() && re2::RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), compiled_->regex);
}

}  // namespace basalt
