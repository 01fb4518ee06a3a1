#pragma once

#include <string>

#include "basalt/base/result.hpp"

namespace basalt::tools {

/// The body that a plain HTTP server answers a GET of `target` with. `server` is host:port. `not_found` when it
/// answers 404, `unavailable` when there is no answer or another refusal; the message holds what the server said.
[[nodiscard]] Result<std::string> http_get(const std::string& server, const std::string& target);

}  // namespace basalt::tools
