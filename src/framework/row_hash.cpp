#include "framework/row_hash.hpp"

#include "basalt/framework/column.hpp"

namespace basalt {
namespace {

class Fold {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) { hash_ = fold_bytes(hash_, &value, sizeof value); }
  void add(Symbol symbol) { add(symbol.number()); }
  void add(const std::string& text) {
    add(text.size());
    hash_ = fold_bytes(hash_, text.data(), text.size());
  }
  void add(const std::pair<std::string, std::string>& pair) {
    add(pair.first);
    add(pair.second);
  }
  void add(const DeviceRequest& request) {
    add(request.number);
    add(request.memory);
    add(request.memory_percentage);
    add(request.cores);
  }
  void add(const ExclusiveCpus& container) {
    add(container.cpus);
    add(container.is_init);
    add(container.restartable);
  }
  void add(const Resources& amounts) { hash_ = CellCodec<Resources>::fold(hash_, amounts); }
  void add(const std::pair<Symbol, Symbol>& pair) {
    add(pair.first);
    add(pair.second);
  }
  void add(const Requirement& requirement) {
    add(requirement.key);
    add(requirement.op);
    add(requirement.values);
  }
  void add(const NodeSelectorTerm& term) {
    add(term.match_expressions);
    add(term.match_fields);
  }
  void add(const NodeSelector& selector) { add(selector.terms); }
  void add(const PreferredNodes& preferred) {
    add(preferred.weight);
    add(preferred.term);
  }
  void add(const Toleration& toleration) {
    add(toleration.key);
    add(toleration.exists);
    add(toleration.value);
    add(toleration.effect);
  }
  void add(const HostPort& port) {
    add(port.protocol);
    add(port.address);
    add(port.port);
  }
  void add(const LabelSelector& selector) {
    add(selector.selects_nothing);
    add(selector.requirements);
  }
  void add(const PodSelection& pods) {
    add(pods.in_all_namespaces);
    add(pods.namespaces);
    add(pods.selector);
  }
  void add(const PodAffinityTerm& term) {
    add(term.pods);
    add(term.topology_key);
  }
  void add(const PreferredPods& preferred) {
    add(preferred.weight);
    add(preferred.term);
  }
  void add(const TopologySpread& spread) {
    add(spread.max_skew);
    add(spread.topology_key);
    add(spread.hard);
    add(spread.min_domains);
    add(spread.honours_affinity);
    add(spread.honours_taints);
    add(spread.pods);
    add(spread.counts_itself);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) add(value);
  }

  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = kEmptyHash;
};

}  // namespace

std::uint64_t hash_of(const Spec& spec) {
  Fold fold;
  fold.add(spec.request);
  fold.add(spec.scoring_cpu);
  fold.add(spec.scoring_memory);
  fold.add(spec.node_selector);
  fold.add(spec.required_nodes);
  fold.add(spec.volume_nodes);
  fold.add(spec.preferred_nodes);
  fold.add(spec.tolerations);
  fold.add(spec.host_ports);
  fold.add(spec.required_affinity);
  fold.add(spec.meets_own_affinity);
  fold.add(spec.required_anti_affinity);
  fold.add(spec.preferred_pods);
  fold.add(spec.spread);
  fold.add(spec.blockers);
  fold.add(spec.gated);
  fold.add(spec.device_requests);
  fold.add(spec.device_wishes);
  fold.add(spec.numa_policy);
  fold.add(spec.exclusive_cpus);
  fold.add(spec.io.network);
  fold.add(spec.io.disk);
  return fold.value();
}

std::uint64_t hash_of(const PodLabels& labels) {
  Fold fold;
  fold.add(labels.spec.slot());
  fold.add(labels.namespace_name);
  fold.add(labels.labels.pairs());
  return fold.value();
}

}  // namespace basalt
