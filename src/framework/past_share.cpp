#include "basalt/framework/past_share.hpp"

#include <algorithm>
#include <array>

namespace basalt {
namespace {

/// Holds the product of any two shares.
__extension__ typedef __int128 Int128;

constexpr int kBits = 40;
constexpr std::int64_t kWhole = std::int64_t{1} << kBits;
constexpr int kFineBits = 60;

/// 2^-(1/2), 2^-(1/4), 2^-(1/8), ... in units of 2^-60, rounded to nearest.
constexpr std::array<std::int64_t, 44> kRoots = {
    815238614083298888,  969487560292816559,  1057233681222091667, 1104041415199452355, 1128216774188376116,
    1140502249370840087, 1146695063803852933, 1149804069520534666, 1151361731965541101, 1152141354333077009,
    1152531363459347061, 1152726417527650500, 1152823956940537958, 1152872729741971125, 1152897116916473259,
    1152909310697175488, 1152915407635889989, 1152918456117338161, 1152919980361084987, 1152920742483714086,
    1152921123545217557, 1152921314076016523, 1152921409341427814, 1152921456974136411, 1152921480790491447,
    1152921492698669150, 1152921498652758048, 1152921501629802508, 1152921503118324741, 1152921503862585858,
    1152921504234716417, 1152921504420781697, 1152921504513814336, 1152921504560330656, 1152921504583588816,
    1152921504595217896, 1152921504601032436, 1152921504603939706, 1152921504605393341, 1152921504606120159,
    1152921504606483567, 1152921504606665272, 1152921504606756124, 1152921504606801550};

}  // namespace

std::int64_t left_after(std::chrono::microseconds elapsed, std::chrono::microseconds half_life) {
  const std::int64_t halvings = elapsed / half_life;
  if (halvings >= kBits + 1) return 0;
  // The rest, as a binary fraction of a half-life: each bit that is set takes one root.
  Int128 rest = (elapsed % half_life).count();
  Int128 left = Int128{1} << kFineBits;
  for (const std::int64_t root : kRoots) {
    rest *= 2;
    if (rest < half_life.count()) continue;
    rest -= half_life.count();
    left = (left * root) >> kFineBits;
  }
  return static_cast<std::int64_t>(left >> (kFineBits - kBits + halvings));
}

std::int64_t dominant_part(const Resources& amount, const Resources& whole) {
  constexpr Int128 kMost = Int128{kWhole} << 20;
  Int128 largest = 0;
  for (Dimension kind = 0; kind < amount.width(); ++kind) {
    if (whole[kind] <= 0 || amount[kind] <= 0) continue;
    largest = std::max(largest, (Int128{amount[kind]} << kBits) / whole[kind]);
  }
  return static_cast<std::int64_t>(std::min(largest, kMost));
}

PastShare faded(const PastShare& past, std::int64_t held, WallTime now, std::chrono::microseconds half_life) {
  if (past.until == WallTime{}) return PastShare{0, held, std::max(now, past.until)};
  if (now <= past.until) return PastShare{past.part, held, past.until};
  const std::int64_t left = left_after(now - past.until, half_life);
  const Int128 sum = Int128{past.part} * left + Int128{past.held} * (kWhole - left);
  return PastShare{static_cast<std::int64_t>((sum + kWhole / 2) >> kBits), held, now};
}

}  // namespace basalt
