#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "basalt/framework/cluster.hpp"
#include "framework/spec_index.hpp"

namespace basalt {

/// An index a live spec, as many as memory is set aside for: the one not asked for longest
/// goes first. Kept between sessions, since most nodes are as they were.
class PlacementIndex {
 public:
  /// `most_bytes`: memory for all indexes together, about; one is kept whatever its size.
  explicit PlacementIndex(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// A session opens: its terms are asked from now on. They must outlive the session's questions.
  void open(const TermsInForce& terms);
  /// The index of a task's spec, caught up. REQUIRES: a session is open on `cluster`, always the
  /// same.
  [[nodiscard]] const SpecIndex& of(const Cluster& cluster, const TaskView& task);

  /// Nodes asked since the beginning, repetitions counted.
  [[nodiscard]] std::uint64_t rescored() const;

 private:
  struct Entry {
    explicit Entry(IndexWorkspace& workspace) : index(workspace) {}
    SpecIndex index;
    std::uint64_t session = 0;  // whose terms it uses
    std::uint64_t used = 0;
    std::size_t bytes = 0;
  };
  Entry& entry_of(SpecId spec);
  void make_room(const Entry& newest);

  IndexWorkspace workspace_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  const TermsInForce* terms_ = nullptr;
  std::uint64_t session_ = 0;
  std::uint64_t uses_ = 0;
  std::uint64_t rescored_by_gone_ = 0;
  std::unordered_map<SpecId, std::unique_ptr<Entry>> entries_;
  SpecId last_spec_;  // most questions are about the spec of the question before
  Entry* last_ = nullptr;
};

}  // namespace basalt
