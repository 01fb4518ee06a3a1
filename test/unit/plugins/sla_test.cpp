#include "plugins/sla/sla.hpp"

#include <gtest/gtest.h>

#include "plugins/sla/late_claims.hpp"
#include "plugins/sla/waiting_time.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Job job_that_says(StringPairs annotations) {
  Job job;
  job.queue_name = "default";
  job.annotations = std::move(annotations);
  return job;
}

TEST(WaitingTime, IsWhatTheJobSaysOrElseWhatHoldsForAll) {
  WaitingTimes times;
  EXPECT_EQ(std::nullopt, waiting_time(job_that_says({}), times));
  times.for_all = hours(1);
  EXPECT_EQ(hours(1), waiting_time(job_that_says({}), times));
  EXPECT_EQ(hours(2), waiting_time(job_that_says({{"volcano.sh/sla-waiting-time", "2h"}}), times));
  EXPECT_EQ(minutes(5), waiting_time(job_that_says({{"sla-waiting-time", "5m"}}), times));
  EXPECT_EQ(hours(2),
            waiting_time(job_that_says({{"sla-waiting-time", "5m"}, {"volcano.sh/sla-waiting-time", "2h"}}), times))
      << "the legacy key counts where the other is absent";
}

TEST(WaitingTime, OfWhatIsNoDurationAboveZeroIsThatOfAll) {
  const WaitingTimes times{hours(1), {}, {}};
  for (const char* text : {"soon", "0", "-5m", "5", ""}) {
    EXPECT_EQ(hours(1), waiting_time(job_that_says({{"volcano.sh/sla-waiting-time", text}}), times)) << text;
  }
}

TEST(WaitingTime, LeavesTimeToRunWhereTheJobIsToBeCompleteInTime) {
  Job job = job_that_says({{"basalt.sh/completion-within", "3h"}});
  EXPECT_EQ(std::nullopt, waiting_time(job, {})) << "nobody knows how long it runs";
  job.running_estimate = hours(2);
  EXPECT_EQ(hours(1), waiting_time(job, {}));
  job.running_estimate = hours(4);
  EXPECT_EQ(hours(0), waiting_time(job, {})) << "too late already: as early as can be";
  job.annotations.emplace_back("volcano.sh/sla-waiting-time", "1m");
  job.running_estimate = hours(2);
  EXPECT_EQ(minutes(1), waiting_time(job, {})) << "whichever is earlier";
}

TEST(WaitingTime, IsNoShorterThanTheQueueAllows) {
  WaitingTimes times;
  times.shortest = minutes(10);
  times.of_queue = {{"guests", hours(1)}, {"vips", seconds(1)}};
  Job job = job_that_says({{"volcano.sh/sla-waiting-time", "2m"}});
  EXPECT_EQ(minutes(10), waiting_time(job, times));
  job.queue_name = "guests";
  EXPECT_EQ(hours(1), waiting_time(job, times));
  job.queue_name = "vips";
  EXPECT_EQ(minutes(2), waiting_time(job, times));
}

Findings findings_of(const Arguments& arguments) {
  Findings findings;
  static_cast<void>(sla().configure(arguments, findings));
  return findings;
}

TEST(SlaArguments, AreDurationsAboveZero) {
  EXPECT_EQ(Findings{}, findings_of({{"sla-waiting-time", "1h2m3s"}, {"sla-shortest-waiting-time.queue.a", "5m"}}));
  const Findings wrong = findings_of({{"sla-waiting-time", "soon"}});
  ASSERT_EQ(1U, wrong.size());
  EXPECT_EQ(Finding::Severity::wrong, wrong[0].severity);
  EXPECT_EQ("sla: 'sla-waiting-time': duration \"soon\": expected numbers with units such as 300ms, 1.5h or 1h30m",
            wrong[0].message);
  const Findings zero = findings_of({{"sla-waiting-time", "0s"}});
  ASSERT_EQ(1U, zero.size());
  EXPECT_EQ(Finding::Severity::note, zero[0].severity);
}

TEST(SlaArguments, OfClaimsArePartsOfTheCluster) {
  EXPECT_EQ(Findings{}, findings_of({{"sla-largest-claim", 0.5}, {"sla-largest-claim.queue.a", 1}}));
  const Findings wrong = findings_of({{"sla-largest-claim.queue.a", 1.5}});
  ASSERT_EQ(1U, wrong.size());
  EXPECT_EQ("sla: 'sla-largest-claim.queue.a' is not within 0 to 1", wrong[0].message);
  EXPECT_EQ(1U, findings_of({{"sla-largest-claims", 0.5}}).size()) << "an argument that is unknown";
}

TEST(LateClaims, StayWithinTheCapOneAfterTheOther) {
  using Claims = std::vector<std::int64_t>;
  EXPECT_EQ((std::vector<bool>{true, false, true, false}), within(5, Claims{3, 4, 2, 1}));
  EXPECT_EQ((std::vector<bool>{false, true}), within(5, Claims{6, 5})) << "who is too large holds up nobody";
  EXPECT_EQ((std::vector<bool>{true, false}), within(0, Claims{0, 1}));
  EXPECT_EQ(std::vector<bool>{}, within(5, Claims{}));
}

TEST(LateClaims, HaveTheCapOfTheirQueueOrElseThatOfAll) {
  const ClaimCaps some{std::nullopt, {{"guests", 7}}};
  EXPECT_EQ(7, some.of("guests"));
  EXPECT_EQ(std::nullopt, some.of("others"));
  const ClaimCaps all{9, {{"guests", 7}}};
  EXPECT_EQ(7, all.of("guests"));
  EXPECT_EQ(9, all.of("others"));
}

}  // namespace
}  // namespace basalt
