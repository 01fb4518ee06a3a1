#pragma once

#include <functional>
#include <memory>
#include <string>

#include "basalt/framework/arguments.hpp"
#include "basalt/model/ids.hpp"

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
  /// Does for one waiting job what `run` of an action that evicts would, as far as other jobs do
  /// not come first: for explanations, in a transaction that is not committed. Why nobody is evicted
  /// for it, as a sentence; empty: it has got room.
  [[nodiscard]] virtual std::string make_room_for(Session&, JobId) const { return "it evicts nobody"; }
};

/// A kind of action: its name in configuration files and how its arguments (the entry of that
/// name under `configurations`) are read.
struct ActionType {
  std::string name;
  std::function<std::unique_ptr<Action>(const Arguments&, Findings&)> configure;
};

}  // namespace basalt
