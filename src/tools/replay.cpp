#include "recording/replay.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "actions/builtin.hpp"
#include "config/configuration_folder.hpp"
#include "plugins/builtin.hpp"
#include "recording/cluster_dump.hpp"
#include "state/checkpoint.hpp"
#include "tools/arguments.hpp"

namespace basalt::tools {
namespace {

constexpr const char* kHelp =
    "basalt-replay: decides again what a recording holds, and says whether the decisions are the same.\n\n"
    "Usage: basalt-replay [flags] FILE...\n\n"
    "  --config FILE   decide by this configuration instead of the recorded ones, and print what it decides\n"
    "  --cycle N       stop after cycle N, and print its decisions\n"
    "  --dump          print the cluster as it is at the end (after cycle N), in the text format of scenarios\n"
    "  --decisions     print all decisions\n\n"
    "Exit status: 0 all decisions are the same (or --config is given), 1 some differ, 2 a recording cannot be read.\n";
constexpr int kSame = 0;
constexpr int kDifferent = 1;
constexpr int kUnusable = 2;

struct Wishes {
  std::string configuration;
  std::optional<std::uint64_t> cycle;
  bool dump = false;
  bool decisions = false;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-replay: %s\n", message.c_str());
  return kUnusable;
}

void print_cycle(const ReplayedCycle& cycle) {
  std::printf("-- cycle %llu\n%s", static_cast<unsigned long long>(cycle.moment.cycle), cycle.decisions.c_str());
}

/// Line by line from the first that differs.
void print_difference(const ReplayedCycle& cycle) {
  std::printf("cycle %llu decides otherwise than recorded.\n", static_cast<unsigned long long>(cycle.moment.cycle));
  if (!cycle.recorded) {
    std::printf("now:\n%s(the recording holds digests only: --record-decisions keeps the decisions)\n",
                cycle.decisions.c_str());
    return;
  }
  std::istringstream recorded(*cycle.recorded);
  std::istringstream now(cycle.decisions);
  std::string before;
  std::string after;
  std::size_t number = 0;
  bool has_before = true;
  bool has_after = true;
  do {
    ++number;
    has_before = static_cast<bool>(std::getline(recorded, before));
    has_after = static_cast<bool>(std::getline(now, after));
  } while (has_before && has_after && before == after);
  std::printf("first difference, in line %zu\n  recorded: %s\n  now:      %s\nrecorded:\n%snow:\n%s", number,
              has_before ? before.c_str() : "(nothing)", has_after ? after.c_str() : "(nothing)",
              cycle.recorded->c_str(), cycle.decisions.c_str());
}

int replay(const std::string& file, const Registry& registry, const Wishes& wishes) {
  auto replay = Replay::open(file, registry, wishes.configuration);
  if (!replay) return fail(replay.error().message);
  std::uint64_t cycles = 0;
  std::uint64_t different = 0;
  while (true) {
    auto cycle = replay->next();
    if (!cycle) return fail(cycle.error().message);
    if (!*cycle) break;
    ++cycles;
    const bool is_last = wishes.cycle && (*cycle)->moment.cycle >= *wishes.cycle;
    const bool is_wanted = wishes.decisions || is_last || (!wishes.configuration.empty() && !(*cycle)->same);
    if (is_wanted) print_cycle(**cycle);
    if (!(*cycle)->same && ++different == 1 && wishes.configuration.empty()) print_difference(**cycle);
    if (is_last) break;
  }
  if (wishes.cycle && replay->moment().cycle < *wishes.cycle) {
    return fail(file + " ends before cycle " + std::to_string(*wishes.cycle));
  }
  if (wishes.dump) std::fputs(print_cluster(replay->state().checkpoint()).c_str(), stdout);
  std::printf("# %s (version %s): %llu cycles, %llu decided otherwise%s%s\n", file.c_str(),
              replay->header().program.c_str(), static_cast<unsigned long long>(cycles),
              static_cast<unsigned long long>(different), replay->incomplete_because().empty() ? "" : "; ",
              replay->incomplete_because().c_str());
  return different > 0 && wishes.configuration.empty() ? kDifferent : kSame;
}

int run(int argc, const char* const* argv) {
  const auto line = read_command_line(argc, argv, {"config", "cycle"}, {"dump", "decisions", "help"});
  if (!line) return fail(line.error().message);
  if (line->has("help")) {
    std::fputs(kHelp, stdout);
    return kSame;
  }
  if (line->words.empty()) return fail("expected a recording; --help says more");
  Wishes wishes;
  const auto cycle = line->number("cycle");
  if (!cycle) return fail(cycle.error().message);
  wishes.cycle = *cycle;
  wishes.dump = line->has("dump");
  wishes.decisions = line->has("decisions");
  if (line->has("config")) {
    auto text = read_configuration_file(line->value("config"));
    if (!text) return fail(text.error().message);
    wishes.configuration = std::move(*text);
  }
  const Registry registry{builtin_plugins(), builtin_actions()};
  int worst = kSame;
  for (const std::string& file : line->words) worst = std::max(worst, replay(file, registry, wishes));
  return worst;
}

}  // namespace
}  // namespace basalt::tools

int main(int argc, char** argv) { return basalt::tools::run(argc, argv); }
