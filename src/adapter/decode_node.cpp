#include <array>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::array<std::string_view, 3> kTaintEffects = {"NoSchedule", "PreferNoSchedule", "NoExecute"};

template <class In>
void read_taint(const In& in, TaintText& taint) {
  in.read(text(1, "key", taint.key), text(2, "value", taint.value), one_of(3, "effect", taint.effect, kTaintEffects));
}

}  // namespace

template <class In>
void read_node(const In& in, NodeObject& node) {
  in.read(metadata(node.meta),
          message(2, "spec",
                  [&node](const auto& spec) {
                    spec.read(flag(4, "unschedulable", node.unschedulable),
                              each(5, "taints",
                                   [&node](const auto& taint) { read_taint(taint, node.taints.emplace_back()); }));
                  }),
          message(3, "status", [&node](const auto& status) {
            status.read(amounts(2, "allocatable", node.allocatable, Resources::kMaxNodeAmount));
          }));
}

template void read_node(const ProtobufMessage&, NodeObject&);
template void read_node(const JsonMessage&, NodeObject&);

}  // namespace basalt::adapter
