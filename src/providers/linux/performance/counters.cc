#include "providers/linux/performance/counters.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr double kPerSecond = 1e9;                         // nanoseconds
constexpr double kPer100ns = 1e7;                          // 100 ns in a second
constexpr std::uint64_t kEpoch = 116'444'736'000'000'000;  // from 1601 to 1970, in 100 ns

std::optional<std::uint64_t> FigureOf(const CounterRow& row, std::size_t figure) {
  return figure < row.figures.size() ? row.figures[figure] : std::nullopt;
}

std::uint64_t Rounded(double value) {
  constexpr double kMax = 1.8e19;
  if (!(value > 0)) return 0;
  return static_cast<std::uint64_t>(std::min(std::round(value), kMax));
}

// How much a figure has grown.
std::optional<double> Growth(const CounterRow& now, const CounterRow* before, std::size_t figure) {
  if (before == nullptr) return std::nullopt;
  const auto after = FigureOf(now, figure);
  const auto earlier = FigureOf(*before, figure);
  if (!after || !earlier || *after < *earlier) return std::nullopt;
  return static_cast<double>(*after - *earlier);
}

bool CountsOn(CounterKind kind) {
  switch (kind) {
    case CounterKind::kNumber:
    case CounterKind::kFraction:
    case CounterKind::kAge:
      return false;
    default:
      return true;
  }
}

std::string_view IdentityOf(const CounterRow& row) { return row.identity.empty() ? row.name : row.identity; }

constexpr Column<CounterView> kTimeColumns[] = {
    {"Frequency_Object", 0,
     [](const CounterView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kHundredNanosecondsPerSecond); },
     "10000000: 100 ns"},
    {"Frequency_PerfTime", 0,
     [](const CounterView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 1'000'000'000); },
     "1000000000: nanoseconds"},
    {"Frequency_Sys100NS", 0,
     [](const CounterView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kHundredNanosecondsPerSecond); },
     "10000000: 100 ns"},
    {"Timestamp_Object", 0,
     [](const CounterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.look->times.system_100ns); },
     "as `Timestamp_Sys100NS`"},
    {"Timestamp_PerfTime", 0,
     [](const CounterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.look->times.nanoseconds); },
     "the monotonic clock, which does not jump when the time is set"},
    {"Timestamp_Sys100NS", 0,
     [](const CounterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.look->times.system_100ns); },
     "the time of the look, in 100 ns since 1601"},
};

constexpr Column<CounterView> kNameColumn = {
    "Name", 0, [](const CounterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.now->name); },
    "the instance that the counters are of"};

constexpr std::string_view kTotal = "_Total";

// The earlier look as it would have been, had the rows that are gone never been: for the growth of the total.
std::shared_ptr<const CounterLook> TotalOfThoseLeft(
    const CounterLook& now, const CounterLook& before,
    const std::unordered_map<std::string_view, const CounterRow*>& earlier) {
  auto made = std::make_shared<CounterLook>();
  made->times = before.times;
  for (const CounterRow& row : now.rows) {
    const auto found = earlier.find(IdentityOf(row));
    if (row.name != kTotal && found != earlier.end()) made->rows.push_back(*found->second);
  }
  // Of nothing but new rows the total began at 0.
  if (made->rows.empty()) return nullptr;
  AddTotal(made->rows);
  made->rows.erase(made->rows.begin(), made->rows.end() - 1);
  return made;
}

}  // namespace

std::shared_ptr<const CounterLook> LookKeeper::Exchange(std::shared_ptr<const CounterLook> now) {
  if (!recent_) {
    recent_ = std::move(now);
    return nullptr;
  }
  if (now->times.nanoseconds < recent_->times.nanoseconds + kIntervalMin) return older_;
  older_ = std::exchange(recent_, std::move(now));
  return older_;
}

std::uint64_t Fitted(const Counter& counter, std::uint64_t value) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (counter.bits > 32 || value <= kMax) return value;
  return CountsOn(counter.kind) ? static_cast<std::uint32_t>(value) : kMax;
}

std::optional<std::uint64_t> RawValue(const Counter& counter, const CounterRow& now) {
  const auto figure = FigureOf(now, counter.figure);
  if (!figure) return std::nullopt;
  return Fitted(counter, *figure);
}

std::optional<std::uint64_t> RawBase(const Counter& counter, const CounterRow& now) {
  const auto figure = FigureOf(now, counter.base);
  if (!figure) return std::nullopt;
  Counter base = counter;
  // Bases of shares of time are as wide as times, all others have 32 bits.
  base.bits = counter.kind == CounterKind::kTimeShare ? 64 : 32;
  return Fitted(base, *figure);
}

std::optional<std::uint64_t> FormattedValue(const Counter& counter, const CounterRow& now, const CounterTimes& times,
                                            const CounterRow* before, const CounterTimes& before_times) {
  const auto figure = FigureOf(now, counter.figure);
  if (!figure) return std::nullopt;
  std::optional<double> value;
  if (counter.kind == CounterKind::kNumber) return Fitted(counter, *figure);
  if (counter.kind == CounterKind::kAge) {
    return times.system_100ns > *figure ? (times.system_100ns - *figure) / kHundredNanosecondsPerSecond : 0;
  }
  if (counter.kind == CounterKind::kFraction) {
    const auto base = FigureOf(now, counter.base);
    if (!base || *base == 0) return std::nullopt;
    return Rounded(100.0 * static_cast<double>(*figure) / static_cast<double>(*base));
  }
  const auto growth = Growth(now, before, counter.figure);
  if (!growth || times.nanoseconds <= before_times.nanoseconds) return std::nullopt;
  const double seconds = static_cast<double>(times.nanoseconds - before_times.nanoseconds) / kPerSecond;
  const auto base_growth = counter.base_property.empty() ? std::nullopt : Growth(now, before, counter.base);
  const bool has_base = base_growth && *base_growth > 0;
  switch (counter.kind) {
    case CounterKind::kRate:
      value = *growth / seconds;
      break;
    case CounterKind::kBusyTime:
      value = 100 * *growth / kPer100ns / seconds;
      break;
    case CounterKind::kBusyShare:
      value = std::min(100 * *growth / kPer100ns / seconds, 100.0);
      break;
    case CounterKind::kIdleTime:
      value = 100 - std::min(100 * *growth / kPer100ns / seconds, 100.0);
      break;
    case CounterKind::kQueue:
      value = *growth / kPer100ns / seconds;
      break;
    case CounterKind::kTimeShare:
      if (has_base) value = std::min(100 * *growth / *base_growth, 100.0);
      break;
    case CounterKind::kMeanTime:
      if (has_base) value = *growth / kPerSecond / *base_growth;
      break;
    case CounterKind::kMean:
      if (has_base) value = *growth / *base_growth;
      break;
    default:
      break;
  }
  if (!value) return std::nullopt;
  const std::uint64_t rounded = Rounded(*value);
  return counter.bits > 32 ? rounded : std::min<std::uint64_t>(rounded, std::numeric_limits<std::uint32_t>::max());
}

std::vector<Column<CounterView>> CommonCounterColumns(const CounterFamily& family) {
  std::vector<Column<CounterView>> columns(std::begin(kTimeColumns), std::end(kTimeColumns));
  if (family.has_names) columns.push_back(kNameColumn);
  return columns;
}

std::string CounterAbout(const CounterFamily& family, CounterForm form) {
  if (form == CounterForm::kRaw) {
    return fmt::format(
        "{} The figures as they are counted; a program takes two looks and does the sum that the "
        "qualifier `CounterType` names.",
        family.about);
  }
  return fmt::format(
      "{} Rates, shares and means are over the time since the last look at the same properties, which the "
      "provider keeps: at the first look they are NULL, and one that follows within 250 ms is measured "
      "from the look before. NULL also where a counter went back, and a mean over nothing.",
      family.about);
}

Status CounterProvider::Load(const provider::Request& request, SourceSet sources, std::vector<CounterView>& out) {
  CounterRequest asked;
  asked.sources = sources | family_.name_sources;
  asked.stop = request.stop;
  asked.times.nanoseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.Now().time_since_epoch()).count());
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  asked.times.system_100ns =
      kEpoch +
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count() / 100);
  auto look = std::make_shared<CounterLook>();
  look->times = asked.times;
  const Status loaded = family_.load(machine_, asked, look->rows);
  if (!loaded.ok()) return loaded;

  std::shared_ptr<const CounterLook> before;
  std::unordered_map<std::string_view, const CounterRow*> earlier;
  if (form_ == CounterForm::kFormatted && !request.stop.stop_requested()) {
    MutexLock lock(mutex_);
    before = looks_[asked.sources].Exchange(look);
  }
  if (before) {
    for (const CounterRow& row : before->rows) earlier.emplace(IdentityOf(row), &row);
  }
  out.reserve(look->rows.size());
  for (const CounterRow& row : look->rows) {
    CounterView view;
    view.denied = row.denied;
    view.look = look;
    view.before_look = before;
    view.now = &row;
    const auto found = earlier.find(IdentityOf(row));
    if (found != earlier.end()) view.before = found->second;
    if (before && family_.rows_go && row.name == kTotal) {
      view.before_look = TotalOfThoseLeft(*look, *before, earlier);
      view.before = view.before_look ? &view.before_look->rows.front() : nullptr;
    }
    out.push_back(std::move(view));
  }
  return loaded;
}

Result<std::unique_ptr<provider::InstanceStream>> CounterProvider::Open(const provider::Request& request) {
  return OpenSnapshot<CounterView>(
      columns_, request, 0,
      [this, &request](SourceSet sources, std::vector<CounterView>& out) { return Load(request, sources, out); },
      [](const CounterView&, const provider::KeyTuple&) { return true; });
}

void AddTotal(std::vector<CounterRow>& rows) {
  CounterRow total;
  total.name = kTotal;
  for (const CounterRow& row : rows) {
    if (total.figures.size() < row.figures.size()) total.figures.resize(row.figures.size());
    for (std::size_t i = 0; i < row.figures.size(); ++i) {
      if (row.figures[i]) total.figures[i] = total.figures[i].value_or(0) + *row.figures[i];
    }
    total.denied |= row.denied;
  }
  rows.push_back(std::move(total));
}

void DivideFigures(CounterRow& row, std::span<const std::size_t> figures, std::size_t by) {
  if (by == 0) return;
  for (const std::size_t figure : figures) {
    if (figure < row.figures.size() && row.figures[figure]) row.figures[figure] = *row.figures[figure] / by;
  }
}

}  // namespace wmi::linuxos
