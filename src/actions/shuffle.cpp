#include <algorithm>
#include <vector>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

class Shuffle final : public Action {
 public:
  void run(Session& session) const override {
    const Cluster& cluster = session.cluster();
    std::vector<TaskId> running;
    cluster.tasks().for_each([&](TaskId id, const Task& task) {
      if (task.job && cluster.status(id) == TaskStatus::running) running.push_back(id);
    });
    std::sort(running.begin(), running.end(),
              [&](TaskId left, TaskId right) { return comes_before(cluster.tasks()[left], cluster.tasks()[right]); });
    Transaction tx = session.begin();
    for (const TaskId victim : session.victim_tasks(running)) tx.evict(victim, "shuffle");
    tx.commit();
  }
};

}  // namespace

ActionType shuffle_action() {
  return ActionType{"shuffle", [](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader("shuffle", arguments, findings).finish();
                      return std::make_unique<Shuffle>();
                    }};
}

}  // namespace basalt
