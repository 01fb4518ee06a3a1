#include "plugins/rank-aware/rank_aware.hpp"

#include <limits>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/rank-aware/neighbour_term.hpp"

namespace basalt {
namespace {

class RankAware final : public TaskOrder, public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 10;

    static Args read(ArgumentReader& reader) { return {read_within(reader, "rank-aware.weight", 10, 0)}; }
  };

  RankAware(const Args& args, const Session& session) : term_(session.cluster(), args.weight) {}

  /// By rank; tasks without one last.
  std::weak_ordering task_order(TaskId left, TaskId right) const override {
    constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
    return term_.rank(left).value_or(kLast) <=> term_.rank(right).value_or(kLast);
  }

  /// Without HyperNodes only the node is near.
  std::vector<const ScoreTerm*> score_terms() const override {
    if (term_.weight() == 0) return {};
    return {&term_};
  }

 private:
  NeighbourTerm term_;
};

}  // namespace

PluginType rank_aware() { return plugin_type<RankAware>("rank-aware"); }

}  // namespace basalt
