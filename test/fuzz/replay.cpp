// Runs a fuzz target without a fuzzer: on every file of the folders that it is given, and on variants of them that a
// generator with a fixed seed makes. What `make test` runs; an input that aborts names itself.
//
//     replay RUNS FOLDER...      RUNS variants in all
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

using Random = std::mt19937_64;

constexpr const char* kLastInput = "fuzz-last-input";
std::string current;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): the signal handler needs it

// Leaves the input behind that the target did not survive.
extern "C" void keep_input(int signal) {
  if (std::FILE* file = std::fopen(kLastInput, "wb"); file != nullptr) {
    std::fwrite(current.data(), 1, current.size(), file);
    std::fclose(file);
  }
  std::fprintf(stderr, "the input is in the file %s\n", kLastInput);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  current = input;
  // A copy of its own: a read beyond the end is one beyond the end of an allocation.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t below(Random& random, std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

// One small change: a bit, a byte, a piece removed, doubled, or taken from another input.
void change(std::string& input, const std::string& other, Random& random) {
  const std::size_t at = below(random, input.size() + 1);
  const std::size_t length = 1 + below(random, 16);
  switch (random() % 6) {
    case 0:
      if (at < input.size())
        input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ (1U << (random() % 8)));
      break;
    case 1:
      if (at < input.size()) input[at] = static_cast<char>(random());
      break;
    case 2: input.insert(at, 1, static_cast<char>(random())); break;
    case 3: input.erase(at, length); break;
    case 4: input.insert(at, input.substr(at, length)); break;
    default: input.insert(at, other.substr(below(random, other.size()), length)); break;
  }
}

std::vector<std::string> read_folders(int count, char** folders) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: replay RUNS FOLDER...\n", stderr);
    return EXIT_FAILURE;
  }
  std::signal(SIGABRT, keep_input);
  std::signal(SIGSEGV, keep_input);
  const std::vector<std::string> inputs = read_folders(argc - 2, argv + 2);
  if (inputs.empty()) {
    std::fputs("no inputs there\n", stderr);
    return EXIT_FAILURE;
  }
  for (const std::string& input : inputs) run(input);
  Random random(1);
  const long runs = std::strtol(argv[1], nullptr, 10);
  for (long i = 0; i < runs; ++i) {
    std::string input = inputs[below(random, inputs.size())];
    const std::string& other = inputs[below(random, inputs.size())];
    for (std::size_t changes = 1 + below(random, 6); changes > 0; --changes) change(input, other, random);
    run(input);
  }
  std::printf("%zu inputs and %ld variants\n", inputs.size(), runs);
  return EXIT_SUCCESS;
}
