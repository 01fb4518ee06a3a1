#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "embedded/store/store.hpp"

namespace basalt::embedded {

/// Every change of a cluster, written down as it happens: one JSON object a line, {"revision", "microseconds", "type",
/// "resource", "object"}, in the order of revisions, none left out. What an independent check of a run reads
/// afterwards. `microseconds` have passed since the journal was opened, by the steady clock: they do not jump with the
/// calendar. Lines are complete once the journal has ended or been flushed.
class Journal {
 public:
  /// Begins a new file. Fails with `unavailable`. REQUIRES: the clock outlives the journal.
  static Result<Journal> open(const std::string& path, const Clock& clock);

  /// Not thread-safe: called by one writer at a time.
  void write(const ResourceName& resource, const Event& event);
  /// False once something could not be written.
  [[nodiscard]] bool is_complete() const;
  bool flush();

 private:
  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Journal(std::FILE* file, const Clock& clock) : file_(file), clock_(&clock), begun_(clock.steady_now()) {}
  std::unique_ptr<std::FILE, Closing> file_;
  const Clock* clock_;
  SteadyTime begun_;
};

}  // namespace basalt::embedded
