#include "daemon/flags.hpp"

#include <algorithm>
#include <array>

#include "config/near_miss.hpp"
#include "daemon/flag_values.hpp"

namespace basalt::daemon {
namespace {

const Flag* find_flag(std::string_view name) {
  const auto all = flags();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Flag& flag) { return flag.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string shown(const Flag& flag) { return (flag.name.size() == 1 ? "-" : "--") + std::string(flag.name); }

class Reader {
 public:
  explicit Reader(std::span<const std::string> arguments) : rest_(arguments) {
    options_.scheduler_names.clear();  // the first that is given replaces the default
  }

  Result<Options> read() {
    while (!rest_.empty()) {
      const std::string& word = take();
      if (word == "--") {
        while (!rest_.empty()) ignore(take());
      } else if (word.starts_with("--")) {
        read_long(std::string_view(word).substr(2));
      } else if (word.size() > 1 && word.starts_with('-')) {
        read_short(std::string_view(word).substr(1));
      } else {
        ignore(word);
      }
    }
    if (options_.scheduler_names.empty()) options_.scheduler_names = Options{}.scheduler_names;
    if (options_.help || options_.version || mistakes_.empty()) return std::move(options_);
    std::string all;
    for (const std::string& mistake : mistakes_) all += (all.empty() ? "" : "\n") + mistake;
    return Error{ErrorCode::invalid, all};
  }

 private:
  const std::string& take() {
    const std::string& word = rest_.front();
    rest_ = rest_.subspan(1);
    return word;
  }

  void ignore(const std::string& word) { options_.warnings.push_back("'" + word + "' is no flag and is ignored"); }

  void read_long(std::string_view word) {
    const std::size_t equals = word.find('=');
    std::string name(word.substr(0, equals));
    std::replace(name.begin(), name.end(), '_', '-');
    const Flag* flag = find_flag(name);
    if (flag == nullptr) {
      mistakes_.push_back("unknown flag --" + name + meant(name));
    } else if (equals != std::string_view::npos) {
      use(*flag, std::string(word.substr(equals + 1)));
    } else {
      use_with_next(*flag);
    }
  }

  // -v=3, -v 3, -v3, -h
  void read_short(std::string_view word) {
    if (word == "h") {
      options_.help = true;
    } else if (word == "v") {
      use_with_next(*find_flag("v"));
    } else if (word.starts_with("v=") || (word.size() > 1 && word[0] == 'v' && word[1] >= '0' && word[1] <= '9')) {
      use(*find_flag("v"), std::string(word.substr(word[1] == '=' ? 2 : 1)));
    } else {
      const std::string name(word.substr(0, word.find('=')));
      mistakes_.push_back("unknown flag -" + name +
                          (find_flag(name) != nullptr ? " (did you mean --" + name + "?)" : meant(name)));
    }
  }

  static std::string meant(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Flag& flag : flags()) names.push_back(flag.name);
    const std::string_view nearest = find_near_miss(name, names);
    return nearest.empty() ? ": --help lists all" : " (did you mean --" + std::string(nearest) + "?)";
  }

  void use_with_next(const Flag& flag) {
    if (flag.type == FlagType::boolean) {
      use(flag, "true");
    } else if (rest_.empty()) {
      mistakes_.push_back(shown(flag) + " without a value");
    } else {
      use(flag, take());
    }
  }

  void use(const Flag& flag, const std::string& value) {
    const std::string given = shown(flag) + "=" + value;
    if (const std::string_view expected = expectation(flag.type, value); !expected.empty()) {
      mistakes_.push_back(given + ": expected " + std::string(expected));
      return;
    }
    if (flag.effect == FlagEffect::honoured) {
      const std::string wanted = set_flag(options_, flag, value);
      if (!wanted.empty()) mistakes_.push_back(given + ": expected " + wanted);
      return;
    }
    if (is_harmless(flag, value)) return;
    if (flag.effect == FlagEffect::refused) {
      mistakes_.push_back(given + " is refused: " + std::string(flag.text));
    } else {
      options_.warnings.push_back(shown(flag) + " has no effect: " + std::string(flag.text));
    }
  }

  static bool is_harmless(const Flag& flag, std::string_view value) {
    if (!flag.harmless) return false;
    if (flag.type == FlagType::boolean) return parse_boolean(value) == parse_boolean(*flag.harmless);
    return value == *flag.harmless;
  }

  std::span<const std::string> rest_;
  Options options_;
  std::vector<std::string> mistakes_;
};

}  // namespace

Result<Options> parse_flags(std::span<const std::string> arguments) { return Reader(arguments).read(); }

Result<Options> parse_flags(int argc, const char* const* argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return parse_flags(arguments);
}

Result<std::vector<std::string>> check_environment(const std::function<const char*(const char* name)>& variable) {
  const char* several = variable("MULTI_SCHEDULER_ENABLE");
  if (several != nullptr && std::string_view(several) == "true") {
    return Error{ErrorCode::unsupported,
                 "environment variable MULTI_SCHEDULER_ENABLE=true is refused: jobs are not divided among schedulers "
                 "yet, and two would schedule the same pods"};
  }
  constexpr std::array<std::pair<const char*, std::string_view>, 3> kWithoutEffect = {{
      {"BATCH_BIND_NUM", "binds are sent as they are decided; --bind-workers says how many at once"},
      {"DEBUG_SOCKET_DIR", "the log level is set at the start, by -v"},
      {"PANIC_ON_ERROR", "a broken invariant always ends the program"},
  }};
  std::vector<std::string> warnings;
  for (const auto& [name, why] : kWithoutEffect) {
    const char* value = variable(name);
    if (value == nullptr || *value == '\0') continue;
    warnings.push_back("environment variable " + std::string(name) + " has no effect: " + std::string(why));
  }
  return warnings;
}

}  // namespace basalt::daemon
