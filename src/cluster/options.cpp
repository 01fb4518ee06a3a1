#include "cluster/options.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "basalt/model/quantity.hpp"

namespace basalt::cluster {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& to) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size();
}

bool read_seconds(std::string_view text, std::chrono::seconds& to) {
  std::chrono::seconds::rep seconds = 0;
  if (!read_number(text, seconds) || seconds < 0 || seconds > 1'000'000'000) return false;
  to = std::chrono::seconds(seconds);
  return true;
}

// "a=b" with both sides there.
std::optional<std::pair<std::string, std::string>> read_pair(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

bool set_amount(Options& options, const std::string& resource, const std::string& quantity) {
  const auto amount = parse_quantity(quantity, unit_of(resource));
  if (!amount || *amount < 0) return false;
  options.nodes.capacity[resource] = quantity;
  return true;
}

// A flag: what it is called, what it takes ("" for a switch), what it does. `set` is false for a value that it cannot
// use.
struct Flag {
  std::string_view name;
  std::string_view value;
  std::string_view text;
  bool (*set)(Options& options, const std::string& value);
};

constexpr Flag kFlags[] = {
    {"listen", "HOST", "address to listen on; default 127.0.0.1",
     [](Options& o, const std::string& v) { return !(o.host = v).empty(); }},
    {"port", "NUMBER", "port; 0: any that is free; default 8001",
     [](Options& o, const std::string& v) { return read_number(v, o.port); }},
    {"kubeconfig-out", "FILE", "write a kubeconfig for this cluster",
     [](Options& o, const std::string& v) { return !(o.kubeconfig = v).empty(); }},
    {"tls", "", "serve https, with a certificate made at the start",
     [](Options& o, const std::string&) { return o.tls = true; }},
    {"tls-cert-file", "FILE", "serve https with this certificate (PEM)",
     [](Options& o, const std::string& v) { return !(o.certificate_file = v).empty(); }},
    {"tls-key-file", "FILE", "its key (PEM)",
     [](Options& o, const std::string& v) { return !(o.key_file = v).empty(); }},
    {"token", "TEXT", "ask clients for this bearer token (kubectl sends one over https only)",
     [](Options& o, const std::string& v) { return !(o.token = v).empty(); }},
    {"load", "FILE", "create the objects of this file: YAML, JSON, or FILE.scenario[#NAME]; may be repeated",
     [](Options& o, const std::string& v) {
       o.load.push_back(v);
       return !v.empty();
     }},
    {"snapshot", "FILE", "go on from this file if it exists, and write it at the end",
     [](Options& o, const std::string& v) { return !(o.snapshot = v).empty(); }},
    {"save-scenario", "FILE", "write the cluster into this file at the end, as a scenario (docs/scenarios.md)",
     [](Options& o, const std::string& v) { return !(o.save_scenario = v).empty(); }},
    {"journal", "FILE", "write every change into this file, one JSON object a line",
     [](Options& o, const std::string& v) { return !(o.journal = v).empty(); }},
    {"history", "NUMBER", "changes of each kind that watches can go back; default 100000",
     [](Options& o, const std::string& v) { return read_number(v, o.history) && o.history > 0; }},
    {"threads", "NUMBER", "threads that serve requests; default 2",
     [](Options& o, const std::string& v) { return read_number(v, o.threads) && o.threads > 0 && o.threads <= 256; }},
    {"seed", "NUMBER", "makes uids and generated names repeatable",
     [](Options& o, const std::string& v) { return read_number(v, o.seed); }},
    {"faults", "", "serve /basalt/faults, /basalt/watches, /basalt/compact, /basalt/clock: for tests",
     [](Options& o, const std::string&) { return o.faults = true; }},
    {"no-controllers", "", "run no controllers: nothing makes pods of Jobs, ends namespaces, ...",
     [](Options& o, const std::string&) {
       o.controllers = false;
       return true;
     }},
    {"event-ttl-seconds", "NUMBER", "an Event goes so long after it was written last; default 3600",
     [](Options& o, const std::string& v) { return read_seconds(v, o.event_life) && o.event_life.count() > 0; }},
    {"nodes", "NUMBER", "simulate so many nodes; default 0",
     [](Options& o, const std::string& v) { return read_number(v, o.nodes.count) && o.nodes.count >= 0; }},
    {"node-prefix", "TEXT", "names of simulated nodes begin so; default node-",
     [](Options& o, const std::string& v) { return !(o.nodes.prefix = v).empty(); }},
    {"node-cpu", "QUANTITY", "of each simulated node; default 16",
     [](Options& o, const std::string& v) { return set_amount(o, "cpu", v); }},
    {"node-memory", "QUANTITY", "of each simulated node; default 64Gi",
     [](Options& o, const std::string& v) { return set_amount(o, "memory", v); }},
    {"node-pods", "QUANTITY", "pods on each simulated node at most; default 110",
     [](Options& o, const std::string& v) { return set_amount(o, "pods", v); }},
    {"node-resource", "NAME=QUANTITY", "another resource of each simulated node; may be repeated",
     [](Options& o, const std::string& v) {
       const auto pair = read_pair(v);
       return pair && set_amount(o, pair->first, pair->second);
     }},
    {"node-label", "KEY=VALUE", "a label of each simulated node; may be repeated",
     [](Options& o, const std::string& v) {
       auto pair = read_pair(v);
       if (pair) o.nodes.labels.push_back(*std::move(pair));
       return pair.has_value();
     }},
    {"zones", "NUMBER", "spread simulated nodes over so many zones; default 0: no zone labels",
     [](Options& o, const std::string& v) { return read_number(v, o.nodes.zones) && o.nodes.zones >= 0; }},
    {"lease-seconds", "NUMBER", "between renewals of a node's lease; 0: no leases; default 10",
     [](Options& o, const std::string& v) { return read_seconds(v, o.nodes.lease); }},
    {"heartbeat-seconds", "NUMBER", "between status updates of a node; 0: none; default 300",
     [](Options& o, const std::string& v) { return read_seconds(v, o.nodes.heartbeat); }},
    {"job-run-seconds", "NUMBER or 'forever'",
     "how long pods run that say nothing and whose restartPolicy is not Always; default 30",
     [](Options& o, const std::string& v) {
       std::chrono::seconds seconds{0};
       o.nodes.job_run.reset();
       if (v == "forever") return true;
       if (!read_seconds(v, seconds)) return false;
       o.nodes.job_run = seconds;
       return true;
     }},
    {"node-workers", "NUMBER", "requests of simulated nodes at the same time; default 4",
     [](Options& o, const std::string& v) {
       return read_number(v, o.nodes.workers) && o.nodes.workers > 0 && o.nodes.workers <= 64;
     }},
    {"kubeconfig", "FILE", "with 'nodes': the API server to simulate nodes for",
     [](Options& o, const std::string& v) { return !(o.server_kubeconfig = v).empty(); }},
    {"version", "", "print the version and exit", [](Options& o, const std::string&) { return o.version = true; }},
    {"help", "", "print this text and exit", [](Options& o, const std::string&) { return o.help = true; }},
};

Error mistake(std::string message) { return Error{ErrorCode::invalid, std::move(message)}; }

}  // namespace

Result<Options> parse_options(std::span<const std::string> arguments) {
  Options options;
  std::size_t at = 0;
  if (!arguments.empty() && arguments.front() == "nodes") {
    options.mode = Mode::nodes_only;
    ++at;
  }
  for (; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    if (!word.starts_with("--")) return mistake("'" + word + "' is no flag");
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto* flag =
        std::find_if(std::begin(kFlags), std::end(kFlags), [&](const Flag& known) { return known.name == name; });
    if (flag == std::end(kFlags)) return mistake("unknown flag --" + name + ": --help lists all");
    std::string value;
    if (equals != std::string::npos) {
      if (flag->value.empty()) return mistake("--" + name + " takes no value");
      value = word.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (++at == arguments.size()) return mistake("--" + name + " without a value");
      value = arguments[at];
    }
    if (!flag->set(options, value)) {
      return mistake("--" + name + "=" + value + ": expected a " + std::string(flag->value));
    }
  }
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return mistake("--tls-cert-file and --tls-key-file belong together");
  }
  if (options.mode == Mode::serve && !options.server_kubeconfig.empty()) {
    return mistake("--kubeconfig belongs to 'basalt-cluster nodes'; --kubeconfig-out writes one");
  }
  options.tls = options.tls || !options.certificate_file.empty();
  return options;
}

std::string help_text() {
  std::string text =
      "basalt-cluster [FLAGS]: an API server of Kubernetes in memory with simulated nodes, for trying out and for "
      "tests\n"
      "basalt-cluster nodes [--kubeconfig FILE] [FLAGS]: only the nodes, for any API server\n\n";
  for (const Flag& flag : kFlags) {
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 34), ' ');
    text += left + std::string(flag.text) + "\n";
  }
  return text;
}

}  // namespace basalt::cluster
