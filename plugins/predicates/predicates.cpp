#include "plugins/predicates/predicates.hpp"

#include "basalt/framework/session.hpp"
#include "plugins/predicates/filters.hpp"
#include "plugins/predicates/pod_affinity_filters.hpp"
#include "plugins/predicates/spread_filter.hpp"
#include "plugins/tallies/pod_tallies.hpp"

namespace basalt {
namespace {

/// Switches of filters that do not exist yet: whoever needs one waits, with the reason.
void read_missing_filters(ArgumentReader& reader) {
  for (const std::string_view key : {"predicate.NodeVolumeLimitsEnable", "predicate.VolumeZoneEnable",
                                     "predicate.DynamicResourceAllocationEnable"}) {
    reader.without_effect(key, "there is no such filter; pods with constraints that are not supported wait");
  }
  reader.without_effect("predicate.CacheEnable", "answers are always remembered for equal pods");
  for (const std::string_view key : {"volumebinding.bindTimeoutSeconds", "volumebinding.weight", "volumebinding.shape",
                                     "dynamicresources.filterTimeoutSeconds"}) {
    reader.without_effect(key, "volumes are not bound, and device claims not made, by this version");
  }
}

class Predicates final : public Predicate {
 public:
  /// The pods that filters ask about, counted by domain.
  class Memory {
   public:
    void attach(Cluster& cluster) { tallies_.attach(cluster); }
    [[nodiscard]] const PodTallies& tallies() const { return tallies_; }

   private:
    PodTallies tallies_{PodTallies::Purpose::filters};
  };
  struct Args {
    bool node_affinity = true;
    bool node_ports = true;
    bool taints = true;
    bool volumes = true;
    bool pod_affinity = true;
    bool spread = true;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.node_affinity = reader.boolean("predicate.NodeAffinityEnable", true);
      args.node_ports = reader.boolean("predicate.NodePortsEnable", true);
      args.taints = reader.boolean("predicate.TaintTolerationEnable", true);
      args.volumes = reader.boolean("predicate.VolumeBindingEnable", true);
      args.pod_affinity = reader.boolean("predicate.PodAffinityEnable", true);
      args.spread = reader.boolean("predicate.PodTopologySpreadEnable", true);
      read_missing_filters(reader);
      return args;
    }
  };

  Predicates(const Args& args, const Memory& memory, const Session& session)
      : args_(args),
        unschedulable_(session.cluster()),
        node_affinity_(session.cluster()),
        taints_(session.cluster()),
        host_ports_(session.cluster()),
        volumes_(session.cluster()),
        affinity_(memory.tallies()),
        anti_affinity_(memory.tallies()),
        others_anti_affinity_(memory.tallies()),
        spread_(memory.tallies()) {}

  /// In Volcano's order, since of a node the first objection counts.
  std::vector<const FilterTerm*> filter_terms() const override {
    std::vector<const FilterTerm*> terms = {&unschedulable_};
    if (args_.node_affinity) terms.push_back(&node_affinity_);
    if (args_.taints) terms.push_back(&taints_);
    if (args_.node_ports) terms.push_back(&host_ports_);
    if (args_.pod_affinity) {
      terms.insert(terms.end(), {&affinity_, &anti_affinity_, &others_anti_affinity_});
    }
    if (args_.volumes) terms.push_back(&volumes_);
    if (args_.spread) terms.push_back(&spread_);
    return terms;
  }

 private:
  Args args_;
  UnschedulableFilter unschedulable_;
  NodeAffinityFilter node_affinity_;
  TaintFilter taints_;
  HostPortFilter host_ports_;
  VolumeAffinityFilter volumes_;
  PodAffinityFilter affinity_;
  PodAntiAffinityFilter anti_affinity_;
  OthersAntiAffinityFilter others_anti_affinity_;
  SpreadFilter spread_;
};

}  // namespace

PluginType predicates() { return plugin_type<Predicates>("predicates"); }

}  // namespace basalt
