#include "daemon/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace basalt::daemon {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

TEST(MetricsRegistry, ShowsCountersGaugesAndHistograms) {
  MetricsRegistry registry;
  const Counters binds = registry.counters("binds_total", "Binds sent", {"outcome"});
  const Gauges share = registry.gauges("share", "Share");
  const Histograms time = registry.histograms("time", "Time", {1, 10});
  binds.add({"ok"});
  binds.add({"ok"}, 2);
  share.set(0.25);
  time.observe(1);
  time.observe(5);
  time.observe(50);
  const auto shown = lines(registry.text());
  for (const char* line :
       {"# HELP binds_total Binds sent", "# TYPE binds_total counter", "binds_total{outcome=\"ok\"} 3",
        "# TYPE share gauge", "share 0.25", "# TYPE time histogram", "time_count 3", "time_sum 56",
        "time_bucket{le=\"1\"} 1", "time_bucket{le=\"10\"} 2", "time_bucket{le=\"+Inf\"} 3"}) {
    EXPECT_THAT(shown, Contains(line));
  }
}

TEST(MetricsRegistry, EscapesLabelValues) {
  MetricsRegistry registry;
  registry.gauges("share", "Share", {"queue"}).set({"a\"b\\c\nd"}, 1);
  EXPECT_THAT(lines(registry.text()), Contains("share{queue=\"a\\\"b\\\\c\\nd\"} 1"));
}

TEST(MetricsRegistry, WhatHasNoLabelsIsThereFromTheBeginning) {
  MetricsRegistry registry;
  static_cast<void>(registry.counters("relists_total", "Lists"));
  EXPECT_THAT(lines(registry.text()), Contains("relists_total 0"));
}

TEST(MetricsRegistry, RemovesASeries) {
  MetricsRegistry registry;
  const Gauges share = registry.gauges("share", "Share", {"queue"});
  share.set({"a"}, 1);
  share.set({"b"}, 2);
  share.remove({"a"});
  share.remove({"never there"});
  EXPECT_THAT(registry.text(), Not(HasSubstr("\"a\"")));
  EXPECT_THAT(lines(registry.text()), Contains("share{queue=\"b\"} 2"));
}

TEST(MetricsRegistry, TooManySeriesGoIntoOne) {
  MetricsRegistry registry;
  const Counters seen = registry.counters("seen_total", "Seen", {"name"});
  for (std::size_t i = 0; i < kMostSeries + 5; ++i) seen.add({std::to_string(i)});
  EXPECT_THAT(lines(registry.text()), Contains("seen_total{name=\"other\"} 5"));
  EXPECT_EQ(kMostSeries + 1 + 2, lines(registry.text()).size());
}

TEST(MetricsRegistry, BoundsRiseByTheSameFactor) {
  EXPECT_THAT(exponential_bounds(1, 100, 3), testing::ElementsAre(1, testing::DoubleNear(10, 1e-9), 100));
}

TEST(MetricsRegistry, ManyThreadsCountTogether) {
  MetricsRegistry registry;
  const Counters seen = registry.counters("seen_total", "Seen", {"kind"});
  const Gauges share = registry.gauges("share", "Share", {"queue"});
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i) {
          seen.add({"pod"});
          share.set({"q"}, i);
          share.remove({"q"});
          if (i % 50 == 0) static_cast<void>(registry.text());
        }
      });
    }
  }
  EXPECT_THAT(lines(registry.text()), Contains("seen_total{kind=\"pod\"} 1000"));
}

TEST(SchedulerMetrics, KeepVolcanosNamesLabelsAndBounds) {
  const SchedulerMetrics metrics;
  metrics.e2e_scheduling_latency.observe(3);
  metrics.action_scheduling_latency.observe({"allocate"}, 2);
  metrics.plugin_scheduling_latency.observe({"gang", "OnSessionOpen"}, 1);
  metrics.task_scheduling_latency.observe({"Bound"}, 70);
  metrics.schedule_attempts.add({"scheduled"});
  metrics.unschedule_task_count.set({"train"}, 2);
  metrics.queue_allocated.milli_cpu.set({"default"}, 1500);
  metrics.queue_deserved.scalar_resources.set({"default", "nvidia.com/gpu"}, 8000);
  const std::string text = metrics.text();
  for (const char* series :
       {"volcano_e2e_scheduling_latency_milliseconds_count 1",
        "volcano_e2e_scheduling_latency_milliseconds_bucket{le=\"1\"} 0",
        "volcano_e2e_scheduling_latency_milliseconds_bucket{le=\"5000\"} 1",
        "volcano_open_session_duration_milliseconds_count 0",
        "volcano_action_scheduling_latency_milliseconds_count{action=\"allocate\"} 1",
        "volcano_plugin_scheduling_latency_milliseconds_count{OnSession=\"OnSessionOpen\",plugin=\"gang\"} 1",
        "volcano_task_scheduling_latency_milliseconds_count{stage=\"Bound\"} 1",
        "volcano_schedule_attempts_total{result=\"scheduled\"} 1", "volcano_unschedule_task_count{job_id=\"train\"} 2",
        "volcano_unschedule_job_count 0", "volcano_queue_allocated_milli_cpu{queue_name=\"default\"} 1500",
        "volcano_queue_deserved_scalar_resources{queue_name=\"default\",resource=\"nvidia.com/gpu\"} 8000",
        "basalt_cycle_duration_seconds_count 0"}) {
    EXPECT_THAT(lines(text), Contains(series));
  }
}

TEST(SchedulerMetrics, ForgetWhatIsGone) {
  const SchedulerMetrics metrics;
  metrics.unschedule_task_count.set({"train"}, 2);
  metrics.job_retry_counts.add({"train"});
  metrics.job_share.set({"ns", "train"}, 0.5);
  metrics.queue_share.set({"q"}, 0.5);
  metrics.queue_request.memory_bytes.set({"q"}, 1);
  metrics.forget_job("ns", "train");
  metrics.forget_queue("q");
  EXPECT_THAT(metrics.text(), Not(HasSubstr("train")));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("\"q\"")));
}

}  // namespace
}  // namespace basalt::daemon
