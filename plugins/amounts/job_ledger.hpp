#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {

/// A sum of stated demands, kept wide so that what was added can be taken away again.
class WideSum {
 public:
  void add(const Resources& amount);
  void subtract(const Resources& amount);
  /// Cut to the 64-bit range, as `saturating_add` does.
  [[nodiscard]] Resources saturated() const;

 private:
  std::array<Int128, Resources::kMaxDimensions> amounts_{};
  Dimension width_ = 0;
};

/// What the jobs of a queue add up to.
struct QueueAccount {
  std::uint32_t jobs = 0;
  WideSum claims;   ///< `standing_claim` of each
  WideSum covered;  ///< of each that states a minimum: what it holds, as far as that goes towards the minimum
};

/// Keeps sums over jobs up to date from the list of changed jobs, so that a session opens at
/// the cost of what changed. Belongs to what a plugin remembers between cycles.
class JobLedger {
 public:
  /// Takes in what has changed since the last call. REQUIRES: the same cluster each time, no
  /// changes of an open session standing.
  void catch_up(const Cluster& cluster);

  /// Over all jobs, those without a queue included.
  [[nodiscard]] const WideSum& claims() const { return claims_; }
  /// Null for a queue without jobs.
  [[nodiscard]] const QueueAccount* account(QueueId queue) const;

 private:
  /// What a job was entered with.
  struct Entry {
    bool is_entered = false;
    QueueId queue;
    std::int32_t amounts = -1;  // in amounts_; -1: states no minimum, so there are none
  };
  struct Amounts {
    Resources claim, covered;
  };
  void strike_out(Entry& entry);
  void enter(const Cluster& cluster, JobId job, Entry& entry);

  std::uint64_t seen_ = 0;
  std::vector<Entry> entries_;  // by slot of the job
  std::vector<Amounts> amounts_;
  std::vector<std::int32_t> free_amounts_;
  WideSum claims_;
  std::unordered_map<QueueId, QueueAccount> accounts_;
};

}  // namespace basalt
