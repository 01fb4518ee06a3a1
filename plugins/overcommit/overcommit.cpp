#include "plugins/overcommit/overcommit.hpp"

#include <cmath>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/job_ledger.hpp"
#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/share.hpp"
#include "plugins/amounts/shortage.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kDefaultFactor = 1'200'000;
constexpr double kLargestFactor = 1e6;

/// amount * factor / 10^6, rounded down; the end of the range when there is no room.
Resources scaled(const Resources& amount, std::int64_t factor) {
  Resources result;
  for (Dimension kind = 0; kind < amount.width(); ++kind) {
    const Int128 exact = Int128{amount[kind]} * factor / kMillion;
    constexpr Int128 kMost = Resources::kMaxStatedAmount;
    result.set(kind, static_cast<std::int64_t>(exact < kMost ? exact : kMost));
  }
  return result;
}

class Overcommit final : public JobEnqueueable, public JobEnqueued, public CouldHelp {
 public:
  struct Args {
    std::int64_t factor = kDefaultFactor;  ///< in millionths

    static Args read(ArgumentReader& reader) {
      const double factor = reader.number("overcommit-factor", 1.2);
      if (factor < 1) {
        reader.report(Finding::Severity::note, "'overcommit-factor' is below 1: 1.2 is used, as in Volcano");
        return {};
      }
      if (factor > kLargestFactor) {
        reader.report(Finding::Severity::wrong, "'overcommit-factor' is above 1000000");
        return {};
      }
      return Args{std::llround(factor * static_cast<double>(kMillion))};
    }
  };

  using Memory = JobLedger;
  Overcommit(const Args& args, Memory& ledger, const Session& session)
      : session_(session), cluster_(session.cluster()), limit_(scaled(cluster_.total_allocatable(), args.factor)) {
    ledger.catch_up(cluster_);
    claimed_ = saturating_add(cluster_.total_used(), ledger.claims().saturated());
  }

  Vote job_enqueueable(JobId job, std::string& why) const override {
    const auto& minimum = cluster_.jobs()[job].min_resources;
    if (!minimum) return Vote::permit;
    const Resources wanted = saturating_add(claimed_, unmet_minimum(cluster_, job));
    const std::vector<Dimension> overused = exceeded_kinds(wanted, limit_, *minimum, cluster_.schema());
    // What is full can be made room in: else whoever has less than his share could never ask for it.
    if (overused.empty() || session_.entitled_to_reclaim(job)) return Vote::permit;
    why = "resource in cluster is overused: " + list_kinds("overused", overused, cluster_.schema());
    return Vote::reject;
  }

  void job_enqueued(JobId job) override { claimed_ = saturating_add(claimed_, admission_claim(cluster_, job)); }

  /// What comes, or turns claims into use, leaves no more.
  bool could_help(JobId, const Changes& changes) const override { return changes.room || changes.claims; }

 private:
  const Session& session_;
  const Cluster& cluster_;
  Resources limit_;
  Resources claimed_;  ///< what is used when the session opens, and the claims of jobs let in
};

}  // namespace

PluginType overcommit() { return plugin_type<Overcommit>("overcommit"); }

}  // namespace basalt
