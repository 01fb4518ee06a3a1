#include "plugins/deviceshare/deviceshare.hpp"

#include <chrono>
#include <optional>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/devices/device_assignment.hpp"
#include "plugins/deviceshare/device_terms.hpp"

namespace basalt {
namespace {

struct DeviceshareArgs {
  std::optional<DeviceContract> contract;  ///< none: no kind of sharing is switched on
  DeviceOrder order = DeviceOrder::last_first;
  std::int64_t weight = 0;

  static DeviceshareArgs read(ArgumentReader& reader) {
    DeviceshareArgs args;
    args.read_contract(reader);
    args.read_policy(reader);
    reader.without_effect("deviceshare.NodeLockEnable", "there is no lock of nodes");
    for (const std::string_view key : {"deviceshare.KnownGeometriesCMName", "deviceshare.KnownGeometriesCMNamespace"}) {
      reader.without_effect(key, "GPUs in mode mig are not supported");
    }
    for (const std::string_view key : {"deviceshare.AscendMindClusterVNPUEnable", "deviceshare.AscendHAMiVNPUEnable"}) {
      if (reader.boolean(key, false)) reader.report(Finding::Severity::wrong, quoted(key) + " is not supported");
    }
    return args;
  }

 private:
  static std::string quoted(std::string_view key) { return "'" + std::string(key) + "'"; }

  void read_contract(ArgumentReader& reader) {
    const bool memory = reader.boolean("deviceshare.GPUSharingEnable", false);
    const bool number = reader.boolean("deviceshare.GPUNumberEnable", false);
    const bool vgpu = reader.boolean("deviceshare.VGPUEnable", false);
    if (memory + number + vgpu > 1) {
      reader.report(Finding::Severity::wrong,
                    "expected at most one of 'deviceshare.GPUSharingEnable', 'deviceshare.GPUNumberEnable' and "
                    "'deviceshare.VGPUEnable' to be true");
    }
    if (memory) contract = DeviceContract::gpu_memory;
    if (number) contract = DeviceContract::gpu_number;
    if (vgpu) contract = DeviceContract::vgpu;
  }

  void read_policy(ArgumentReader& reader) {
    const std::string policy = reader.text("deviceshare.SchedulePolicy", "");
    if (policy == "binpack") {
      order = DeviceOrder::binpack;
    } else if (policy == "spread") {
      order = DeviceOrder::spread;
    } else if (!policy.empty()) {
      reader.report(Finding::Severity::wrong,
                    "'deviceshare.SchedulePolicy': expected binpack or spread, got '" + policy + "'");
    }
    const bool has_policy = order != DeviceOrder::last_first;
    weight = read_within(reader, "deviceshare.ScheduleWeight", has_policy ? 1 : 0, 0);
    if (!has_policy) weight = 0;
  }
};

class Deviceshare final : public Predicate, public NodeReserve, public NodeOrder {
 public:
  using Args = DeviceshareArgs;
  using Memory = DeviceUse;

  Deviceshare(const Args& args, const Memory& memory, const Session& session)
      : session_(session),
        contract_(args.contract),
        chooser_(session.cluster(), memory, args.contract, args.order),
        filter_(chooser_),
        score_(chooser_, args.order, args.weight) {}

  std::vector<const FilterTerm*> filter_terms() const override {
    if (!contract_) return {};
    return {&filter_};
  }
  std::vector<const ScoreTerm*> score_terms() const override {
    if (!contract_ || score_.weight() == 0) return {};
    return {&score_};
  }

  Fit reserve(TaskId task, NodeId node, StringPairs& annotations) override {
    const Spec& spec = session_.cluster().spec(task);
    if (!chooser_.applies(spec)) return Fit::yes();
    const DeviceChoice choice = chooser_.choose(spec, node);
    if (!choice.fit) return choice.fit;
    if (*contract_ == DeviceContract::vgpu) {
      write_shares(spec, node, choice, annotations);
    } else {
      write_cards(choice, annotations);
    }
    return Fit::yes();
  }

 private:
  void write_shares(const Spec& spec, NodeId node, const DeviceChoice& choice, StringPairs& annotations) const {
    const DeviceInventory& inventory = chooser_.inventory(node);
    DeviceAssignment assignment(spec.device_requests.size());
    for (const ChosenDevice& chosen : choice.chosen) {
      assignment[chosen.container].push_back(
          {inventory.devices[chosen.device].uuid, "NVIDIA", chosen.load.memory, chosen.load.cores});
    }
    const std::string shares = print_assignment(assignment);
    const std::string now = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(session_.moment().now.time_since_epoch()).count());
    annotations.emplace_back("volcano.sh/bind-phase", "allocating");
    annotations.emplace_back("volcano.sh/bind-time", now);
    annotations.emplace_back("volcano.sh/devices-to-allocate", shares);
    annotations.emplace_back("volcano.sh/vgpu-ids-new", shares);
    annotations.emplace_back("volcano.sh/vgpu-node", session_.cluster().node_name(node));
    annotations.emplace_back("volcano.sh/vgpu-time", now);
  }

  void write_cards(const DeviceChoice& choice, StringPairs& annotations) const {
    std::string cards;
    for (const ChosenDevice& chosen : choice.chosen) {
      if (!cards.empty()) cards += ',';
      cards += std::to_string(chosen.device);
    }
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(session_.moment().now.time_since_epoch());
    annotations.emplace_back("volcano.sh/gpu-index", cards);
    annotations.emplace_back("volcano.sh/predicate-time", std::to_string(now.count()));
  }

  const Session& session_;
  std::optional<DeviceContract> contract_;
  DeviceChooser chooser_;
  DeviceFilter filter_;
  DeviceScore score_;
};

}  // namespace

PluginType deviceshare() { return plugin_type<Deviceshare>("deviceshare"); }

}  // namespace basalt
