#include "e2e/ledger/amounts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace basalt::e2e {
namespace {

struct Suffix {
  int powers_of_ten = 0;
  int powers_of_two = 0;
};

[[noreturn]] void refuse(std::string_view quantity) {
  throw std::runtime_error("not a quantity: '" + std::string(quantity) + "'");
}

Suffix parse_suffix(std::string_view text, std::string_view quantity) {
  static const std::map<std::string_view, Suffix> known{
      {"", {}},        {"n", {-9, 0}},  {"u", {-6, 0}},  {"m", {-3, 0}},  {"k", {3, 0}},   {"M", {6, 0}},
      {"G", {9, 0}},   {"T", {12, 0}},  {"P", {15, 0}},  {"E", {18, 0}},  {"Ki", {0, 10}}, {"Mi", {0, 20}},
      {"Gi", {0, 30}}, {"Ti", {0, 40}}, {"Pi", {0, 50}}, {"Ei", {0, 60}},
  };
  if (const auto found = known.find(text); found != known.end()) return found->second;
  if (text.size() > 1 && (text[0] == 'e' || text[0] == 'E')) return {std::stoi(std::string(text.substr(1))), 0};
  refuse(quantity);
}

void add(Amounts& sum, const Amounts& more) {
  for (const auto& [resource, amount] : more) sum[resource] += amount;
}

void raise(Amounts& sum, const Amounts& least) {
  for (const auto& [resource, amount] : least) sum[resource] = std::max(sum[resource], amount);
}

const nlohmann::json& member(const nlohmann::json& object, const std::string& name) {
  static const nlohmann::json nothing;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? nothing : *found;
}

Amounts container_requests(const nlohmann::json& container) {
  return parse_amounts(member(member(container, "resources"), "requests"));
}

}  // namespace

Amount parse_amount(std::string_view quantity) {
  std::size_t at = 0;
  const bool negative = !quantity.empty() && quantity[0] == '-';
  if (!quantity.empty() && (quantity[0] == '-' || quantity[0] == '+')) ++at;
  Amount digits = 0;
  int decimals = 0;
  bool point = false;
  const std::size_t first = at;
  for (; at < quantity.size(); ++at) {
    const char c = quantity[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits = digits * 10 + (c - '0');
      decimals += point ? 1 : 0;
    } else {
      break;
    }
  }
  if (at == first) refuse(quantity);
  const Suffix suffix = parse_suffix(quantity.substr(at), quantity);
  // Multiply first: then the division is exact whenever the amount is a whole number of thousandths.
  const int tens = suffix.powers_of_ten - decimals + 3;
  Amount value = std::ldexp(digits, suffix.powers_of_two);
  value = tens >= 0 ? value * std::pow(Amount{10}, tens) : value / std::pow(Amount{10}, -tens);
  return negative ? -std::ceil(value) : std::ceil(value);
}

Amounts parse_amounts(const nlohmann::json& quantities) {
  Amounts amounts;
  if (!quantities.is_object()) return amounts;
  for (const auto& [resource, quantity] : quantities.items()) {
    amounts[resource] = parse_amount(quantity.is_string() ? quantity.get<std::string>() : quantity.dump());
  }
  return amounts;
}

Amounts requests_of(const nlohmann::json& pod) {
  const nlohmann::json& spec = member(pod, "spec");
  Amounts running;
  for (const auto& container : member(spec, "containers")) add(running, container_requests(container));
  Amounts sidecars;
  Amounts starting;
  for (const auto& container : member(spec, "initContainers")) {
    if (member(container, "restartPolicy") == "Always") {
      add(sidecars, container_requests(container));
      raise(starting, sidecars);
    } else {
      Amounts together = sidecars;
      add(together, container_requests(container));
      raise(starting, together);
    }
  }
  add(running, sidecars);
  raise(running, starting);
  for (const auto& [resource, amount] : parse_amounts(member(member(spec, "resources"), "requests"))) {
    running[resource] = amount;
  }
  add(running, parse_amounts(member(spec, "overhead")));
  running["pods"] = parse_amount("1");
  return running;
}

std::string to_string(Amount amount) {
  char text[64];  // NOLINT(cppcoreguidelines-avoid-c-arrays): for snprintf
  std::snprintf(text, sizeof text, "%.15Lg", amount / 1000);
  return text;
}

}  // namespace basalt::e2e
