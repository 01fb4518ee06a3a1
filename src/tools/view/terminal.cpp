#include "tools/view/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace basalt::view {
namespace {

// Another screen without a cursor, and back.
constexpr std::string_view kEnter = "\033[?1049h\033[?25l";
constexpr std::string_view kLeave = "\033[?25h\033[?1049l";
constexpr std::string_view kHome = "\033[H";
constexpr std::string_view kEraseRestOfLine = "\033[K";
constexpr std::string_view kEraseRest = "\033[J";

void write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

bool Terminal::is_there() {
  const char* type = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && type != nullptr && std::string_view(type) != "dumb";
}

Terminal::Terminal() { write(kEnter); }
Terminal::~Terminal() { write(kLeave); }

PageStyle Terminal::style() {
  PageStyle style;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    style.width = size.ws_col;
    style.height = size.ws_row;
  }
  style.colour = std::getenv("NO_COLOR") == nullptr;
  return style;
}

void Terminal::paint(const std::vector<std::string>& lines) {
  std::string screen(kHome);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) screen += "\r\n";
    screen += lines[i];
    screen += kEraseRestOfLine;
  }
  screen += kEraseRest;
  write(screen);
}

}  // namespace basalt::view
