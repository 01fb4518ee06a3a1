#include "tools/load/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "basalt/model/quantity.hpp"

namespace basalt::load {
namespace {

constexpr std::size_t kMostObjects = 10'000'000;
constexpr std::size_t kMostConnections = 1024;
constexpr std::size_t kLongestName = 40;  // so that a name with its numbers is a label and a host name
constexpr std::size_t kMostSeconds = 1'000'000;

bool read_count(const std::string& text, std::size_t most, std::size_t& to) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size() && to <= most;
}

bool read_seconds(const std::string& text, std::chrono::seconds& to) {
  std::size_t seconds = 0;
  if (!read_count(text, kMostSeconds, seconds)) return false;
  to = std::chrono::seconds(seconds);
  return true;
}

bool read_rate(const std::string& text, double& to) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size() && std::isfinite(to) && to >= 0;
}

// What Kubernetes takes as a name (RFC 1123 label).
bool read_name(const std::string& text, std::string& to) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  to = text;
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), fits) &&
         text.front() != '-' && text.back() != '-';
}

bool read_amount(const std::string& text, Unit unit, std::string& to) {
  const auto amount = parse_quantity(text, unit);
  to = text;
  return amount && *amount >= 0;
}

template <class Command>
struct Flag {
  std::string_view name;
  std::string_view value;  // what it takes; empty: nothing
  std::string_view text;
  bool (*set)(Command& command, const std::string& value);
};

template <class Command>
constexpr Flag<Command> kKubeconfig{
    "kubeconfig", "FILE", "the API server; without it the pod's service account, $KUBECONFIG, ~/.kube/config",
    [](Command& c, const std::string& v) { return !(c.access.kubeconfig = v).empty(); }};
template <class Command>
constexpr Flag<Command> kContext{"context", "NAME", "context of the kubeconfig to use instead of its current one",
                                 [](Command& c, const std::string& v) { return !(c.access.context = v).empty(); }};
template <class Command>
constexpr Flag<Command> kHelp{"help", "", "print this text and exit",
                              [](Command& c, const std::string&) { return c.help = true; }};

constexpr Flag<LoadCommand> kLoadFlags[] = {
    kKubeconfig<LoadCommand>,
    kContext<LoadCommand>,
    {"nodes", "NUMBER", "nodes to create; default 0",
     [](LoadCommand& c, const std::string& v) { return read_count(v, kMostObjects, c.load.plan.nodes); }},
    {"groups", "NUMBER", "PodGroups to create; default 0",
     [](LoadCommand& c, const std::string& v) { return read_count(v, kMostObjects, c.load.plan.groups); }},
    {"group-size", "NUMBER", "pods of each PodGroup, and its minMember; default 10",
     [](LoadCommand& c, const std::string& v) {
       return read_count(v, kMostObjects, c.load.plan.group_size) && c.load.plan.group_size > 0;
     }},
    {"pods", "NUMBER", "pods without a PodGroup to create; default 0",
     [](LoadCommand& c, const std::string& v) { return read_count(v, kMostObjects, c.load.plan.pods); }},
    {"rate", "NUMBER", "requests a second; default 0: as fast as answers come",
     [](LoadCommand& c, const std::string& v) { return read_rate(v, c.load.pace.rate); }},
    {"connections", "NUMBER", "requests at the same time; 1 to 1024, default 16",
     [](LoadCommand& c, const std::string& v) {
       return read_count(v, kMostConnections, c.load.pace.connections) && c.load.pace.connections > 0;
     }},
    {"prefix", "NAME", "names begin so; default load",
     [](LoadCommand& c, const std::string& v) { return read_name(v, c.load.plan.prefix); }},
    {"namespace", "NAME", "of PodGroups and pods; made if it is not there; default default",
     [](LoadCommand& c, const std::string& v) { return read_name(v, c.load.plan.space); }},
    {"queue", "NAME", "of the PodGroups; default default",
     [](LoadCommand& c, const std::string& v) { return !(c.load.plan.queue = v).empty(); }},
    {"scheduler-name", "NAME", "who is to schedule the pods; default basalt",
     [](LoadCommand& c, const std::string& v) { return !(c.load.plan.scheduler = v).empty(); }},
    {"cpu", "QUANTITY", "that each pod asks for; default 1",
     [](LoadCommand& c, const std::string& v) { return read_amount(v, Unit::milli, c.load.plan.cpu); }},
    {"memory", "QUANTITY", "that each pod asks for; default 1Gi",
     [](LoadCommand& c, const std::string& v) { return read_amount(v, Unit::whole, c.load.plan.memory); }},
    {"node-cpu", "QUANTITY", "of each node; default 16",
     [](LoadCommand& c, const std::string& v) { return read_amount(v, Unit::milli, c.load.plan.node_cpu); }},
    {"node-memory", "QUANTITY", "of each node; default 64Gi",
     [](LoadCommand& c, const std::string& v) { return read_amount(v, Unit::whole, c.load.plan.node_memory); }},
    {"node-pods", "QUANTITY", "pods on each node at most; default 110",
     [](LoadCommand& c, const std::string& v) { return read_amount(v, Unit::whole, c.load.plan.node_pods); }},
    {"watchers", "NUMBER", "further watches of all pods, open all the time; default 0",
     [](LoadCommand& c, const std::string& v) { return read_count(v, kMostConnections, c.load.watchers); }},
    {"wait-bound", "SECONDS", "wait so long until all pods are on nodes; default 0: do not wait",
     [](LoadCommand& c, const std::string& v) { return read_seconds(v, c.load.wait_bound); }},
    {"churn", "SECONDS", "then replace the oldest gangs (pods, if there are none) by new ones; default 0",
     [](LoadCommand& c, const std::string& v) { return read_seconds(v, c.load.churn); }},
    {"clean-up", "", "at last delete what was made, of this and of earlier runs with this prefix",
     [](LoadCommand& c, const std::string&) { return c.load.clean_up = true; }},
    kHelp<LoadCommand>,
};

constexpr Flag<NullBindCommand> kNullBindFlags[] = {
    kKubeconfig<NullBindCommand>,
    kContext<NullBindCommand>,
    {"namespace", "NAME", "of the pods; default: all",
     [](NullBindCommand& c, const std::string& v) { return !(c.bind.space = v).empty(); }},
    {"count", "NUMBER", "pods to bind at most; default: all that are on no node at the start",
     [](NullBindCommand& c, const std::string& v) { return read_count(v, kMostObjects, c.bind.count); }},
    {"rate", "NUMBER", "binds a second; default 0: as fast as answers come",
     [](NullBindCommand& c, const std::string& v) { return read_rate(v, c.bind.pace.rate); }},
    {"connections", "NUMBER", "binds at the same time; 1 to 1024, default 16",
     [](NullBindCommand& c, const std::string& v) {
       return read_count(v, kMostConnections, c.bind.pace.connections) && c.bind.pace.connections > 0;
     }},
    kHelp<NullBindCommand>,
};

Error mistake(std::string message) { return Error{ErrorCode::invalid, std::move(message)}; }

template <class Command>
Result<Command> parse(std::span<const Flag<Command>> flags, const std::vector<std::string>& words) {
  Command command;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (!word.starts_with("--")) return mistake("'" + word + "' is no flag: --help lists all");
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto flag =
        std::find_if(flags.begin(), flags.end(), [&](const Flag<Command>& known) { return known.name == name; });
    if (flag == flags.end()) return mistake("unknown flag --" + name + ": --help lists all");
    std::string value;
    if (equals != std::string::npos) {
      if (flag->value.empty()) return mistake("--" + name + " takes no value");
      value = word.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (++at == words.size())
        return mistake("--" + name + " without a value: expected a " + std::string(flag->value));
      value = words[at];
    }
    if (!flag->set(command, value)) {
      return mistake("--" + name + "=" + value + ": expected a " + std::string(flag->value) + " (" +
                     std::string(flag->text) + ")");
    }
  }
  return command;
}

template <class Command>
std::string help_of(std::span<const Flag<Command>> flags) {
  std::string text;
  for (const Flag<Command>& flag : flags) {
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 28), ' ');
    text += left + std::string(flag.text) + "\n";
  }
  return text;
}

}  // namespace

Result<LoadCommand> parse_load(const std::vector<std::string>& words) {
  auto command = parse<LoadCommand>(kLoadFlags, words);
  if (!command || command->help) return command;
  const LoadOptions& load = command->load;
  const bool makes_pods = load.plan.groups > 0 || load.plan.pods > 0;
  if (!makes_pods && load.plan.nodes == 0 && !load.clean_up) {
    return mistake("nothing to do: expected --nodes, --groups, --pods or --clean-up");
  }
  if (!makes_pods && load.churn.count() > 0)
    return mistake("--churn without --groups or --pods has nothing to replace");
  if (!makes_pods && load.wait_bound.count() > 0) {
    return mistake("--wait-bound without --groups or --pods has nothing to wait for");
  }
  if (load.plan.groups > 0 && load.plan.groups > kMostObjects / load.plan.group_size) {
    return mistake("--groups times --group-size: expected " + std::to_string(kMostObjects) + " pods at most");
  }
  return command;
}

Result<NullBindCommand> parse_null_bind(const std::vector<std::string>& words) {
  return parse<NullBindCommand>(kNullBindFlags, words);
}

std::string load_help() {
  return "basalt-load: puts load on an API server, and says in one line of JSON how it took it.\n\n"
         "Usage: basalt-load [flags]\n\n" +
         help_of<LoadCommand>(kLoadFlags) +
         "\nExit status: 0 all was done, 1 something was refused or not on a node in time, 2 it could not be tried.\n";
}

std::string null_bind_help() {
  return "basalt-nullbind: binds the pods that are on no node to all nodes in turn, whether they fit or not, and says\n"
         "in one line of JSON how many binds a second the API server took. For clusters that nobody needs.\n\n"
         "Usage: basalt-nullbind [flags]\n\n" +
         help_of<NullBindCommand>(kNullBindFlags) +
         "\nExit status: 0 all was bound, 1 something was refused, 2 it could not be tried.\n";
}

}  // namespace basalt::load
