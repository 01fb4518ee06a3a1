#pragma once

#include <istream>
#include <vector>

#include "e2e/ledger/history.hpp"

namespace basalt::e2e {

/// Reads the journal of an embedded cluster (`basalt-cluster --journal FILE`): every pod, node and PodGroup in it as
/// an entry of a history, everything else counted only. Throws std::runtime_error, with the number of the line, when a
/// line is malformed or cut off, or when a revision is missing: a history with holes proves nothing.
std::vector<Entry> read_journal(std::istream& journal);

}  // namespace basalt::e2e
