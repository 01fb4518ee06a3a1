#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// The table of layers in docs/README.md, enforced: who may include whom, and where outside
// libraries may be named.
namespace basalt {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = BASALT_SOURCE;

/// Which layers the files of a layer may include, itself not listed. "public:" layers are
/// folders below include/basalt.
const std::map<std::string, Names> kMayInclude = {
    {"base", {}},
    {"model", {"base"}},
    {"framework", {"base", "model"}},
    {"state", {"base", "model", "framework"}},
    {"testing", {"base", "model", "framework", "state"}},
    {"actions", {"base", "model", "framework"}},
    {"plugins", {"base", "model", "framework"}},
    {"config", {"base", "model", "framework"}},
    {"kube", {"base"}},
    {"embedded", {"base", "model", "kube"}},
    {"adapter", {"base", "model", "kube"}},
    {"simulation", {"base", "model", "kube", "adapter"}},
    {"cluster", {"base", "model", "kube", "adapter", "embedded", "simulation"}},
    {"recording", {"base", "model", "framework", "state", "config"}},
    {"scheduler", {"base", "model", "framework", "state", "kube", "adapter", "config", "recording"}},
    {"daemon",
     {"base", "model", "framework", "state", "kube", "adapter", "config", "recording", "scheduler", "actions",
      "plugins"}},
    {"tools",
     {"base", "model", "framework", "state", "kube", "adapter", "config", "recording", "scheduler", "actions",
      "plugins", "testing"}},
};

struct SourceFile {
  fs::path path;
  std::string layer;
  std::vector<std::string> includes;  // what stands between the quotes or brackets
};

std::string layer_of(const fs::path& relative) {
  auto part = relative.begin();
  const std::string top = *part++;
  if (top == "plugins") return "plugins";
  if (top == "include") ++part;  // include/basalt/<layer>/
  return part == relative.end() ? "" : part->string();
}

std::vector<std::string> includes_of(const fs::path& path) {
  std::vector<std::string> includes;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("#include ")) continue;
    const std::size_t open = line.find_first_of("\"<");
    const std::size_t close = line.find_first_of("\">", open + 1);
    includes.push_back(line.substr(open + 1, close - open - 1));
  }
  return includes;
}

std::vector<SourceFile> all_sources() {
  std::vector<SourceFile> files;
  for (const char* top : {"include", "src", "plugins"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      const fs::path relative = fs::relative(entry.path(), kRoot);
      files.push_back(SourceFile{relative, layer_of(relative), includes_of(entry.path())});
    }
  }
  return files;
}

/// The layer that an include names; empty for the standard library and outside libraries.
std::string layer_of_include(const std::string& include) {
  const std::size_t slash = include.find('/');
  if (slash == std::string::npos) return "";
  if (include.starts_with("basalt/")) return include.substr(7, include.find('/', 7) - 7);
  const std::string first = include.substr(0, slash);
  return kMayInclude.contains(first) ? first : "";
}

TEST(Layers, EveryFileIncludesOnlyFromItsOwnLayerAndThoseBelow) {
  const auto files = all_sources();
  ASSERT_GT(files.size(), 50U);
  for (const SourceFile& file : files) {
    const auto allowed = kMayInclude.find(file.layer);
    ASSERT_NE(kMayInclude.end(), allowed) << file.path << " is in no known layer";
    for (const std::string& include : file.includes) {
      const std::string layer = layer_of_include(include);
      if (layer.empty() || layer == file.layer) continue;
      EXPECT_TRUE(allowed->second.contains(layer)) << file.path << " (" << file.layer << ") includes " << include;
    }
  }
}

TEST(Layers, PublicHeadersUseTheStandardLibraryAlone) {
  for (const SourceFile& file : all_sources()) {
    if (!file.path.string().starts_with("include/")) continue;
    for (const std::string& include : file.includes) {
      const bool is_ours = include.starts_with("basalt/");
      const bool is_standard = include.find('/') == std::string::npos && include.find('.') == std::string::npos;
      EXPECT_TRUE(is_ours || is_standard) << file.path << " includes " << include;
    }
  }
}

TEST(Layers, PluginsAndActionsUsePublicHeadersOnlyAndNotEachOther) {
  for (const SourceFile& file : all_sources()) {
    if (file.layer != "plugins" && file.layer != "actions") continue;
    const fs::path folder = file.path.parent_path();
    for (const std::string& include : file.includes) {
      if (include.starts_with("basalt/")) continue;
      if (include.find('/') == std::string::npos) continue;  // standard, or beside the file
      const fs::path named = file.layer == "plugins" ? fs::path(include) : fs::path("src") / include;
      const bool is_own_folder = named.parent_path() == folder;
      const bool is_list = file.path == fs::path("plugins/builtin.cpp");
      const bool is_shared =
          named.parent_path() == fs::path("plugins/amounts") || named.parent_path() == fs::path("plugins/tallies");
      EXPECT_TRUE(is_own_folder || is_list || is_shared) << file.path << " includes " << include;
    }
  }
}

TEST(Layers, OutsideLibrariesStayOutOfHeaders) {
  for (const SourceFile& file : all_sources()) {
    if (file.path.extension() != ".hpp") continue;
    for (const std::string& include : file.includes) {
      if (include == "nlohmann/json_fwd.hpp") continue;  // declares, and includes nothing
      // The reader of JSON is a template over what is read, seen by the decoders' .cpp files alone.
      if (include == "simdjson.h" && file.path == fs::path("src/adapter/json_message.hpp")) continue;
      for (const char* library : {"boost/", "openssl/", "nlohmann/", "yaml-cpp/", "spdlog/", "google/", "grpc",
                                  "cpprest/", "pplx/", "prometheus/", "simdjson"}) {
        EXPECT_FALSE(include.starts_with(library)) << file.path << " includes " << include;
      }
    }
  }
}

TEST(Layers, CpprestsdkIsNamedInOneFile) {
  for (const SourceFile& file : all_sources()) {
    if (file.path == fs::path("src/kube/cpprest_connection.cpp")) continue;
    for (const std::string& include : file.includes) {
      EXPECT_FALSE(include.starts_with("cpprest/") || include.starts_with("pplx/"))
          << file.path << " includes " << include;
    }
  }
}

}  // namespace
}  // namespace basalt
