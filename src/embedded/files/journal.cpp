#include "embedded/files/journal.hpp"

#include <chrono>

namespace basalt::embedded {

Result<Journal> Journal::open(const std::string& path, const Clock& clock) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return Error{ErrorCode::unavailable, path + ": cannot be written"};
  return Journal(file, clock);
}

void Journal::write(const ResourceName& resource, const Event& event) {
  const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(clock_->steady_now() - begun_);
  std::fprintf(file_.get(), R"({"revision":%llu,"microseconds":%lld,"type":"%s","resource":"%s","object":)",
               static_cast<unsigned long long>(event.object->revision), static_cast<long long>(passed.count()),
               std::string(to_string(event.type)).c_str(), resource.qualified().c_str());
  std::fwrite(event.object->json.data(), 1, event.object->json.size(), file_.get());
  std::fputs("}\n", file_.get());
}

bool Journal::is_complete() const { return std::ferror(file_.get()) == 0; }

bool Journal::flush() { return std::fflush(file_.get()) == 0 && is_complete(); }

}  // namespace basalt::embedded
