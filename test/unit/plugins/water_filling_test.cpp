#include "plugins/proportion/water_filling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace basalt {
namespace {

Resources amounts(std::int64_t cpu, std::int64_t memory = 0) {
  Resources result;
  result.set(kCpu, cpu);
  result.set(kMemory, memory);
  return result;
}

const Resources kNoLimit = amounts(std::int64_t{1} << 60, std::int64_t{1} << 60);

struct Example {
  const char* name;
  Resources total;
  std::vector<QueueDemand> demands;
  std::vector<Resources> deserved;
};

class WaterFillingExamples : public testing::TestWithParam<Example> {};

TEST_P(WaterFillingExamples, GivesEveryQueueItsPart) {
  EXPECT_EQ(GetParam().deserved, deserved_shares(GetParam().total, GetParam().demands));
}

INSTANTIATE_TEST_SUITE_P(
    Worked, WaterFillingExamples,
    testing::Values(
        // q2 wants less than its 6; the 2 it leaves are split 1:2 between the others.
        Example{
            "A",
            amounts(12'000),
            {{1, {}, kNoLimit, amounts(10'000)}, {3, {}, kNoLimit, amounts(4000)}, {2, {}, kNoLimit, amounts(12'000)}},
            {amounts(2666), amounts(4000), amounts(5333)}},
        // Each leaves the kind it needs less of to the other.
        Example{"B",
                amounts(12'000, 24'000),
                {{1, {}, kNoLimit, amounts(10'000, 4000)}, {1, {}, kNoLimit, amounts(2000, 22'000)}},
                {amounts(10'000, 4000), amounts(2000, 20'000)}},
        // A guarantee is given even beyond the request, and limits the others (10 - 4).
        Example{"C",
                amounts(10'000),
                {{1, {}, amounts(6000), amounts(10'000)}, {1, amounts(4000), kNoLimit, amounts(1000)}},
                {amounts(6000), amounts(4000)}},
        // What a capability cuts off goes to the other.
        Example{"D",
                amounts(10'000),
                {{1, {}, amounts(3000), amounts(10'000)}, {1, {}, kNoLimit, amounts(20'000)}},
                {amounts(3000), amounts(7000)}},
        // Guarantees beyond the total are kept all the same; nobody gets more.
        Example{"GuaranteesAboveTheTotal",
                amounts(10'000),
                {{1, amounts(8000), kNoLimit, amounts(9000)}, {1, amounts(7000), kNoLimit, amounts(9000)}},
                {amounts(8000), amounts(7000)}},
        // Three thirds of a total that has none: the rest of less than a unit a queue is lost.
        Example{"Thirds",
                amounts(10),
                {{1, {}, kNoLimit, amounts(9)}, {1, {}, kNoLimit, amounts(9)}, {1, {}, kNoLimit, amounts(9)}},
                {amounts(3), amounts(3), amounts(3)}},
        // A guarantee that lifts a queue above its part leaves less for the others to share.
        Example{"GuaranteeAboveThePart",
                amounts(20'000),
                {{4, {}, kNoLimit, amounts(3000)},
                 {4, {}, kNoLimit, amounts(100'000)},
                 {2, amounts(6000), kNoLimit, amounts(100'000)}},
                {amounts(3000), amounts(11'000), amounts(6000)}}),
    [](const auto& example) { return example.param.name; });

std::vector<Claim> random_claims(std::mt19937& random, bool with_floors) {
  std::vector<Claim> claims(1 + random() % 8);
  for (Claim& claim : claims) {
    claim.weight = random() % 9;
    claim.floor = with_floors && random() % 3 == 0 ? random() % 200 : 0;
    claim.ceiling = claim.floor + random() % 1000;
  }
  return claims;
}

std::int64_t sum(const std::vector<std::int64_t>& amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
}

TEST(WaterFilling, KeepsItsLawOnWhateverClaims) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    std::mt19937 random(seed);
    const std::vector<Claim> claims = random_claims(random, true);
    const std::int64_t total = random() % 3000;
    const std::vector<std::int64_t> amounts = fill(total, claims);
    SCOPED_TRACE("seed " + std::to_string(seed));

    std::int64_t floors = 0;
    bool somebody_is_thirsty = false;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      EXPECT_GE(amounts[i], claims[i].floor);
      EXPECT_LE(amounts[i], claims[i].ceiling);
      floors += claims[i].floor;
      somebody_is_thirsty = somebody_is_thirsty || (claims[i].weight > 0 && amounts[i] < claims[i].ceiling);
    }
    EXPECT_LE(sum(amounts), std::max(total, floors));
    if (somebody_is_thirsty && floors <= total) {
      EXPECT_GT(sum(amounts), total - static_cast<std::int64_t>(claims.size()));
    }
    for (std::size_t i = 0; i < claims.size(); ++i) {
      for (std::size_t j = 0; j < claims.size(); ++j) {
        // Who could have more has no less, weight for weight, than whoever got more than his floor.
        if (claims[i].weight == 0 || claims[j].weight == 0) continue;
        if (amounts[i] < claims[i].ceiling && amounts[j] > claims[j].floor) {
          EXPECT_GT((amounts[i] + 1) * claims[j].weight, amounts[j] * claims[i].weight);
        }
      }
    }
  }
}

TEST(WaterFilling, DoesNotDependOnTheOrderOfTheClaims) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    const std::vector<Claim> claims = random_claims(random, true);
    const std::int64_t total = random() % 3000;
    const std::vector<std::int64_t> amounts = fill(total, claims);
    std::vector<std::size_t> order(claims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    std::vector<Claim> shuffled;
    for (const std::size_t i : order) shuffled.push_back(claims[i]);
    const std::vector<std::int64_t> again = fill(total, shuffled);
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(amounts[order[i]], again[i]) << "seed " << seed;
  }
}

/// Volcano's rounds, for one kind and without guarantees.
std::vector<double> fill_in_rounds(double total, const std::vector<Claim>& claims) {
  std::vector<double> amounts(claims.size(), 0);
  std::vector<bool> met(claims.size(), false);
  double left = total;
  for (int round = 0; round < 10'000 && left > 1e-9; ++round) {
    double weights = 0;
    for (std::size_t i = 0; i < claims.size(); ++i) weights += met[i] ? 0 : static_cast<double>(claims[i].weight);
    if (weights == 0) break;
    const double poured = left;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (met[i]) continue;
      const auto ceiling = static_cast<double>(claims[i].ceiling);
      const double before = amounts[i];
      amounts[i] = std::min(ceiling, before + poured * static_cast<double>(claims[i].weight) / weights);
      met[i] = amounts[i] >= ceiling;
      left -= amounts[i] - before;
    }
  }
  return amounts;
}

TEST(WaterFilling, AgreesWithVolcanosRoundsWhereNothingIsGuaranteed) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    const std::vector<Claim> claims = random_claims(random, false);
    const std::int64_t total = random() % 3000;
    const std::vector<std::int64_t> amounts = fill(total, claims);
    const std::vector<double> rounds = fill_in_rounds(static_cast<double>(total), claims);
    for (std::size_t i = 0; i < claims.size(); ++i) {
      EXPECT_NEAR(rounds[i], static_cast<double>(amounts[i]), 1.001) << "seed " << seed << ", claim " << i;
    }
  }
}

TEST(WaterFilling, DoesNotOverflowAtTheEndsOfTheRange) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  const std::vector<Claim> claims(3, Claim{65'535, 0, kHuge});
  EXPECT_EQ(std::vector<std::int64_t>(3, kHuge / 3), fill(kHuge, claims));
}

}  // namespace
}  // namespace basalt
