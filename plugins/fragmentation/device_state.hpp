#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// What a node has left, as far as GPUs and what goes with them are concerned, as values.
namespace basalt {

/// A GPU has so many parts: what pods ask of one is rounded up to them.
inline constexpr std::int64_t kWholeGpu = 1000;
/// Nodes with more GPUs are not judged.
inline constexpr std::size_t kMostGpus = 16;

/// What a pod takes of a node: `count` GPUs, `parts` of each.
struct GpuShape {
  std::int64_t cpu = 0;     ///< milli
  std::int64_t memory = 0;  ///< bytes
  std::int32_t count = 0;   ///< 0: none
  std::int32_t parts = 0;   ///< of each, up to `kWholeGpu`
  bool operator==(const GpuShape&) const = default;
};

/// What a node has left. GPUs by what is free of them, the freest first; equal states have equal futures.
struct DeviceState {
  std::int64_t cpu = 0;                        ///< milli; may be negative
  std::int64_t memory = 0;                     ///< bytes; may be negative
  std::size_t gpus = 0;                        ///< how many there are
  std::array<std::int32_t, kMostGpus> free{};  ///< parts; zero beyond `gpus`
  bool operator==(const DeviceState&) const = default;

  /// Parts that are free in all.
  [[nodiscard]] std::int64_t idle() const;
  /// Puts `free` in order.
  void sort();
  [[nodiscard]] bool fits(const GpuShape& shape) const;
  /// Takes what the shape asks for: each share from the fullest GPU that has it, as deviceshare's binpack does.
  /// REQUIRES: it fits, and `free` is in order. It is in order afterwards.
  void take(const GpuShape& shape);
};

/// For tables of states.
struct DeviceStateHash {
  std::size_t operator()(const DeviceState& state) const;
};

}  // namespace basalt
