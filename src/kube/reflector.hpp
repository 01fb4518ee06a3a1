#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/client.hpp"
#include "kube/object.hpp"
#include "kube/waiting.hpp"

namespace basalt::kube {

/// How an object that is delivered compares with what was delivered before under its key.
enum class Change {
  added,     ///< the key was not known
  modified,  ///< known with another resourceVersion
  same,      ///< listed again with the resourceVersion that was delivered before: usually nothing to do
};

/// Takes what a reflector learns, on the reflector's thread, in order. While a call has not returned, nothing more is
/// read from the server. Objects are views: they end with the call.
class ObjectSink {
 public:
  virtual ~ObjectSink() = default;

  /// A whole list has come: until on_replace_end() every object of it follows as an upsert, and every object that was
  /// known and is not in it as a delete. Nothing is read from the network in between, so the two always come together.
  virtual void on_replace_begin(const std::string& resource_version) = 0;
  virtual void on_replace_end() = 0;

  /// An object is there, with this state.
  virtual void on_upsert(const ObjectHead& head, const ObjectBytes& object, Change change) = 0;

  /// An object is gone. `last` is its state when it went, or null when that was not seen (it vanished between two
  /// lists, or a new object with its name took its place). `head` is that of the object last delivered, except for its
  /// resourceVersion when `last` is there.
  virtual void on_delete(const ObjectHead& head, const ObjectBytes* last) = 0;

  /// The first list has been delivered. Called once, after its on_replace_end().
  virtual void on_synced() {}
  /// A watch is open: what is delivered is current, as far as anybody can tell. Called for the first watch, and again
  /// after on_interrupted().
  virtual void on_watching() {}
  /// No watch is open since `since` (the last moment of which we know that one was), and a new one could not be opened
  /// at once, or nothing came for the idle limit. What was delivered may be out of date.
  virtual void on_interrupted(SteadyTime since, const Error& reason) {
    static_cast<void>(since);
    static_cast<void>(reason);
  }
  /// An event or object that could not be read, or an attempt that failed; work goes on.
  virtual void on_failure(const Error& error) { static_cast<void>(error); }
};

/// Numbers of a reflector. The numbers that count only grow.
struct ReflectorHealth {
  bool synced = false;                       ///< the first list has been delivered
  bool watching = false;                     ///< a watch is open
  std::optional<SteadyTime> last_contact;    ///< when the server last said anything on a list or watch
  std::optional<SteadyTime> interrupted_at;  ///< since when no watch is open; empty while one is
  std::string resource_version;
  std::size_t objects = 0;        ///< known now
  std::uint64_t lists = 0;        ///< complete ones
  std::uint64_t watches = 0;      ///< opened
  std::uint64_t events = 0;       ///< bookmarks included
  std::uint64_t failures = 0;     ///< reported by on_failure
  std::uint64_t expirations = 0;  ///< 410s on watch or list
  std::uint64_t stalls = 0;       ///< idle limit reached
};

/// What to reflect, and limits. The defaults are client-go's.
struct ReflectorOptions {
  std::string path;  ///< collection, e.g. "/api/v1/pods" (see collection_path)
  std::string label_selector = {};
  std::string field_selector = {};
  std::size_t page_size = 500;
  std::chrono::milliseconds list_limit{120'000};  ///< for one page
  std::chrono::milliseconds open_limit{30'000};   ///< until a watch is answered
  std::chrono::milliseconds idle_limit{240'000};  ///< silence of a watch (bookmarks come each minute)
  std::chrono::milliseconds backoff_start{800};
  std::chrono::milliseconds backoff_cap{30'000};
  std::chrono::milliseconds backoff_reset{120'000};
  std::chrono::seconds shortest_watch{300};  ///< timeoutSeconds is uniform in [this, twice this)
  int reopen_attempts = 10;                  ///< of a watch that breaks before it is answered; then a new list
};

/// Keeps a sink informed about the objects of one resource: LIST, then WATCH from there, for ever (client-go's
/// reflector rules: paging, expired and too large resourceVersions, bookmarks, resuming, back-off). Unlike client-go it
/// lists again when an event's resourceVersion is a smaller number than that of an event before it: servers never
/// reorder the events of a resource, and an old state that comes late would stand until the object's next change.
/// Remembers each object's key, uid and resourceVersion, not the object.
/// run() is called once, on one thread, which then belongs to the sink too; health() from any thread.
class Reflector {
 public:
  /// REQUIRES: all references outlive this. `random` is called on the thread of run() only.
  Reflector(Client& client, ObjectSink& sink, const Clock& clock, Waiter& waiter, UniformRandom random,
            ReflectorOptions options);
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  /// Returns when a stop is requested, and promptly then.
  void run(std::stop_token stop);

  [[nodiscard]] ReflectorHealth health() const;

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace basalt::kube
