#include "plugins/proportion/water_filling.hpp"

#include <algorithm>

#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

/// A level at which a claim begins to rise (leaves its floor) or stops (reaches its ceiling):
/// amount / weight.
struct Turn {
  std::int64_t amount = 0;
  std::int64_t weight = 1;
  bool begins = true;
};

/// part / whole: the water level.
struct Level {
  Int128 part = 0;
  Int128 whole = 1;
};

std::vector<Turn> turns_in_order(std::span<const Claim> claims) {
  std::vector<Turn> turns;
  for (const Claim& claim : claims) {
    if (claim.weight <= 0 || claim.ceiling <= claim.floor) continue;
    turns.push_back({claim.floor, claim.weight, true});
    turns.push_back({claim.ceiling, claim.weight, false});
  }
  std::sort(turns.begin(), turns.end(), [](const Turn& left, const Turn& right) {
    return Int128{left.amount} * right.weight < Int128{right.amount} * left.weight;
  });
  return turns;
}

}  // namespace

std::vector<std::int64_t> fill(std::int64_t total, std::span<const Claim> claims) {
  // Between two turns what is handed out is resting + rising * level.
  Int128 resting = 0;
  Int128 rising = 0;
  for (const Claim& claim : claims) resting += claim.floor;

  std::vector<std::int64_t> amounts(claims.size());
  Level level{0, 1};
  if (resting < total) {
    bool runs_dry = false;
    for (const Turn& turn : turns_in_order(claims)) {
      runs_dry = rising * turn.amount >= (total - resting) * turn.weight;
      if (runs_dry) break;
      resting += turn.begins ? -turn.amount : turn.amount;
      rising += turn.begins ? turn.weight : -turn.weight;
    }
    // With water left, every claim that can rise has reached its ceiling.
    level = runs_dry ? Level{total - resting, rising} : Level{total, 0};
  }
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& claim = claims[i];
    const bool rises = claim.weight > 0 && claim.ceiling > claim.floor && level.part > 0;
    if (!rises) {
      amounts[i] = claim.floor;
    } else if (level.whole == 0) {
      amounts[i] = claim.ceiling;
    } else {
      const Int128 part = level.part * claim.weight / level.whole;
      amounts[i] = static_cast<std::int64_t>(std::clamp<Int128>(part, claim.floor, claim.ceiling));
    }
  }
  return amounts;
}

std::vector<Resources> deserved_shares(const Resources& total, std::span<const QueueDemand> demands) {
  Dimension width = total.width();
  for (const QueueDemand& demand : demands) width = std::max(width, demand.guarantee.width());

  std::vector<Resources> deserved(demands.size());
  std::vector<Claim> claims(demands.size());
  for (Dimension kind = 0; kind < width; ++kind) {
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const QueueDemand& demand = demands[i];
      const std::int64_t floor = std::max<std::int64_t>(demand.guarantee[kind], 0);
      const std::int64_t wanted = std::min(demand.limit[kind], demand.request[kind]);
      claims[i] = Claim{std::max<std::int64_t>(demand.weight, 0), floor, std::max(floor, wanted)};
    }
    const std::vector<std::int64_t> amounts = fill(total[kind], claims);
    for (std::size_t i = 0; i < demands.size(); ++i) deserved[i].set(kind, amounts[i]);
  }
  return deserved;
}

}  // namespace basalt
