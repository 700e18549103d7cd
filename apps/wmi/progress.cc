#include "wmi/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "wmi/style.h"
#include "wmi/terminal.h"

namespace wmi::cli {

namespace {

constexpr std::chrono::milliseconds kPatience(500);  // without rows, before anything is shown
constexpr std::chrono::milliseconds kInterval(200);

void Put(int descriptor, std::string_view text) {
  if (::write(descriptor, text.data(), text.size()) < 0) return;  // a progress line that cannot be written is no loss
}

}  // namespace

Progress::Progress(int descriptor, Colour colour)
    : descriptor_(descriptor), colour_(colour), active_(IsTerminal(descriptor)) {}

std::optional<TimePoint> Progress::NextUpdate(TimePoint last_rows) const {
  if (!active_) return std::nullopt;
  return std::max(last_rows + kPatience, last_update_ + kInterval);
}

void Progress::Update(TimePoint now, TimePoint start, std::size_t rows, int percent) {
  const double seconds = std::chrono::duration<double>(now - start).count();
  Show(now, fmt::format("{:.1f} s, {} {}", seconds, rows, rows == 1 ? "object" : "objects"), percent);
}

void Progress::UpdateStage(TimePoint now, TimePoint start, std::string_view stage, int percent) {
  const double seconds = std::chrono::duration<double>(now - start).count();
  Show(now, fmt::format("{:.1f} s, {}", seconds, stage), percent);
}

void Progress::Show(TimePoint now, std::string line, int percent) {
  if (!active_) return;
  last_update_ = now;
  shown_ = true;
  if (percent >= 0) line += fmt::format(", {} %", percent);
  line += "; Ctrl-C cancels";
  Put(descriptor_, "\r" + Styled(line, Style::kFaint, colour_) + "\x1b[K");
}

void Progress::Clear() {
  if (shown_) Put(descriptor_, "\r\x1b[K");
  shown_ = false;
}

}  // namespace wmi::cli
