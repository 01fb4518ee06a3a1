#include <cstdio>
#include <string>
#include <vector>

#include "tools/load/null_bind.hpp"
#include "tools/load/options.hpp"
#include "tools/load/program.hpp"

namespace basalt::load {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-nullbind: %s\n", message.c_str());
  return 2;
}

int run(const std::vector<std::string>& words) {
  const auto command = parse_null_bind(words);
  if (!command) return fail(command.error().message);
  if (command->help) {
    std::fputs(null_bind_help().c_str(), stdout);
    return 0;
  }
  const StopOnSignal signals;
  auto door = Door::open(command->access, "basalt-nullbind", command->bind.pace.connections);
  if (!door) return fail(door.error().message);
  auto report = null_bind((*door)->client(), (*door)->clock(), command->bind, signals.token());
  if (!report) return fail(report.error().message);
  const bool all = report->binds.tally.refused == 0 && !signals.token().stop_requested();
  std::printf("%s\n", json_of(std::move(*report)).c_str());
  return all ? 0 : 1;
}

}  // namespace
}  // namespace basalt::load

int main(int argc, char** argv) { return basalt::load::run(std::vector<std::string>(argv + 1, argv + argc)); }
