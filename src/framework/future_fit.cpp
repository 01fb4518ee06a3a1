#include <vector>

#include "basalt/framework/session.hpp"
#include "framework/terms_in_force.hpp"

// What a node says to a task when part of what it stands on is left out.
namespace basalt {

Fit Session::objection(TaskId task, NodeId node) const {
  if (cluster_.nodes()[node].uncountable_pods > 0) return Fit::never(Reason{reasons::kUncountable, {}});
  const Task& row = cluster_.tasks()[task];
  const TaskView asked{task, row, cluster_.specs()[row.spec]};
  Fit answer = Fit::yes();
  for (const FilterTerm* term : terms_->filters) {
    if (!answer) break;
    if (term->applies(asked.spec)) term->filter(asked, std::span(&node, 1), std::span(&answer, 1));
  }
  return answer;
}

Fit Session::fit_once_left(TaskId task, NodeId node) const {
  std::vector<TaskId> leaving;
  cluster_.for_each_task_on(node, [&](TaskId other) {
    if (cluster_.status(other) == TaskStatus::releasing) leaving.push_back(other);
  });
  const UndoLog::Mark before = cluster_.undo_mark();
  for (const TaskId other : leaving) cluster_.move(other, TaskStatus::failed, NodeId{});
  Fit answer = fit(task, node);
  cluster_.rollback(before);
  return answer;
}

Inputs Session::filter_inputs(TaskId task) const {
  Inputs inputs{};
  for (const FilterTerm* term : terms_->filters) {
    if (term->applies(cluster_.spec(task))) inputs |= term->inputs();
  }
  return inputs;
}

}  // namespace basalt
