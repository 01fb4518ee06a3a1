#include "plugins/fragmentation/fragmentation.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/devices/device_use.hpp"
#include "plugins/fragmentation/fragmentation_score.hpp"
#include "plugins/fragmentation/look_ahead.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kMilli = 1000;  // kinds with a domain are counted in thousandths
constexpr std::string_view kSomeMix = "2*cpu=4,gpu=0.5;4*cpu=8,gpu=1;1*cpu=16,gpu=2;1*cpu=32,gpu=4;1*cpu=64,gpu=8";

enum class Policy : std::uint8_t { look_ahead, gradient_descent };

struct FragmentationArgs {
  std::int64_t weight = 1;
  Policy policy = Policy::look_ahead;
  ExpectedShapes shapes;
  std::size_t samples = 0, depth = 0;
  std::string resource;

  static FragmentationArgs read(ArgumentReader& reader) {
    FragmentationArgs args;
    args.weight = read_within(reader, "fragmentation.weight", 1, 0);
    const std::string policy = reader.text("fragmentation.policy", "look-ahead");
    if (policy == "gradient-descent") {
      args.policy = Policy::gradient_descent;
    } else if (policy != "look-ahead") {
      reader.report(Finding::Severity::wrong,
                    "'fragmentation.policy': expected look-ahead or gradient-descent, got '" + policy + "'");
    }
    args.samples = static_cast<std::size_t>(read_within(reader, "fragmentation.samples", 16, 1, 256));
    args.depth = static_cast<std::size_t>(read_within(reader, "fragmentation.depth", 40, 1, 1000));
    args.resource = reader.text("fragmentation.resource", "nvidia.com/gpu");
    args.read_shapes(reader);
    return args;
  }

 private:
  void read_shapes(ArgumentReader& reader) {
    auto parsed = parse_shapes(reader.text("fragmentation.shapes", std::string(kSomeMix)));
    if (!parsed) {
      reader.report(Finding::Severity::wrong, "'fragmentation.shapes': " + parsed.error().message);
    } else if (parsed->empty()) {
      reader.report(Finding::Severity::wrong, "'fragmentation.shapes': expected at least one shape");
    } else {
      shapes = std::move(*parsed);
    }
  }
};

/// Shares of GPUs in use, and what was computed about states of nodes: that holds for ever.
struct FragmentationMemory {
  DeviceUse use;
  std::optional<LookAhead> look_ahead;

  void attach(Cluster& cluster) { use.attach(cluster); }
};

/// A node as the arithmetic sees it.
class NodeStates {
 public:
  NodeStates(const Cluster& cluster, const DeviceUse& use, std::optional<Dimension> kind)
      : cluster_(cluster), use_(use), kind_(kind) {}

  /// What is left now, reservations not counted. No GPUs where there are too many to judge.
  [[nodiscard]] DeviceState of(NodeId node) const {
    DeviceState state;
    state.cpu = cluster_.idle(node, kCpu);
    state.memory = cluster_.idle(node, kMemory);
    if (is_shared(node)) {
      add_shared(node, state);
    } else if (kind_) {
      add_whole(cluster_.allocatable(node, *kind_), cluster_.idle(node, *kind_), state);
    }
    return state;
  }

  /// What a pod would take of a node, container by container; the first takes the pod's cpu and memory.
  void shapes_on(NodeId node, const Spec& spec, std::vector<GpuShape>& shapes) const {
    shapes.clear();
    if (!spec.device_requests.empty() && is_shared(node)) {
      const std::int64_t memory = use_.inventory(node, DeviceContract::vgpu).devices.front().memory;
      for (const DeviceRequest& request : spec.device_requests) {
        shapes.push_back({0, 0, static_cast<std::int32_t>(std::min<std::int64_t>(request.number, kMostGpus + 1)),
                          parts_of(request, memory)});
      }
    } else {
      const std::int64_t gpus = kind_ ? (spec.request[*kind_] + kMilli - 1) / kMilli : 0;
      shapes.push_back({0, 0, static_cast<std::int32_t>(std::min<std::int64_t>(gpus, kMostGpus + 1)),
                        gpus > 0 ? static_cast<std::int32_t>(kWholeGpu) : 0});
    }
    shapes.front().cpu = spec.request[kCpu];
    shapes.front().memory = spec.request[kMemory];
  }

 private:
  [[nodiscard]] bool is_shared(NodeId node) const {
    return use_.is_attached() && !use_.inventory(node, DeviceContract::vgpu).devices.empty();
  }

  void add_shared(NodeId node, DeviceState& state) const {
    const DeviceInventory& inventory = use_.inventory(node, DeviceContract::vgpu);
    const DeviceLoads& held = use_.held(node);
    for (std::size_t i = 0; i < inventory.devices.size(); ++i) {
      const Device& device = inventory.devices[i];
      if (!device.healthy || device.memory <= 0) continue;
      const std::int64_t memory = kWholeGpu * std::max<std::int64_t>(device.memory - held[i].memory, 0) / device.memory;
      const std::int64_t cores = kWholeGpu * std::max(100 - held[i].cores, 0) / 100;
      const bool has_slot = held[i].users < device.slots;
      state.free[state.gpus++] = has_slot ? static_cast<std::int32_t>(std::min(memory, cores)) : 0;
    }
    state.sort();
  }

  static void add_whole(std::int64_t allocatable, std::int64_t idle, DeviceState& state) {
    const std::int64_t gpus = allocatable / kMilli;
    if (gpus > static_cast<std::int64_t>(kMostGpus)) return;
    state.gpus = static_cast<std::size_t>(std::max<std::int64_t>(gpus, 0));
    const std::int64_t free = std::clamp<std::int64_t>(idle / kMilli, 0, gpus);
    std::fill_n(state.free.begin(), free, static_cast<std::int32_t>(kWholeGpu));
  }

  static std::int32_t parts_of(const DeviceRequest& request, std::int64_t memory_of_device) {
    std::int64_t parts = request.cores * kWholeGpu / 100;
    if (request.memory > 0) {
      const std::int64_t memory = std::min(request.memory, memory_of_device);
      if (memory_of_device > 0) parts = std::max(parts, (memory * kWholeGpu + memory_of_device - 1) / memory_of_device);
    } else {
      parts = std::max(parts, request.memory_percentage * kWholeGpu / 100);
    }
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(parts, 1, kWholeGpu));
  }

  const Cluster& cluster_;
  const DeviceUse& use_;
  std::optional<Dimension> kind_;
};

/// By how much the pod lowers what will be wasted of a node, in points about 50. Nodes without GPUs get 50, since
/// nothing is wasted there; 0 where the pod does not fit yet.
class FragmentationTerm final : public ScoreTerm {
 public:
  FragmentationTerm(const FragmentationArgs& args, FragmentationMemory& memory, const Cluster& cluster)
      : args_(args),
        look_ahead_(*memory.look_ahead),
        states_(cluster, memory.use, cluster.schema().find(args.resource)) {
    for (const ExpectedShape& expected : args.shapes) weights_ += expected.weight;
  }
  [[nodiscard]] std::string_view name() const override { return "fragmentation"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  [[nodiscard]] std::int64_t weight() const override { return args_.weight; }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
    std::vector<GpuShape> shapes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const DeviceState before = states_.of(nodes[i]);
      if (before.gpus == 0) {
        out[i] = kNeutral;
        continue;
      }
      states_.shapes_on(nodes[i], task.spec, shapes);
      DeviceState after = before;
      const bool fits = std::all_of(shapes.begin(), shapes.end(), [&](const GpuShape& shape) {
        if (!after.fits(shape)) return false;
        after.take(shape);
        return true;
      });
      out[i] = fits ? gain(before, after) : 0;
    }
  }

 private:
  static constexpr Score kNeutral = 50 * kPoint;
  static constexpr Score kPerGpu = 25 * kPoint;

  [[nodiscard]] Score gain(const DeviceState& before, const DeviceState& after) const {
    if (args_.policy == Policy::gradient_descent) {
      return gradient_score(expected_fragmentation(args_.shapes, before) - expected_fragmentation(args_.shapes, after),
                            weights_);
    }
    const std::int64_t sinks_by = look_ahead_.idle_in_the_end(before) - look_ahead_.idle_in_the_end(after);
    return kNeutral + kPerGpu / kWholeGpu * sinks_by / look_ahead_.samples();
  }

  const FragmentationArgs& args_;
  LookAhead& look_ahead_;
  NodeStates states_;
  std::int64_t weights_ = 0;
};

class Fragmentation final : public NodeOrder {
 public:
  using Args = FragmentationArgs;
  using Memory = FragmentationMemory;

  Fragmentation(const Args& args, Memory& memory, const Session& session)
      : weight_(args.weight), term_(args, prepared(memory, args), session.cluster()) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    if (weight_ == 0) return {};
    return {&term_};
  }

 private:
  static Memory& prepared(Memory& memory, const Args& args) {
    if (!memory.look_ahead) memory.look_ahead.emplace(args.shapes, args.samples, args.depth);
    return memory;
  }

  std::int64_t weight_;
  FragmentationTerm term_;
};

}  // namespace

PluginType fragmentation() { return plugin_type<Fragmentation>("fragmentation"); }

}  // namespace basalt
