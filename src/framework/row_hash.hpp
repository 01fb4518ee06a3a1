#pragma once

#include <cstdint>

#include "basalt/model/rows.hpp"

namespace basalt {

/// Hashes that are equal for equal rows.
std::uint64_t hash_of(const Spec& spec);
std::uint64_t hash_of(const PodLabels& labels);

}  // namespace basalt
