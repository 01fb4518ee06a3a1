#pragma once

#include <memory>
#include <optional>

#include "embedded/api/rendering.hpp"
#include "embedded/cluster/cluster.hpp"
#include "embedded/http/server.hpp"

namespace basalt::embedded {

class Faults;

/// What a watch was asked for.
struct WatchRequest {
  KindRef kind;
  const ServedVersion* version = nullptr;  ///< one of kind's
  std::string space;                       ///< empty: all namespaces
  Selector selector;
  Rendering rendering;
  std::uint64_t after = 0;     ///< the revision to go on from
  bool list_first = false;     ///< begin with the present objects as ADDED, then go on from there
  bool mark_list_end = false;  ///< a bookmark ends them (sendInitialEvents)
  bool bookmarks = false;
  std::chrono::seconds lasts{1800};
};

/// The events of one watch, read from the store as they are sent: a slow client falls behind in the history and is told
/// that it has expired when its place there is compacted away.
/// An object that begins to match the selector is ADDED, one that ceases to is DELETED.
class WatchStream final : public AnswerStream {
 public:
  /// REQUIRES: cluster and faults outlive this.
  WatchStream(Cluster& cluster, Faults& faults, WatchRequest request);

  void start(std::function<void()> wake) override;
  StreamPart next() override;

 private:
  void append_initial(std::string& to);
  /// True when there may be more at once.
  bool append_events(StreamPart& part);
  void append_event(std::string& to, const Event& event);
  void append(std::string& to, std::string_view type, const Object& object);
  void append_bookmark(StreamPart& part);

  Cluster& cluster_;
  Faults& faults_;
  const WatchRequest request_;
  std::unique_ptr<Store::Subscription> subscription_;
  std::uint64_t seen_;
  std::optional<Listing> initial_;
  std::size_t next_initial_ = 0;
  bool columns_told_ = false;
  SteadyTime ends_;
  SteadyTime next_bookmark_;
  std::uint64_t cuts_;  // how often watches had been cut when this one began
};

}  // namespace basalt::embedded
