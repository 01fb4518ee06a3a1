#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace basalt::embedded {

/// The target of a request, taken apart and percent-decoded.
class Target {
 public:
  explicit Target(std::string_view text);

  /// Parts of the path between slashes; empty ones are left out.
  [[nodiscard]] const std::vector<std::string>& segments() const { return segments_; }
  [[nodiscard]] std::string path() const;
  /// Value of the first query parameter of this name; empty when there is none.
  [[nodiscard]] std::string_view query(std::string_view name) const;
  /// "true" and "1".
  [[nodiscard]] bool flag(std::string_view name) const;
  /// A number that is not negative; empty when absent or something else.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;

 private:
  std::vector<std::string> segments_;
  std::vector<std::pair<std::string, std::string>> query_;
};

}  // namespace basalt::embedded
