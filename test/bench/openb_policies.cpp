#include "bench/openb_policies.hpp"

#include <algorithm>

#include "basalt/framework/session.hpp"
#include "plugins/devices/device_use.hpp"

namespace basalt::bench {
namespace {

/// Points that depend on nothing but the seed, the pod and the node.
class RandomPlacement final : public NodeOrder {
 public:
  struct Args {
    std::int64_t seed = 0;
    static Args read(ArgumentReader& reader) { return Args{reader.integer("random.seed", 0)}; }
  };
  RandomPlacement(const Args& args, const Session& session) : term_(args.seed, session.cluster()) {}
  std::vector<const ScoreTerm*> score_terms() const override { return {&term_}; }

 private:
  class Term final : public ScoreTerm {
   public:
    Term(std::int64_t seed, const Cluster& cluster) : seed_(seed), cluster_(cluster) {}
    std::string_view name() const override { return "random"; }
    void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
      const std::uint64_t pod = fold(fold_bytes(kEmptyHash, &seed_, sizeof seed_), task.task.name);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::uint64_t hash = fold(pod, cluster_.node_name(nodes[i]));
        hash = (hash ^ hash >> 32U) * 0x9e3779b97f4a7c15ULL;
        out[i] = static_cast<Score>(hash >> 40U);
      }
    }

   private:
    static std::uint64_t fold(std::uint64_t hash, const std::string& text) {
      return fold_bytes(hash, text.data(), text.size());
    }
    std::int64_t seed_;
    const Cluster& cluster_;
  };
  Term term_;
};

/// The node with the least left of everything: cpu, memory and GPUs, each in parts of the largest node's.
class BestFit final : public NodeOrder {
 public:
  using Args = NoArguments;
  using Memory = DeviceUse;
  BestFit(const Args&, const Memory& use, const Session& session) : term_(use, session.cluster()) {}
  std::vector<const ScoreTerm*> score_terms() const override { return {&term_}; }

 private:
  class Term final : public ScoreTerm {
   public:
    Term(const DeviceUse& use, const Cluster& cluster) : use_(use), cluster_(cluster) {
      for (const NodeId node : cluster.nodes_in_order()) {
        cpu_ = std::max(cpu_, cluster.allocatable(node, kCpu));
        memory_ = std::max(memory_, cluster.allocatable(node, kMemory));
      }
    }
    std::string_view name() const override { return "best-fit"; }
    Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
    void score(const TaskView&, std::span<const NodeId> nodes, std::span<Score> out) const override {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::int64_t gpus = 0;
        for (const Device& device : use_.inventory(nodes[i], DeviceContract::vgpu).devices) gpus += device.memory;
        for (const DeviceLoad& load : use_.held(nodes[i])) gpus -= load.memory;
        // What the pod takes is the same everywhere.
        out[i] = -(kMaxScore * cluster_.idle(nodes[i], kCpu) / cpu_ +
                   kMaxScore * (cluster_.idle(nodes[i], kMemory) >> 20U) / (memory_ >> 20U) + kMaxScore * gpus / 8000);
      }
    }

   private:
    const DeviceUse& use_;
    const Cluster& cluster_;
    std::int64_t cpu_ = 1, memory_ = 1 << 20;
  };
  Term term_;
};

/// `device_weight`: of deviceshare's own score, which packs GPUs as binpack packs nodes.
std::string with(const std::string& plugin, int device_weight = 0) {
  return R"(actions: "allocate"
tiers:
- plugins:
  - name: gang
  - name: predicates
  - name: deviceshare
    arguments:
      deviceshare.VGPUEnable: true
      deviceshare.SchedulePolicy: binpack
      deviceshare.ScheduleWeight: )" +
         std::to_string(device_weight) + "\n" + plugin;
}

}  // namespace

std::vector<PlacementPolicy> placement_policies(const Trace& trace, std::uint64_t seed) {
  const std::string shapes = "      fragmentation.shapes: \"" + print_shapes(shapes_of(trace)) + "\"\n";
  const auto fragmentation = [&](const std::string& policy) {
    return with("  - name: fragmentation\n    arguments:\n      fragmentation.policy: " + policy + "\n" + shapes);
  };
  return {
      {"random", with("  - name: random\n    arguments:\n      random.seed: " + std::to_string(seed) + "\n")},
      {"best fit", with("  - name: best-fit\n")},
      {"binpack", with("  - name: binpack\n", 1)},
      {"gradient descent (FGD)", fragmentation("gradient-descent")},
      {"look-ahead", fragmentation("look-ahead")},
  };
}

std::vector<PluginType> reference_plugins() {
  return {plugin_type<RandomPlacement>("random"), plugin_type<BestFit>("best-fit")};
}

}  // namespace basalt::bench
