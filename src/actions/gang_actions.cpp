#include <string>

#include "actions/builtin.hpp"
#include "actions/gang_eviction.hpp"
#include "actions/queue_rounds.hpp"
#include "actions/starving_jobs.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// Makes room for whole jobs, from their own queue or from others.
class GangAction final : public Action {
 public:
  GangAction(EvictionContext::Kind kind, std::string name, bool allow_whole)
      : kind_(kind), name_(std::move(name)), allow_whole_(allow_whole) {}

  [[nodiscard]] bool evicts() const override { return true; }
  void run(Session& session) const override {
    const bool reclaims = kind_ == EvictionContext::Kind::reclaim;
    QueueRounds rounds(session);
    for (const JobId job : starving_jobs(session)) rounds.add(job);
    while (const auto queue = rounds.next_queue()) {
      if (reclaims && session.overused(*queue)) {
        static_cast<void>(rounds.drop(*queue));
        continue;
      }
      const JobId job = rounds.next_job(*queue);
      if (!reclaims || session.preemptive(*queue, tasks_that_may_evict(session, job))) {
        make_room_for_gang(session, EvictionContext{kind_, job, std::nullopt}, allow_whole_, name_);
      }
      rounds.put_back(*queue);
    }
  }

 private:
  EvictionContext::Kind kind_;
  std::string name_;
  bool allow_whole_;
};

ActionType gang_action(const std::string& name, EvictionContext::Kind kind) {
  return ActionType{name, [name, kind](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader(name, arguments, findings);
                      const bool allow_whole = reader.boolean("allowWholeBundle", true);
                      reader.without_effect("maxDomains", "the cluster is the only domain");
                      reader.finish();
                      return std::make_unique<GangAction>(kind, name, allow_whole);
                    }};
}

}  // namespace

ActionType gangpreempt_action() { return gang_action("gangpreempt", EvictionContext::Kind::preempt); }
ActionType gangreclaim_action() { return gang_action("gangreclaim", EvictionContext::Kind::reclaim); }

}  // namespace basalt
