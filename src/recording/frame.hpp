#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/model/delta.hpp"
#include "state/checkpoint.hpp"

/// What a recording consists of, as values. A file is a `RecordingHeader`, a `Checkpoint`, then one `RecordedCycle` a
/// cycle, and at most one `RecordingBroken`, after which nothing comes. record.proto is the schema on disk.
namespace basalt {

/// What made the recording.
struct RecordingHeader {
  /// Of the schema. Another one cannot be read.
  static constexpr std::uint32_t kFormat = 1;
  std::uint32_t format = kFormat;
  std::string program;  ///< version of the program: another one may decide otherwise
};

/// The text of a configuration and what it is called, usually its path.
struct RecordedConfiguration {
  std::string origin, text;
};

/// One cycle: what led to it, and what it came to.
struct RecordedCycle {
  WallTime now{};
  std::uint64_t cycle = 0;
  std::optional<RecordedConfiguration> configuration;  ///< taken into use before this cycle
  std::vector<Delta> deltas;                           ///< taken in since the cycle before
  bool woke_all = false;                               ///< every job was woken before this cycle
  std::uint64_t digest = 0;                            ///< of the decisions; see `digest_of`
  std::optional<std::string> decisions;                ///< as printed, one a line
};

/// The recording could not be kept complete. The program went on.
struct RecordingBroken {
  std::string reason;
};

using Frame = std::variant<RecordingHeader, Checkpoint, RecordedCycle, RecordingBroken>;

/// Of printed decisions: equal digests are taken for equal decisions.
[[nodiscard]] std::uint64_t digest_of(std::string_view decisions);

/// A frame as a Protocol Buffers message (`Frame` in record.proto).
[[nodiscard]] std::string encode(const Frame& frame);
/// Fails on what is no such message. Fields that are not known are skipped.
[[nodiscard]] Result<Frame> decode_frame(std::string_view message);

}  // namespace basalt
