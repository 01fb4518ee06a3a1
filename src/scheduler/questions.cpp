#include "scheduler/questions.hpp"

#include <utility>

namespace basalt {

Questions::~Questions() {
  for (const Question& question : waiting_) question(nullptr);
}

void Questions::ask(Question question) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMost) {
      waiting_.push_back(std::move(question));
      question = nullptr;
    }
  }
  if (question) {
    question(nullptr);  // nobody gets through so many
  } else {
    mailbox_.wake();
  }
}

Questions::Question Questions::take() {
  Question first;
  bool are_more = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return {};
    first = std::move(waiting_.front());
    waiting_.pop_front();
    are_more = !waiting_.empty();
  }
  if (are_more) mailbox_.wake();
  return first;
}

}  // namespace basalt
