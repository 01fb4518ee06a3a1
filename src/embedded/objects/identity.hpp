#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace basalt::embedded {

/// Makes the identifiers that a server invents. The same seed makes the same ones, so that tests repeat. Not
/// thread-safe: used by one writer at a time.
class Identities {
 public:
  explicit Identities(std::uint64_t seed) : random_(seed) {}

  /// A random (version 4) UUID.
  std::string uid();
  /// What generateName is completed with: five characters that spell no words.
  std::string name_suffix();

 private:
  std::mt19937_64 random_;
};

}  // namespace basalt::embedded
