// Objects of the model as the API shows them: what is written is read back the same.
#include "adapter/encode.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapter/decode.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "testing/scenario_script.hpp"

namespace basalt::adapter {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Without what encode leaves out on purpose: amounts of nothing, and those that scores look at, which follow.
ObjectVariant normal(ObjectVariant object) {
  if (auto* pod = std::get_if<PodObject>(&object)) {
    std::erase_if(pod->request, [](const NamedAmount& named) { return named.amount == 0; });
    pod->scoring_cpu = pod->scoring_memory = 0;
  }
  return object;
}

/// The objects of every scenario there is.
std::vector<ObjectVariant> every_object() {
  std::vector<ObjectVariant> all;
  for (const char* folder : {BASALT_SOURCE "/test/scenarios", BASALT_SOURCE "/test/conformance"}) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() != ".scenario") continue;
      for (const auto& scenario : testing::split_scenarios(contents(file.path()))) {
        const auto script = testing::read_script(scenario.text);
        EXPECT_TRUE(script) << scenario.name;
        for (const testing::Step& step : script->steps) {
          for (const Delta& delta : step.deltas) {
            if (const auto* there = std::get_if<Upserted>(&delta)) all.push_back(there->object);
          }
        }
      }
    }
  }
  return all;
}

TEST(Encode, EveryObjectOfEveryScenarioIsReadBackTheSame) {
  const auto objects = every_object();
  EXPECT_LT(1000U, objects.size());
  for (const ObjectVariant& object : objects) {
    const std::string text = encode(object);
    const auto kind = static_cast<ObjectKind>(object.index());
    const auto decoded = decode(kind, {kube::Encoding::json, text});
    ASSERT_TRUE(decoded) << decoded.error().message << "\n" << print_cluster_text(object);
    ASSERT_EQ(normal(object), normal(*decoded)) << print_cluster_text(object) << "\n" << text;
  }
}

TEST(Encode, APodSaysWhatTheModelLeavesOutAsTheApiRequiresIt) {
  PodObject pod;
  pod.meta.name = "a";
  pod.meta.namespace_name = "default";
  EXPECT_EQ(R"({"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":"1970-01-01T00:00:00Z","name":"a",)"
            R"("namespace":"default"},"spec":{"containers":[{"image":"pause","name":"main"}],"restartPolicy":"Never",)"
            R"("schedulerName":""},"status":{"phase":"Pending"}})",
            encode(pod));
}

}  // namespace
}  // namespace basalt::adapter
