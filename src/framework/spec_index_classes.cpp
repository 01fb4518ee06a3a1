#include <algorithm>

#include "basalt/base/check.hpp"
#include "framework/shortages.hpp"
#include "framework/spec_index.hpp"

// Many nodes, few kinds of them: one node of each class is asked, and the others take over what it said.
namespace basalt {

/// False: there are nearly as many classes as nodes, and nothing was done.
bool SpecIndex::examine_classes(const Cluster& cluster, const TaskView& task, std::span<const NodeId> nodes) {
  work_.classes.catch_up(cluster);
  find_examples(nodes);
  if (work_.examples.size() > nodes.size() / 2) return false;
  rescored_ += work_.examples.size();
  const std::span<const NodeId> examples = work_.examples;
  for (std::size_t begin = 0; begin < examples.size(); begin += kBatch) {
    ask_examples(cluster, task, examples.subspan(begin, std::min(kBatch, examples.size() - begin)));
  }
  take_answers(cluster, nodes);
  rescale();
  return true;
}

/// The first node of each class.
void SpecIndex::find_examples(std::span<const NodeId> nodes) {
  work_.examples.clear();
  work_.answers.resize(std::max(work_.answers.size(), work_.classes.numbers()));
  ++work_.question;
  for (const NodeId node : nodes) {
    IndexWorkspace::ClassAnswer& answer = work_.answers[work_.classes.of(node)];
    if (std::exchange(answer.question, work_.question) != work_.question) work_.examples.push_back(node);
  }
}

/// Asks what is the same for all of a class. What fixed filters say of a node is not: it does not matter here.
void SpecIndex::ask_examples(const Cluster& cluster, const TaskView& task, std::span<const NodeId> examples) {
  const Shortages shortages(cluster, examples, work_.needs);
  work_.candidates.clear();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    IndexWorkspace::ClassAnswer& answer = work_.answers[work_.classes.of(examples[i])];
    answer.refusal = refusal_by_amounts(cluster, examples[i], shortages.need[i]);
    answer.now = shortages.has_now[i] != 0;
    if (answer.refusal == kFits) work_.candidates.push_back({examples[i], cluster.rank(examples[i]), answer.now});
  }
  const bool is_known = score(cluster, task);
  BASALT_CHECK(is_known, "nothing but fixed answers is kept where nodes are asked by classes");
  for (std::size_t i = 0; i < work_.candidates.size(); ++i) {
    IndexWorkspace::ClassAnswer& answer = work_.answers[work_.classes.of(work_.candidates[i].node)];
    answer.sum = work_.sums[i];
    answer.key = key_of_sum(answer.sum + flat_, answer.now);
  }
}

void SpecIndex::take_answers(const Cluster& cluster, std::span<const NodeId> nodes) {
  const std::span<const IndexWorkspace::ClassAnswer> answers = work_.answers;
  const bool may_be_refused = !fixed_refusal_.empty();
  for (const NodeId node : nodes) {
    const std::uint32_t rank = cluster.rank(node);
    const IndexWorkspace::ClassAnswer& answer = answers[work_.classes.of(node)];
    RefusalNumber why = answer.refusal;
    if (why == kFits && may_be_refused) why = fixed_refusal_[rank];
    if (why != kFits) {
      set_refused(rank, why);
    } else if (keeps_bases_ || keys_[rank] == kRefused) {
      set_fitting(rank, answer.sum, answer.now);
    } else {  // as nearly always
      set_key(rank, answer.key);
    }
  }
}

}  // namespace basalt
