#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"
#include "kube/waiting.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

/// Creates the queue of groups that name none, and "root", where they are missing; existing ones stay as they are.
/// Tries each second. Fails when that does not work 60 times (Volcano's number) or when a stop is requested; tries for
/// ever while the server knows no queues at all. `failed` is called with each new reason.
Result<void> ensure_queues(const std::string& default_queue, Writer& writer, kube::Waiter& waiter,
                           const std::function<void(std::string_view why)>& failed, const std::stop_token& stop);

}  // namespace basalt
