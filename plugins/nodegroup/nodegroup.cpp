#include "plugins/nodegroup/nodegroup.hpp"

#include "basalt/framework/session.hpp"
#include "plugins/nodegroup/group_rules.hpp"

namespace basalt {
namespace {

constexpr std::string_view kNotForQueue = "node(s) were in a node group that its queue may not use";
constexpr std::string_view kNoGroup = "node(s) were in no node group";

/// Nodes of groups that the queue may not use. Whoever is evicted there, they stay so.
class GroupFilter final : public FilterTerm {
 public:
  explicit GroupFilter(const QueueGroups& groups) : groups_(groups) {}
  [[nodiscard]] std::string_view name() const override { return "nodegroup"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::node_row, Input::job, Input::queue}; }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override {
    const GroupRules* rules = groups_.of(task.task.job);
    if (rules == nullptr) return;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto group = groups_.group_of(nodes[i]);
      if (!rules->allows(group)) out[i] = Fit::never({group ? kNotForQueue : kNoGroup, {}});
    }
  }

 private:
  const QueueGroups& groups_;
};

class GroupScore final : public ScoreTerm {
 public:
  explicit GroupScore(const QueueGroups& groups) : groups_(groups) {}
  [[nodiscard]] std::string_view name() const override { return "nodegroup"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::node_row, Input::job, Input::queue}; }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
    const GroupRules* rules = groups_.of(task.task.job);
    if (rules == nullptr || rules->is_empty()) return;
    for (std::size_t i = 0; i < nodes.size(); ++i) out[i] = rules->score(groups_.group_of(nodes[i]));
  }

 private:
  const QueueGroups& groups_;
};

class NodeGroup final : public Predicate, public NodeOrder {
 public:
  struct Args {
    GroupOptions options;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.options.strict = reader.boolean("strict", true);
      args.options.is_ordered = reader.boolean("enablePreferredOrder", false);
      args.options.inherits = reader.boolean("enableHierarchy", false);
      args.options.anti_affinity_as_volcano = reader.boolean("antiAffinityAsVolcano", false);
      return args;
    }
  };

  NodeGroup(const Args& args, const Session& session) : groups_(session.cluster(), args.options) {}

  std::vector<const FilterTerm*> filter_terms() const override { return {&filter_}; }
  std::vector<const ScoreTerm*> score_terms() const override { return {&score_}; }

 private:
  QueueGroups groups_;
  GroupFilter filter_{groups_};
  GroupScore score_{groups_};
};

}  // namespace

PluginType nodegroup() { return plugin_type<NodeGroup>("nodegroup"); }

}  // namespace basalt
