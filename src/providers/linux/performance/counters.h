// Counters: the classes Win32_PerfRawData_* and Win32_PerfFormattedData_*. Each pair of classes comes from one table of
// counters: the raw class shows the figures as they are counted, with the times that belong to them; the formatted
// class shows what they come to, which for most is a difference between two looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "providers/linux/classes.h"

namespace wmi::linuxos {

// What a figure is, and so what the formatted class makes of it. In braces the CounterType of the raw property.
enum class CounterKind : std::uint8_t {
  kNumber,     // as it is {PERF_COUNTER_RAWCOUNT}
  kRate,       // counts on; per second {PERF_COUNTER_COUNTER}
  kBusyTime,   // 100 ns, of one processor or several; percent of the time {PERF_100NSEC_TIMER}
  kBusyShare,  // the same of one processor: no more than 100
  kIdleTime,   // 100 ns of rest; percent that is not rest {PERF_100NSEC_TIMER_INV}
  kQueue,      // 100 ns times how many waited; how many on average {PERF_COUNTER_100NS_QUEUELEN_TYPE}
  kTimeShare,  // 100 ns, the base too; percent of the base, no more than 100 {PERF_PRECISION_100NS_TIMER}
  kFraction,   // percent of the base {PERF_RAW_FRACTION}
  kMeanTime,   // ns, the base operations; seconds for each {PERF_AVERAGE_TIMER}
  kMean,       // the base operations; for each {PERF_AVERAGE_BULK}
  kAge,        // when it began, as Timestamp_Object; seconds since {PERF_ELAPSED_TIME}
};

struct Counter {
  std::string_view property;
  CounterKind kind;
  unsigned bits;  // of the property: 32 or 64
  SourceSet sources;
  std::size_t figure;
  // For kinds with a base: its figure, and the property of the raw class.
  std::size_t base = 0;
  std::string_view base_property = {};
  std::string_view note = {};
};

// The times of a look.
struct CounterTimes {
  std::uint64_t nanoseconds = 0;   // monotonic
  std::uint64_t system_100ns = 0;  // since 1601
};

struct CounterRow {
  std::string name;
  // What it is, when its name may go to another one; else empty.
  std::string identity;
  // By the numbers of the family; nothing where the machine has none.
  std::vector<std::optional<std::uint64_t>> figures;
  SourceSet denied = 0;
};

struct CounterLook {
  CounterTimes times;
  std::vector<CounterRow> rows;
};

// Keeps the last looks at one set of sources. A look that follows another too closely is answered from the one before,
// since a few clock ticks say nothing. Not thread-safe.
class LookKeeper {
 public:
  // The look to compare `now` with; null at the first.
  std::shared_ptr<const CounterLook> Exchange(std::shared_ptr<const CounterLook> now);

  static constexpr std::uint64_t kIntervalMin = 250'000'000;  // nanoseconds

 private:
  std::shared_ptr<const CounterLook> recent_;
  std::shared_ptr<const CounterLook> older_;
};

// The value of a counter in the formatted class. Nothing when it takes two looks and there is one, or when the counter
// went back in between.
std::optional<std::uint64_t> FormattedValue(const Counter& counter, const CounterRow& now, const CounterTimes& times,
                                            const CounterRow* before, const CounterTimes& before_times);
std::optional<std::uint64_t> RawValue(const Counter& counter, const CounterRow& now);
std::optional<std::uint64_t> RawBase(const Counter& counter, const CounterRow& now);

// What is asked of a family.
struct CounterRequest {
  SourceSet sources = 0;
  CounterTimes times;
  std::stop_token stop;

  bool Wants(SourceSet source) const { return (sources & source) != 0; }
};

// A pair of classes.
struct CounterFamily {
  std::string_view object;  // "PerfOS_Processor"
  std::string_view about;
  std::span<const Source> sources;
  std::span<const Counter> counters;
  bool has_names = true;  // else the class is a singleton
  bool may_block = false;
  // Rows come and go: the growth of their total is that of those that are there, not less what went.
  bool rows_go = false;
  // Sources that are always read, because names come from them.
  SourceSet name_sources = 0;
  Status (*load)(const Machine& machine, const CounterRequest& request, std::vector<CounterRow>& out) = nullptr;
};

enum class CounterForm : std::uint8_t { kRaw, kFormatted };

struct CounterView : ViewBase {
  std::shared_ptr<const CounterLook> look;
  std::shared_ptr<const CounterLook> before_look;
  const CounterRow* now = nullptr;
  const CounterRow* before = nullptr;
};

// Safe from several threads.
class CounterProvider final : public provider::InstanceProvider {
 public:
  // `family`, `columns` and `clock` are not owned.
  CounterProvider(Machine machine, const CounterFamily& family, CounterForm form,
                  std::span<const Column<CounterView>> columns, const Clock& clock)
      : machine_(std::move(machine)), family_(family), form_(form), columns_(columns), clock_(clock) {}

  provider::Blocking blocking() const override {
    return family_.may_block ? provider::Blocking::kPossible : provider::Blocking::kNever;
  }
  // Names of processes are given out while all are read.
  provider::Support support() const override { return {.keys = false, .needed = true, .narrowed = {}}; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

 private:
  Status Load(const provider::Request& request, SourceSet sources, std::vector<CounterView>& out) WMI_EXCLUDES(mutex_);

  const Machine machine_;
  const CounterFamily& family_;
  const CounterForm form_;
  const std::span<const Column<CounterView>> columns_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<SourceSet, LookKeeper> looks_ WMI_GUARDED_BY(mutex_);
};

// The columns that are the same in all classes.
std::vector<Column<CounterView>> CommonCounterColumns(const CounterFamily& family);
// For a property of `bits`: what counts on wraps, what does not stops at the largest.
std::uint64_t Fitted(const Counter& counter, std::uint64_t value);
std::string CounterAbout(const CounterFamily& family, CounterForm form);

template <const CounterFamily& kFamily, CounterForm kForm, std::size_t kIndex>
void WriteCounter(const CounterView& view, provider::RowWriter& row, std::size_t slot) {
  const Counter& counter = kFamily.counters[kIndex];
  if (kForm == CounterForm::kRaw) {
    if (const auto value = RawValue(counter, *view.now)) row.SetUnsigned(slot, *value);
    return;
  }
  const CounterTimes none;
  const auto value = FormattedValue(counter, *view.now, view.look->times, view.before,
                                    view.before_look ? view.before_look->times : none);
  if (value) row.SetUnsigned(slot, *value);
}

template <const CounterFamily& kFamily, std::size_t kIndex>
void WriteCounterBase(const CounterView& view, provider::RowWriter& row, std::size_t slot) {
  if (const auto value = RawBase(kFamily.counters[kIndex], *view.now)) row.SetUnsigned(slot, *value);
}

template <const CounterFamily& kFamily, CounterForm kForm>
std::span<const Column<CounterView>> CounterColumns() {
  static const std::vector<Column<CounterView>> columns = [] {
    std::vector<Column<CounterView>> made = CommonCounterColumns(kFamily);
    const auto add = [&made]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
      const auto add_one = [&made](const Counter& counter, auto write, auto write_base) {
        made.push_back({counter.property, counter.sources, write, counter.note});
        if (kForm == CounterForm::kRaw && !counter.base_property.empty()) {
          made.push_back(
              {counter.base_property, counter.sources, write_base, "what the counter of that name is about"});
        }
      };
      (add_one(kFamily.counters[kIndex], &WriteCounter<kFamily, kForm, kIndex>, &WriteCounterBase<kFamily, kIndex>),
       ...);
    };
    add(std::make_index_sequence<kFamily.counters.size()>());
    return made;
  }();
  return columns;
}

template <const CounterFamily& kFamily, CounterForm kForm>
void AddCounterClass(Classes& classes, const Clock& clock) {
  const std::string name = std::string(kForm == CounterForm::kRaw ? "Win32_PerfRawData_" : "Win32_PerfFormattedData_") +
                           std::string(kFamily.object);
  ClassPage page = MakePage(name, CounterAbout(kFamily, kForm), kFamily.sources, CounterColumns<kFamily, kForm>());
  page.may_block = kFamily.may_block;
  classes.Add(std::move(page), std::make_unique<CounterProvider>(classes.machine(), kFamily, kForm,
                                                                 CounterColumns<kFamily, kForm>(), clock));
}

template <const CounterFamily& kFamily>
void AddCounterClasses(Classes& classes, const Clock& clock) {
  AddCounterClass<kFamily, CounterForm::kRaw>(classes, clock);
  AddCounterClass<kFamily, CounterForm::kFormatted>(classes, clock);
}

// Appends a row "_Total": each figure the sum of those of the rows that have it.
void AddTotal(std::vector<CounterRow>& rows);
// Divides figures of a row: the total of times that are shares is their mean.
void DivideFigures(CounterRow& row, std::span<const std::size_t> figures, std::size_t by);

inline constexpr std::uint64_t kHundredNanosecondsPerSecond = 10'000'000;

// `clock` is not owned and outlives the providers.
void AddSystemCounters(Classes& classes, const Clock& clock = SteadyClock());
void AddProcessCounters(Classes& classes, const Clock& clock = SteadyClock());
void AddDeviceCounters(Classes& classes, const Clock& clock = SteadyClock());

}  // namespace wmi::linuxos
