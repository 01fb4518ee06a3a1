#include "basalt/framework/laws.hpp"

#include <unordered_set>

namespace basalt::laws {

std::vector<TaskId> intersection(const std::vector<TaskId>& kept, const std::vector<TaskId>& allowed) {
  const std::unordered_set<TaskId> in_allowed(allowed.begin(), allowed.end());
  std::vector<TaskId> both;
  for (const TaskId task : kept) {
    if (in_allowed.contains(task)) both.push_back(task);
  }
  return both;
}

}  // namespace basalt::laws
