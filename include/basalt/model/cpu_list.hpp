#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt {

/// The highest number that a logical cpu can have.
inline constexpr std::int32_t kLastCpu = 8191;

/// "0-3,8" -> 0, 1, 2, 3, 8: a list of cpus as the Linux kernel and the kubelet write it; ascending, each once. Empty
/// text is no cpus. Fails, quoting the text, where it is none, or names a cpu beyond `kLastCpu`.
Result<std::vector<std::int32_t>> parse_cpu_list(std::string_view text);

/// The inverse: ranges where they can be. REQUIRES: ascending, each once.
std::string print_cpu_list(std::span<const std::int32_t> cpus);

}  // namespace basalt
