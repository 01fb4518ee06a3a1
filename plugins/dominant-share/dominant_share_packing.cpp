#include "plugins/dominant-share/dominant_share_packing.hpp"

#include <algorithm>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/amounts/fullness.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr auto kWhole = static_cast<std::int64_t>(kWholePart);

/// Parts of a node's kinds that are in use.
struct Filling {
  std::int64_t dominant = 0, sum = 0;
  void add(std::int64_t part) {
    dominant = std::max(dominant, part);
    sum += part;
  }
  /// Times the number of kinds.
  [[nodiscard]] std::int64_t stranded(std::int64_t kinds) const { return dominant * kinds - sum; }
};

class DominantShareTerm final : public ScoreTerm {
 public:
  DominantShareTerm(const Cluster& cluster, std::int64_t weight) : cluster_(cluster), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "dominant-share"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_capacity, Input::node_usage}; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      out[i] = dominant_share_packing_score(task.spec.request, cluster_.used(nodes[i]),
                                            cluster_.nodes()[nodes[i]].allocatable);
    }
  }

 private:
  const Cluster& cluster_;
  std::int64_t weight_;
};

class DominantSharePacking final : public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 1;
    static Args read(ArgumentReader& reader) { return {read_within(reader, "dominant-share.weight", 1, 0)}; }
  };

  DominantSharePacking(const Args& args, const Session& session) : term_(session.cluster(), args.weight) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    if (term_.weight() == 0) return {};
    return {&term_};
  }

 private:
  DominantShareTerm term_;
};

}  // namespace

Score dominant_share_packing_score(const Resources& request, const Resources& used, const Resources& allocatable) {
  Filling before, after;
  std::int64_t kinds = 0;
  for (Dimension kind = 0; kind < allocatable.width(); ++kind) {
    if (kind == kPods || allocatable[kind] <= 0) continue;
    const std::int64_t then = used[kind] + request[kind];
    if (request[kind] > 0 && then > allocatable[kind]) return 0;
    ++kinds;
    before.add(std::clamp<std::int64_t>(part_of(used[kind], allocatable[kind]), 0, kWhole));
    after.add(std::clamp<std::int64_t>(part_of(then, allocatable[kind]), 0, kWhole));
  }
  if (kinds == 0) return 0;
  const std::int64_t filled = kinds * (2 * after.dominant + kWhole) + before.stranded(kinds) - after.stranded(kinds);
  return static_cast<Score>(Int128{filled} * (kMaxScore / 4) / (Int128{kWhole} * kinds));
}

PluginType dominant_share_packing() { return plugin_type<DominantSharePacking>("dominant-share"); }

}  // namespace basalt
