#pragma once

#include <cstdint>

#include "basalt/framework/terms.hpp"
#include "plugins/fragmentation/device_state.hpp"
#include "plugins/fragmentation/pod_shapes.hpp"

namespace basalt {

/// The expected fragmentation of a node: what the next pod could not use of the GPUs that are idle, in parts, summed
/// over the shapes by weight. For a shape that does not fit, or asks for no GPU, that is all that is idle; else the
/// GPUs of which less is free than it asks for. Exact. Source: Weng et al., "Beware of Fragmentation: Scheduling
/// GPU-Sharing Workloads with Fragmentation Gradient Descent", ATC 2023, section 3.
std::int64_t expected_fragmentation(const ExpectedShapes& shapes, const DeviceState& state);

/// 100 / (1 + e^(-x)) points for an expected fragmentation that sinks by x GPUs, rounded down to whole points: so
/// nodes that are nearly as good are equals, as in the authors' simulator. `sinks_by` is in parts times
/// `weights`, the sum of the weights of all shapes. Exact, with integers alone.
Score gradient_score(std::int64_t sinks_by, std::int64_t weights);

}  // namespace basalt
