#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "recording/recorder.hpp"
#include "recording/replay.hpp"
#include "state/state.hpp"

namespace basalt::testing {

inline constexpr const char* kStock = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: overcommit
  - name: predicates
  - name: proportion
  - name: nodeorder
)";
inline constexpr const char* kSpreading = R"(
actions: "enqueue, allocate"
tiers:
- plugins:
  - name: gang
  - name: predicates
)";

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "basalt-recording.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path path_;
};

inline const Registry& registry() {
  static const Registry kRegistry{builtin_plugins(), builtin_actions()};
  return kRegistry;
}

inline std::unique_ptr<Configuration> configuration_of(const char* text) {
  auto parsed = parse_configuration(text, "test.conf", registry(), Leniency::strict);
  EXPECT_NE(nullptr, parsed.configuration);
  return std::move(parsed.configuration);
}

/// The loop without its threads: what happens is taken in, and cycles decide, in view of a recorder.
class RecordedWorld {
 public:
  explicit RecordedWorld(const char* configuration = kStock) { configure(configuration); }

  /// From now on `recorder` is told of everything; none: nobody is.
  void record(Recorder* recorder) { recorder_ = recorder; }
  void configure(const char* text) {
    configuration_ = configuration_of(text);
    configuration_->attach(state_.cluster());
    if (recorder_ != nullptr) recorder_->took_configuration();
  }
  /// Cluster text.
  void happens(const std::string& text) {
    auto deltas = parse_cluster_text(text, 100 * ++blocks_);
    ASSERT_TRUE(deltas) << deltas.error().message;
    happens(std::move(*deltas));
  }
  void happens(std::vector<Delta> deltas) {
    if (recorder_ != nullptr && recorder_->wants_checkpoint()) {
      recorder_->begin(state_.checkpoint());
      configuration_->memory->wake_all();
      recorder_->woke_all();
    }
    for (const Delta& delta : deltas) state_.apply(delta);
    if (recorder_ != nullptr) recorder_->took(std::move(deltas));
  }
  /// Every bind under way has come to this.
  void binds_are(BindResult::Outcome outcome) {
    std::vector<Delta> results;
    const Cluster& cluster = state_.cluster();
    cluster.tasks().for_each([&](TaskId id, const Task& task) {
      if (cluster.status(id) != TaskStatus::binding) return;
      results.emplace_back(
          BindResult{task.namespace_name, task.name, task.uid, cluster.node_name(cluster.node_of(id)), outcome, {}});
    });
    happens(std::move(results));
  }
  /// The decisions as printed.
  std::string cycle() {
    const Moment moment{WallTime(std::chrono::hours(1000 + cycle_)), ++cycle_};
    Session session(state_.cluster(), *configuration_, moment);
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    if (recorder_ != nullptr) recorder_->decided(moment, *configuration_, decisions, state_.cluster());
    std::string printed = print(decisions, state_.cluster());
    state_.assume(decisions);
    return printed;
  }
  State& state() { return state_; }
  const Configuration& configuration() const { return *configuration_; }

 private:
  State state_{Ownership{}};
  std::unique_ptr<Configuration> configuration_;
  Recorder* recorder_ = nullptr;
  std::uint64_t cycle_ = 0;
  std::int64_t blocks_ = 0;
};

/// Records a world, decisions included, into a folder for as long as it lives.
class Recording {
 public:
  Recording(RecordedWorld& world, const Folder& folder)
      : world_(world), recorder_(options_for(folder), [](std::string_view why) { ADD_FAILURE() << why; }) {
    recorder_.start();
    world_.record(&recorder_);
  }
  ~Recording() { world_.record(nullptr); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  static RecorderOptions options_for(const Folder& folder) {
    RecorderOptions options;
    options.folder = folder.path();
    options.with_decisions = true;
    return options;
  }

  RecordedWorld& world_;
  Recorder recorder_;
};

/// What a recording decides again.
struct Replayed {
  std::vector<std::string> decisions;  ///< by cycle
  bool all_same = true;
  std::string incomplete_because;
  std::string error;
};

inline Replayed replay(const std::filesystem::path& file, const std::string& configuration = {}) {
  Replayed all;
  auto replay = Replay::open(file, registry(), configuration);
  if (!replay) return {{}, false, {}, replay.error().message};
  while (true) {
    auto cycle = replay->next();
    if (!cycle) {
      all.error = cycle.error().message;
      return all;
    }
    if (!*cycle) break;
    all.decisions.push_back((*cycle)->decisions);
    all.all_same = all.all_same && (*cycle)->same;
  }
  all.incomplete_because = replay->incomplete_because();
  return all;
}

}  // namespace basalt::testing
