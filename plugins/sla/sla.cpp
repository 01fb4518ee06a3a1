#include "plugins/sla/sla.hpp"

#include "basalt/base/go_duration.hpp"
#include "basalt/framework/session.hpp"
#include "plugins/sla/latest_starts.hpp"

namespace basalt {
namespace {

constexpr std::string_view kForAll = "sla-waiting-time";
constexpr std::string_view kShortest = "sla-shortest-waiting-time";
constexpr std::string_view kShortestOfQueue = "sla-shortest-waiting-time.queue.";

/// A duration above zero; none when the key is absent or wrong, which is reported.
std::optional<std::chrono::microseconds> read_duration(ArgumentReader& reader, std::string_view key) {
  const std::string text = reader.text(key, "");
  if (text.empty()) return std::nullopt;
  const auto duration = parse_go_duration(text);
  if (!duration) {
    reader.report(Finding::Severity::wrong, "'" + std::string(key) + "': " + duration.error().message);
    return std::nullopt;
  }
  if (duration->count() <= 0) {
    reader.report(Finding::Severity::note, "'" + std::string(key) + "' is not above zero: left out, as in Volcano");
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::microseconds>(*duration);
}

class Sla final : public JobOrder, public JobEnqueueable, public CouldHelp, public WaitingLimit, public Deadline {
 public:
  struct Args {
    WaitingTimes times;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.times.for_all = read_duration(reader, kForAll);
      args.times.shortest = read_duration(reader, kShortest).value_or(std::chrono::microseconds(0));
      for (const std::string& key : reader.keys_with_prefix(kShortestOfQueue)) {
        const auto shortest = read_duration(reader, key);
        if (shortest) args.times.of_queue[key.substr(kShortestOfQueue.size())] = *shortest;
      }
      return args;
    }
  };

  using Memory = LatestStarts;
  Sla(const Args& args, Memory& starts, const Session& session)
      : starts_(starts), cluster_(session.cluster()), now_(session.moment().now) {
    starts.catch_up(cluster_, args.times);
  }

  /// By latest start; jobs that may wait for ever last.
  std::weak_ordering job_order(JobId left, JobId right) const override {
    return starts_.of(left).value_or(WallTime::max()) <=> starts_.of(right).value_or(WallTime::max());
  }

  Vote job_enqueueable(JobId job, std::string&) const override {
    const auto latest = starts_.of(job);
    return latest && *latest <= now_ ? Vote::permit : Vote::abstain;
  }

  /// It refuses nobody.
  bool could_help(JobId, const Changes&) const override { return false; }

  std::optional<std::chrono::microseconds> waiting_limit(JobId job) const override {
    const auto latest = starts_.of(job);
    if (!latest) return std::nullopt;
    return *latest - cluster_.jobs()[job].created;
  }

  std::optional<WallTime> deadline() const override { return starts_.next_after(now_); }

 private:
  const LatestStarts& starts_;
  const Cluster& cluster_;
  WallTime now_;
};

}  // namespace

PluginType sla() { return plugin_type<Sla>("sla"); }

}  // namespace basalt
