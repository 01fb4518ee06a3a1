#pragma once

#include <cstdint>

#include "basalt/model/rows.hpp"

namespace basalt {

/// A hash that is equal for equal specs.
std::uint64_t hash_of(const Spec& spec);

}  // namespace basalt
