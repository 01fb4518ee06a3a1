#include <algorithm>
#include <csignal>
#include <cstdio>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"
#include "tools/arguments.hpp"
#include "tools/view/expectation.hpp"
#include "tools/view/observation.hpp"
#include "tools/view/page.hpp"
#include "tools/view/terminal.hpp"

namespace basalt::view {
namespace {

constexpr const char* kHelp =
    "basalt-view: nodes, queues, gangs, and what waits and why, of any cluster, as it changes.\n\n"
    "Usage: basalt-view [flags] [EXPECTATION...]\n\n"
    "  --kubeconfig FILE    the cluster; without it: the service account of the pod, else $KUBECONFIG, else\n"
    "                       ~/.kube/config\n"
    "  --context NAME       context of the kubeconfig to use instead of its current one\n"
    "  --resource NAME      what the bars and amounts are of; default cpu\n"
    "  --once               print the page once everything has been listed, and exit\n"
    "  --deadline SECONDS   with expectations or --once: give up after so long; default 60\n"
    "  --stay               with expectations: go on once they are met, until SIGINT or SIGTERM\n"
    "  --plain              lines instead of a screen that is painted again, as when standard output is no terminal\n"
    "  --foot TEXT          lines below the page, on a screen\n\n"
    "An EXPECTATION is [NAMESPACE/]NAME=PODS (so many pods of that gang or workload are on nodes) or\n"
    "[NAMESPACE/]NAME=waits (none of them is, and the scheduler says why). With expectations the program ends when "
    "all\n"
    "are met.\n\n"
    "Exit status: 0 shown, and all expectations were met; 1 some were not; 2 something else went wrong.\n";
constexpr int kShown = 0;
constexpr int kUnmet = 1;
constexpr int kFailed = 2;
constexpr std::chrono::milliseconds kFrame{100};
constexpr std::uint64_t kDefaultDeadline = 60;

struct Options {
  kube::AccessFlags access;
  std::string resource = "cpu";
  std::vector<Expectation> expectations;
  std::chrono::seconds deadline{kDefaultDeadline};
  bool once = false;
  bool stay = false;
  bool plain = false;
  std::string foot;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-view: %s\n", message.c_str());
  return kFailed;
}

Result<Options> options_of(const tools::CommandLine& line) {
  Options options;
  options.access.kubeconfig = line.value("kubeconfig");
  options.access.context = line.value("context");
  if (line.has("resource")) options.resource = line.value("resource");
  const auto deadline = line.number("deadline");
  if (!deadline) return deadline.error();
  options.deadline = std::chrono::seconds(deadline->value_or(kDefaultDeadline));
  options.once = line.has("once");
  options.stay = line.has("stay");
  options.plain = line.has("plain");
  options.foot = line.value("foot");
  for (const std::string& word : line.words) {
    auto expectation = parse_expectation(word);
    if (!expectation) return expectation.error();
    options.expectations.push_back(*std::move(expectation));
  }
  return options;
}

// Blocked before any thread is made, so that only wait_for_end() takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// True when a signal came within that time.
bool wait_for_end(const sigset_t& signals, std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec limit{seconds.count(), (time - seconds).count()};
  return sigtimedwait(&signals, nullptr, &limit) > 0;
}

void print(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

// The loop: looks at the observation frame by frame, shows what is new, and knows when to end.
class Show {
 public:
  Show(const Options& options, const Observation& observation, const Clock& clock)
      : options_(options), observation_(observation), clock_(clock), deadline_(clock.steady_now() + options.deadline) {
    if (!options.plain && !options.once && Terminal::is_there()) terminal_.emplace();
  }

  int run(const sigset_t& signals) {
    bool interrupted = false;
    do {
      const SteadyTime begun = clock_.steady_now();
      look();
      if (is_over()) break;
      // Where there are very many pods a look takes long; the processor has other things to do too.
      interrupted =
          wait_for_end(signals, std::max<std::chrono::nanoseconds>(kFrame, 4 * (clock_.steady_now() - begun)));
    } while (!interrupted);
    return end(interrupted);
  }

 private:
  void look() {
    const std::uint64_t version = observation_.version();
    if (!seen_ || version != *seen_) {
      Observation::Look now = observation_.look(options_.resource);
      if (!terminal_ && !options_.once) print(news_.tell(now.picture, now.complete));
      look_ = std::move(now);
      judge();
    }
    seen_ = version;
    if (terminal_) paint();
  }

  void judge() {
    missing_.clear();
    for (const Expectation& expectation : options_.expectations) {
      std::string missing = shortfall(expectation, look_.picture);
      if (!missing.empty()) missing_.push_back(std::move(missing));
    }
    met_ = met_ || (look_.complete && missing_.empty());
  }

  void paint() {
    PageStyle style = Terminal::style();
    std::vector<std::string> foot;
    if (!look_.trouble.empty()) foot.push_back("trouble: " + look_.trouble);
    std::istringstream said(options_.foot);
    for (std::string line; std::getline(said, line);) foot.push_back(line);
    if (style.height > foot.size() + 1) style.height -= foot.size() + 1;
    std::vector<std::string> lines = page_of(look_.picture, style);
    lines.emplace_back();
    lines.insert(lines.end(), foot.begin(), foot.end());
    terminal_->paint(lines);
  }

  [[nodiscard]] bool is_limited() const { return options_.once || !options_.expectations.empty(); }

  [[nodiscard]] bool is_over() const {
    if (!is_limited()) return false;
    if (met_) return !options_.stay;
    return clock_.steady_now() >= deadline_;
  }

  int end(bool interrupted) {
    terminal_.reset();
    PageStyle style;
    style.width = std::numeric_limits<std::size_t>::max();
    if (Terminal::is_there()) style.width = Terminal::style().width;
    if (look_.complete) print(page_of(look_.picture, style));
    if (!is_limited() || met_) return kShown;
    const char* why = !look_.complete ? "not everything could be listed in time" : "not as expected in time";
    std::fprintf(stderr, "basalt-view: %s\n", interrupted ? "interrupted" : why);
    for (const std::string& missing : missing_) std::fprintf(stderr, "  %s\n", missing.c_str());
    if (!look_.trouble.empty()) std::fprintf(stderr, "  %s\n", look_.trouble.c_str());
    return kUnmet;
  }

  const Options& options_;
  const Observation& observation_;
  const Clock& clock_;
  const SteadyTime deadline_;
  std::optional<Terminal> terminal_;
  Observation::Look look_;
  News news_;
  std::optional<std::uint64_t> seen_;  // the version that it shows
  bool met_ = false;
  std::vector<std::string> missing_;
};

int run(int argc, const char* const* argv) {
  const auto line = tools::read_command_line(argc, argv, {"kubeconfig", "context", "resource", "deadline", "foot"},
                                             {"once", "stay", "plain", "help"});
  if (!line) return fail(line.error().message);
  if (line->has("help")) {
    std::fputs(kHelp, stdout);
    return kShown;
  }
  const auto options = options_of(*line);
  if (!options) return fail(options.error().message);
  const auto access = kube::choose_access(options->access, kube::process_surroundings());
  if (!access) return fail(access.error().message);
  const sigset_t signals = block_signals();
  const SystemClock clock;
  const auto transport = kube::make_transport(*access, {}, "basalt-view/" BASALT_VERSION " (linux/amd64)", clock);
  if (!transport) return fail(transport.error().message);
  kube::SystemWaiter waiter;
  kube::ClientOptions client_options;
  client_options.retries = 0;  // what is wrong is shown at once; the observation tries again
  kube::Client client(**transport, clock, waiter, client_options);
  const Observation observation(client, clock);
  return Show(*options, observation, clock).run(signals);
}

}  // namespace
}  // namespace basalt::view

int main(int argc, char** argv) { return basalt::view::run(argc, argv); }
