#include "plugins/numa-aware/numa_aware.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cpu_list.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/numa-aware/numa_terms.hpp"

namespace basalt {
namespace {

class NumaAware final : public Predicate, public NodeReserve, public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 1;

    static Args read(ArgumentReader& reader) { return {read_within(reader, "weight", 1, 0)}; }
  };
  using Memory = NumaUse;

  NumaAware(const Args& args, const Memory& use, const Session& session)
      : cluster_(session.cluster()),
        chooser_(session.cluster(), use),
        filter_(chooser_),
        score_(chooser_, args.weight) {}

  std::vector<const FilterTerm*> filter_terms() const override { return {&filter_}; }
  std::vector<const ScoreTerm*> score_terms() const override {
    if (score_.weight() == 0) return {};
    return {&score_};
  }

  Fit reserve(TaskId task, NodeId node, StringPairs& annotations) override {
    const Spec& spec = cluster_.spec(task);
    if (!chooser_.applies(spec) || !chooser_.hands_out_cpus(node)) return Fit::yes();
    const NumaChoice choice = chooser_.choose(spec, node);
    if (!choice.fit) return choice.fit;
    if (choice.cpus.none()) return Fit::yes();
    annotations.emplace_back(NumaUse::kAssigned, print_cpu_list(chooser_.layout(node)->ids_of(choice.cpus)));
    return Fit::yes();
  }

 private:
  const Cluster& cluster_;
  NumaChooser chooser_;
  NumaFilter filter_;
  NumaScore score_;
};

}  // namespace

PluginType numa_aware() { return plugin_type<NumaAware>("numa-aware"); }

}  // namespace basalt
