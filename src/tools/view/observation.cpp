#include "tools/view/observation.hpp"

#include <array>
#include <mutex>
#include <stop_token>

#include "adapter/decode.hpp"
#include "kube/discovery.hpp"
#include "kube/reflector.hpp"
#include "kube/waiting.hpp"

namespace basalt::view {
namespace {

constexpr std::chrono::seconds kPauseBetweenLooks{1};
constexpr std::chrono::seconds kLongestPause{5};

struct Watched {
  ObjectKind kind;
  const char* group;
  const char* plural;
};
constexpr std::array<Watched, 4> kWatched{{{ObjectKind::node, "", "nodes"},
                                           {ObjectKind::pod, "", "pods"},
                                           {ObjectKind::pod_group, "scheduling.volcano.sh", "podgroups"},
                                           {ObjectKind::queue, "scheduling.volcano.sh", "queues"}}};

}  // namespace

class Observation::Work {
 public:
  Work(kube::Client& client, const Clock& clock) : client_(client), clock_(clock) {
    for (std::size_t i = 0; i < kWatched.size(); ++i) {
      threads_.emplace_back([this, i](const std::stop_token& stop) { watch(i, stop); });
    }
  }
  ~Work() {
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // Holds the lock while the picture is made: that is quicker than a copy of the snapshot.
  [[nodiscard]] Look look(const std::string& resource) const {
    const std::lock_guard lock(mutex_);
    Look look{picture_of(snapshot_, resource), true, ""};
    for (const Progress& progress : progress_) {
      look.complete = look.complete && progress.listed;
      if (look.trouble.empty()) look.trouble = progress.trouble;
    }
    return look;
  }
  [[nodiscard]] std::uint64_t version() const {
    const std::lock_guard lock(mutex_);
    return version_;
  }

 private:
  struct Progress {
    bool listed = false;
    std::string trouble;
  };

  template <class Act>
  void change(const Act& act) {
    const std::lock_guard lock(mutex_);
    ++version_;
    act();
  }

  // Hands on what a reflector says about one kind.
  class Intake final : public kube::ObjectSink {
   public:
    Intake(Work& work, std::size_t index) : work_(work), index_(index) {}
    void on_replace_begin(const std::string&) override {}
    void on_replace_end() override {}
    void on_upsert(const kube::ObjectHead& head, const kube::ObjectBytes& object, kube::Change change) override {
      if (change == kube::Change::same) return;
      auto decoded = adapter::decode(kWatched[index_].kind, object);
      if (!decoded) return tell(head.key.name + ": " + decoded.error().message);
      work_.change([&] { work_.snapshot_.take(*std::move(decoded)); });
    }
    void on_delete(const kube::ObjectHead& head, const kube::ObjectBytes*) override {
      work_.change([&] { work_.snapshot_.drop(kWatched[index_].kind, head.key); });
    }
    void on_synced() override {
      work_.change([&] { work_.progress_[index_].listed = true; });
    }
    void on_watching() override { tell(""); }
    void on_interrupted(SteadyTime, const Error& error) override { tell(error.message); }
    void on_failure(const Error& error) override { tell(error.message); }

   private:
    void tell(const std::string& trouble) {
      work_.change([&] { work_.progress_[index_].trouble = trouble; });
    }
    Work& work_;
    const std::size_t index_;
  };

  // The collection in the version that the server prefers; empty when stopped.
  std::string find_path(std::size_t index, const std::stop_token& stop) {
    const Watched& watched = kWatched[index];
    const std::array groups{std::string(watched.group)};
    while (!stop.stop_requested()) {
      const auto discovery = client_.discover(groups, stop);
      const auto path =
          discovery ? discovery->resource_path(watched.group, watched.plural) : Result<std::string>(discovery.error());
      if (path) return *path;
      change([&] { progress_[index].trouble = path.error().message; });
      if (!waiter_.wait(kPauseBetweenLooks, stop)) break;
    }
    return "";
  }

  void watch(std::size_t index, const std::stop_token& stop) {
    kube::ReflectorOptions options;
    options.path = find_path(index, stop);
    options.backoff_cap = kLongestPause;
    if (options.path.empty()) return;
    Intake intake(*this, index);
    kube::Reflector reflector(client_, intake, clock_, waiter_, kube::seeded_random(index), std::move(options));
    reflector.run(stop);
  }

  kube::Client& client_;
  const Clock& clock_;
  kube::SystemWaiter waiter_;
  mutable std::mutex mutex_;
  Snapshot snapshot_;                               // guarded by mutex_
  std::array<Progress, kWatched.size()> progress_;  // guarded by mutex_
  std::uint64_t version_ = 0;                       // guarded by mutex_
  std::vector<std::jthread> threads_;
};

Observation::Observation(kube::Client& client, const Clock& clock) : work_(std::make_unique<Work>(client, clock)) {}
Observation::~Observation() = default;
Observation::Look Observation::look(const std::string& resource) const { return work_->look(resource); }
std::uint64_t Observation::version() const { return work_->version(); }

}  // namespace basalt::view
