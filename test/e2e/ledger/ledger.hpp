#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "e2e/ledger/history.hpp"
#include "e2e/ledger/judgement.hpp"

namespace basalt::e2e {

/// The cluster as the ledger saw it last. Keys are namespace/name.
struct ClusterView {
  std::map<std::string, PodFacts> pods;
  std::map<std::string, NodeFacts> nodes;
  std::map<std::string, GangFacts> gangs;

  /// Pods of this gang that have a node.
  [[nodiscard]] int bound_of(const std::string& gang) const;
  /// All pods that have a node.
  [[nodiscard]] int bound() const;
  /// Gangs of which some members are bound, but fewer than the minimum.
  [[nodiscard]] int partial_gangs() const;
};

/// An observer of pods, nodes and PodGroups that is independent of the program under test: it shares no code with it,
/// not even the HTTP client (kubectl reads the watches). It watches from a revision at which there was nothing, so no
/// change escapes it; only while the API server itself is down, an object that changes twice is seen once, with its
/// last revision, after a new list.
class Ledger {
 public:
  /// Starts to watch. Throws std::runtime_error when there already are pods, nodes or PodGroups.
  explicit Ledger(std::filesystem::path kubeconfig);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Waits for a state of the cluster; `holds` is asked after each change. Throws std::runtime_error, with what the
  /// ledger sees, when it does not come within `limit`.
  void wait_for(const std::string& what, std::chrono::milliseconds limit,
                const std::function<bool(const ClusterView&)>& holds);

  /// Waits until everything that has happened by now has been seen: the view then equals what the API server lists.
  void catch_up();

  [[nodiscard]] ClusterView view() const;
  [[nodiscard]] std::vector<Entry> history() const;
  [[nodiscard]] Judgement judge(const Allowance& allowance = {}) const;

 private:
  struct Source;

  void watch(Source& source, const std::stop_token& stop);
  void read_watch(Source& source, const std::stop_token& stop);
  bool take_line(Source& source, const std::string& line);
  void list(Source& source, bool must_be_empty);
  void take(Source& source, const nlohmann::json& object, bool deleted);
  static std::string unseen(const Source& source, const std::map<std::string, std::int64_t>& listed,
                            std::int64_t revision);
  void forget_unlisted(Source& source, const std::map<std::string, std::int64_t>& listed, std::int64_t revision);

  const std::filesystem::path kubeconfig_;
  std::vector<std::unique_ptr<Source>> sources_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> history_;  // guarded by mutex_
  ClusterView view_;            // guarded by mutex_
  std::vector<std::jthread> threads_;
};

}  // namespace basalt::e2e
