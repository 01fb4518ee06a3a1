// basalt-ledger: judges the journal of an embedded cluster. Shares no code with the scheduler, nor with the server.
//
//     basalt-cluster --journal run.journal ...
//     basalt-ledger run.journal [MILLISECONDS]      how long a gang may be bound in part; 5000
//
// Prints the account; ends with 1 when something was violated, with 2 when the journal cannot be used.
#include <charconv>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include "e2e/ledger/journal.hpp"
#include "e2e/ledger/judgement.hpp"

namespace basalt::e2e {
namespace {

constexpr int kViolated = 1;
constexpr int kUnusable = 2;

int fail(const std::string& why) {
  std::fprintf(stderr, "basalt-ledger: %s\n", why.c_str());
  return kUnusable;
}

int run(const std::string& file, const Allowance& allowance) {
  std::ifstream in(file);
  if (!in) return fail(file + ": cannot be read");
  try {
    const Judgement judgement = judge(read_journal(in), allowance);
    std::fputs(judgement.text().c_str(), stdout);
    return judgement.violations.empty() ? 0 : kViolated;
  } catch (const std::exception& error) {
    return fail(file + ": " + error.what());
  }
}

}  // namespace
}  // namespace basalt::e2e

int main(int argc, char** argv) {
  using namespace basalt::e2e;  // NOLINT(google-build-using-namespace)
  if (argc != 2 && argc != 3) return fail("usage: basalt-ledger JOURNAL [MILLISECONDS]");
  Allowance allowance;
  if (argc == 3) {
    const std::string text = argv[2];
    std::chrono::milliseconds::rep milliseconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    if (error != std::errc{} || end != text.data() + text.size() || milliseconds < 0) {
      return fail("'" + text + "': expected a number of milliseconds");
    }
    allowance.partial = std::chrono::milliseconds(milliseconds);
  }
  return run(argv[1], allowance);
}
