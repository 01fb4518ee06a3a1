#include "embedded/store/selector.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "embedded/objects/trimmed.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// Letters, digits, '-', '_', '.', and '/' before the name of a qualified key; begins and ends with one of the first
// two.
bool is_label_word(std::string_view word, bool is_key) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (word.empty()) return !is_key;
  if (word.size() > (is_key ? 317U : 63U)) return false;
  if (!is_alphanumeric(word.front()) || !is_alphanumeric(word.back())) return false;
  return std::all_of(word.begin(), word.end(), [&](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || (is_key && c == '/');
  });
}

// False when it is no number.
bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failure == std::errc{} && end == text.data() + text.size();
}

// Whether a label's value lies on the wanted side of the bound; one that is no number lies on neither.
bool lies_beyond(const std::string& value, const std::string& bound, bool above) {
  std::int64_t number = 0;
  std::int64_t limit = 0;
  if (!read_number(value, number) || !read_number(bound, limit)) return false;
  return above ? number > limit : number < limit;
}

}  // namespace

// Takes requirements off the front of a label selector.
class Selector::LabelParser {
 public:
  explicit LabelParser(std::string_view text) : rest_(text) {}

  std::optional<std::vector<LabelRequirement>> parse() {
    std::vector<LabelRequirement> all;
    while (true) {
      skip_space();
      if (rest_.empty()) return all.empty() ? std::optional(all) : std::nullopt;
      auto one = requirement();
      if (!one) return std::nullopt;
      all.push_back(std::move(*one));
      skip_space();
      if (rest_.empty()) return all;
      if (!take(",")) return std::nullopt;
    }
  }

 private:
  void skip_space() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  std::string_view word() {
    skip_space();
    const std::string_view taken = rest_.substr(0, rest_.find_first_of("=!,()<> "));
    rest_.remove_prefix(taken.size());
    skip_space();
    return taken;
  }

  std::optional<LabelRequirement> requirement() {
    LabelRequirement made;
    const bool absent = take("!");
    made.key = word();
    if (!is_label_word(made.key, true)) return std::nullopt;
    if (absent) {
      made.op = Operator::does_not_exist;
      return made;
    }
    if (rest_.empty() || rest_.front() == ',') {
      made.op = Operator::exists;
      return made;
    }
    if (take("==") || take("=")) return with_value(std::move(made), Operator::in);
    if (take("!=")) return with_value(std::move(made), Operator::not_in);
    if (take(">")) return with_number(std::move(made), Operator::greater);
    if (take("<")) return with_number(std::move(made), Operator::less);
    const std::string_view op = word();
    if (op != "in" && op != "notin") return std::nullopt;
    made.op = op == "in" ? Operator::in : Operator::not_in;
    if (!take("(")) return std::nullopt;
    while (true) {
      const std::string_view value = word();
      if (!is_label_word(value, false)) return std::nullopt;
      made.values.emplace_back(value);
      if (take(")")) return made;
      if (!take(",")) return std::nullopt;
    }
  }

  std::optional<LabelRequirement> with_value(LabelRequirement made, Operator op) {
    made.op = op;
    const std::string_view value = word();
    if (!is_label_word(value, false)) return std::nullopt;
    made.values.emplace_back(value);
    return made;
  }

  std::optional<LabelRequirement> with_number(LabelRequirement made, Operator op) {
    auto with = with_value(std::move(made), op);
    std::int64_t bound = 0;
    if (with && !read_number(with->values.front(), bound)) return std::nullopt;
    return with;
  }

  std::string_view rest_;
};

Outcome<Selector> Selector::parse(const Kind& kind, std::string_view labels, std::string_view fields) {
  Selector selector;
  auto requirements = LabelParser(labels).parse();
  if (!requirements) {
    return bad_request("unable to parse requirement: label selector \"" + std::string(labels) + "\" is malformed");
  }
  selector.labels_ = std::move(*requirements);
  fields = trimmed(fields);
  while (!fields.empty()) {
    const std::size_t comma = fields.find(',');
    const std::string_view term = trimmed(fields.substr(0, comma));
    fields = comma == std::string_view::npos ? std::string_view() : fields.substr(comma + 1);
    if (term.empty()) continue;
    const std::size_t equals = term.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return bad_request("invalid selector: '" + std::string(term) + "'; can't understand '" + std::string(term) + "'");
    }
    FieldRequirement made;
    made.equal = term[equals - 1] != '!';
    const std::string_view name = trimmed(term.substr(0, made.equal ? equals : equals - 1));
    std::string_view value = term.substr(equals + 1);
    if (made.equal && value.starts_with('=')) value.remove_prefix(1);
    made.value = trimmed(value);
    if (name == "metadata.name") {
      made.source = FieldSource::name;
    } else if (name == "metadata.namespace") {
      made.source = FieldSource::space;
    } else {
      const auto found = std::find_if(kind.fields.begin(), kind.fields.end(),
                                      [&](const SelectableField& field) { return field.name == name; });
      if (found == kind.fields.end()) {
        return bad_request("field label not supported: " + std::string(name));
      }
      made.index = static_cast<std::size_t>(found - kind.fields.begin());
    }
    selector.fields_.push_back(std::move(made));
  }
  return selector;
}

Selector Selector::of_labels(const Json& label_selector) {
  Selector selector;
  for (const auto& [key, value] : kube::member_at(label_selector, "matchLabels").items()) {
    if (value.is_string()) selector.labels_.push_back({key, Operator::in, {value.get<std::string>()}});
  }
  for (const Json& expression : kube::member_at(label_selector, "matchExpressions")) {
    LabelRequirement made;
    made.key = kube::text_at(expression, "key");
    const std::string op = kube::text_at(expression, "operator");
    made.op = op == "NotIn"          ? Operator::not_in
              : op == "Exists"       ? Operator::exists
              : op == "DoesNotExist" ? Operator::does_not_exist
                                     : Operator::in;
    for (const Json& value : kube::member_at(expression, "values")) {
      if (value.is_string()) made.values.push_back(value);
    }
    selector.labels_.push_back(std::move(made));
  }
  return selector;
}

bool Selector::matches(const Object& object) const {
  for (const LabelRequirement& wanted : labels_) {
    const auto found = std::lower_bound(object.labels.begin(), object.labels.end(), wanted.key,
                                        [](const auto& label, const std::string& key) { return label.first < key; });
    const bool exists = found != object.labels.end() && found->first == wanted.key;
    const bool listed =
        exists && std::find(wanted.values.begin(), wanted.values.end(), found->second) != wanted.values.end();
    const auto holds = [&] {
      switch (wanted.op) {
        case Operator::in: return listed;
        case Operator::not_in: return !listed;
        case Operator::exists: return exists;
        case Operator::does_not_exist: return !exists;
        case Operator::greater: return exists && lies_beyond(found->second, wanted.values.front(), true);
        case Operator::less: return exists && lies_beyond(found->second, wanted.values.front(), false);
      }
      return false;
    };
    if (!holds()) return false;
  }
  return std::all_of(fields_.begin(), fields_.end(), [&](const FieldRequirement& wanted) {
    const std::string& value = wanted.source == FieldSource::name    ? object.key.name
                               : wanted.source == FieldSource::space ? object.key.space
                                                                     : object.fields[wanted.index];
    return (value == wanted.value) == wanted.equal;
  });
}

std::string_view Selector::only_name() const {
  for (const FieldRequirement& wanted : fields_) {
    if (wanted.source == FieldSource::name && wanted.equal) return wanted.value;
  }
  return {};
}

}  // namespace basalt::embedded
