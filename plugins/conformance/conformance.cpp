#include "plugins/conformance/conformance.hpp"

#include <algorithm>
#include <iterator>

#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

class Conformance final : public Preemptable, public Reclaimable, public UnifiedEvictable {
 public:
  using Args = NoArguments;
  Conformance(const Args&, const Session& session) : cluster_(session.cluster()) {}

  VictimRole preemptable_role() const override { return VictimRole::protection; }
  VictimRole reclaimable_role() const override { return VictimRole::protection; }
  VictimRole unified_evictable_role() const override { return VictimRole::protection; }
  VictimInputs preemptable_inputs() const override { return {}; }
  VictimInputs reclaimable_inputs() const override { return {}; }
  std::optional<std::vector<TaskId>> preemptable(TaskId, std::span<const TaskId> candidates) const override {
    return uncritical(candidates);
  }
  std::optional<std::vector<TaskId>> reclaimable(TaskId, std::span<const TaskId> candidates) const override {
    return uncritical(candidates);
  }
  std::optional<std::vector<TaskId>> unified_evictable(const EvictionContext&,
                                                       std::span<const TaskId> candidates) const override {
    return uncritical(candidates);
  }

 private:
  std::vector<TaskId> uncritical(std::span<const TaskId> candidates) const {
    std::vector<TaskId> victims;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(victims),
                 [&](TaskId task) { return !cluster_.tasks()[task].critical; });
    return victims;
  }

  const Cluster& cluster_;
};

}  // namespace

PluginType conformance() { return plugin_type<Conformance>("conformance"); }

}  // namespace basalt
