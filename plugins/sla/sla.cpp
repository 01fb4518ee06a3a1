#include "plugins/sla/sla.hpp"

#include <algorithm>
#include <cmath>

#include "basalt/base/go_duration.hpp"
#include "basalt/framework/session.hpp"
#include "plugins/sla/late_claims.hpp"
#include "plugins/sla/latest_starts.hpp"

namespace basalt {
namespace {

constexpr std::string_view kForAll = "sla-waiting-time";
constexpr std::string_view kShortest = "sla-shortest-waiting-time";
constexpr std::string_view kShortestOfQueue = "sla-shortest-waiting-time.queue.";
constexpr std::string_view kClaim = "sla-largest-claim";
constexpr std::string_view kClaimOfQueue = "sla-largest-claim.queue.";

/// A part of the cluster, from 0 to 1, in units of 2^-40.
std::int64_t read_part(ArgumentReader& reader, std::string_view key) {
  const double part = reader.number(key, 1);
  if (part < 0 || part > 1) {
    reader.report(Finding::Severity::wrong, "'" + std::string(key) + "' is not within 0 to 1");
    return 0;
  }
  return std::llround(part * 0x1p40);
}

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
    ClaimCaps caps;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.times.for_all = read_duration(reader, kForAll);
      args.times.shortest = read_duration(reader, kShortest).value_or(std::chrono::microseconds(0));
      for (const std::string& key : reader.keys_with_prefix(kShortestOfQueue)) {
        const auto shortest = read_duration(reader, key);
        if (shortest) args.times.of_queue[key.substr(kShortestOfQueue.size())] = *shortest;
      }
      for (const std::string& key : reader.keys_with_prefix(kClaimOfQueue)) {
        args.caps.of_queue[key.substr(kClaimOfQueue.size())] = read_part(reader, key);
      }
      const auto claims = reader.keys_with_prefix(kClaim);
      const bool is_limited = std::find(claims.begin(), claims.end(), kClaim) != claims.end();
      if (is_limited) args.caps.for_all = read_part(reader, kClaim);
      return args;
    }
  };

  using Memory = LatestStarts;
  Sla(const Args& args, Memory& starts, const Session& session)
      : starts_(starts), cluster_(session.cluster()), now_(session.moment().now) {
    starts.catch_up(cluster_, args.times);
    if (!args.caps.is_empty()) passed_over_ = passed_over(cluster_, starts, args.caps, now_);
  }

  /// By latest start; jobs that may wait for ever last.
  std::weak_ordering job_order(JobId left, JobId right) const override {
    return latest_start(left).value_or(WallTime::max()) <=> latest_start(right).value_or(WallTime::max());
  }

  Vote job_enqueueable(JobId job, std::string&) const override {
    const auto latest = latest_start(job);
    return latest && *latest <= now_ ? Vote::permit : Vote::abstain;
  }

  /// It refuses nobody; but whom a cap passed over it may permit once others have started or gone.
  bool could_help(JobId job, const Changes& changes) const override {
    return changes.claims && passed_over_.contains(job);
  }

  std::optional<std::chrono::microseconds> waiting_limit(JobId job) const override {
    const auto latest = starts_.of(job);
    if (!latest) return std::nullopt;
    return *latest - cluster_.jobs()[job].created;
  }

  bool may_reserve(JobId job) const override { return !passed_over_.contains(job); }

  std::optional<WallTime> deadline() const override { return starts_.next_after(now_); }

 private:
  /// As far as a cap lets the job be late.
  std::optional<WallTime> latest_start(JobId job) const {
    return passed_over_.contains(job) ? std::nullopt : starts_.of(job);
  }

  const LatestStarts& starts_;
  std::unordered_set<JobId> passed_over_;
  const Cluster& cluster_;
  WallTime now_;
};

}  // namespace

PluginType sla() { return plugin_type<Sla>("sla"); }

}  // namespace basalt
