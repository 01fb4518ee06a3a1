#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/framework/cluster.hpp"

namespace basalt {

class Session;

/// Which jobs a cycle looks at. A job that was tried and got nothing sleeps until something
/// changes that could help it, so that a cycle costs what changed, not what waits. Depths of
/// sleep:
/// - until the job itself changes: it is complete, or not valid;
/// - until a node that was relieved, or is new, has room for its spec: all that waits of it is
///   of one spec, no node had room, and what terms say of the spec depends on the node alone;
/// - refused before any node was asked: until something happened after which a plugin that refuses
///   so could answer otherwise (CouldHelp);
/// - until anything changes.
/// Now and then everybody is woken all the same. A job that holds a reservation never sleeps, nor
/// one that waits in a first-in-first-out queue.
class WaitingRoom {
 public:
  /// Jobs to look at, in no order. Asks the session about single nodes. The session must
  /// have just opened.
  [[nodiscard]] std::vector<JobId> wake(const Session& session);
  /// What becomes of those that were looked at; the session is at its end, its changes stand.
  void settle(const Session& session, const std::vector<JobId>& looked_at);
  /// The changes of the session have been undone: whatever changes from now on is news.
  void note_closed(const Cluster& cluster);
  /// The next session looks at every job.
  void wake_all() { everybody_wakes_ = true; }
  /// When the next session should come though nothing changes: some plugin could then answer
  /// otherwise. REQUIRES: asked between sessions.
  [[nodiscard]] std::optional<WallTime> deadline() const { return deadline_; }

 private:
  enum class Until : std::uint8_t { looked_at, own_change, room, open_gate, anything };
  struct Seat {
    JobId job;
    Until until = Until::looked_at;
    SpecId spec;             // `room`: of this spec
    bool is_listed = false;  // in `groups_[spec]`, perhaps from an earlier sleep
  };
  /// Jobs that wait for room for one spec; some may have woken meanwhile.
  struct Group {
    TaskId one;  // a task of the spec, to ask about
    std::vector<JobId> jobs;
  };

  void wake_changed(const Cluster& cluster);
  void wake_refused(const Session& session);
  void wake_those_with_room(const Session& session);
  void wake(JobId job);
  void sit(JobId job, Until until, SpecId spec, TaskId task);
  [[nodiscard]] static Until decide(const Session& session, JobId job, SpecId& spec, TaskId& task);

  std::vector<Seat> seats_;  // by slot of the job
  std::vector<JobId> awake_;
  std::vector<JobId> light_sleepers_;  // until anything changes
  std::vector<JobId> refused_;         // until a gate could open
  std::unordered_map<SpecId, Group> groups_;
  bool everybody_wakes_ = true;
  std::uint64_t jobs_seen_ = 0, nodes_seen_ = 0, relief_seen_ = 0, claims_seen_ = 0, frame_seen_ = 0;
  std::optional<WallTime> next_round_;  // when everybody is woken again
  std::optional<WallTime> deadline_;
};

}  // namespace basalt
