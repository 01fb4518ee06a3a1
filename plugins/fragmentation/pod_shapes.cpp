#include "plugins/fragmentation/pod_shapes.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "basalt/model/quantity.hpp"
#include "plugins/amounts/bounded_argument.hpp"

namespace basalt {
namespace {

bool separates(char character) {
  return character == ';' || character == ' ' || character == '\n' || character == '\t';
}

std::string_view take_word(std::string_view& text) {
  while (!text.empty() && separates(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && !separates(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

Error complain(std::string_view shape, std::string_view expected) {
  std::string message = "shape '";
  message.append(shape).append("': expected ").append(expected);
  return Error{ErrorCode::invalid, std::move(message)};
}

/// Nothing: no such amount.
std::optional<std::int64_t> amount(std::string_view text, Unit unit) {
  const auto parsed = parse_quantity(text, unit);
  return parsed && *parsed >= 0 ? std::optional(*parsed) : std::nullopt;
}

bool set(GpuShape& shape, std::string_view kind, std::string_view text) {
  const auto stated = amount(text, kind == "memory" ? Unit::whole : Unit::milli);
  if (!stated) return false;
  if (kind == "cpu") {
    shape.cpu = *stated;
  } else if (kind == "memory") {
    shape.memory = *stated;
  } else if (kind == "gpu" && *stated <= kWholeGpu) {
    shape.count = *stated > 0 ? 1 : 0;
    shape.parts = static_cast<std::int32_t>(*stated);
  } else if (kind == "gpu" && *stated % kWholeGpu == 0 && *stated <= kWholeGpu * static_cast<std::int64_t>(kMostGpus)) {
    shape.count = static_cast<std::int32_t>(*stated / kWholeGpu);
    shape.parts = static_cast<std::int32_t>(kWholeGpu);
  } else {
    return false;
  }
  return true;
}

Result<ExpectedShape> parse_shape(std::string_view word) {
  ExpectedShape made;
  std::string_view rest = word;
  if (const std::size_t star = rest.find('*'); star != std::string_view::npos) {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + star, made.weight);
    if (error != std::errc{} || end != rest.data() + star || made.weight < 1 || made.weight > kLargestWeight) {
      return complain(word, "a weight from 1 to 1000000 before the '*'");
    }
    rest.remove_prefix(star + 1);
  }
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || !set(made.shape, part.substr(0, equals), part.substr(equals + 1))) {
      return complain(word,
                      "cpu=AMOUNT, memory=AMOUNT or gpu=NUMBER (a share of one, or 1 to 16), separated by commas");
    }
  }
  return made;
}

std::string gpus_of(const GpuShape& shape) {
  if (shape.parts == kWholeGpu || shape.count == 0) return std::to_string(shape.count);
  return format_quantity(shape.parts, Unit::milli);
}

}  // namespace

Result<ExpectedShapes> parse_shapes(std::string_view text) {
  ExpectedShapes shapes;
  while (true) {
    const std::string_view word = take_word(text);
    if (word.empty()) break;
    auto shape = parse_shape(word);
    if (!shape) return shape.error();
    shapes.push_back(*shape);
    if (shapes.size() > kMostShapes) return complain(word, "at most 1000 shapes");
  }
  return shapes;
}

std::string print_shapes(const ExpectedShapes& shapes) {
  std::string text;
  for (const auto& [shape, weight] : shapes) {
    if (!text.empty()) text += ';';
    text += std::to_string(weight) + "*cpu=" + format_quantity(shape.cpu, Unit::milli) +
            ",memory=" + format_quantity(shape.memory, Unit::whole) + ",gpu=" + gpus_of(shape);
  }
  return text;
}

}  // namespace basalt
