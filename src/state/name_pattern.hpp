#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace basalt {

/// A regular expression that a user wrote, in RE2 syntax (that of Go, and so of Volcano). Matching
/// takes time in proportion to the name, whatever the pattern, and a pattern cannot take up
/// more than a megabyte: see docs/decisions/0010-user-patterns.md.
class NamePattern {
 public:
  explicit NamePattern(const std::string& pattern);
  ~NamePattern();
  NamePattern(NamePattern&&) noexcept;
  NamePattern& operator=(NamePattern&&) noexcept;

  /// What is wrong with it; empty: nothing. A wrong pattern matches no name.
  [[nodiscard]] std::string fault() const;
  /// Whether it is found anywhere in the name.
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace basalt
