#pragma once

#include <functional>
#include <memory>
#include <string>

#include "basalt/framework/arguments.hpp"

namespace basalt {

class Session;

/// One step of a cycle. Keeps nothing between runs.
class Action {
 public:
  virtual ~Action() = default;
  /// Looks at the session and changes it through transactions.
  virtual void run(Session& session) const = 0;
  /// Whether it can make room by evicting: then more can help a waiting job than a free node.
  [[nodiscard]] virtual bool evicts() const { return false; }
};

/// A kind of action: its name in configuration files and how its arguments (the entry of that
/// name under `configurations`) are read.
struct ActionType {
  std::string name;
  std::function<std::unique_ptr<Action>(const Arguments&, Findings&)> configure;
};

}  // namespace basalt
