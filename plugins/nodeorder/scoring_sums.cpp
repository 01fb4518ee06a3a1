#include "plugins/nodeorder/scoring_sums.hpp"

#include "basalt/base/check.hpp"

namespace basalt {

ScoringSums::~ScoringSums() {
  if (cluster_ == nullptr) return;
  cluster_->detach(*this);
  cluster_->remove_node_column(*sums_);
}

void ScoringSums::attach(Cluster& cluster) {
  BASALT_CHECK(cluster_ == nullptr, "attached twice");
  cluster_ = &cluster;
  sums_ = &cluster.add_node_column<Sums>();
  cluster.attach(*this);
}

void ScoringSums::placed(const Cluster& cluster, TaskId task, NodeId node) {
  const Spec& spec = cluster.spec(task);
  Sums& sums = sums_->edit(node);
  sums.cpu += spec.scoring_cpu;
  sums.memory += spec.scoring_memory;
}

void ScoringSums::removed(const Cluster& cluster, TaskId task, NodeId node) {
  const Spec& spec = cluster.spec(task);
  Sums& sums = sums_->edit(node);
  sums.cpu -= spec.scoring_cpu;
  sums.memory -= spec.scoring_memory;
}

}  // namespace basalt
