#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "basalt/model/resources.hpp"

namespace basalt {

/// The kinds of which `amount` exceeds `limit`, among those that `asked` wants any of; "pods" is
/// never one of them. Cpu and memory first, then by name, so that messages do not depend on
/// how kinds are numbered. Source: Volcano's comparisons "with dimension".
std::vector<Dimension> exceeded_kinds(const Resources& amount, const Resources& limit, const Resources& asked,
                                      const ResourceSchema& schema);

/// "overused cpu, overused memory": how Volcano lists kinds in messages.
std::string list_kinds(std::string_view word, const std::vector<Dimension>& kinds, const ResourceSchema& schema);

}  // namespace basalt
