#include <array>
#include <limits>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::int32_t kMostWeight = 65'535;  // of the CRD
constexpr std::array<std::string_view, 3> kDequeueStrategies = {"", "fifo", "traverse"};
constexpr std::array<std::string_view, 5> kStates = {"", "Open", "Closed", "Closing", "Unknown"};

auto node_groups(std::string_view name, NodeGroupTerms& terms) {
  return message(kJsonOnly, name, [&terms](const JsonMessage& in) {
    in.read(texts(kJsonOnly, "requiredDuringSchedulingIgnoredDuringExecution", terms.required),
            texts(kJsonOnly, "preferredDuringSchedulingIgnoredDuringExecution", terms.preferred));
  });
}

void read_spec(const JsonMessage& in, QueueObject& queue) {
  constexpr std::int64_t kMost = Resources::kMaxStatedAmount;
  in.read(integer_within(kJsonOnly, "weight", queue.weight, 1, kMostWeight),
          amounts(kJsonOnly, "capability", queue.capability, kMost),
          amounts(kJsonOnly, "deserved", queue.deserved, kMost),
          message(kJsonOnly, "guarantee",
                  [&queue](const JsonMessage& guarantee) {
                    guarantee.read(amounts(kJsonOnly, "resource", queue.guarantee, kMost));
                  }),
          flag(kJsonOnly, "reclaimable", queue.reclaimable), text(kJsonOnly, "parent", queue.parent),
          integer_within(kJsonOnly, "priority", queue.priority, 0, std::numeric_limits<std::int32_t>::max()),
          one_of(kJsonOnly, "dequeueStrategy", queue.dequeue_strategy, kDequeueStrategies),
          message(kJsonOnly, "affinity", [&queue](const JsonMessage& affinity) {
            affinity.read(node_groups("nodeGroupAffinity", queue.node_groups),
                          node_groups("nodeGroupAntiAffinity", queue.anti_groups));
          }));
}

void read_status(const JsonMessage& in, QueueObject& queue) {
  in.read(one_of(kJsonOnly, "state", queue.state, kStates),
          amounts(kJsonOnly, "allocated", queue.allocated, Resources::kMaxStatedAmount));
}

}  // namespace

void read_queue(const JsonMessage& in, QueueObject& queue) {
  in.read(metadata(queue.meta),
          message(kJsonOnly, "spec", [&queue](const JsonMessage& spec) { read_spec(spec, queue); }),
          message(kJsonOnly, "status", [&queue](const JsonMessage& status) { read_status(status, queue); }));
}

}  // namespace basalt::adapter
