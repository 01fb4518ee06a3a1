#include "tools/view/page.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "basalt/model/quantity.hpp"

namespace basalt::view {
namespace {

constexpr std::size_t kBar = 24;
constexpr std::size_t kFewestNodes = 3;
constexpr std::size_t kAboveNodes = 3;  // the summary, an empty line, the heading
constexpr std::size_t kIndent = 4;      // of reasons
constexpr const char* kBold = "\033[1m";
constexpr const char* kGreen = "\033[32m";
constexpr const char* kYellow = "\033[33m";
constexpr const char* kPlain = "\033[0m";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Columns, as far as every character takes one.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

std::string shown(std::string_view text) {
  std::string clean(text);
  for (char& byte : clean) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7F) byte = '?';
  }
  // The control characters U+0080 to U+009F, which some terminals obey too.
  for (std::size_t at = 0; at + 1 < clean.size(); ++at) {
    if (clean[at] == '\xC2' && static_cast<unsigned char>(clean[at + 1]) < 0xA0) clean.replace(at, 2, "?");
  }
  return clean;
}

std::string cut(std::string text, std::size_t width) {
  constexpr std::string_view kMore = "...";
  if (length_of(text) <= width) return text;
  const std::size_t kept = width - std::min(width, kMore.size());
  std::size_t columns = 0;
  std::size_t end = 0;
  while (continues_character(text[end]) || columns++ < kept) ++end;
  return text.substr(0, end) + std::string(kMore.substr(0, width));
}

// Cut into lines at spaces, as far as there are any.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (!lines.back().empty() && length_of(lines.back()) + 1 + length_of(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return lines;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string made = shown(text);
  const std::size_t length = length_of(made);
  if (length < width) made.append(width - length, ' ');
  return made;
}

std::string count_of(std::size_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

// "[######......]"
std::string bar(std::int64_t used, std::int64_t size) {
  const auto length = static_cast<std::int64_t>(kBar);
  std::int64_t filled = size > 0 ? (used * length + size / 2) / size : 0;
  if (used > 0) filled = std::max<std::int64_t>(filled, 1);
  if (used < size) filled = std::min<std::int64_t>(filled, length - 1);
  filled = std::clamp<std::int64_t>(filled, 0, length);
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(length - filled), '.') + "]";
}

std::string full_name(const Workload& workload) {
  return workload.space == "default" ? workload.name : workload.space + "/" + workload.name;
}

std::string tally(const Workload& workload) {
  std::string text = std::to_string(workload.placed) + " of " + std::to_string(workload.members()) + " pods on nodes";
  if (workload.ended > 0) text += ", " + std::to_string(workload.ended) + " of them ended";
  if (workload.gang) text += ", at least " + std::to_string(workload.minimum) + " needed";
  return text;
}

class Typesetter {
 public:
  Typesetter(const Picture& picture, const PageStyle& style)
      : picture_(picture), style_(style), unit_(unit_of(picture.resource)) {}

  std::vector<std::string> set() {
    queues();
    workloads();
    const std::vector<std::string> rest = std::exchange(lines_, {});
    summary();
    nodes(rest.size());
    lines_.insert(lines_.end(), rest.begin(), rest.end());
    if (style_.height > 0 && lines_.size() > style_.height) lines_.resize(style_.height);
    return std::move(lines_);
  }

 private:
  void add(std::string text, const char* colour = nullptr) {
    text = cut(std::move(text), style_.width);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    if (style_.colour && colour != nullptr) text = colour + text + kPlain;
    lines_.push_back(std::move(text));
  }
  void heading(const std::string& text) {
    add("");
    add(text, kBold);
  }
  [[nodiscard]] std::string amount(std::int64_t value) const { return format_quantity(value, unit_); }

  void summary() {
    std::size_t placed = 0;
    std::size_t waiting = 0;
    for (const Workload& workload : picture_.workloads) {
      placed += static_cast<std::size_t>(workload.placed);
      waiting += static_cast<std::size_t>(workload.waiting);
    }
    const auto gangs = std::count_if(picture_.workloads.begin(), picture_.workloads.end(),
                                     [](const Workload& workload) { return workload.gang; });
    add(count_of(picture_.nodes.size(), "node") + ", " + count_of(static_cast<std::size_t>(gangs), "gang") + ", " +
            count_of(placed + waiting, "pod") + ": " + std::to_string(placed) + " on nodes, " +
            std::to_string(waiting) + " waiting",
        kBold);
  }

  void nodes(std::size_t taken) {
    heading("Nodes (" + shown(picture_.resource) + " in use)");
    std::size_t room = picture_.nodes.size();
    if (style_.height > 0) {
      const std::size_t left = style_.height > taken + kAboveNodes ? style_.height - taken - kAboveNodes : 0;
      if (room > left) room = std::max(kFewestNodes, left > 0 ? left - 1 : 0);
    }
    room = std::min(room, picture_.nodes.size());
    std::size_t width = 0;
    for (std::size_t i = 0; i < room; ++i) width = std::max(width, length_of(shown(picture_.nodes[i].name)));
    for (std::size_t i = 0; i < room; ++i) node(picture_.nodes[i], width);
    if (room == picture_.nodes.size()) return;
    std::int64_t used = 0;
    std::int64_t size = 0;
    for (std::size_t i = room; i < picture_.nodes.size(); ++i) {
      used += picture_.nodes[i].used;
      size += picture_.nodes[i].size;
    }
    add("  " + padded("+" + std::to_string(picture_.nodes.size() - room), width) + "  " + bar(used, size) + " " +
        amount(used) + "/" + amount(size));
  }

  void node(const NodeBar& node, std::size_t width) {
    std::string text = "  " + padded(node.name, width) + "  " + bar(node.used, node.size) + " " +
                       padded(amount(node.used) + "/" + amount(node.size), 10) + (node.open ? "  " : "  closed  ");
    const char* separator = "";
    for (const auto& [name, pods] : node.tenants) {
      text += separator + shown(name) + " x" + std::to_string(pods);
      separator = ", ";
    }
    add(std::move(text), node.used > 0 ? kGreen : nullptr);
  }

  void queues() {
    if (picture_.queues.empty()) return;
    heading("Queues");
    std::size_t width = 0;
    for (const QueueLine& queue : picture_.queues) width = std::max(width, length_of(shown(queue.name)));
    for (const QueueLine& queue : picture_.queues) {
      std::string text =
          "  " + padded(queue.name, width) + "  weight " + padded(std::to_string(queue.weight), 3) + "  " +
          shown(picture_.resource) + " in use " +
          padded(amount(queue.used) + (queue.limit > 0 ? " of at most " + amount(queue.limit) : ""), 20) +
          "  pods: " + std::to_string(queue.placed) + " on nodes, " + std::to_string(queue.waiting) + " waiting";
      if (!queue.state.empty() && queue.state != "Open") text += ", " + shown(queue.state);
      add(std::move(text));
    }
  }

  // Those that wait come last, each with its reason: what one looks at is at the end.
  void workloads() {
    std::size_t width = 0;
    std::size_t queue_width = 0;
    for (const Workload& workload : picture_.workloads) {
      width = std::max(width, length_of(shown(full_name(workload))));
      queue_width = std::max(queue_width, length_of(shown(workload.queue)));
    }
    const auto line = [&](const Workload& workload) {
      return "  " + padded(full_name(workload), width) + "  queue " + padded(workload.queue, queue_width) + "  " +
             padded(workload.gang ? workload.phase : "no gang", 9) + "  " + tally(workload);
    };
    const auto waits = [](const Workload& workload) { return workload.waiting > 0 || workload.members() == 0; };
    // So many of each at most that a long list leaves room for the rest.
    const std::size_t most = style_.height > 0 ? std::max<std::size_t>(style_.height / 4, 2) : std::size_t(-1);
    section(
        "Placed", most, [&](const Workload& workload) { return !waits(workload); },
        [&](const Workload& workload) { add(line(workload)); });
    section("Waiting", most, waits, [&](const Workload& workload) {
      add(line(workload), kYellow);
      const std::string why = workload.hindrance.empty() ? "nobody has said why yet" : shown(workload.hindrance);
      const std::size_t width_left = style_.width > kIndent ? style_.width - kIndent : 0;
      for (const std::string& part : wrapped(why, width_left)) add(std::string(kIndent, ' ') + part);
    });
  }

  template <class Wanted, class Tell>
  void section(const char* title, std::size_t most, const Wanted& wanted, const Tell& tell) {
    std::size_t told = 0;
    std::size_t untold = 0;
    for (const Workload& workload : picture_.workloads) {
      if (!wanted(workload)) continue;
      if (told == most) {
        ++untold;
        continue;
      }
      if (told++ == 0) heading(title);
      tell(workload);
    }
    if (untold > 0) add("  and " + std::to_string(untold) + " more");
  }

  const Picture& picture_;
  const PageStyle& style_;
  const Unit unit_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> page_of(const Picture& picture, const PageStyle& style) {
  return Typesetter(picture, style).set();
}

std::vector<std::string> News::tell(const Picture& now, bool complete) {
  if (!complete) return {};
  const auto line = [](const Workload& workload) {
    std::string text = shown(full_name(workload)) + ": " + tally(workload);
    if (!workload.hindrance.empty()) text += "; waits: " + shown(workload.hindrance);
    return text;
  };
  std::vector<std::string> lines;
  for (const Workload& workload : now.workloads) {
    const Workload* old = told_.find(workload.space, workload.name);
    std::string text = line(workload);
    if (old == nullptr || line(*old) != text) lines.push_back(std::move(text));
  }
  for (const Workload& workload : told_.workloads) {
    if (now.find(workload.space, workload.name) == nullptr) lines.push_back(shown(full_name(workload)) + ": gone");
  }
  told_ = now;
  return lines;
}

}  // namespace basalt::view
