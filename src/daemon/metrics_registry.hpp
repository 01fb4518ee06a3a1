#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::daemon {

/// Values of a series' labels, in the order in which their names were declared. None for a metric without labels.
using LabelValues = std::initializer_list<std::string_view>;

namespace metrics_detail {
template <class Kind>
class Family;
struct CounterKind;
struct GaugeKind;
struct HistogramKind;
}  // namespace metrics_detail

/// The most series a metric has. Values beyond are counted in one series whose labels all say "other", so that what
/// users name cannot fill the memory of whoever collects metrics.
inline constexpr std::size_t kMostSeries = 10'000;

/// Something that only grows, per combination of label values. Cheap to copy; valid as long as its registry. All
/// methods are thread-safe. REQUIRES (for all): as many values as labels were declared.
class Counters {
 public:
  void add(LabelValues values = {}, double amount = 1) const;
  /// Nothing happens when there is no such series.
  void remove(LabelValues values) const;

 private:
  friend class MetricsRegistry;
  explicit Counters(metrics_detail::Family<metrics_detail::CounterKind>* family) : family_(family) {}
  metrics_detail::Family<metrics_detail::CounterKind>* family_;
};

/// Something that rises and falls. Otherwise as `Counters`.
class Gauges {
 public:
  void set(double value) const { set({}, value); }
  void set(LabelValues values, double value) const;
  void remove(LabelValues values) const;

 private:
  friend class MetricsRegistry;
  explicit Gauges(metrics_detail::Family<metrics_detail::GaugeKind>* family) : family_(family) {}
  metrics_detail::Family<metrics_detail::GaugeKind>* family_;
};

/// How often something had which size. Otherwise as `Counters`.
class Histograms {
 public:
  void observe(double value) const { observe({}, value); }
  void observe(LabelValues values, double value) const;
  void remove(LabelValues values) const;

 private:
  friend class MetricsRegistry;
  explicit Histograms(metrics_detail::Family<metrics_detail::HistogramKind>* family) : family_(family) {}
  metrics_detail::Family<metrics_detail::HistogramKind>* family_;
};

/// `count` bounds from `least` to `most`, each the same factor above the last. REQUIRES: 0 < least < most, count > 1.
[[nodiscard]] std::vector<double> exponential_bounds(double least, double most, int count);

/// Metrics and their text for Prometheus. Metrics are declared before threads use the registry; what is declared
/// without labels is there from the beginning, with 0. REQUIRES: names are valid in Prometheus and declared once.
class MetricsRegistry {
 public:
  using LabelNames = std::initializer_list<std::string_view>;

  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  [[nodiscard]] Counters counters(std::string name, std::string help, LabelNames labels = {});
  [[nodiscard]] Gauges gauges(std::string name, std::string help, LabelNames labels = {});
  /// `bounds` rise.
  [[nodiscard]] Histograms histograms(std::string name, std::string help, std::vector<double> bounds,
                                      LabelNames labels = {});

  /// All series in Prometheus' text format 0.0.4. Thread-safe.
  [[nodiscard]] std::string text() const;

 private:
  class Store;
  std::unique_ptr<Store> store_;
};

}  // namespace basalt::daemon
