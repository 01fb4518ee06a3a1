#pragma once

#include <string>
#include <vector>

#include "basalt/base/result.hpp"
#include "kube/kubeconfig.hpp"
#include "tools/load/load.hpp"
#include "tools/load/null_bind.hpp"

namespace basalt::load {

/// Flags that both programs have.
struct ProgramOptions {
  kube::AccessFlags access;
  bool help = false;
};

struct LoadCommand : ProgramOptions {
  LoadOptions load;
};
struct NullBindCommand : ProgramOptions {
  NullBindOptions bind;
};

/// Read a command line (without the program's name). Fail with `invalid`: which flag, and what was expected.
Result<LoadCommand> parse_load(const std::vector<std::string>& words);
Result<NullBindCommand> parse_null_bind(const std::vector<std::string>& words);

std::string load_help();
std::string null_bind_help();

}  // namespace basalt::load
