#include "plugins/io-aware/io_aware.hpp"

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/io-aware/io_use.hpp"

namespace basalt {
namespace {

constexpr std::string_view kBusy = "node(s) had too little network or disk bandwidth left";

bool is_asked_for(const Spec& spec) { return spec.io.network > 0 || spec.io.disk > 0; }

IoRates sum_of(const IoRates& left, const IoRates& right) {
  return {left.network + right.network, left.disk + right.disk};
}

/// Refuses nodes that could not move so much, once everything that is leaving has left.
class IoFilter final : public FilterTerm {
 public:
  IoFilter(const Cluster& cluster, const IoUse& use) : cluster_(cluster), use_(use) {}
  std::string_view name() const override { return "io"; }
  Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  bool applies(const Spec& spec) const override { return use_.is_attached() && is_asked_for(spec); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const IoCapacity& capacity = cluster_.nodes()[nodes[i]].io;
      const IoRates& asked = task.spec.io;
      if (!has_room_for(asked, asked, capacity)) {
        out[i] = Fit::never({kBusy, {}});
      } else if (!has_room_for(sum_of(use_.sums(nodes[i]).later(), asked), asked, capacity)) {
        out[i] = Fit::no({kBusy, {}});
      }
    }
  }

 private:
  const Cluster& cluster_;
  const IoUse& use_;
};

/// Nodes whose busier side would be the least busy are best.
class IoScore final : public ScoreTerm {
 public:
  IoScore(const Cluster& cluster, const IoUse& use, std::int64_t weight)
      : cluster_(cluster), use_(use), weight_(weight) {}
  std::string_view name() const override { return "io"; }
  Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  std::int64_t weight() const override { return weight_; }
  bool applies(const Spec& spec) const override { return use_.is_attached() && is_asked_for(spec); }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const IoRates sum = sum_of(use_.sums(nodes[i]).held, task.spec.io);
      out[i] = headroom(sum, task.spec.io, cluster_.nodes()[nodes[i]].io);
    }
  }

 private:
  const Cluster& cluster_;
  const IoUse& use_;
  std::int64_t weight_;
};

class IoAware final : public PrePredicate, public Predicate, public NodeReserve, public NodeOrder, public CouldHelp {
 public:
  struct Args {
    std::int64_t weight = 1;
    bool filters = true;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.weight = read_within(reader, "io-aware.weight", 1, 0);
      args.filters = reader.boolean("io-aware.filter", true);
      return args;
    }
  };
  using Memory = IoUse;

  IoAware(const Args& args, const Memory& use, const Session& session)
      : cluster_(session.cluster()),
        use_(use),
        filters_(args.filters),
        filter_(cluster_, use),
        score_(cluster_, use, args.weight) {}

  Fit::Verdict pre_predicate(TaskId task, std::string& why) const override {
    const IoRates& rates = cluster_.spec(task).io;
    if (!filters_ || (rates.network >= 0 && rates.disk >= 0)) return Fit::Verdict::fits;
    why = std::string("annotation of its ") + (rates.network < 0 ? "network" : "disk") +
          " bandwidth cannot be understood: expected a quantity such as 10M or 1G";
    return Fit::Verdict::unresolvable;
  }
  /// What a pod says of itself changes with the pod alone.
  bool could_help(JobId, const Changes&) const override { return false; }

  std::vector<const FilterTerm*> filter_terms() const override {
    if (!filters_) return {};
    return {&filter_};
  }
  std::vector<const ScoreTerm*> score_terms() const override {
    if (score_.weight() == 0) return {};
    return {&score_};
  }

  /// What is leaving still moves what it moves. The task counts as placed.
  Fit reserve(TaskId task, NodeId node, StringPairs&) override {
    const Spec& spec = cluster_.spec(task);
    if (!filters_ || !filter_.applies(spec)) return Fit::yes();
    if (has_room_for(use_.sums(node).held, spec.io, cluster_.nodes()[node].io)) return Fit::yes();
    return Fit::no({kBusy, {}});
  }

 private:
  const Cluster& cluster_;
  const IoUse& use_;
  bool filters_;
  IoFilter filter_;
  IoScore score_;
};

}  // namespace

PluginType io_aware() { return plugin_type<IoAware>("io-aware"); }

}  // namespace basalt
