#pragma once

#include <functional>
#include <string>

#include "e2e/harness/api.hpp"

namespace basalt::e2e {

/// What a kubelet would do, when it is asked to: the nodes of these tests are only objects.
class Kubelet {
 public:
  /// REQUIRES: `api` outlives this.
  explicit Kubelet(Api& api) : api_(api) {}

  /// Pods of a namespace that have a node and are still Pending become Running and ready.
  void run_bound(const std::string& space = "default");
  /// Running pods whose name begins so end with this phase: "Succeeded" or "Failed".
  void finish(const std::string& prefix, const std::string& phase, const std::string& space = "default");
  /// Pods whose name begins so are deleted at once.
  void remove(const std::string& prefix, const std::string& space = "default");

 private:
  void for_each(const std::string& space, const std::function<bool(const nlohmann::json&)>& chosen,
                const std::function<void(const std::string& path)>& act);

  Api& api_;
};

}  // namespace basalt::e2e
