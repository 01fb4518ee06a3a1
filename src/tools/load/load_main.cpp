#include <cstdio>
#include <string>
#include <vector>

#include "tools/load/load.hpp"
#include "tools/load/options.hpp"
#include "tools/load/program.hpp"

namespace basalt::load {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-load: %s\n", message.c_str());
  return 2;
}

int run(const std::vector<std::string>& words) {
  const auto command = parse_load(words);
  if (!command) return fail(command.error().message);
  if (command->help) {
    std::fputs(load_help().c_str(), stdout);
    return 0;
  }
  const StopOnSignal signals;
  auto door = Door::open(command->access, "basalt-load", command->load.pace.connections);
  if (!door) return fail(door.error().message);
  const LoadReport report = put_load((*door)->client(), (*door)->clock(), command->load, signals.token());
  std::printf("%s\n", report.json.c_str());
  return report.as_planned ? 0 : 1;
}

}  // namespace
}  // namespace basalt::load

int main(int argc, char** argv) { return basalt::load::run(std::vector<std::string>(argv + 1, argv + argc)); }
