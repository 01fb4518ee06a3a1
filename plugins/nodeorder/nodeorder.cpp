#include "plugins/nodeorder/nodeorder.hpp"

#include <array>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/nodeorder/node_preferences.hpp"
#include "plugins/nodeorder/resource_scorers.hpp"
#include "plugins/nodeorder/scoring_sums.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kLargestWeight = 1'000'000;

std::int64_t read_weight(ArgumentReader& reader, std::string_view key, std::int64_t fallback) {
  const std::int64_t weight = reader.integer(key, fallback);
  if (weight >= -kLargestWeight && weight <= kLargestWeight) return weight;
  std::string message = "'";
  reader.report(Finding::Severity::wrong, message.append(key).append("' is beyond 1000000"));
  return fallback;
}

class Nodeorder final : public NodeOrder {
 public:
  using Memory = ScoringSums;
  struct Args {
    std::int64_t least = 1;
    std::int64_t most = 0;
    std::int64_t balanced = 1;
    std::int64_t node_affinity = 2;
    std::int64_t taints = 3;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.least = read_weight(reader, "leastrequested.weight", args.least);
      args.most = read_weight(reader, "mostrequested.weight", args.most);
      args.balanced = read_weight(reader, "balancedresource.weight", args.balanced);
      args.node_affinity = read_weight(reader, "nodeaffinity.weight", args.node_affinity);
      args.taints = read_weight(reader, "tainttoleration.weight", args.taints);
      for (const std::string_view key : {"imagelocality.weight", "podaffinity.weight", "podtopologyspread.weight"}) {
        reader.without_effect(key, "there is no such score yet");
      }
      return args;
    }
  };

  Nodeorder(const Args& args, const ScoringSums& sums, const Session& session)
      : least_(session.cluster(), sums, Preference::least_allocated, args.least),
        most_(session.cluster(), sums, Preference::most_allocated, args.most),
        balance_(session.cluster(), args.balanced),
        node_affinity_(session.cluster(), args.node_affinity),
        taints_(session.cluster(), args.taints) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    std::vector<const ScoreTerm*> terms;
    for (const ScoreTerm* term :
         std::array<const ScoreTerm*, 5>{&least_, &most_, &balance_, &node_affinity_, &taints_}) {
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
};

}  // namespace

PluginType nodeorder() { return plugin_type<Nodeorder>("nodeorder"); }

}  // namespace basalt
