// Clusters from scenarios and back: what is loaded is what the scenario kit would have scheduled.
#include "cluster/scenario_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "basalt/testing/scenario.hpp"
#include "cluster/options.hpp"
#include "embedded/files/object_file.hpp"

namespace basalt::cluster {
namespace {

using embedded::Json;
using embedded::text_at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NamedScenario;

class StillClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return WallTime(std::chrono::seconds(1'800'000'000)); }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{}; }
};

/// The custom resources, as one JSON object a line: reading that is quicker than YAML.
const std::string& definitions() {
  static const std::string text = [] {
    const StillClock clock;
    embedded::Cluster cluster(clock, {});
    for (const auto& file : std::filesystem::directory_iterator(BASALT_SOURCE "/deploy/crds")) {
      if (file.path().extension() != ".yaml" || file.path().filename() == "kustomization.yaml") continue;
      EXPECT_TRUE(embedded::load_objects(cluster, *embedded::read_file(file.path())));
    }
    return embedded::save_objects(cluster);
  }();
  return text;
}

/// A cluster that knows the custom resources.
class World {
 public:
  World() { EXPECT_TRUE(embedded::load_objects(cluster, definitions())); }

  LoadedScenario load(std::string_view text, std::string_view name = {}) {
    auto loaded = load_scenario(cluster, text, name);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *std::move(loaded) : LoadedScenario{};
  }
  std::string refusal(std::string_view text, std::string_view name = {}) {
    const auto loaded = load_scenario(cluster, text, name);
    return loaded ? "loaded" : loaded.error().message;
  }
  Json object(const std::string& group, const std::string& plural, const std::string& space, const std::string& name) {
    const auto found = cluster.store().find(*cluster.store().catalogue()->find(group, plural), {space, name});
    return found ? found->tree() : Json();
  }
  /// What is saved, without the comments.
  std::string saved() {
    std::istringstream in(save_scenario(cluster).text);
    std::string text;
    for (std::string line; std::getline(in, line);) text += line.starts_with("#") ? "" : line + "\n";
    return text;
  }
  void create(const std::string& group, const std::string& plural, const std::string& space, const std::string& body) {
    const auto made = cluster.create(*cluster.store().catalogue()->find(group, plural), space, Json::parse(body));
    EXPECT_TRUE(made) << made.refusal().message;
  }

  const StillClock clock;
  embedded::Cluster cluster{clock, {}};
};

TEST(ClusterOptions, ScenariosAreFilesToLoadAndAFileToSave) {
  const std::vector<std::string> words = {"--load", "a.scenario#One", "--load", "b.yaml", "--save-scenario=c.scenario"};
  const auto options = parse_options(words);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_THAT(options->load, ElementsAre("a.scenario#One", "b.yaml"));
  EXPECT_EQ("c.scenario", options->save_scenario);
}

TEST(ScenarioLoad, ObjectsAreThereAsTheScenarioHasThem) {
  World world;
  const LoadedScenario loaded = world.load(R"(
queue gold weight=3
node  n1 cpu=2 nvidia.com/gpu=8 taint:gpu=yes:NoSchedule
job   team/train queue=gold min=2
task  team/train-{0..1} job=train cpu=500m on=n1 status=running
)");
  EXPECT_EQ(5U, loaded.objects);
  EXPECT_THAT(loaded.notes, IsEmpty());
  EXPECT_EQ(3, world.object("scheduling.volcano.sh", "queues", "", "gold")["spec"]["weight"]);
  const Json node = world.object("", "nodes", "", "n1");
  EXPECT_EQ("8", node["status"]["allocatable"]["nvidia.com/gpu"]);
  EXPECT_EQ("NoSchedule", node["spec"]["taints"][0]["effect"]);
  const Json pod = world.object("", "pods", "team", "train-1");
  EXPECT_EQ("n1", text_at(pod, "spec.nodeName"));
  EXPECT_EQ("Running", text_at(pod, "status.phase"));
  EXPECT_EQ("train", pod["metadata"]["annotations"]["scheduling.k8s.io/group-name"]);
  EXPECT_EQ("500m", pod["spec"]["containers"][0]["resources"]["requests"]["cpu"]);
  EXPECT_FALSE(world.object("", "namespaces", "", "team").is_null()) << "namespaces are made where they are missing";
}

TEST(ScenarioLoad, ObjectsAreAsOldAsInTheScenario) {
  World world;
  world.load("clock 10m\nnode n1 cpu=1 created=60\npod a cpu=1 created=540\n");
  // It is the tenth minute now: 2027-01-15T08:00:00Z.
  EXPECT_EQ("2027-01-15T07:51:00Z", text_at(world.object("", "nodes", "", "n1"), "metadata.creationTimestamp"));
  EXPECT_EQ("2027-01-15T07:59:00Z", text_at(world.object("", "pods", "default", "a"), "metadata.creationTimestamp"));
}

TEST(ScenarioLoad, WhatIsNoObjectIsSaidAndLeftOut) {
  World world;
  const LoadedScenario loaded = world.load(R"(== First
plugins gang
node n1 cpu=2
pod  a cpu=1
-- want
bind a n1
-- then
acknowledged
node n2 cpu=2
-- want
)");
  EXPECT_EQ(3U, loaded.objects) << "with the queue that is there unless one is named";
  EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr("scheduler's configuration"), HasSubstr("1 more")));
  EXPECT_TRUE(world.object("", "nodes", "", "n2").is_null());
}

TEST(ScenarioLoad, OneOfSeveralIsChosenByItsName) {
  const std::string file = "== One\nnode a cpu=1\n-- want\n== Two\nnode b cpu=1\n-- want\n";
  World world;
  EXPECT_EQ("expected #NAME after the file, one of: One, Two", world.refusal(file));
  EXPECT_EQ("expected one of: One, Two", world.refusal(file, "Three"));
  EXPECT_EQ("expected '== Two', found no scenario with a name", world.refusal("node a cpu=1\n", "Two"));
  world.load(file, "Two");
  EXPECT_TRUE(world.object("", "nodes", "", "a").is_null());
  EXPECT_FALSE(world.object("", "nodes", "", "b").is_null());
}

TEST(ScenarioLoad, AMistakeIsNamedWithItsLine) {
  World world;
  EXPECT_THAT(world.refusal("node n1 cpu=1\nnode n2 cpu=many\n"), HasSubstr("line 2: node n2: 'cpu=many'"));
  EXPECT_THAT(world.refusal("nude n1 cpu=1\n"), HasSubstr("expected node, queue, job"));
  EXPECT_THAT(world.refusal("queue q weight=0\n"), HasSubstr("Queue \"q\": "));
}

TEST(ScenarioLoad, WithoutTheDefinitionsItSaysWhatIsMissing) {
  const StillClock clock;
  embedded::Cluster bare(clock, {});
  const auto loaded = load_scenario(bare, "job g min=1\n", "");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message,
              HasSubstr("scheduling.volcano.sh/v1beta1 is not served: load its CustomResourceDefinition first"));
}

TEST(ScenarioLoad, WhatGoesBeforeTheFirstCycleIsNotThere) {
  World world;
  world.load("node n1 cpu=1\nnode n2 cpu=1\ngone node n1\nnode n2 cpu=5\n");
  EXPECT_TRUE(world.object("", "nodes", "", "n1").is_null());
  EXPECT_EQ("5", world.object("", "nodes", "", "n2")["status"]["allocatable"]["cpu"]);
}

TEST(ScenarioSave, IsTheClusterOneObjectALine) {
  World world;
  world.load("node n1 cpu=2 unschedulable\njob g min=1\ntask g-0 cpu=1 label:app=x\n");
  EXPECT_EQ(
      "queue default created=0\n"
      "node n1 created=0 cpu=2 pods=110 unschedulable\n"
      "job g created=1 min=1\n"
      "task g-0 created=2 label:app=x job=g cpu=1\n",
      world.saved());
  EXPECT_THAT(save_scenario(world.cluster).left_out, IsEmpty());
}

TEST(ScenarioSave, KindsThatTheFormatDoesNotKnowAreCounted) {
  World world;
  world.create("", "configmaps", "default", R"({"metadata":{"name":"a"}})");
  world.create("", "configmaps", "default", R"({"metadata":{"name":"b"}})");
  const SavedScenario saved = save_scenario(world.cluster);
  EXPECT_THAT(saved.left_out, ElementsAre("configmaps: all 2"));
  EXPECT_THAT(saved.text, HasSubstr("# left out: configmaps: all 2\n"));
}

TEST(ScenarioSave, WhatTheFormatCannotSayOfAnObjectIsNamed) {
  World world;
  world.create("", "pods", "default",
               R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}],"affinity":{"nodeAffinity":)"
               R"({"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":)"
               R"([{"key":"cores","operator":"Gt","values":["4"]}]}]}}}}})");
  const SavedScenario saved = save_scenario(world.cluster);
  ASSERT_EQ(1U, saved.left_out.size());
  EXPECT_THAT(saved.left_out.front(), HasSubstr("Pod default/a: "));
  EXPECT_THAT(saved.left_out.front(), HasSubstr("matchExpressions/0/operator"));
}

TEST(ScenarioSave, AnObjectThatCannotBeReadBackStaysAComment) {
  World world;
  world.create("", "nodes", "", R"({"metadata":{"name":"n","annotations":{"basalt.sh/note":"two words"}}})");
  const SavedScenario saved = save_scenario(world.cluster);
  ASSERT_EQ(1U, saved.left_out.size());
  EXPECT_THAT(saved.text, HasSubstr("\n# node n created=0 annotation:basalt.sh/note=two words\n"));
  World other;
  EXPECT_EQ(1U, other.load(saved.text).objects) << "the queue";
}

// --- every scenario there is ---

/// Some of the scenarios of the tests, of every file. What encodes their objects is tested on all of them
/// (encode_test.cpp).
std::vector<NamedScenario> some_scenarios() {
  constexpr std::size_t kEvery = 12;
  std::vector<NamedScenario> some;
  for (const auto& file : std::filesystem::directory_iterator(BASALT_SOURCE "/test/scenarios")) {
    if (file.path().extension() != ".scenario") continue;
    const auto all = testing::split_scenarios(*embedded::read_file(file.path()));
    for (std::size_t i = 0; i < all.size(); i += kEvery) some.push_back(all[i]);
  }
  return some;
}

TEST(ScenarioSave, ScenariosAreSavedAsTheyWereLoaded) {
  const auto scenarios = some_scenarios();
  EXPECT_LE(12U, scenarios.size());
  for (const NamedScenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.name);
    World world;
    world.load(scenario.text);
    const SavedScenario saved = save_scenario(world.cluster);
    EXPECT_THAT(saved.left_out, IsEmpty());
    World again;
    again.load(saved.text);
    EXPECT_EQ(saved.text, save_scenario(again.cluster).text);
  }
}

}  // namespace
}  // namespace basalt::cluster
