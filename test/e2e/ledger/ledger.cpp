#include "e2e/ledger/ledger.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

#include "e2e/harness/subprocess.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

constexpr std::chrono::seconds kCatchUpLimit{60};
constexpr std::chrono::milliseconds kReconnectPause{100};
constexpr int kPollMilliseconds = 100;

std::string describe(const ClusterView& view) {
  std::ostringstream out;
  out << "the ledger sees " << view.pods.size() << " pods, " << view.bound() << " of them bound, " << view.nodes.size()
      << " nodes\n";
  for (const auto& [name, gang] : view.gangs) {
    out << "  " << name << ": " << view.bound_of(name) << " bound, minimum " << gang.min_member << ", status "
        << gang.status.dump() << "\n";
  }
  return out.str();
}

void apply(ClusterView& view, const Entry& entry) {
  const auto put = [&](auto& map, const auto& facts) {
    if (entry.deleted) {
      map.erase(entry.name);
    } else {
      map[entry.name] = facts;
    }
  };
  if (const auto* pod = std::get_if<PodFacts>(&entry.facts)) put(view.pods, *pod);
  if (const auto* node = std::get_if<NodeFacts>(&entry.facts)) put(view.nodes, *node);
  if (const auto* gang = std::get_if<GangFacts>(&entry.facts)) put(view.gangs, *gang);
}

}  // namespace

int ClusterView::bound_of(const std::string& gang) const {
  int count = 0;
  for (const auto& [name, pod] : pods) count += pod.gang == gang && !pod.node.empty() ? 1 : 0;
  return count;
}

int ClusterView::bound() const {
  int count = 0;
  for (const auto& [name, pod] : pods) count += pod.node.empty() ? 0 : 1;
  return count;
}

int ClusterView::partial_gangs() const {
  std::map<std::string, int> members;
  for (const auto& [name, pod] : pods) members[pod.gang] += pod.node.empty() ? 0 : 1;
  int count = 0;
  for (const auto& [name, gang] : gangs) {
    const auto found = members.find(name);
    count += found != members.end() && found->second > 0 && found->second < gang.min_member ? 1 : 0;
  }
  return count;
}

/// One kind and where its watch stands. Used by one thread, but for `known`, which the ledger's mutex guards.
struct Ledger::Source {
  std::string kind;
  std::string path;
  std::string revision;                        // to go on from; empty: list first
  std::map<std::string, Entry> known;          // last entry of each object that exists
  std::map<std::string, std::int64_t> latest;  // last revision of each object that ever existed
};

Ledger::Ledger(std::filesystem::path kubeconfig) : kubeconfig_(std::move(kubeconfig)) {
  const std::array<std::pair<const char*, const char*>, 3> kinds{
      {{"Pod", "/api/v1/pods"},
       {"Node", "/api/v1/nodes"},
       {"PodGroup", "/apis/scheduling.volcano.sh/v1beta1/podgroups"}}};
  for (const auto& [kind, path] : kinds) {
    sources_.push_back(
        std::make_unique<Source>(Source{.kind = kind, .path = path, .revision = {}, .known = {}, .latest = {}}));
    list(*sources_.back(), true);
  }
  for (const auto& source : sources_) {
    threads_.emplace_back([this, &source = *source](const std::stop_token& stop) { watch(source, stop); });
  }
}

Ledger::~Ledger() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Ledger::watch(Source& source, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      if (source.revision.empty()) list(source, false);
      read_watch(source, stop);
    } catch (const std::exception&) {
      // The API server is away: to be tried again, as long as somebody is interested.
    }
    if (!stop.stop_requested()) std::this_thread::sleep_for(kReconnectPause);
  }
}

void Ledger::read_watch(Source& source, const std::stop_token& stop) {
  Subprocess kubectl({.words = {"kubectl", "--kubeconfig", kubeconfig_, "get", "--raw",
                                source.path + "?watch=true&resourceVersion=" + source.revision}},
                     Subprocess::ToPipe{});
  std::string text;
  std::array<char, 65536> buffer{};
  while (!stop.stop_requested()) {
    pollfd readable{kubectl.output_fd(), POLLIN, 0};
    if (poll(&readable, 1, kPollMilliseconds) <= 0) continue;
    const ssize_t count = read(kubectl.output_fd(), buffer.data(), buffer.size());
    if (count <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      if (!take_line(source, text.substr(begin, end - begin))) return;
      begin = end + 1;
    }
    text.erase(0, begin);
  }
}

/// False when the watch has to be given up.
bool Ledger::take_line(Source& source, const std::string& line) {
  const nlohmann::json event = nlohmann::json::parse(line);
  const auto& object = event.at("object");
  if (event.at("type") == "ERROR") {
    // Usually 410: a restarted API server does not remember what its predecessor had sent.
    source.revision.clear();
    return false;
  }
  source.revision = object.at("metadata").at("resourceVersion").get<std::string>();
  take(source, object, event.at("type") == "DELETED");
  return true;
}

void Ledger::list(Source& source, bool must_be_empty) {
  const auto list = nlohmann::json::parse(
      output_of({.words = {"kubectl", "--kubeconfig", kubeconfig_, "get", "--raw", source.path}}));
  const auto& items = list.at("items");
  if (must_be_empty && !items.empty()) {
    throw std::runtime_error("the ledger comes too late: there already are objects of kind " + source.kind);
  }
  std::map<std::string, std::int64_t> listed;
  for (const auto& item : items) {
    const Entry entry = read_object(item, source.kind, false, std::chrono::steady_clock::now());
    listed[entry.name] = entry.revision;
    take(source, item, false);
  }
  source.revision = list.at("metadata").at("resourceVersion").get<std::string>();
  forget_unlisted(source, listed, std::stoll(source.revision));
}

void Ledger::take(Source& source, const nlohmann::json& object, bool deleted) {
  Entry entry = read_object(object, source.kind, deleted, std::chrono::steady_clock::now());
  const std::scoped_lock lock(mutex_);
  const auto known = source.known.find(entry.name);
  if (known != source.known.end() && known->second.revision == entry.revision) return;  // listed again
  source.latest[entry.name] = entry.revision;
  if (deleted) {
    source.known.erase(entry.name);
  } else {
    source.known[entry.name] = entry;
  }
  apply(view_, entry);
  history_.push_back(std::move(entry));
  changed_.notify_all();
}

void Ledger::forget_unlisted(Source& source, const std::map<std::string, std::int64_t>& listed, std::int64_t revision) {
  const std::scoped_lock lock(mutex_);
  for (auto known = source.known.begin(); known != source.known.end();) {
    if (listed.contains(known->first)) {
      ++known;
      continue;
    }
    Entry gone = known->second;
    gone.deleted = true;
    gone.revision = revision;
    source.latest[known->first] = revision;
    apply(view_, gone);
    history_.push_back(std::move(gone));
    known = source.known.erase(known);
  }
  changed_.notify_all();
}

void Ledger::wait_for(const std::string& what, std::chrono::milliseconds limit,
                      const std::function<bool(const ClusterView&)>& holds) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, limit, [&] { return holds(view_); })) {
    throw std::runtime_error("after " + std::to_string(limit.count()) + "ms still not: " + what + "\n" +
                             describe(view_));
  }
}

/// What `source` has not seen of a list; empty when it has seen everything. REQUIRES: mutex_ held.
std::string Ledger::unseen(const Source& source, const std::map<std::string, std::int64_t>& listed,
                           std::int64_t revision) {
  for (const auto& [name, listed_at] : listed) {
    const auto seen = source.latest.find(name);
    if (seen == source.latest.end() || seen->second < listed_at)
      return name + ", listed at " + std::to_string(listed_at);
  }
  for (const auto& [name, entry] : source.known) {
    if (entry.revision <= revision && !listed.contains(name)) return name + " is gone";
  }
  return {};
}

void Ledger::catch_up() {
  for (const auto& source : sources_) {
    const auto list = nlohmann::json::parse(
        output_of({.words = {"kubectl", "--kubeconfig", kubeconfig_, "get", "--raw", source->path}}));
    std::map<std::string, std::int64_t> listed;
    for (const auto& item : list.at("items")) {
      const Entry entry = read_object(item, source->kind, false, {});
      listed[entry.name] = entry.revision;
    }
    const auto revision = std::stoll(list.at("metadata").at("resourceVersion").get<std::string>());
    wait_until("the ledger has seen every " + source->kind, kCatchUpLimit, [&] {
      const std::scoped_lock lock(mutex_);
      return unseen(*source, listed, revision);
    });
  }
}

ClusterView Ledger::view() const {
  const std::scoped_lock lock(mutex_);
  return view_;
}

std::vector<Entry> Ledger::history() const {
  const std::scoped_lock lock(mutex_);
  return history_;
}

Judgement Ledger::judge(const Allowance& allowance) const { return e2e::judge(history(), allowance); }

}  // namespace basalt::e2e
