#include "scheduler/default_queues.hpp"

#include <chrono>
#include <utility>

#include "adapter/write_bodies.hpp"

namespace basalt {
namespace {

constexpr int kTries = 60;
constexpr std::chrono::seconds kPause{1};

/// `not_found`: the server knows no queues, since neither is there one nor can one be made.
Result<void> ensure(const std::string& name, const std::string& body, Writer& writer, const std::stop_token& stop) {
  auto found = writer.find_queue(name, stop);
  if (found || found.error().code != ErrorCode::not_found) return found;
  auto created = writer.create_queue(body, stop);
  const bool is_there = !created && created.error().code == ErrorCode::conflict;  // somebody else was faster
  return is_there ? Result<void>{} : created;
}

}  // namespace

Result<void> ensure_queues(const std::string& default_queue, Writer& writer, kube::Waiter& waiter,
                           const std::function<void(std::string_view why)>& failed, const std::stop_token& stop) {
  const std::pair<std::string, std::string> queues[] = {{"root", adapter::root_queue_body()},
                                                        {default_queue, adapter::default_queue_body(default_queue)}};
  std::string told;
  for (const auto& [name, body] : queues) {
    for (int tries = 1;;) {
      const auto ensured = ensure(name, body, writer, stop);
      if (ensured) break;
      const Error& error = ensured.error();
      const std::string why = "queue \"" + name + "\": " + error.message;
      if (std::exchange(told, why) != why) failed(why);
      const bool knows_queues = error.code != ErrorCode::not_found;
      if (knows_queues && ++tries > kTries) return Error{error.code, why};
      if (!waiter.wait(kPause, stop)) return Error{ErrorCode::stopped, why};
    }
  }
  return {};
}

}  // namespace basalt
