#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "basalt/base/result.hpp"
#include "embedded/store/store.hpp"

namespace basalt::embedded {

/// Every change of a cluster, written down as it happens: one JSON object a line, {"revision", "type", "resource",
/// "object"}, in the order of revisions. What an independent check of a run reads afterwards. Lines are complete once
/// the journal has ended or been flushed.
class Journal {
 public:
  /// Begins a new file. Fails with `unavailable`.
  static Result<Journal> open(const std::string& path);

  /// Not thread-safe: called by one writer at a time.
  void write(const ResourceName& resource, const Event& event);
  /// False once something could not be written.
  [[nodiscard]] bool is_complete() const;
  bool flush();

 private:
  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit Journal(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Closing> file_;
};

}  // namespace basalt::embedded
