#include "config/metrics_section.hpp"

#include <array>

#include "basalt/base/go_duration.hpp"
#include "config/plugin_entry.hpp"
#include "config/volcano_names.hpp"

namespace basalt {
namespace {

using Severity = Finding::Severity;

constexpr std::array<std::string_view, 3> kTypes = {"prometheus", "prometheus_adaptor", "elasticsearch"};

}  // namespace

void check_metrics_section(const DocumentValue& metrics, PlacedFindings& findings) {
  if (metrics.is_null()) return;
  if (!metrics.is_map()) {
    findings.add(Severity::wrong, metrics.place, "'metrics' is no map: expected 'type', 'address', 'interval'");
    return;
  }
  report_unknown_keys(metrics, volcano_names::kMetrics, "metrics: ", findings);
  for (const DocumentEntry& entry : metrics.entries) {
    if (entry.value.is_scalar()) continue;
    findings.add(Severity::wrong, entry.value.place, "metrics: '" + entry.key + "' is no text: expected one value");
  }
  const DocumentValue* interval = metrics.find("interval");
  if (interval != nullptr && interval->is_scalar() && !interval->is_null()) {
    const auto period = parse_go_duration(interval->text);
    if (!period || period->count() <= 0) {
      findings.add(Severity::wrong, interval->place, "metrics: 'interval' is no duration above 0, such as 30s");
    }
  }
  const DocumentValue* type = metrics.find("type");
  if (type == nullptr || !type->is_scalar() || type->is_null() || type->text.empty()) return;
  if (!volcano_names::contains(kTypes, type->text)) {
    findings.add(Severity::wrong, type->place,
                 "metrics: 'type' is none of prometheus, prometheus_adaptor and elasticsearch");
    return;
  }
  findings.add(Severity::without_effect, metrics.place,
               "'metrics' has no effect: no plugin here reads the load of nodes yet");
}

}  // namespace basalt
