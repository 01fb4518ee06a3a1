#pragma once

#include <string_view>

#include "basalt/framework/terms.hpp"
#include "plugins/tallies/pod_tallies.hpp"

/// Required affinity and anti-affinity between pods, in both directions, from counters. Pods
/// that run, leave, or hold a reservation all count, whoever placed them. References must
/// outlive the terms. Source: kube-scheduler InterPodAffinity, Filter.
namespace basalt {

namespace reasons {
inline constexpr std::string_view kPodAffinity = "node(s) didn't match pod affinity rules";
inline constexpr std::string_view kPodAntiAffinity = "node(s) didn't match pod anti-affinity rules";
inline constexpr std::string_view kOthersAntiAffinity = "node(s) didn't satisfy existing pods anti-affinity rules";
}  // namespace reasons

/// Nodes that are not in one domain, by every topology key, with pods that meet all of the
/// task's affinity terms. The first of a group of pods that want to be together may go to any
/// node that has the labels: when nobody meets the terms yet and the pod itself does.
class PodAffinityFilter final : public FilterTerm {
 public:
  explicit PodAffinityFilter(const PodTallies& tallies) : tallies_(tallies) {}
  [[nodiscard]] std::string_view name() const override { return "pod-affinity"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::node_row, Input::tasks_on_node, Input::other_placements};
  }
  [[nodiscard]] bool applies(const Spec& spec) const override { return !spec.required_affinity.empty(); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const PodTallies& tallies_;
};

/// Nodes in one domain with a pod that one of the task's anti-affinity terms selects.
class PodAntiAffinityFilter final : public FilterTerm {
 public:
  explicit PodAntiAffinityFilter(const PodTallies& tallies) : tallies_(tallies) {}
  [[nodiscard]] std::string_view name() const override { return "pod-anti-affinity"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::node_row, Input::tasks_on_node, Input::other_placements};
  }
  [[nodiscard]] bool applies(const Spec& spec) const override { return !spec.required_anti_affinity.empty(); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const PodTallies& tallies_;
};

/// Nodes in one domain with a pod that has an anti-affinity term which selects the task. Only for
/// specs of which some pod is selected by such a term.
class OthersAntiAffinityFilter final : public FilterTerm {
 public:
  explicit OthersAntiAffinityFilter(const PodTallies& tallies) : tallies_(tallies) {}
  [[nodiscard]] std::string_view name() const override { return "others-anti-affinity"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::task, Input::node_row, Input::tasks_on_node, Input::other_placements};
  }
  [[nodiscard]] bool applies(const Spec& spec) const override { return tallies_.others_select(spec); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const PodTallies& tallies_;
};

}  // namespace basalt
