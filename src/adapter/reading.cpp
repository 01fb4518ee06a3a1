#include "adapter/reading.hpp"

namespace basalt::adapter {

std::string Reading::path() const {
  std::string text;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Step& step = steps_[i];
    if (step.field.empty()) continue;
    if (!text.empty()) text += '.';
    text += step.field;
    if (step.index >= 0) text += '[' + std::to_string(step.index) + ']';
    if (step.key.data() != nullptr) text += "[\"" + std::string(step.key) + "\"]";
  }
  return text.empty() ? "object" : text;
}

}  // namespace basalt::adapter
