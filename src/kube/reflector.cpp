#include "kube/reflector.hpp"

#include <charconv>
#include <mutex>
#include <string_view>
#include <utility>

#include "kube/backoff.hpp"
#include "kube/delivery.hpp"
#include "kube/frames.hpp"
#include "kube/list_fetch.hpp"

namespace basalt::kube {
namespace {

constexpr std::chrono::seconds kVeryShortWatch{1};

std::optional<std::uint64_t> revision_of(std::string_view version) {
  std::uint64_t revision = 0;
  const auto [end, failure] = std::from_chars(version.data(), version.data() + version.size(), revision);
  if (version.empty() || failure != std::errc{} || end != version.data() + version.size()) return std::nullopt;
  return revision;
}

// What is to come after a watch has ended.
enum class Next {
  rewatch,        // from the last resourceVersion, at once
  pause_rewatch,  // the same after a back-off
  relist,         // a new list, after the back-off between rounds
};

}  // namespace

// The state of a reflector. Everything but health_ belongs to the thread of run().
class Reflector::Run {
 public:
  Run(Client& client, ObjectSink& sink, const Clock& clock, Waiter& waiter, UniformRandom random,
      ReflectorOptions options)
      : client_(client),
        sink_(sink),
        clock_(clock),
        waiter_(waiter),
        random_(std::move(random)),
        options_(std::move(options)),
        lists_(client_, options_),
        delivery_(sink),
        backoff_({options_.backoff_start, options_.backoff_cap, options_.backoff_reset}, clock_, random_) {}

  void run(const std::stop_token& stop);
  [[nodiscard]] ReflectorHealth health() const {
    const std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  class Watch;

  Result<void> list(const std::stop_token& stop);
  Result<void> watch(const std::stop_token& stop);
  Result<Next> watch_once(const std::stop_token& stop);
  Result<Next> after_error(const Error& error);
  Result<Next> after_refusal(const StreamEnd& end);
  Result<Next> after_end(const StreamEnd& end, const Watch& watch, SteadyTime began);
  bool pause(const std::stop_token& stop) { return waiter_.wait(backoff_.next(), stop); }
  [[nodiscard]] HttpRequest watch_request();

  void note_contact();
  void note_open();
  void note_interrupted(const Error& reason);
  void note_failure(const Error& error);
  template <class Edit>
  void update(Edit edit) {
    const std::lock_guard lock(mutex_);
    edit(health_);
  }

  Client& client_;
  ObjectSink& sink_;
  const Clock& clock_;
  Waiter& waiter_;
  UniformRandom random_;
  const ReflectorOptions options_;
  ListFetch lists_;
  Delivery delivery_;
  Backoff backoff_;
  std::string last_version_;
  bool synced_ = false;
  bool open_ = false;           // the sink was told last that a watch is open
  bool told_of_break_ = false;  // ... that none is
  SteadyTime last_contact_{};
  int broken_openings_ = 0;  // in a row
  mutable std::mutex mutex_;
  ReflectorHealth health_;  // guarded by mutex_
};

// Takes the events of one watch. Ends the stream when one of them says so.
class Reflector::Run::Watch final : public StreamReceiver {
 public:
  explicit Watch(Run& run) : run_(run), splitter_(Encoding::json) {}

  bool on_open(const HttpResponse& head) override;
  bool on_bytes(std::string_view bytes) override;

  [[nodiscard]] std::uint64_t events() const { return events_; }
  // Set when an event or its bytes ended the watch.
  [[nodiscard]] const std::optional<Result<Next>>& verdict() const { return verdict_; }

 private:
  bool end_with(Result<Next> verdict) {
    verdict_ = std::move(verdict);
    return false;
  }
  bool take(std::string_view frame);
  bool take_object(const WatchEvent& event);
  [[nodiscard]] bool goes_back(const std::string& version) const;
  bool take_error(const WatchEvent& event);

  Run& run_;
  Encoding encoding_ = Encoding::json;
  FrameSplitter splitter_;
  std::uint64_t events_ = 0;
  std::optional<Result<Next>> verdict_;
};

bool Reflector::Run::Watch::on_open(const HttpResponse& head) {
  const auto encoding = encoding_of(head.header("Content-Type"));
  if (!encoding) {
    return end_with(Error{encoding.error().code, "WATCH " + run_.options_.path + ": " + encoding.error().message});
  }
  encoding_ = *encoding;
  splitter_ = FrameSplitter(encoding_);
  run_.note_open();
  return true;
}

bool Reflector::Run::Watch::on_bytes(std::string_view bytes) {
  run_.note_contact();
  splitter_.append(bytes);
  while (true) {
    const auto frame = splitter_.next();
    if (!frame)
      return end_with(Error{frame.error().code, "WATCH " + run_.options_.path + ": " + frame.error().message});
    if (!frame->has_value()) return true;
    if (!take(**frame)) return false;
  }
}

bool Reflector::Run::Watch::take(std::string_view frame) {
  const auto event = read_watch_event(encoding_, frame);
  if (!event) return end_with(Error{event.error().code, "WATCH " + run_.options_.path + ": " + event.error().message});
  ++events_;
  if (event->type == EventType::error) return take_error(*event);
  if (event->type == EventType::unknown) {
    run_.note_failure(
        Error{ErrorCode::unsupported, "WATCH " + run_.options_.path + ": skipped an event of unknown type"});
    return true;
  }
  return take_object(*event);
}

bool Reflector::Run::Watch::take_object(const WatchEvent& event) {
  const auto head = read_head(event.object);
  if (!head || head->resource_version.empty()) {
    return end_with(Error{ErrorCode::invalid, "WATCH " + run_.options_.path + ": " +
                                                  (head ? "an object without resourceVersion" : head.error().message)});
  }
  if (goes_back(head->resource_version)) {
    return end_with(Error{ErrorCode::conflict, "WATCH " + run_.options_.path + ": an event of resourceVersion " +
                                                   head->resource_version + " after one of " + run_.last_version_ +
                                                   ": out of order, listing again"});
  }
  if (event.type == EventType::deleted) run_.delivery_.remove(*head, event.object);
  if (event.type == EventType::added || event.type == EventType::modified) {
    run_.delivery_.upsert(*head, event.object);
  }
  run_.last_version_ = head->resource_version;
  run_.update([&](ReflectorHealth& health) {
    ++health.events;
    health.resource_version = head->resource_version;
    health.objects = run_.delivery_.objects();
  });
  return true;
}

// Servers send the events of a resource in the order of their numbers. What comes late could be an older state of an
// object, or one that is gone by now, and would stand until the next change. Versions that are no numbers have no
// order.
bool Reflector::Run::Watch::goes_back(const std::string& version) const {
  const auto before = revision_of(run_.last_version_);
  const auto now = revision_of(version);
  return before && now && *now < *before;
}

bool Reflector::Run::Watch::take_error(const WatchEvent& event) {
  const std::string what = "WATCH " + run_.options_.path;
  const auto status = read_status(event.object);
  if (!status) return end_with(Error{status.error().code, what + ": ERROR event: " + status.error().message});
  if (status->expired()) {
    run_.update([](ReflectorHealth& health) { ++health.expirations; });
    return end_with(Next::relist);
  }
  if (status->ok()) return end_with(Error{ErrorCode::invalid, what + ": ERROR event with a Status of success"});
  Error error = to_error(what, *status);
  if (status->code != 429) return end_with(std::move(error));
  run_.note_interrupted(error);
  return end_with(Next::pause_rewatch);
}

void Reflector::Run::run(const std::stop_token& stop) {
  last_contact_ = clock_.steady_now();
  while (!stop.stop_requested()) {
    auto round = list(stop);
    if (round) round = watch(stop);
    if (stop.stop_requested()) return;
    if (!round) note_failure(round.error());
    note_interrupted(round ? Error{ErrorCode::conflict, "WATCH " + options_.path + ": expired; listing again"}
                           : round.error());
    if (!pause(stop)) return;
  }
}

Result<void> Reflector::Run::list(const std::stop_token& stop) {
  std::uint64_t expirations = 0;
  const auto fetched = lists_.fetch(last_version_, stop, expirations);
  update([&](ReflectorHealth& health) { health.expirations += expirations; });
  if (!fetched) return fetched.error();
  note_contact();
  const std::size_t unreadable = delivery_.replace(*fetched);
  last_version_ = fetched->resource_version;
  update([&](ReflectorHealth& health) {
    ++health.lists;
    health.failures += unreadable;
    health.synced = true;
    health.resource_version = last_version_;
    health.objects = delivery_.objects();
  });
  if (!std::exchange(synced_, true)) sink_.on_synced();
  return {};
}

Result<void> Reflector::Run::watch(const std::stop_token& stop) {
  broken_openings_ = 0;
  while (!stop.stop_requested()) {
    const auto next = watch_once(stop);
    if (!next) return next.error();
    if (*next == Next::relist) return {};
    if (*next == Next::pause_rewatch && !pause(stop)) return {};
  }
  return {};
}

HttpRequest Reflector::Run::watch_request() {
  const double seconds = static_cast<double>(options_.shortest_watch.count()) * (1 + random_());
  return {"GET",
          query_path(options_, {{"watch", "true"},
                                {"allowWatchBookmarks", "true"},
                                {"resourceVersion", last_version_},
                                {"timeoutSeconds", std::to_string(static_cast<long long>(seconds))}}),
          {{"Accept", "application/vnd.kubernetes.protobuf,application/json"}},
          {}};
}

Result<Next> Reflector::Run::watch_once(const std::stop_token& stop) {
  Watch watch(*this);
  const SteadyTime began = clock_.steady_now();
  const auto end = client_.transport().stream(watch_request(), {options_.open_limit, options_.idle_limit}, watch, stop);
  if (stop.stop_requested()) return Next::relist;  // nobody looks at it
  if (watch.verdict()) return *watch.verdict();
  return end ? after_end(*end, watch, began) : after_error(end.error());
}

// The watch could not be opened, or what came was no HTTP.
Result<Next> Reflector::Run::after_error(const Error& error) {
  const bool transient = error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
  if (!transient || ++broken_openings_ > options_.reopen_attempts) return error;
  note_failure(error);
  note_interrupted(error);
  return Next::pause_rewatch;
}

Result<Next> Reflector::Run::after_refusal(const StreamEnd& end) {
  const ApiStatus status = status_of("GET", end.head);
  Error error = to_error("WATCH " + options_.path, status);
  if (status.code == 429) {
    note_failure(error);
    note_interrupted(error);
    return Next::pause_rewatch;
  }
  if (status.expired()) {
    update([](ReflectorHealth& health) { ++health.expirations; });
    return Next::relist;
  }
  return error;
}

Result<Next> Reflector::Run::after_end(const StreamEnd& end, const Watch& watch, SteadyTime began) {
  const std::string what = "WATCH " + options_.path + ": ";
  switch (end.reason) {
    case StreamEndReason::refused: return after_refusal(end);
    case StreamEndReason::connection_refused: {
      const Error error{ErrorCode::unavailable, what + end.message};
      note_failure(error);
      note_interrupted(error);
      return Next::pause_rewatch;
    }
    case StreamEndReason::stalled:
      update([](ReflectorHealth& health) { ++health.stalls; });
      note_interrupted(Error{ErrorCode::timeout, what + "stalled: " + end.message});
      return Next::rewatch;
    case StreamEndReason::finished: note_contact(); break;
    case StreamEndReason::cut_off:
    case StreamEndReason::cancelled:
    case StreamEndReason::stopped: break;
  }
  if (watch.events() == 0 && clock_.steady_now() - began < kVeryShortWatch) {
    return Error{ErrorCode::unavailable, what + "ended within a second and without an event, expected it to last"};
  }
  return Next::rewatch;
}

void Reflector::Run::note_contact() {
  last_contact_ = clock_.steady_now();
  update([&](ReflectorHealth& health) { health.last_contact = last_contact_; });
}

void Reflector::Run::note_open() {
  note_contact();
  broken_openings_ = 0;
  told_of_break_ = false;
  update([](ReflectorHealth& health) {
    ++health.watches;
    health.watching = true;
    health.interrupted_at.reset();
  });
  if (!std::exchange(open_, true)) sink_.on_watching();
}

void Reflector::Run::note_interrupted(const Error& reason) {
  open_ = false;
  if (std::exchange(told_of_break_, true)) return;
  update([&](ReflectorHealth& health) {
    health.watching = false;
    health.interrupted_at = last_contact_;
  });
  sink_.on_interrupted(last_contact_, reason);
}

void Reflector::Run::note_failure(const Error& error) {
  update([](ReflectorHealth& health) { ++health.failures; });
  sink_.on_failure(error);
}

Reflector::Reflector(Client& client, ObjectSink& sink, const Clock& clock, Waiter& waiter, UniformRandom random,
                     ReflectorOptions options)
    : run_(std::make_unique<Run>(client, sink, clock, waiter, std::move(random), std::move(options))) {}

Reflector::~Reflector() = default;

void Reflector::run(std::stop_token stop) { run_->run(stop); }

ReflectorHealth Reflector::health() const { return run_->health(); }

}  // namespace basalt::kube
