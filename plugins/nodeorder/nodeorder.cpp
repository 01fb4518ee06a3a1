#include "plugins/nodeorder/nodeorder.hpp"

#include <array>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/nodeorder/node_preferences.hpp"
#include "plugins/nodeorder/pod_preferences.hpp"
#include "plugins/nodeorder/resource_scorers.hpp"
#include "plugins/nodeorder/scoring_sums.hpp"
#include "plugins/tallies/pod_tallies.hpp"

namespace basalt {
namespace {

std::int64_t read_weight(ArgumentReader& reader, std::string_view key, std::int64_t fallback) {
  return read_within(reader, key, fallback, -kLargestWeight);
}

/// kube-scheduler's hardPodAffinityWeight, with its range.
std::int64_t read_required_affinity(ArgumentReader& reader, std::int64_t fallback) {
  constexpr std::string_view kKey = "podaffinity.hardPodAffinityWeight";
  const std::int64_t weight = reader.integer(kKey, fallback);
  if (weight >= 0 && weight <= 100) return weight;
  std::string message = "'";
  reader.report(Finding::Severity::wrong, message.append(kKey).append("' is not within 0 to 100"));
  return fallback;
}

class Nodeorder final : public NodeOrder {
 public:
  /// What is in use on each node, and the pods that scores ask about, counted by domain.
  struct Memory {
    ScoringSums sums;
    PodTallies tallies{PodTallies::Purpose::scores};

    void attach(Cluster& cluster) {
      sums.attach(cluster);
      tallies.attach(cluster);
    }
  };
  struct Args {
    std::int64_t least = 1;
    std::int64_t most = 0;
    std::int64_t balanced = 1;
    std::int64_t node_affinity = 2;
    std::int64_t taints = 3;
    std::int64_t pod_affinity = 2;
    std::int64_t required_affinity = 1;
    std::int64_t spread = 2;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.least = read_weight(reader, "leastrequested.weight", args.least);
      args.most = read_weight(reader, "mostrequested.weight", args.most);
      args.balanced = read_weight(reader, "balancedresource.weight", args.balanced);
      args.node_affinity = read_weight(reader, "nodeaffinity.weight", args.node_affinity);
      args.taints = read_weight(reader, "tainttoleration.weight", args.taints);
      args.pod_affinity = read_weight(reader, "podaffinity.weight", args.pod_affinity);
      args.required_affinity = read_required_affinity(reader, args.required_affinity);
      args.spread = read_weight(reader, "podtopologyspread.weight", args.spread);
      reader.without_effect("imagelocality.weight", "there is no such score yet");
      return args;
    }
  };

  Nodeorder(const Args& args, const Memory& memory, const Session& session)
      : least_(session.cluster(), memory.sums, Preference::least_allocated, args.least),
        most_(session.cluster(), memory.sums, Preference::most_allocated, args.most),
        balance_(session.cluster(), args.balanced),
        node_affinity_(session.cluster(), args.node_affinity),
        taints_(session.cluster(), args.taints),
        pod_affinity_(memory.tallies, args.pod_affinity, args.required_affinity),
        spread_(session.cluster(), memory.tallies, args.spread) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    std::vector<const ScoreTerm*> terms;
    for (const ScoreTerm* term : std::array<const ScoreTerm*, 7>{&least_, &most_, &balance_, &node_affinity_, &taints_,
                                                                 &pod_affinity_, &spread_}) {
      if (term->weight() != 0) terms.push_back(term);
    }
    return terms;
  }

 private:
  AllocationTerm least_;
  AllocationTerm most_;
  BalanceTerm balance_;
  PreferredNodesTerm node_affinity_;
  PreferredTaintsTerm taints_;
  PreferredPodsTerm pod_affinity_;
  SpreadTerm spread_;
};

}  // namespace

PluginType nodeorder() { return plugin_type<Nodeorder>("nodeorder"); }

}  // namespace basalt
