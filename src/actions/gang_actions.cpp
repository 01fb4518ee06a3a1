#include <string>

#include "actions/builtin.hpp"
#include "actions/bundles.hpp"
#include "actions/gang_eviction.hpp"
#include "actions/queue_rounds.hpp"
#include "actions/starving_jobs.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// Makes room for whole jobs, from their own queue or from others.
class GangAction final : public Action {
 public:
  GangAction(EvictionContext::Kind kind, GangEvictionRules rules) : kind_(kind), rules_(std::move(rules)) {}

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
        make_room_for_gang(session, EvictionContext{kind_, job, std::nullopt}, rules_);
      }
      rounds.put_back(*queue);
    }
  }
  [[nodiscard]] std::string make_room_for(Session& session, JobId job) const override {
    if (std::string why = why_nobody_goes_for(session, job); !why.empty()) return why;
    const QueueId queue = session.cluster().jobs()[job].queue;
    if (kind_ == EvictionContext::Kind::reclaim) {
      if (session.overused(queue)) return "its queue has all it deserves";
      if (!session.preemptive(queue, tasks_that_may_evict(session, job))) {
        return "its queue would have more than it deserves";
      }
    }
    const EvictionContext context{kind_, job, std::nullopt};
    if (make_room_for_gang(session, context, rules_)) return {};
    return bundles_for(session, context, session.cluster().topology().root(), rules_.allow_whole).empty()
               ? "nobody may be evicted for it"
               : "evicting all that may go would not make enough room where it may be";
  }

 private:
  EvictionContext::Kind kind_;
  GangEvictionRules rules_;
};

ActionType gang_action(const std::string& name, EvictionContext::Kind kind) {
  return ActionType{name, [name, kind](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader(name, arguments, findings);
                      GangEvictionRules rules;
                      rules.reason = name;
                      rules.allow_whole = reader.boolean("allowWholeBundle", true);
                      const std::int64_t most = reader.integer("maxDomains", 8);
                      if (most > 0) {
                        rules.max_domains = static_cast<std::size_t>(most);
                      } else {
                        reader.report(Finding::Severity::note, "'maxDomains' is not above 0: 8 is used, as in Volcano");
                      }
                      reader.finish();
                      return std::make_unique<GangAction>(kind, std::move(rules));
                    }};
}

}  // namespace

ActionType gangpreempt_action() { return gang_action("gangpreempt", EvictionContext::Kind::preempt); }
ActionType gangreclaim_action() { return gang_action("gangreclaim", EvictionContext::Kind::reclaim); }

}  // namespace basalt
