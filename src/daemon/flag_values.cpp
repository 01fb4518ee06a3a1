#include "daemon/flag_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/base/go_duration.hpp"
#include "daemon/telemetry_server.hpp"

namespace basalt::daemon {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// REQUIRES: `text` was accepted by `expectation` for the flag's type.
template <class T>
T accepted(const std::optional<T>& parsed) {
  BASALT_CHECK(parsed.has_value(), "a flag whose setter reads another type than the table says");
  return *parsed;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_list_of_pairs(std::string_view text) {
  if (text.empty()) return true;
  const std::vector<std::string> parts = split(text, ',');
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    const std::size_t equals = part.find('=');
    return equals != 0 && equals != std::string::npos && parse_boolean(std::string_view(part).substr(equals + 1));
  });
}

// Takes a value of the flag's type over. The answer is what was expected instead; empty when the value is right.
using Setter = std::string (*)(Options&, const std::string& value);

template <auto member>
std::string set_text(Options& options, const std::string& value) {
  options.*member = value;
  return "";
}

template <auto member>
std::string set_boolean(Options& options, const std::string& value) {
  options.*member = accepted(parse_boolean(value));
  return "";
}

template <auto member, int least, int most>
std::string set_integer(Options& options, const std::string& value) {
  const auto number = accepted(parse_number<std::int32_t>(value));
  if (number < least) return "at least " + std::to_string(least);
  if (number > most) return "at most " + std::to_string(most);
  options.*member = number;
  return "";
}

template <auto member>
std::string set_address(Options& options, const std::string& value) {
  if (const auto address = parse_listen_address(value); !address) return "host:port, such as :8080 or [::1]:8080";
  options.*member = value;
  return "";
}

std::string set_qps(Options& options, const std::string& value) {
  options.kube_api_qps = accepted(parse_number<double>(value));
  return options.kube_api_qps > 0 ? "" : "more than 0";
}

std::string set_http_client(Options& options, const std::string& value) {
  if (value != "beast" && value != "cpprestsdk") return "beast or cpprestsdk";
  options.http_client = value == "beast" ? kube::HttpLibrary::beast : kube::HttpLibrary::cpprestsdk;
  return "";
}

std::string set_verify_index(Options& options, const std::string& value) {
  if (value.empty()) return "";
  const auto every = value.starts_with("1/") ? parse_number<std::int32_t>(value.substr(2)) : std::nullopt;
  if (!every || *every < 1) return "1/N with N at least 1, such as 1/1000";
  options.verify_index_every = static_cast<std::uint32_t>(*every);
  return "";
}

std::string set_period(Options& options, const std::string& value) {
  options.schedule_period = *parse_go_duration(value);
  return options.schedule_period.count() > 0 ? "" : "more than 0";
}

std::string add_scheduler_name(Options& options, const std::string& value) {
  if (value.empty()) return "a name";
  options.scheduler_names.push_back(value);
  return "";
}

std::string set_default_queue(Options& options, const std::string& value) {
  options.default_queue = value;
  return value.empty() ? "the name of a queue" : "";
}

std::string add_node_selectors(Options& options, const std::string& value) {
  if (value.empty()) return "";
  for (const std::string& part : split(value, ',')) {
    const std::size_t colon = part.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == part.size() ||
        part.find(':', colon + 1) != std::string::npos) {
      return "label:value";
    }
    options.node_selector.emplace_back(part.substr(0, colon), part.substr(colon + 1));
  }
  return "";
}

constexpr int kAnyInteger = std::numeric_limits<int>::max();

constexpr std::array<std::pair<std::string_view, Setter>, 30> kSetters = {{
    {"master", set_text<&Options::master>},
    {"kubeconfig", set_text<&Options::kubeconfig>},
    {"kube-api-qps", set_qps},
    {"kube-api-burst", set_integer<&Options::kube_api_burst, 1, kAnyInteger>},
    {"http-client", set_http_client},
    {"scheduler-name", add_scheduler_name},
    {"default-queue", set_default_queue},
    {"node-selector", add_node_selectors},
    {"implicit-pod-groups", set_boolean<&Options::implicit_pod_groups>},
    {"claim-empty-pod-groups", set_boolean<&Options::claim_empty_pod_groups>},
    {"priority-class", set_boolean<&Options::priority_class>},
    {"scheduler-conf", set_text<&Options::scheduler_conf>},
    {"lenient-config", set_boolean<&Options::lenient_config>},
    {"disable-default-scheduler-config", set_boolean<&Options::disable_default_scheduler_config>},
    {"validate-config", set_text<&Options::validate_config>},
    {"schedule-period", set_period},
    {"verify-index", set_verify_index},
    {"bind-workers", set_integer<&Options::bind_workers, 1, 1024>},
    {"enable-metrics", set_boolean<&Options::enable_metrics>},
    {"listen-address", set_address<&Options::listen_address>},
    {"enable-healthz", set_boolean<&Options::enable_healthz>},
    {"healthz-address", set_address<&Options::healthz_address>},
    {"record", set_text<&Options::record>},
    {"record-at-start", set_boolean<&Options::record_at_start>},
    {"record-decisions", set_boolean<&Options::record_decisions>},
    {"record-file-size", set_integer<&Options::record_file_mib, 1, 1 << 20>},
    {"record-files", set_integer<&Options::record_files, 1, kAnyInteger>},
    {"v", set_integer<&Options::verbosity, 0, kAnyInteger>},
    {"version", set_boolean<&Options::version>},
    {"help", set_boolean<&Options::help>},
}};

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::string_view expectation(FlagType type, std::string_view value) {
  switch (type) {
    case FlagType::boolean: return parse_boolean(value) ? "" : "true or false";
    case FlagType::text:
    case FlagType::texts:
    case FlagType::list: return "";
    case FlagType::integer: return parse_number<std::int32_t>(value) ? "" : "an integer";
    case FlagType::unsigned_integer: return parse_number<std::uint64_t>(value) ? "" : "an integer from 0 up";
    case FlagType::number: {
      const auto number = parse_number<double>(value);
      return number && std::isfinite(*number) ? "" : "a number";
    }
    case FlagType::duration: return parse_go_duration(value) ? "" : "a duration such as 1s or 500ms";
    case FlagType::pairs: return is_list_of_pairs(value) ? "" : "pairs such as PriorityClass=true";
  }
  return "";
}

std::string set_flag(Options& options, const Flag& flag, const std::string& value) {
  const auto* const found =
      std::find_if(kSetters.begin(), kSetters.end(), [&](const auto& entry) { return entry.first == flag.name; });
  BASALT_CHECK(found != kSetters.end(), "a flag that is said to be honoured and is not");
  return found->second(options, value);
}

}  // namespace basalt::daemon
