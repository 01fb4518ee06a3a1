#pragma once

#include <memory>
#include <string>

#include "api/traits.hpp"
#include "kube/transport.hpp"

namespace basalt::api {

/// The API server that this program tests.
class Server {
 public:
  virtual ~Server() = default;

  /// A connection of somebody who may do everything, and of nobody.
  virtual kube::Transport& transport() = 0;
  virtual kube::Transport& stranger() = 0;

  [[nodiscard]] virtual bool has(Trait trait) const = 0;

  /// Forgets the past: lists that are continued from before are expired.
  virtual void compact() = 0;

  /// A resourceVersion from which a custom resource that is defined only now cannot be watched. May compact.
  virtual std::string forgotten_version() = 0;
};

/// The one of this program, started when it is first asked for; it ends with the program. Null: there is none to be
/// had on this machine, and the tests are skipped. Which server it is depends on what the program is linked with.
Server* server();

}  // namespace basalt::api
