#include "basalt/model/pod_request.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace basalt {
namespace {

constexpr std::int64_t kMi = std::int64_t{1} << 20;

ContainerRequest container(NamedAmounts requests) { return {"c", std::move(requests), false}; }
ContainerRequest sidecar(NamedAmounts requests) { return {"s", std::move(requests), true}; }

TEST(EffectiveRequest, OfContainersIsTheirSum) {
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 100}, {"memory", 5}}), container({{"cpu", 200}, {"nvidia.com/gpu", 1000}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 300}, {"memory", 5}, {"nvidia.com/gpu", 1000}}), effective_request(fields));
}

TEST(EffectiveRequest, OfNothingIsEmpty) {
  EXPECT_EQ(NamedAmounts{}, effective_request({}));
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 0}})};
  EXPECT_EQ(NamedAmounts{}, effective_request(fields));
}

TEST(EffectiveRequest, OfInitContainersIsTheLargest) {
  PodResourceFields fields;
  fields.init_containers = {container({{"cpu", 500}}), container({{"cpu", 300}, {"memory", 9}})};
  fields.containers = {container({{"cpu", 100}, {"memory", 5}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 500}, {"memory", 9}}), effective_request(fields));
}

TEST(EffectiveRequest, CountsSidecarsBesideTheContainers) {
  PodResourceFields fields;
  fields.init_containers = {sidecar({{"cpu", 100}})};
  fields.containers = {container({{"cpu", 200}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 300}}), effective_request(fields));
}

TEST(EffectiveRequest, CountsAnInitContainerWithTheSidecarsBeforeItOnly) {
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 100}})};
  fields.init_containers = {sidecar({{"cpu", 50}}), container({{"cpu", 400}}), sidecar({{"cpu", 70}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 450}}), effective_request(fields));  // 50 + 400 > 100 + 50 + 70
  fields.init_containers = {container({{"cpu", 400}}), sidecar({{"cpu", 50}}), sidecar({{"cpu", 70}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 400}}), effective_request(fields));
}

TEST(EffectiveRequest, TakesTheLargerPhaseKindByKind) {
  PodResourceFields fields;
  fields.init_containers = {container({{"cpu", 900}, {"memory", 1}})};
  fields.containers = {container({{"cpu", 100}, {"memory", 50}})};
  EXPECT_EQ((NamedAmounts{{"cpu", 900}, {"memory", 50}}), effective_request(fields));
}

TEST(EffectiveRequest, AddsOverheadOnTop) {
  PodResourceFields fields;
  fields.init_containers = {container({{"cpu", 900}})};
  fields.containers = {container({{"cpu", 100}})};
  fields.overhead = {{"cpu", 10}, {"memory", 7}};
  EXPECT_EQ((NamedAmounts{{"cpu", 910}, {"memory", 7}}), effective_request(fields));
}

TEST(EffectiveRequest, OfThePodReplacesWhatContainersAskFor) {
  PodResourceFields fields;
  fields.init_containers = {container({{"cpu", 900}})};
  fields.containers = {container({{"cpu", 100}, {"memory", 5}, {"hugepages-2Mi", 4}, {"nvidia.com/gpu", 1000}})};
  fields.overhead = {{"cpu", 10}};
  fields.pod_level = {{"cpu", 300}, {"hugepages-2Mi", 8}};
  EXPECT_EQ((NamedAmounts{{"cpu", 310}, {"hugepages-2Mi", 8}, {"memory", 5}, {"nvidia.com/gpu", 1000}}),
            effective_request(fields));
}

TEST(EffectiveRequest, OfThePodIsReadForCpuMemoryAndHugepagesOnly) {
  PodResourceFields fields;
  fields.containers = {container({{"nvidia.com/gpu", 1000}})};
  fields.pod_level = {{"ephemeral-storage", 9}, {"nvidia.com/gpu", 7000}};
  EXPECT_EQ((NamedAmounts{{"nvidia.com/gpu", 1000}}), effective_request(fields));
}

TEST(EffectiveRequest, OfThePodMayBeZero) {
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 100}})};
  fields.pod_level = {{"cpu", 0}};
  EXPECT_EQ(NamedAmounts{}, effective_request(fields));
}

// --- a second way to find out: run the pod and watch what is in use ---

using Amounts = std::map<std::string, std::int64_t>;

/// What a pod uses while it starts and runs, one container after the other.
class Timeline {
 public:
  explicit Timeline(const PodResourceFields& fields) {
    for (const ContainerRequest& init : fields.init_containers) {
      start(init);
      if (!init.restartable) running_.pop_back();  // it ends before the next one starts
    }
    for (const ContainerRequest& each : fields.containers) start(each);
  }
  [[nodiscard]] const Amounts& peak() const { return peak_; }

 private:
  void start(const ContainerRequest& container) {
    running_.push_back(&container);
    Amounts in_use;
    for (const ContainerRequest* each : running_) {
      for (const NamedAmount& named : each->requests) in_use[named.name] += named.amount;
    }
    for (const auto& [name, amount] : in_use) peak_[name] = std::max(peak_[name], amount);
  }

  std::vector<const ContainerRequest*> running_;
  Amounts peak_;
};

NamedAmounts observed_request(const PodResourceFields& fields) {
  Amounts amounts = Timeline(fields).peak();
  for (const NamedAmount& named : fields.pod_level.value_or(NamedAmounts{})) {
    if (named.name != "nvidia.com/gpu") amounts[named.name] = named.amount;
  }
  for (const NamedAmount& named : fields.overhead) amounts[named.name] += named.amount;
  NamedAmounts result;
  for (const auto& [name, amount] : amounts) {
    if (amount != 0) result.push_back({name, amount});
  }
  return result;
}

/// Pods of random shape.
class PodMaker {
 public:
  explicit PodMaker(std::uint64_t seed) : random_(seed) {}

  PodResourceFields make() {
    PodResourceFields fields;
    for (std::uint64_t count = random_() % 5; count > 0; --count) {
      fields.init_containers.push_back({"i", amounts(), random_() % 2 == 0});
    }
    for (std::uint64_t count = random_() % 4; count > 0; --count) fields.containers.push_back(container(amounts()));
    if (random_() % 3 == 0) fields.overhead = amounts();
    if (random_() % 3 == 0) fields.pod_level = amounts();
    return fields;
  }

 private:
  NamedAmounts amounts() {
    NamedAmounts result;
    for (const char* name : {"cpu", "hugepages-2Mi", "memory", "nvidia.com/gpu"}) {
      if (random_() % 2 == 0) result.push_back({name, static_cast<std::int64_t>(random_() % 10)});
    }
    return result;
  }

  std::mt19937_64 random_;
};

TEST(EffectiveRequest, IsThePeakOfTheTimelineOfRandomPods) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PodMaker maker(seed);
    for (int step = 0; step < 500; ++step) {
      const PodResourceFields fields = maker.make();
      ASSERT_EQ(observed_request(fields), effective_request(fields)) << "step " << step;
    }
  }
}

TEST(ScoringRequest, AssumesADefaultForContainersThatStateNothing) {
  PodResourceFields fields;
  fields.containers = {container({}), container({{"cpu", 500}}), container({{"memory", 5 * kMi}})};
  EXPECT_EQ(100 + 500 + 100, scoring_request(fields, "cpu"));
  EXPECT_EQ(200 * kMi + 200 * kMi + 5 * kMi, scoring_request(fields, "memory"));
}

TEST(ScoringRequest, TakesAStatedZeroAtItsWord) {
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 0}})};
  EXPECT_EQ(0, scoring_request(fields, "cpu"));
}

TEST(ScoringRequest, AssumesTheDefaultForInitContainersAndSidecarsToo) {
  PodResourceFields fields;
  fields.init_containers = {sidecar({}), container({{"cpu", 30}})};
  fields.containers = {container({{"cpu", 10}})};
  EXPECT_EQ(130, scoring_request(fields, "cpu"));  // sidecar 100 + 30, more than 100 + 10
  fields.init_containers = {container({})};
  EXPECT_EQ(100, scoring_request(fields, "cpu"));
}

TEST(ScoringRequest, AddsOverheadAndIsZeroForAPodWithoutContainers) {
  PodResourceFields fields;
  EXPECT_EQ(0, scoring_request(fields, "cpu"));
  fields.containers = {container({})};
  fields.overhead = {{"cpu", 7}};
  EXPECT_EQ(107, scoring_request(fields, "cpu"));
}

TEST(ScoringRequest, OfThePodReplacesTheDefaults) {
  PodResourceFields fields;
  fields.containers = {container({}), container({})};
  fields.overhead = {{"cpu", 7}};
  fields.pod_level = {{"cpu", 50}};
  EXPECT_EQ(57, scoring_request(fields, "cpu"));
}

TEST(ScoringRequest, WithRequestsOfThePodTakesTheDefaultOnlyForWhatNobodyStates) {
  PodResourceFields fields;
  fields.containers = {container({{"cpu", 500}}), container({})};
  EXPECT_EQ(600, scoring_request(fields, "cpu"));
  fields.pod_level = {{"hugepages-2Mi", 8}};
  EXPECT_EQ(500, scoring_request(fields, "cpu"));
  EXPECT_EQ(400 * kMi, scoring_request(fields, "memory"));
  fields.pod_level = {{"nvidia.com/gpu", 8}};  // not a kind a pod can ask for: as if it were not there
  EXPECT_EQ(600, scoring_request(fields, "cpu"));
}

TEST(ScoringRequest, IsTheEffectiveRequestWhenEveryContainerStatesIt) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PodMaker maker(seed);
    for (int step = 0; step < 200; ++step) {
      PodResourceFields fields = maker.make();
      const auto silent = [](const ContainerRequest& each) {
        return std::none_of(each.requests.begin(), each.requests.end(),
                            [](const NamedAmount& named) { return named.name == "cpu"; });
      };
      std::erase_if(fields.containers, silent);
      std::erase_if(fields.init_containers, silent);
      std::int64_t effective = 0;
      for (const NamedAmount& named : effective_request(fields)) {
        if (named.name == "cpu") effective = named.amount;
      }
      ASSERT_EQ(effective, scoring_request(fields, "cpu")) << "step " << step;
    }
  }
}

TEST(ParseAmount, ReadsInTheUnitOfTheResource) {
  const std::int64_t limit = std::int64_t{1} << 40;
  EXPECT_EQ((NamedAmount{"cpu", 500}), *parse_amount("cpu", "0.5", limit));
  EXPECT_EQ((NamedAmount{"memory", 1536 * kMi}), *parse_amount("memory", "1.5Gi", limit));
  EXPECT_EQ((NamedAmount{"nvidia.com/gpu", 2000}), *parse_amount("nvidia.com/gpu", "2", limit));
  EXPECT_EQ((NamedAmount{"pods", 110}), *parse_amount("pods", "110", limit));
}

TEST(ParseAmount, AcceptsTheLimitItselfAndZero) {
  EXPECT_EQ(4096, parse_amount("memory", "4Ki", 4096)->amount);
  EXPECT_EQ(0, parse_amount("memory", "-0", 4096)->amount);
}

TEST(ParseAmount, NamesTheResourceTheTextAndWhatWasExpected) {
  struct Case {
    std::string name, text, want;
  };
  const std::vector<Case> cases = {
      {"cpu", "two",
       "resource \"cpu\": quantity \"two\": expected a number with an optional suffix such as m, k, Ki, Gi or e3"},
      {"cpu", "-1m", "resource \"cpu\": quantity \"-1m\": expected an amount that is not negative"},
      {"memory", "5Ki", "resource \"memory\": quantity \"5Ki\": expected at most 4Ki"},
      {"cpu", "4097m", "resource \"cpu\": quantity \"4097m\": expected at most 4096m"},
      {"memory", "9Ei", "resource \"memory\": quantity \"9Ei\": too large, expected less than 2^63 (8Ei)"},
  };
  for (const Case& each : cases) {
    const auto parsed = parse_amount(each.name, each.text, 4096);
    ASSERT_FALSE(parsed) << each.text;
    EXPECT_EQ((Error{ErrorCode::invalid, each.want}), parsed.error());
  }
}

TEST(DeviceRequests, AreOneGpuWhereOnlyMemoryIsStatedAndAllMemoryWhereNoneIs) {
  EXPECT_EQ((DeviceRequest{1, 3000, 0, 0}), device_request({{"volcano.sh/vgpu-memory", 3'000'000}}));
  EXPECT_EQ((DeviceRequest{2, 0, 100, 0}), device_request({{"volcano.sh/vgpu-number", 2000}}));
  EXPECT_EQ((DeviceRequest{1, 0, 30, 50}), device_request({{"volcano.sh/vgpu-number", 1000},
                                                           {"volcano.sh/vgpu-memory-percentage", 30'000},
                                                           {"volcano.sh/vgpu-cores", 50'000}}));
}

TEST(DeviceRequests, CountPartsOfAUnitAsAWholeOne) {
  EXPECT_EQ((DeviceRequest{1, 1, 0, 0}), device_request({{"volcano.sh/vgpu-memory", 1}}));
}

TEST(DeviceRequests, AreNoneWhereNeitherGpusNorMemoryAreAskedFor) {
  EXPECT_EQ(std::nullopt, device_request({{"cpu", 1000}, {"volcano.sh/vgpu-cores", 1000}}));
}

}  // namespace
}  // namespace basalt
