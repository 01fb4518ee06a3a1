#include "plugins/binpack/binpack.hpp"

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/amounts/kind_weights.hpp"
#include "plugins/binpack/binpack_score.hpp"

namespace basalt {
namespace {

class Binpack final : public NodeOrder {
 public:
  struct Args {
    std::int64_t weight = 1;
    KindWeights kinds;

    static Args read(ArgumentReader& reader) {
      Args args;
      args.weight = read_within(reader, "binpack.weight", 1, -kLargestWeight);
      args.kinds = read_kind_weights(reader, "binpack");
      return args;
    }
  };

  Binpack(const Args& args, const Session& session)
      : weight_(args.weight),
        term_(session.cluster(), args.weight, known_kinds(args.kinds, session.cluster().schema())) {}

  std::vector<const ScoreTerm*> score_terms() const override {
    if (weight_ == 0) return {};
    return {&term_};
  }

 private:
  std::int64_t weight_;
  BinpackTerm term_;
};

}  // namespace

PluginType binpack() { return plugin_type<Binpack>("binpack"); }

}  // namespace basalt
