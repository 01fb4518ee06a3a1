#pragma once

#include "basalt/base/clock.hpp"
#include "embedded/kinds/kind.hpp"

namespace basalt::embedded {

/// The columnDefinitions of a Table of this kind: what `kubectl get` prints, wide columns with a priority above 0.
Json table_columns(const Kind& kind, const ServedVersion& version);

/// The cells of one object's row, in the order of table_columns.
Json table_cells(const Kind& kind, const ServedVersion& version, const Json& object, WallTime now);

}  // namespace basalt::embedded
