#include "embedded/tool/options.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace basalt::embedded {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& to) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size();
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
    {"load", "FILE", "create the objects of this file (YAML or JSON); may be repeated",
     [](Options& o, const std::string& v) {
       o.load.push_back(v);
       return !v.empty();
     }},
    {"snapshot", "FILE", "go on from this file if it exists, and write it at the end",
     [](Options& o, const std::string& v) { return !(o.snapshot = v).empty(); }},
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
    {"version", "", "print the version and exit", [](Options& o, const std::string&) { return o.version = true; }},
    {"help", "", "print this text and exit", [](Options& o, const std::string&) { return o.help = true; }},
};

Error mistake(std::string message) { return Error{ErrorCode::invalid, std::move(message)}; }

}  // namespace

Result<Options> parse_options(std::span<const std::string> arguments) {
  Options options;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
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
  options.tls = options.tls || !options.certificate_file.empty();
  return options;
}

std::string help_text() {
  std::string text = "basalt-cluster: an API server of Kubernetes in memory, for trying out and for tests\n\n";
  for (const Flag& flag : kFlags) {
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 28), ' ');
    text += left + std::string(flag.text) + "\n";
  }
  return text;
}

}  // namespace basalt::embedded
