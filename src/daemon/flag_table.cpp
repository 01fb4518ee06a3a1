#include <array>

#include "daemon/flags.hpp"

namespace basalt::daemon {
namespace {

using enum FlagEffect;
using enum FlagType;

constexpr std::string_view kNoTls = "the servers for metrics and health speak plain HTTP only";
constexpr std::string_view kNoSampling = "all nodes are considered for every pod";
constexpr std::string_view kNoElection = "leader election does not exist yet";
constexpr std::string_view kStderr = "log lines go to standard error, one line each";
constexpr std::string_view kNoDump = "there is no dump on a signal";

constexpr std::array kFlags = {
    // which cluster, and how fast it may be asked
    Flag{"master", text, "", honoured, "URL of the API server; replaces the one of the kubeconfig"},
    Flag{"kubeconfig", text, "", honoured,
         "path of a kubeconfig; without it and --master: the service account of the pod, else $KUBECONFIG, else "
         "~/.kube/config"},
    Flag{"kube-api-qps", number, "2000", honoured, "requests a second to the API server, on average; above 0"},
    Flag{"kube-api-burst", integer, "2000", honoured, "requests to the API server at once; at least 1"},
    Flag{"http-client", text, "beast", honoured,
         "library that speaks to the API server: beast or cpprestsdk; docs/decisions/0002-cpprestsdk.md says when to "
         "use which"},
    // what is ours
    Flag{"scheduler-name", texts, "basalt", honoured,
         "pods with this spec.schedulerName are ours; may be repeated; Volcano's default is volcano"},
    Flag{"default-queue", text, "default", honoured, "queue of PodGroups that name none"},
    Flag{"node-selector", list, "", honoured,
         "label:value; only nodes that have one of the pairs are used; may be repeated"},
    Flag{"implicit-pod-groups", boolean, "true", honoured,
         "pods without a PodGroup get a job of their own; false where Volcano's podgroup controller makes PodGroups "
         "for them"},
    Flag{"claim-empty-pod-groups", boolean, "false", honoured,
         "a PodGroup without pods is ours too; so it is anyway when a scheduler name is volcano"},
    Flag{"priority-class", boolean, "true", honoured, "read PriorityClass objects"},
    // how it decides
    Flag{"scheduler-conf", text, "", honoured,
         "path of the configuration file; a change takes effect between two cycles"},
    Flag{"lenient-config", boolean, "false", honoured,
         "keys and plugins that nobody knows are left out of the configuration with a warning instead of refusing it"},
    Flag{"disable-default-scheduler-config", boolean, "false", honoured,
         "do not start with the built-in configuration when the file cannot be used"},
    Flag{"validate-config", text, "", honoured,
         "check this configuration file, print what there is to say about it, and exit: 0 when it can be used, else 1"},
    Flag{"schedule-period", duration, "1s", honoured,
         "longest time between two cycles; a change in the cluster starts one at once"},
    Flag{"bind-workers", integer, "32", honoured, "binds under way at once; 1 to 1024"},
    Flag{"verify-index", text, "", honoured,
         "1/N: every N-th placement is worked out by asking every node as well; a difference is counted, logged, and "
         "the plain answer is used"},
    // what it tells
    Flag{"enable-metrics", boolean, "false", honoured, "serve /metrics and /v1/explain on --listen-address"},
    Flag{"listen-address", text, ":8080", honoured, "address of the metrics server"},
    Flag{"enable-healthz", boolean, "false", honoured, "serve /healthz and /readyz on --healthz-address"},
    Flag{"healthz-address", text, ":11251", honoured, "address of the health server"},
    Flag{"record", text, "", honoured,
         "folder for recordings of all that happens and is decided, for basalt-replay and basalt-explain; empty: none"},
    Flag{"record-at-start", boolean, "true", honoured,
         "record from the first moment; false: not before POST /v1/record?start on the metrics server"},
    Flag{"record-decisions", boolean, "false", honoured, "keep decisions in recordings, not only their digests"},
    Flag{"record-file-size", integer, "256", honoured,
         "MiB after which a recording goes on in another file, with a checkpoint; at least 1"},
    Flag{"record-files", integer, "8", honoured, "files of recordings that are kept; at least 1"},
    Flag{"v", integer, "0", honoured, "how much is logged: 4 and above adds details, 6 and above traces"},
    Flag{"version", boolean, "false", honoured, "print the version and exit"},
    Flag{"help", boolean, "false", honoured, "print this text and exit"},
    // Volcano's, refused
    Flag{"leader-elect", boolean, "false", refused,
         "leader election does not exist yet: run one replica with --leader-elect=false (Volcano's default is true)",
         "false"},
    Flag{"plugins-dir", text, "", refused, "plugins written in Go cannot be loaded", ""},
    Flag{"scheduler-sharding-mode", text, "none", refused, "nodes are not divided among schedulers yet", "none"},
    Flag{"ca-cert-file", text, "", refused, kNoTls, ""},
    Flag{"tls-cert-file", text, "", refused, kNoTls, ""},
    Flag{"tls-private-key-file", text, "", refused, kNoTls, ""},
    // Volcano's, without effect
    Flag{"leader-elect-lease-duration", duration, "15s", without_effect, kNoElection},
    Flag{"leader-elect-renew-deadline", duration, "10s", without_effect, kNoElection},
    Flag{"leader-elect-retry-period", duration, "2s", without_effect, kNoElection},
    Flag{"leader-elect-resource-lock", text, "leases", without_effect, kNoElection},
    Flag{"leader-elect-resource-name", text, "volcano", without_effect, kNoElection},
    Flag{"leader-elect-resource-namespace", text, "volcano-system", without_effect, kNoElection},
    Flag{"lock-object-namespace", text, "", without_effect, kNoElection, ""},
    Flag{"minimum-feasible-nodes", integer, "100", without_effect, kNoSampling},
    Flag{"minimum-percentage-nodes-to-find", integer, "5", without_effect, kNoSampling},
    Flag{"percentage-nodes-to-find", integer, "0", without_effect, kNoSampling},
    Flag{"node-worker-threads", unsigned_integer, "20", without_effect, "one thread owns the tables of the cluster"},
    Flag{"gate-removal-worker-num", integer, "5", without_effect,
         "scheduling gates of queue admission are not removed"},
    Flag{"resync-period", duration, "0", without_effect, "a stalled watch is noticed and listed again instead"},
    Flag{"resource-sync-timeout", duration, "60s", without_effect,
         "no cycle starts before every kind of object is listed, however long that takes"},
    Flag{"csi-storage", boolean, "false", without_effect, "the capacity of storage is not considered yet", "false"},
    Flag{"ignored-provisioners", list, "", without_effect, "volumes are not provisioned yet", ""},
    Flag{"scheduler-sharding-name", text, "volcano", without_effect, "nodes are not divided among schedulers yet"},
    Flag{"cache-dumper", boolean, "true", without_effect, kNoDump, "false"},
    Flag{"cache-dump-dir", text, "/tmp", without_effect, kNoDump},
    Flag{"enable-pprof", boolean, "false", without_effect, "there is no profile of the Go kind", "false"},
    Flag{"feature-gates", pairs, "", without_effect, "nothing depends on a feature gate", ""},
    // the Go log library's, without effect
    Flag{"log-flush-frequency", duration, "5s", without_effect, "log lines are written at once"},
    Flag{"logtostderr", boolean, "true", without_effect, kStderr, "true"},
    Flag{"alsologtostderr", boolean, "false", without_effect, kStderr, "false"},
    Flag{"stderrthreshold", text, "INFO", without_effect, kStderr},
    Flag{"legacy-stderr-threshold-behavior", boolean, "false", without_effect, kStderr, "false"},
    Flag{"log-dir", text, "", without_effect, kStderr, ""},
    Flag{"log-file", text, "", without_effect, kStderr, ""},
    Flag{"log-file-max-size", unsigned_integer, "1800", without_effect, kStderr},
    Flag{"skip-headers", boolean, "false", without_effect, kStderr, "false"},
    Flag{"skip-log-headers", boolean, "false", without_effect, kStderr, "false"},
    Flag{"add-dir-header", boolean, "false", without_effect, kStderr, "false"},
    Flag{"one-output", boolean, "false", without_effect, kStderr, "false"},
    Flag{"log-backtrace-at", text, "", without_effect, kStderr, ""},
    Flag{"vmodule", text, "", without_effect, "use --v: details are not chosen by source file", ""},
};

std::string_view type_name(FlagType type) {
  switch (type) {
    case boolean: return "boolean";
    case text: return "text";
    case texts: return "text, repeatable";
    case list: return "list";
    case integer: return "integer";
    case unsigned_integer: return "unsigned integer";
    case number: return "number";
    case duration: return "duration";
    case pairs: return "name=boolean list";
  }
  return "";
}

std::string effect_name(const Flag& flag) {
  const std::string unless =
      flag.harmless ? (flag.harmless->empty() ? " unless empty" : " unless " + std::string(*flag.harmless)) : "";
  switch (flag.effect) {
    case honoured: return "honoured";
    case without_effect: return "no effect, warns" + unless;
    case refused: return "refused" + unless;
  }
  return "";
}

}  // namespace

std::span<const Flag> flags() { return kFlags; }

std::string help_text() {
  std::string help =
      "basalt-scheduler: a batch scheduler for Kubernetes, in the place of Volcano's.\n\n"
      "Usage: basalt-scheduler [flags]\n";
  for (const FlagEffect effect : {honoured, refused, without_effect}) {
    if (effect == honoured) help += "\nFlags:\n";
    if (effect == refused) help += "\nFlags of Volcano that are refused:\n";
    if (effect == without_effect) help += "\nFlags of Volcano that have no effect, and say so:\n";
    for (const Flag& flag : kFlags) {
      if (flag.effect != effect) continue;
      help += "  " + std::string(flag.name.size() == 1 ? "-" : "--") + std::string(flag.name);
      if (flag.type != boolean) help += " <" + std::string(type_name(flag.type)) + ">";
      if (!flag.initial.empty()) help += "  (default " + std::string(flag.initial) + ")";
      help += "\n        " + std::string(flag.text) + "\n";
    }
  }
  return help;
}

std::string flag_table() {
  std::string table =
      "| flag | type | default | effect | what it does, or why it does nothing |\n|---|---|---|---|---|\n";
  for (const Flag& flag : kFlags) {
    const std::string initial = flag.initial.empty() ? "" : "`" + std::string(flag.initial) + "`";
    table += "| `--" + std::string(flag.name) + "` | " + std::string(type_name(flag.type)) + " | " + initial + " | " +
             effect_name(flag) + " | " + std::string(flag.text) + " |\n";
  }
  return table;
}

}  // namespace basalt::daemon
