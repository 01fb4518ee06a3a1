#include "daemon/metrics_registry.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

#include "basalt/base/check.hpp"

namespace basalt::daemon {
namespace metrics_detail {

struct CounterKind {
  using Metric = prometheus::Counter;
};
struct GaugeKind {
  using Metric = prometheus::Gauge;
};
struct HistogramKind {
  using Metric = prometheus::Histogram;
};

// One metric with all its series. A lock covers finding a series and changing it, so that none is removed in between.
template <class Kind>
class Family {
 public:
  using Metric = typename Kind::Metric;

  Family(prometheus::Family<Metric>& family, MetricsRegistry::LabelNames labels, std::vector<double> bounds)
      : family_(family), labels_(labels.begin(), labels.end()), bounds_(std::move(bounds)) {
    if (labels_.empty()) static_cast<void>(series({}));
  }

  template <class Change>
  void change(LabelValues values, const Change& change) {
    const std::lock_guard lock(mutex_);
    change(*series(values));
  }

  void remove(LabelValues values) {
    const std::lock_guard lock(mutex_);
    const auto found = series_.find(key(values));
    if (found == series_.end()) return;
    family_.Remove(found->second);
    series_.erase(found);
  }

 private:
  using Key = std::vector<std::string>;

  Key key(LabelValues values) const {
    BASALT_CHECK(values.size() == labels_.size(), "label values do not match the declaration of a metric");
    return {values.begin(), values.end()};
  }

  Metric* series(LabelValues values) {
    Key wanted = key(values);
    auto found = series_.find(wanted);
    if (found == series_.end() && series_.size() >= kMostSeries) {
      wanted.assign(labels_.size(), "other");
      found = series_.find(wanted);
    }
    if (found != series_.end()) return found->second;
    prometheus::Labels labels;
    for (std::size_t i = 0; i < labels_.size(); ++i) labels.emplace(labels_[i], wanted[i]);
    return series_.emplace(std::move(wanted), add(labels)).first->second;
  }

  Metric* add(const prometheus::Labels& labels) {
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return &family_.Add(labels, bounds_);
    } else {
      return &family_.Add(labels);
    }
  }

  std::mutex mutex_;
  prometheus::Family<Metric>& family_;
  const std::vector<std::string> labels_;
  const std::vector<double> bounds_;
  std::map<Key, Metric*> series_;
};

}  // namespace metrics_detail

using metrics_detail::CounterKind;
using metrics_detail::Family;
using metrics_detail::GaugeKind;
using metrics_detail::HistogramKind;

void Counters::add(LabelValues values, double amount) const {
  family_->change(values, [amount](prometheus::Counter& counter) { counter.Increment(amount); });
}
void Counters::remove(LabelValues values) const { family_->remove(values); }

void Gauges::set(LabelValues values, double value) const {
  family_->change(values, [value](prometheus::Gauge& gauge) { gauge.Set(value); });
}
void Gauges::remove(LabelValues values) const { family_->remove(values); }

void Histograms::observe(LabelValues values, double value) const {
  family_->change(values, [value](prometheus::Histogram& histogram) { histogram.Observe(value); });
}
void Histograms::remove(LabelValues values) const { family_->remove(values); }

std::vector<double> exponential_bounds(double least, double most, int count) {
  BASALT_CHECK(0 < least && least < most && count > 1, "bounds of a histogram that do not rise");
  std::vector<double> bounds;
  for (int i = 0; i < count; ++i)
    bounds.push_back(least * std::pow(most / least, static_cast<double>(i) / (count - 1)));
  bounds.back() = most;
  return bounds;
}

class MetricsRegistry::Store {
 public:
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Throw};
  std::vector<std::unique_ptr<Family<CounterKind>>> counters;
  std::vector<std::unique_ptr<Family<GaugeKind>>> gauges;
  std::vector<std::unique_ptr<Family<HistogramKind>>> histograms;
};

MetricsRegistry::MetricsRegistry() : store_(std::make_unique<Store>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counters MetricsRegistry::counters(std::string name, std::string help, LabelNames labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(store_->registry);
  store_->counters.push_back(std::make_unique<Family<CounterKind>>(family, labels, std::vector<double>{}));
  return Counters(store_->counters.back().get());
}

Gauges MetricsRegistry::gauges(std::string name, std::string help, LabelNames labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(store_->registry);
  store_->gauges.push_back(std::make_unique<Family<GaugeKind>>(family, labels, std::vector<double>{}));
  return Gauges(store_->gauges.back().get());
}

Histograms MetricsRegistry::histograms(std::string name, std::string help, std::vector<double> bounds,
                                       LabelNames labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(store_->registry);
  store_->histograms.push_back(std::make_unique<Family<HistogramKind>>(family, labels, std::move(bounds)));
  return Histograms(store_->histograms.back().get());
}

std::string MetricsRegistry::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, store_->registry.Collect());
  return std::move(out).str();
}

}  // namespace basalt::daemon
