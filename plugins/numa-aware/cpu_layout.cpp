#include "plugins/numa-aware/cpu_layout.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace basalt {
namespace {

/// What is still to be taken, and from what.
class Accumulator {
 public:
  Accumulator(const CpuLayout& layout, const CpuSet& available, std::size_t count)
      : layout_(layout), available_(available), needed_(count) {}

  CpuSet take() {
    // NUMA nodes of one or more sockets come before sockets; where sockets are divided they come after.
    const bool numa_first = layout_.sockets.size() >= layout_.numa_nodes.size();
    take_whole(numa_first ? layout_.numa_nodes : layout_.sockets);
    take_whole(numa_first ? layout_.sockets : layout_.numa_nodes);
    for (const std::size_t core : cores_in_order()) take_if_needed(layout_.cores[core]);
    for (const std::size_t core : cores_in_order()) take_single(layout_.cores[core]);
    return taken_;
  }

 private:
  void take_if_needed(const CpuSet& unit) {
    const bool is_free = (unit & available_) == unit;
    if (!is_free || unit.count() > needed_ || unit.none()) return;
    taken_ |= unit;
    available_ &= ~unit;
    needed_ -= unit.count();
  }

  void take_whole(const std::vector<CpuSet>& units) {
    // All that are free have as many left as they have: the smaller first.
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < units.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return (units[left] & available_).count() < (units[right] & available_).count();
    });
    for (const std::size_t unit : order) take_if_needed(units[unit]);
  }

  void take_single(const CpuSet& core) {
    for (std::size_t cpu = 0; cpu < layout_.ids.size() && needed_ > 0; ++cpu) {
      if (!core[cpu] || !available_[cpu]) continue;
      taken_.set(cpu);
      available_.reset(cpu);
      --needed_;
    }
  }

  [[nodiscard]] std::vector<std::size_t> cores_in_order() const {
    const auto left_in = [this](const CpuSet& unit) { return (unit & available_).count(); };
    std::vector<std::pair<std::array<std::size_t, 6>, std::size_t>> keys;
    for (std::size_t core = 0; core < layout_.cores.size(); ++core) {
      const CpuSet& cpus = layout_.cores[core];
      if ((cpus & available_).none()) continue;
      const CpuLayout::Place& place = layout_.places[cpus._Find_first()];
      keys.push_back({{left_in(layout_.numa_nodes[place.numa]), place.numa, left_in(layout_.sockets[place.socket]),
                       place.socket, left_in(cpus), core},
                      core});
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::size_t> order;
    for (const auto& [key, core] : keys) order.push_back(core);
    return order;
  }

  const CpuLayout& layout_;
  CpuSet available_, taken_;
  std::size_t needed_;
};

/// Groups cpus by a number each has; tells each its group.
template <class Number, class Tell>
std::vector<CpuSet> group(const std::vector<CpuPlace>& cpus, Number number, Tell tell) {
  std::map<decltype(number(cpus.front())), CpuSet> sets;
  for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu) sets[number(cpus[cpu])].set(cpu);
  std::vector<CpuSet> groups;
  for (const auto& [key, set] : sets) {
    for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu) {
      if (set[cpu]) tell(cpu, groups.size());
    }
    groups.push_back(set);
  }
  return groups;
}

}  // namespace

std::size_t CpuLayout::numa_nodes_of(const CpuSet& cpus) const {
  return static_cast<std::size_t>(
      std::count_if(numa_nodes.begin(), numa_nodes.end(), [&](const CpuSet& node) { return (node & cpus).any(); }));
}

CpuSet CpuLayout::set_of(const std::vector<std::int32_t>& cpu_ids) const {
  CpuSet cpus;
  for (const std::int32_t id : cpu_ids) {
    const auto known = std::lower_bound(ids.begin(), ids.end(), id);
    if (known != ids.end() && *known == id) cpus.set(static_cast<std::size_t>(known - ids.begin()));
  }
  return cpus;
}

std::vector<std::int32_t> CpuLayout::ids_of(const CpuSet& cpus) const {
  std::vector<std::int32_t> made;
  for (std::size_t cpu = 0; cpu < ids.size(); ++cpu) {
    if (cpus[cpu]) made.push_back(ids[cpu]);
  }
  return made;
}

std::optional<CpuLayout> cpu_layout(const NumaTopology& topology) {
  if (topology.cpus.empty() || topology.cpus.size() > kMostCpus) return std::nullopt;
  CpuLayout layout;
  layout.places.resize(topology.cpus.size());
  for (const CpuPlace& place : topology.cpus) {
    layout.all.set(layout.ids.size());
    layout.ids.push_back(place.id);
  }
  layout.numa_nodes = group(
      topology.cpus, [](const CpuPlace& cpu) { return cpu.numa; },
      [&](std::size_t cpu, std::size_t at) { layout.places[cpu].numa = at; });
  layout.sockets = group(
      topology.cpus, [](const CpuPlace& cpu) { return cpu.socket; },
      [&](std::size_t cpu, std::size_t at) { layout.places[cpu].socket = at; });
  // Numbers of cores may begin anew in each socket.
  layout.cores = group(
      topology.cpus, [](const CpuPlace& cpu) { return std::pair(cpu.socket, cpu.core); },
      [&](std::size_t cpu, std::size_t at) { layout.places[cpu].core = at; });
  if (layout.numa_nodes.size() > kMostNumaNodes) return std::nullopt;
  constexpr std::int64_t kMilli = 1000;
  const auto reserved =
      take_cpus(layout, layout.all, static_cast<std::size_t>((topology.reserved_cpu + kMilli - 1) / kMilli));
  layout.assignable = layout.set_of(topology.allocatable);
  if (reserved) layout.assignable &= ~*reserved;
  return layout;
}

std::optional<CpuSet> take_cpus(const CpuLayout& layout, const CpuSet& available, std::size_t count) {
  if (available.count() < count) return std::nullopt;
  return Accumulator(layout, available, count).take();
}

}  // namespace basalt
