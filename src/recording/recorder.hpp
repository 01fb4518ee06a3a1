#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "basalt/framework/configuration.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/framework/session.hpp"
#include "recording/recording_file.hpp"

namespace basalt {

/// Where a recording goes and how much of it is kept.
struct RecorderOptions {
  std::filesystem::path folder;                        ///< made if need be
  std::uint64_t file_bytes = std::uint64_t{1} << 28U;  ///< a file that is longer is followed by another
  std::size_t files = 8;                               ///< of more, the oldest are deleted
  std::size_t waiting = std::size_t{1} << 18U;         ///< deltas and cycles that may wait to be written
  bool with_decisions = false;                         ///< keep decisions as printed, not only their digest
  std::string program;                                 ///< version, for the header
};

/// Records what happens and what is decided, into files that each begin with a checkpoint. Writing is done by a thread
/// of its own; when it cannot keep up or the disk refuses, the recording is broken off and said to be, and scheduling
/// goes on. start(), stop() and status() are thread-safe; the rest is for the thread that owns the tables.
class Recorder {
 public:
  /// `broken` is called, on any thread, with why a recording was broken off.
  Recorder(RecorderOptions options, std::function<void(std::string_view why)> broken);
  /// Writes what waits, and ends.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// A new recording begins before the next turn of the loop. No effect while one is under way.
  void start();
  /// What was recorded stays.
  void stop();
  /// "recording to FILE", "not recording", "broken off: why".
  [[nodiscard]] std::string status() const;

  /// Whether a file has to begin now, with a checkpoint.
  [[nodiscard]] bool wants_checkpoint() const { return wants_checkpoint_; }
  /// Begins a file. REQUIRES: no delta was applied since the checkpoint was taken, and every job is woken: a
  /// checkpoint does not say which sleep.
  void begin(Checkpoint checkpoint);
  /// What was applied, in this order.
  void took(std::vector<Delta> deltas);
  /// A configuration was taken into use: it is written with the next cycle.
  void took_configuration() { configuration_is_known_ = false; }
  /// Every job was woken (`SessionMemory::wake_all`): which sleep follows from what happened but for that.
  void woke_all() { has_woken_all_ = true; }
  /// A cycle has decided; to be called before or after the decisions are assumed.
  void decided(const Moment& moment, const Configuration& configuration, const Decisions& decisions,
               const Cluster& cluster);

 private:
  /// What waits to be written.
  using Item = std::variant<Checkpoint, std::vector<Delta>, RecordedCycle>;
  enum class Phase { idle, wanted, recording, broken };

  void put(Item item, std::size_t weight);
  void break_off(const std::string& why);
  void end_recording(Phase phase, std::string why);
  void work(const std::stop_token& stop);
  void write(Item item);
  void write_frame(const Frame& frame);
  void begin_file(Checkpoint checkpoint);
  void delete_old_files();

  const RecorderOptions options_;
  const std::function<void(std::string_view why)> broken_;
  std::atomic<bool> wants_checkpoint_{false};
  // Of the thread that owns the tables.
  bool configuration_is_known_ = false;  // to the file that is being written
  bool has_woken_all_ = false;           // since the last cycle

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Phase phase_ = Phase::idle;                         // guarded by mutex_
  std::string why_;                                   // guarded by mutex_; of the last break
  std::string file_name_;                             // guarded by mutex_
  std::deque<std::pair<Item, std::size_t>> waiting_;  // guarded by mutex_; with their weights
  std::size_t weight_ = 0;                            // guarded by mutex_; of all that waits

  std::optional<RecordingFile> file_;  // of the writing thread, as all below
  std::vector<Delta> deltas_;          // since the last cycle
  bool has_asked_ = false;             // for a checkpoint, since this file is long enough
  std::jthread thread_;                // last: it uses all of the above
};

}  // namespace basalt
