#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "basalt/framework/configuration.hpp"
#include "basalt/framework/session.hpp"
#include "recording/recording_file.hpp"
#include "state/state.hpp"

namespace basalt {

/// What a recorded cycle came to when it was decided again.
struct ReplayedCycle {
  Moment moment;
  std::string decisions;                ///< as printed, one a line
  std::optional<std::string> recorded;  ///< those of the recording, where it has them
  bool same = false;                    ///< the digests are equal
};

/// Decides again what a recording holds: the state from its checkpoint, then cycle by cycle the same deltas, moments
/// and configurations. One thread.
class Replay {
 public:
  /// Opens the recording and restores its checkpoint. `registry` has the plugins and actions its configurations name,
  /// and must outlive this. `configuration`, when not empty, takes the place of every recorded one (YAML), to see what
  /// another would have decided; the decisions then part from the recorded ones, and assumptions with them.
  static Result<Replay> open(const std::filesystem::path& path, const Registry& registry,
                             std::string configuration = {});

  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) noexcept;
  ~Replay();

  [[nodiscard]] const RecordingHeader& header() const { return reader_.header(); }
  /// Replays the next cycle; nothing at the end of the recording. Fails on a damaged recording and on a configuration
  /// that cannot be read.
  Result<std::optional<ReplayedCycle>> next();
  /// Why the recording is incomplete at its end: it was broken off, or its last frame is torn. Empty: it is whole.
  /// Known once `next` came to the end.
  [[nodiscard]] const std::string& incomplete_because() const { return incomplete_; }

  /// The state after the last replayed cycle.
  [[nodiscard]] State& state() { return *state_; }
  /// Null before the first cycle.
  [[nodiscard]] const Configuration* configuration() const { return configuration_.get(); }
  [[nodiscard]] const Moment& moment() const { return moment_; }

 private:
  Replay(RecordingReader reader, const Registry& registry, std::string instead);
  Result<void> take(const RecordedConfiguration& recorded);
  Result<ReplayedCycle> decide(RecordedCycle recorded);

  RecordingReader reader_;
  const Registry* registry_;
  std::string instead_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Configuration> configuration_;  // after state_: what plugins remember leaves the tables first
  Moment moment_;
  std::string incomplete_;
};

}  // namespace basalt
