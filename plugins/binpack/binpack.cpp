#include "plugins/binpack/binpack.hpp"

#include <algorithm>
#include <string>

#include "basalt/framework/session.hpp"
#include "plugins/binpack/binpack_score.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kLargestWeight = 1'000'000;
constexpr std::string_view kPerResource = "binpack.resources.";

/// A kind's weight; what is negative becomes 1, as in Volcano.
std::int64_t read_kind_weight(ArgumentReader& reader, std::string_view key) {
  const std::int64_t weight = reader.integer(key, 1);
  if (weight >= 0 && weight <= kLargestWeight) return weight;
  const bool is_negative = weight < 0;
  std::string message = "'";
  message.append(key).append(is_negative ? "' is negative: 1 is used" : "' is above 1000000");
  reader.report(is_negative ? Finding::Severity::note : Finding::Severity::wrong, message);
  return 1;
}

/// "a, b" without the spaces, without empty names, each once.
std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

class Binpack final : public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 1;
    std::vector<std::pair<std::string, std::int64_t>> kinds;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.weight = reader.integer("binpack.weight", 1);
      if (std::abs(args.weight) > kLargestWeight) {
        reader.report(Finding::Severity::wrong, "'binpack.weight' is beyond 1000000");
        args.weight = 1;
      }
      args.kinds = {{"cpu", read_kind_weight(reader, "binpack.cpu")},
                    {"memory", read_kind_weight(reader, "binpack.memory")}};
      for (const std::string& name : split_names(reader.text("binpack.resources", ""))) {
        const std::string key = std::string(kPerResource) + name;
        if (name == "cpu" || name == "memory") {
          reader.without_effect(key, "cpu and memory have weights of their own: 'binpack.cpu', 'binpack.memory'");
        } else {
          args.kinds.emplace_back(name, read_kind_weight(reader, key));
        }
      }
      for (const std::string& key : reader.keys_with_prefix(kPerResource)) {
        reader.without_effect(key, "the resource is not listed in 'binpack.resources'");
      }
      return args;
    }
  };

  Binpack(const Args& args, const Session& session)
      : weight_(args.weight), term_(session.cluster(), args.weight, known_kinds(args, session.cluster())) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    if (weight_ == 0) return {};
    return {&term_};
  }

 private:
  /// A kind that nothing in the cluster has or asks for has no number, and no effect.
  static std::vector<WeighedKind> known_kinds(const Args& args, const Cluster& cluster) {
    std::vector<WeighedKind> kinds;
    for (const auto& [name, weight] : args.kinds) {
      if (const auto kind = cluster.schema().find(name)) kinds.push_back({*kind, weight});
    }
    return kinds;
  }

  std::int64_t weight_;
  BinpackTerm term_;
};

}  // namespace

PluginType binpack() { return plugin_type<Binpack>("binpack"); }

}  // namespace basalt
