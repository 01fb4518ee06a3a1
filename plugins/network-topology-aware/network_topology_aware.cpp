#include "plugins/network-topology-aware/network_topology_aware.hpp"

#include <cmath>
#include <string>

#include "basalt/framework/session.hpp"
#include "basalt/framework/topology_limit.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/amounts/kind_weights.hpp"
#include "plugins/network-topology-aware/domain_gradient.hpp"
#include "plugins/network-topology-aware/domain_sums.hpp"
#include "plugins/network-topology-aware/hyper_node_scores.hpp"
#include "plugins/network-topology-aware/node_scores.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

class NetworkTopologyAware final : public HyperNodeGradient, public HyperNodeOrder, public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 1;
    KindWeights kinds;
    bool fills_with_others = true;  ///< scores pods without topology as well
    std::int64_t fading = 800'000;  ///< in millionths
    std::size_t most_to_evict_in = 8;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.weight = read_weight_or_one(reader, "weight");
      args.kinds = read_kind_weights(reader, "hypernode.binpack");
      args.fills_with_others = reader.boolean("hypernode.binpack.normal-pod.enable", true);
      double fading = reader.number("hypernode.binpack.normal-pod.fading", 0.8);
      if (!(fading >= 0)) {
        reader.report(Finding::Severity::note, "'hypernode.binpack.normal-pod.fading' is negative: 0.8 is used");
        fading = 0.8;
      } else if (fading > 1) {
        reader.report(Finding::Severity::note, "'hypernode.binpack.normal-pod.fading' is above 1: 1 is used");
        fading = 1;
      }
      args.fading = std::llround(fading * static_cast<double>(kMillion));
      std::int64_t most = reader.integer("hypernode.gradient.evict.max-hypernodes", 8);
      if (most <= 0) {
        reader.report(Finding::Severity::note, "'hypernode.gradient.evict.max-hypernodes' is not above 0: 8 is used");
        most = 8;
      }
      args.most_to_evict_in = static_cast<std::size_t>(most);
      return args;
    }
  };

  using Memory = DomainSums;

  NetworkTopologyAware(const Args& args, Memory& sums, const Session& session)
      : args_(args),
        cluster_(session.cluster()),
        kinds_(known_kinds(args.kinds, cluster_.schema())),
        sums_(sums),
        closeness_(cluster_, args.weight),
        filling_(cluster_, sums_, closeness_, args.weight, args.fading, kinds_) {
    sums_.use(cluster_);
  }

  Gradient gradient_for_job(JobId job, HyperNodeId root, SearchPurpose purpose) const override {
    const auto limit = highest_tier(cluster_, job);
    if (!limit) return {{root}};
    return gradient({root, *limit, placed_domain(cluster_, job)}, purpose);
  }

  Gradient gradient_for_sub_job(SubJobId sub_job, HyperNodeId root, SearchPurpose purpose) const override {
    const auto limit = highest_tier(cluster_, sub_job);
    if (!limit) return {{root}};
    return gradient({root, *limit, placed_domain(cluster_, sub_job)}, purpose);
  }

  void add_hyper_node_scores(SubJobId sub_job, std::span<const HyperNodeId> hyper_nodes,
                             std::span<Score> out) const override {
    basalt::add_hyper_node_scores(cluster_, sums_, args_.weight, kinds_, sub_job, hyper_nodes, out);
  }

  /// Without HyperNodes all nodes are equally close.
  std::vector<const ScoreTerm*> score_terms() const override {
    if (args_.weight == 0 || cluster_.topology().is_empty()) return {};
    if (!args_.fills_with_others) return {&closeness_};
    return {&closeness_, &filling_};
  }

 private:
  [[nodiscard]] Gradient gradient(const DomainSearchBounds& bounds, SearchPurpose purpose) const {
    const Topology& topology = cluster_.topology();
    return purpose == SearchPurpose::evict ? gradient_to_evict(topology, bounds, args_.most_to_evict_in)
                                           : gradient_to_allocate(topology, bounds);
  }

  const Args& args_;
  const Cluster& cluster_;
  std::vector<WeighedKind> kinds_;
  DomainSums& sums_;  // a view of the tables that catches up when it is asked
  ClosenessTerm closeness_;
  FillingTerm filling_;
};

}  // namespace

PluginType network_topology_aware() { return plugin_type<NetworkTopologyAware>("network-topology-aware"); }

}  // namespace basalt
