#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// What is to be explained.
struct Subject {
  enum class Kind { everything, job, pod } kind = Kind::everything;
  std::string name;  ///< "name", or "namespace/name" outside "default"
};

/// The explanation as text, or as JSON: of a pod its own part and that of its job; of everything a `Summary`. Nothing
/// when there is no such job or pod. A pod that does not wait is said to be where it is.
[[nodiscard]] std::optional<std::string> explain(Session& session, const Subject& subject, bool as_json);

/// A line (an object) for each of the first jobs that wait, made a job at a time, so that scheduling can go on between
/// two.
class Summary {
 public:
  static constexpr std::size_t kMostJobs = 50;

  explicit Summary(bool as_json) : as_json_(as_json) {}
  /// Does the next part: at first looks who waits, then one job a call. False when all is done.
  bool go_on(Session& session);
  /// REQUIRES: go_on() answered false.
  [[nodiscard]] std::string text() const;

 private:
  bool as_json_;
  bool has_begun_ = false;
  std::size_t waiting_ = 0;
  std::vector<std::string> names_;  // of jobs to come, the last first
  std::string text_;
};

}  // namespace basalt
