#include "plugins/rank-aware/ranks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace basalt {
namespace {

constexpr std::array<std::string_view, 5> kLabels = {
    "volcano.sh/task-index", "batch.kubernetes.io/job-completion-index", "apps.kubernetes.io/pod-index",
    "training.kubeflow.org/replica-index", "leaderworkerset.sigs.k8s.io/worker-index"};
constexpr std::size_t kMostDigits = 9;

std::optional<std::int64_t> whole_number(std::string_view text) {
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (text.empty() || text.size() > kMostDigits || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<std::int64_t> number_at_end(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  return dash == std::string_view::npos ? std::nullopt : whole_number(name.substr(dash + 1));
}

std::optional<std::int64_t> rank_of(const Cluster& cluster, TaskId task) {
  const Task& row = cluster.tasks()[task];
  const LabelSet& labels = cluster.label_sets()[row.labels].labels;
  for (const std::string_view key : kLabels) {
    const auto symbol = cluster.symbols().find(key);
    const auto value = symbol ? labels.value(*symbol) : std::nullopt;
    if (!value) continue;
    if (const auto number = whole_number(cluster.symbols().text(*value))) return number;
  }
  return number_at_end(row.name);
}

}  // namespace basalt
