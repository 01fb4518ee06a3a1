#pragma once

#include <string>

#include "protobuf_encoder.hpp"

namespace basalt::adapter {

/// A pod that uses every field that is read (and some that are not), as protobuf and as JSON.
Proto sample_pod_protobuf();
std::string sample_pod_json();

/// Its three parts, for tests that put a pod together.
Proto sample_metadata();
Proto sample_spec();
Proto sample_status();

}  // namespace basalt::adapter
