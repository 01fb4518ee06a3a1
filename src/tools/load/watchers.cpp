#include "tools/load/watchers.hpp"

#include <memory>

#include "kube/discovery.hpp"
#include "kube/frames.hpp"

namespace basalt::load {
namespace {

constexpr std::chrono::seconds kPauseBetweenWatches{1};

// Cuts the stream into events, and counts them.
class Counter final : public kube::StreamReceiver {
 public:
  Counter(std::atomic<std::uint64_t>& events, std::atomic<std::uint64_t>& bytes) : events_(events), bytes_(bytes) {}

  bool on_open(const kube::HttpResponse& head) override {
    const auto encoding = kube::encoding_of(head.header("Content-Type"));
    if (encoding) splitter_.emplace(*encoding);
    return encoding.has_value();
  }
  bool on_bytes(std::string_view bytes) override {
    bytes_ += bytes.size();
    splitter_->append(bytes);
    while (true) {
      const auto frame = splitter_->next();
      if (!frame) return false;
      if (!*frame) return true;
      ++events_;
    }
  }

 private:
  std::atomic<std::uint64_t>& events_;
  std::atomic<std::uint64_t>& bytes_;
  std::optional<kube::FrameSplitter> splitter_;
};

}  // namespace

Watchers::Watchers(kube::Transport& transport, std::size_t count) : transport_(transport) {
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { watch(stop); });
  }
}

Watchers::~Watchers() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Watchers::watch(const std::stop_token& stop) {
  kube::HttpRequest request;
  request.path = kube::collection_path(kube::pods_resource()) + "?watch=true";
  request.headers = {{"Accept", "application/vnd.kubernetes.protobuf;stream=watch,application/json;stream=watch"}};
  kube::StreamOptions options;
  options.idle_limit = std::chrono::hours(1);
  do {
    Counter counter(events_, bytes_);
    static_cast<void>(transport_.stream(request, options, counter, stop));
  } while (waiter_.wait(kPauseBetweenWatches, stop));
}

}  // namespace basalt::load
