// The plugin that README.md shows, compiled and tested; keep the two the same.
#include "basalt/framework/plugin.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// Nodes with the label get all points, others none.
class HasLabel final : public ScoreTerm {
 public:
  HasLabel(std::optional<Symbol> key, const Cluster& cluster) : key_(key), cluster_(cluster) {}
  std::string_view name() const override { return "label"; }
  Inputs inputs() const override { return {Input::node_row}; }
  void score(const TaskView&, std::span<const NodeId> nodes, std::span<Score> out) const override {
    if (!key_) return;  // no node has ever carried it
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (cluster_.nodes()[nodes[i]].labels.value(*key_)) out[i] = kMaxScore;
    }
  }

 private:
  std::optional<Symbol> key_;
  const Cluster& cluster_;
};

class PreferLabel final : public NodeOrder {
 public:
  struct Args {
    std::string label;
    static Args read(ArgumentReader& reader) { return Args{reader.text("prefer-label.key", "preferred")}; }
  };
  PreferLabel(const Args& args, const Session& session)
      : term_(session.cluster().symbols().find(args.label), session.cluster()) {}
  std::vector<const ScoreTerm*> score_terms() const override { return {&term_}; }

 private:
  HasLabel term_;
};

}  // namespace

PluginType prefer_label() { return plugin_type<PreferLabel>("prefer-label"); }

}  // namespace basalt

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "actions/builtin.hpp"
#include "basalt/testing/scenario.hpp"

namespace basalt {
namespace {

TEST(ReadmePlugin, PrefersNodesWithTheLabel) {
  const Registry registry{{prefer_label()}, builtin_actions()};
  const auto result = testing::run_scenario(R"(
plugins prefer-label
node n1 cpu=1
node n2 cpu=1 label:preferred=yes
pod  web cpu=1
-- want
bind web n2
)",
                                            registry);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->want, result->got);
  EXPECT_EQ(std::vector<std::string>{}, result->violations);
}

TEST(ReadmePlugin, IsTheOneInTheReadme) {
  std::ifstream readme_file(std::string(BASALT_SOURCE) + "/README.md");
  std::stringstream readme;
  readme << readme_file.rdbuf();
  std::ifstream own_file(std::string(BASALT_SOURCE) + "/test/unit/framework/readme_plugin_test.cpp");
  std::stringstream own;
  own << own_file.rdbuf();
  const std::string text = readme.str();
  const std::size_t begin = text.find("```cpp\n") + 7;
  const std::string plugin = text.substr(begin, text.find("```", begin) - begin);
  EXPECT_NE(std::string::npos, own.str().find(plugin)) << "README.md and this file show different plugins";
}

}  // namespace
}  // namespace basalt
