#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "basalt/framework/session.hpp"

namespace basalt {

/// What is to be explained.
struct Subject {
  enum class Kind { everything, job, pod } kind = Kind::everything;
  std::string name;  ///< "name", or "namespace/name" outside "default"
};

/// The explanation as text, or as JSON: of a pod its own part and that of its job, of everything a line (an object) for
/// each of the first 50 jobs that wait. Nothing when there is no such job or pod. A pod that does not wait is said to be where it is.
[[nodiscard]] std::optional<std::string> explain(Session& session, const Subject& subject, bool as_json);

}  // namespace basalt
