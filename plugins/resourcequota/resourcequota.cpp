#include "plugins/resourcequota/resourcequota.hpp"

#include <map>
#include <utility>

#include "basalt/framework/session.hpp"
#include "plugins/resourcequota/quota_claims.hpp"

namespace basalt {
namespace {

/// Adds "key=amount" to a list.
void add_amount(std::string& list, const std::string& key, std::int64_t amount) {
  if (!list.empty()) list += ", ";
  list += key + "=" + format_quantity(amount, quota_unit(key));
}

class Resourcequota final : public JobEnqueueable, public JobEnqueued, public CouldHelp {
 public:
  using Args = NoArguments;
  using Memory = QuotaClaims;
  Resourcequota(const Args&, Memory& claims, const Session& session) : cluster_(session.cluster()), claims_(claims) {
    claims.catch_up(cluster_);
  }

  Vote job_enqueueable(JobId job, std::string& why) const override {
    const Job& row = cluster_.jobs()[job];
    const auto quotas = cluster_.quotas(row.namespace_name);
    if (!row.min_resources || quotas.empty()) return Vote::permit;
    const QuotaDemand demand = quota_demand(cluster_, job);
    for (const ResourceQuotaObject& quota : quotas) {
      if (!counts_pods_of(quota, row)) continue;
      why = objection(quota, demand);
      if (!why.empty()) return Vote::reject;
    }
    return Vote::permit;
  }

  void job_enqueued(JobId job) override {
    const Job& row = cluster_.jobs()[job];
    const QuotaDemand demand = quota_demand(cluster_, job);
    for (const ResourceQuotaObject& quota : cluster_.quotas(row.namespace_name)) {
      if (!counts_pods_of(quota, row)) continue;
      std::vector<std::int64_t>& sums = claimed(quota);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] = add_saturating(sums[i], amount_under(quota.lines[i].key, demand, cluster_.schema()));
      }
    }
  }

  /// What comes leaves no more. A quota that leaves more, or is gone, is a change of claims.
  bool could_help(JobId, const Changes& changes) const override { return changes.claims; }

 private:
  /// What jobs that were let in still claim of a quota, by line; looked up when the quota is first asked about.
  std::vector<std::int64_t>& claimed(const ResourceQuotaObject& quota) const {
    const auto [known, is_new] = claimed_.try_emplace({quota.meta.namespace_name, quota.meta.name});
    if (is_new) known->second = claims_.claims_on(quota, cluster_);
    return known->second;
  }

  /// Why the demand does not fit, in Volcano's words; empty: it fits.
  std::string objection(const ResourceQuotaObject& quota, const QuotaDemand& demand) const {
    std::string requested, used, promised, limited;
    const std::vector<std::int64_t>& claims = claimed(quota);
    for (std::size_t i = 0; i < quota.lines.size(); ++i) {
      const QuotaLine& line = quota.lines[i];
      const std::int64_t wanted = amount_under(line.key, demand, cluster_.schema());
      if (wanted == 0 || add_saturating(add_saturating(line.used, claims[i]), wanted) <= line.hard) continue;
      add_amount(requested, line.key, wanted);
      add_amount(used, line.key, line.used);
      if (claims[i] > 0) add_amount(promised, line.key, claims[i]);
      add_amount(limited, line.key, line.hard);
    }
    if (requested.empty()) return {};
    return "resource quota insufficient, requested: " + requested + ", used: " + used +
           (promised.empty() ? "" : ", promised to jobs let in: " + promised) + ", limited: " + limited +
           " (ResourceQuota " + quota.meta.name + ")";
  }

  const Cluster& cluster_;
  const QuotaClaims& claims_;
  mutable std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>> claimed_;
};

}  // namespace

PluginType resourcequota() { return plugin_type<Resourcequota>("resourcequota"); }

}  // namespace basalt
