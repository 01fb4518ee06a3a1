#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "basalt/base/clock.hpp"
#include "kube/client.hpp"
#include "simulation/node_fleet.hpp"

namespace basalt::simulation {

/// How a simulation talks to its API server.
struct SimulationOptions {
  FleetOptions fleet;
  int workers = 4;  ///< requests at the same time
};

/// A node fleet at work: one reflector for its nodes, one for all pods that are on a node, a few workers that send what
/// is due. Works from construction to destruction, which waits for the requests that are on their way.
class Simulation {
 public:
  /// `report` is told what went wrong, on any thread. REQUIRES: client and clock outlive this.
  Simulation(
      kube::Client& client, const Clock& clock, SimulationOptions options,
      std::function<void(const std::string&)> report = [](const std::string&) {});
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Counts that only grow, and sizes, for status lines.
  struct Progress {
    std::size_t nodes = 0;
    std::size_t pods = 0;
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;
  };
  [[nodiscard]] Progress progress() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace basalt::simulation
