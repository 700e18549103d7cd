// Progress: one line on a terminal's stderr that tells a waiting user that the call runs, how long and how far; it
// appears only when rows are slow to come and goes before anything else is printed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wmi/clock.h"
#include "wmi/writer.h"

namespace wmi::cli {

class Progress {
 public:
  // Silent unless `descriptor` is a terminal.
  Progress(int descriptor, Colour colour);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // When to call Update next; nothing when this is silent.
  std::optional<TimePoint> NextUpdate(TimePoint last_rows) const;
  // `percent` below 0 when nobody tells.
  void Update(TimePoint now, TimePoint start, std::size_t rows, int percent);
  // Of a call that gives no rows. `percent` as above.
  void UpdateStage(TimePoint now, TimePoint start, std::string_view stage, int percent);
  void Clear();

 private:
  void Show(TimePoint now, std::string line, int percent);

  const int descriptor_;
  const Colour colour_;
  const bool active_;
  bool shown_ = false;
  TimePoint last_update_{};
};

}  // namespace wmi::cli
