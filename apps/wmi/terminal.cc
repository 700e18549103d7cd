#include "wmi/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace wmi::cli {

namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr int kWidthMin = 20;
constexpr int kWidthMax = 10000;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

bool IsTerminal(int descriptor) { return ::isatty(descriptor) == 1; }

std::size_t TerminalWidth(int descriptor) {
  if (!IsTerminal(descriptor)) return 0;
  winsize size = {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= kWidthMin) return size.ws_col;
  const int columns = std::atoi(std::string(Environment("COLUMNS")).c_str());
  return columns >= kWidthMin && columns <= kWidthMax ? static_cast<std::size_t>(columns) : kUsualWidth;
}

Colour ColourFor(int descriptor, ColourChoice choice) {
  const bool wanted = choice == ColourChoice::kAutomatic && Environment("NO_COLOR").empty() &&
                      Environment("TERM") != "dumb" && !Environment("TERM").empty();
  return wanted && IsTerminal(descriptor) ? Colour::kOn : Colour::kOff;
}

}  // namespace wmi::cli
