#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

// Documents name the tests that show what they say: every name must be that of a test.
namespace basalt {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = BASALT_SOURCE;

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <class Found>
void for_each_match(const std::string& text, const std::regex& pattern, Found&& found) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found(*at);
}

/// "Suite.Name" of every test there is; scenarios by the name of their file.
std::set<std::string> find_tests() {
  static const std::regex kScenario("(?:^|\n)== (\\w+)");
  static const std::regex kTest("\nTEST(?:_F|_P)?\\((\\w+),\\s*(\\w+)\\)");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "test")) {
    const fs::path& file = entry.path();
    if (file.extension() == ".scenario") {
      for_each_match(contents(file), kScenario,
                     [&](const std::smatch& match) { names.insert(file.stem().string() + "." + match[1].str()); });
    } else if (file.extension() == ".cpp") {
      for_each_match(contents(file), kTest,
                     [&](const std::smatch& match) { names.insert(match[1].str() + "." + match[2].str()); });
    }
  }
  return names;
}

const std::set<std::string>& tests() {
  static const std::set<std::string> found = find_tests();
  return found;
}

/// A test's name in a document.
const std::regex kNamed("`(\\w+\\.[A-Z]\\w+)`");

TEST(Documents, NameTestsThatExist) {
  const std::set<std::string>& known = tests();
  ASSERT_GT(known.size(), 500U);
  std::size_t named = 0;
  for (const char* document : {"docs/compatibility.md", "docs/compatibility-checklist.md", "docs/invariants.md",
                               "test/conformance/README.md"}) {
    for_each_match(contents(kRoot / document), kNamed, [&](const std::smatch& match) {
      ++named;
      EXPECT_TRUE(known.contains(match[1].str())) << document << " names " << match[1].str();
    });
  }
  EXPECT_GT(named, 100U);
}

/// Folders of `plugins` that hold no plugin, but what several of them need.
bool is_shared(const fs::path& folder) {
  return folder.filename() == "amounts" || folder.filename() == "tallies" || folder.filename() == "devices";
}

TEST(Documents, OfEveryPluginNameATestThatRunsItsExample) {
  const std::set<std::string>& known = tests();
  for (const auto& entry : fs::directory_iterator(kRoot / "plugins")) {
    if (!entry.is_directory() || is_shared(entry.path())) continue;
    std::size_t named = 0;  // names of arguments look the same
    for_each_match(contents(entry.path() / "README.md"), kNamed,
                   [&](const std::smatch& match) { named += known.contains(match[1].str()) ? 1 : 0; });
    EXPECT_GT(named, 0U) << entry.path();
  }
}

}  // namespace
}  // namespace basalt
