#include <charconv>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/fields.hpp"
#include "basalt/model/cpu_list.hpp"

namespace basalt::adapter {
namespace {

/// More cpus than any machine has; bounds the work that one object can cause.
constexpr std::size_t kMostCpus = 8192;
constexpr std::int32_t kMostPlaces = 65'535;

auto cpu_list(std::string_view name, std::vector<std::int32_t>& out) {
  return Field{kJsonOnly, name, [&out](const JsonValue& value) {
                 auto cpus = parse_cpu_list(value.text());
                 if (cpus) {
                   out = *std::move(cpus);
                 } else {
                   value.reading().object(cpus.error().message);
                 }
               }};
}

void read_policies(const JsonMessage& in, NumaTopology& topology) {
  std::string_view cpus, whole;
  in.read(view(kJsonOnly, "CPUManagerPolicy", cpus), view(kJsonOnly, "TopologyManagerPolicy", whole));
  topology.has_static_cpus = cpus == "static";
  if (whole.empty()) return;
  if (const auto policy = parse_numa_policy(whole)) {
    topology.policy = *policy;
  } else {
    in.reading().object("TopologyManagerPolicy: expected none, best-effort, restricted or single-numa-node, got \"" +
                        std::string(whole.substr(0, 64)) + "\"");
  }
}

/// cpuDetail: where each cpu is. Zeros may be left out.
auto cpu_places(std::vector<CpuPlace>& out) {
  const auto take = [&out](const JsonValue& value) {
    value.entries([&out](std::string_view key, const JsonValue& detail) {
      CpuPlace place;
      const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), place.id);
      const bool is_number = error == std::errc{} && end == key.data() + key.size();
      if (!is_number || place.id < 0 || place.id > kLastCpu || out.size() == kMostCpus) {
        detail.reading().object("expected the number of a cpu");
        return;
      }
      detail.message().read(integer_within(kJsonOnly, "numa", place.numa, 0, kMostPlaces),
                            integer_within(kJsonOnly, "socket", place.socket, 0, kMostPlaces),
                            integer_within(kJsonOnly, "core", place.core, 0, kMostPlaces));
      out.push_back(place);
    });
  };
  return Field{kJsonOnly, "cpuDetail", take,
               [&out] { sort_by_key(out, [](const CpuPlace& place) { return place.id; }); }};
}

/// podAllocations: written by newer exporters.
void read_pod(const JsonMessage& in, PodCpus& pod) {
  in.read(text(kJsonOnly, "uid", pod.uid),
          each(kJsonOnly, "containerAllocations", [&pod](const JsonMessage& container) {
            container.read(message(kJsonOnly, "allocations", [&pod](const JsonMessage& allocations) {
              std::vector<std::int32_t> cpus;
              allocations.read(cpu_list("cpu", cpus));
              pod.cpus.insert(pod.cpus.end(), cpus.begin(), cpus.end());
            }));
          }));
  std::sort(pod.cpus.begin(), pod.cpus.end());
  pod.cpus.erase(std::unique(pod.cpus.begin(), pod.cpus.end()), pod.cpus.end());
}

void read_spec(const JsonMessage& in, NumaTopology& topology) {
  NamedAmounts reserved;
  in.read(message(kJsonOnly, "policies", [&](const JsonMessage& policies) { read_policies(policies, topology); }),
          amounts(kJsonOnly, "resReserved", reserved, Resources::kMaxNodeAmount),
          message(kJsonOnly, "numares",
                  [&](const JsonMessage& kinds) {
                    kinds.read(message(kJsonOnly, "cpu", [&](const JsonMessage& cpu) {
                      cpu.read(cpu_list("allocatable", topology.allocatable));
                    }));
                  }),
          cpu_places(topology.cpus), each(kJsonOnly, "podAllocations", [&](const JsonMessage& pod) {
            read_pod(pod, topology.allocations.emplace_back());
          }));
  for (const NamedAmount& amount : reserved) {
    if (amount.name == "cpu") topology.reserved_cpu = amount.amount;
  }
  sort_by_key(topology.allocations, [](const PodCpus& pod) -> const std::string& { return pod.uid; });
}

}  // namespace

void read_numatopology(const JsonMessage& in, NumatopologyObject& object) {
  in.read(metadata(object.meta),
          message(kJsonOnly, "spec", [&object](const JsonMessage& spec) { read_spec(spec, object.topology); }));
}

}  // namespace basalt::adapter
