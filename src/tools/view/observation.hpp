#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "tools/view/picture.hpp"

namespace basalt::view {

/// Watches a cluster, from construction to destruction: one thread each
/// for nodes, pods, PodGroups and Queues. Thread-safe.
class Observation {
 public:
  /// REQUIRES: client and clock outlive this.
  Observation(kube::Client& client, const Clock& clock);
  ~Observation();
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;

  /// What it knows at a moment.
  struct Look {
    Picture picture;
    bool complete = false;  ///< every kind has been listed
    std::string trouble;    ///< what keeps it from being up to date; empty: nothing
  };
  [[nodiscard]] Look look(const std::string& resource) const;
  /// Grows with everything it learns.
  [[nodiscard]] std::uint64_t version() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace basalt::view
