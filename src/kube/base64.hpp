#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace basalt::kube {

/// Standard base64 with padding (RFC 4648), white space ignored. Empty when it is something else.
std::optional<std::string> decode_base64(std::string_view text);

std::string encode_base64(std::string_view bytes);

}  // namespace basalt::kube
