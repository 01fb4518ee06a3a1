#include "plugins/fragmentation/fragmentation_score.hpp"

#include <array>

namespace basalt {
namespace {

/// By how many millionths of a GPU the fragmentation has to sink for 51, 52, ... 99 points: 10^6 ln(s / (100 - s)).
/// Above 0 is 50 points; the rest mirrors it.
constexpr std::array<std::int64_t, 49> kSteps = {
    40005,   80043,   120144,  160343,  200671,  241162,  281851,  322773,  363965,  405465,  447312,  489548,  532217,
    575364,  619039,  663294,  708185,  753772,  800119,  847298,  895384,  944462,  994623,  1045969, 1098612, 1152680,
    1208311, 1265666, 1324925, 1386294, 1450010, 1516347, 1585627, 1658228, 1734601, 1815290, 1900959, 1992430, 2090741,
    2197225, 2313635, 2442347, 2586689, 2751535, 2944439, 3178054, 3476099, 3891820, 4595120};

/// The least of x, in millionths of a GPU, that gets `points`, from 1 to 99.
constexpr std::int64_t step(std::size_t points) {
  constexpr std::size_t kMiddle = 50;
  if (points == kMiddle) return 0;
  return points > kMiddle ? kSteps[points - kMiddle - 1] : -kSteps[kMiddle - points - 1];
}

}  // namespace

std::int64_t expected_fragmentation(const ExpectedShapes& shapes, const DeviceState& state) {
  const std::int64_t idle = state.idle();
  if (idle == 0) return 0;
  std::int64_t sum = 0;
  for (const auto& [shape, weight] : shapes) {
    if (shape.count == 0 || !state.fits(shape)) {
      sum += weight * idle;
      continue;
    }
    for (std::size_t gpu = state.gpus; gpu-- > 0 && state.free[gpu] < shape.parts;) sum += weight * state.free[gpu];
  }
  return sum;
}

Score gradient_score(std::int64_t sinks_by, std::int64_t weights) {
  // x >= step / 10^6, with x = sinks_by / (weights * parts of a GPU).
  constexpr std::int64_t kMillionthsOfPart = 1'000'000 / kWholeGpu;
  std::size_t low = 0;  // points that are surely got
  for (std::size_t high = 99; low < high;) {
    const std::size_t middle = (low + high + 1) / 2;
    if (sinks_by * kMillionthsOfPart >= step(middle) * weights) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return static_cast<Score>(low) * kPoint;
}

}  // namespace basalt
