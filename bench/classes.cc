// classes: SELECT * of every class of this machine. Not against a target: to see the one that is out of line, and to
// measure what one adds.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "bench/report.h"
#include "bench/support.h"
#include "engine/engine.h"
#include "providers/linux/register.h"

namespace wmi::bench {
namespace {

// These walk the whole disk: they are measured as far as they come in the time limit.
constexpr std::string_view kWalkers[] = {"CIM_DataFile", "Win32_Directory"};
constexpr auto kLimit = std::chrono::seconds(5);

std::string NamespaceOf(std::string_view class_name) {
  for (const char* name : {"ROOT\\cimv2", "ROOT\\StandardCimv2", "ROOT\\linux", "ROOT\\default"}) {
    if (BenchEngine().catalogue().FindClass(name, class_name)) return name;
  }
  return {};
}

struct Measured {
  double milliseconds = 0;
  std::uint64_t rows = 0;
  HRESULT result = S_OK;
};

Measured Measure(IWbemServices& services, const std::string& class_name) {
  auto* sink = new CountingSink;
  const std::wstring query = WideFromUtf8("SELECT * FROM " + class_name);
  const auto start = CountingSink::Clock::now();
  StartQuery(services, query.c_str(), *sink);
  sink->WaitDone();
  const Measured measured{std::chrono::duration<double, std::milli>(sink->done_at() - start).count(), sink->objects(),
                          sink->result()};
  sink->Release();
  return measured;
}

}  // namespace

void RunClasses() {
  for (const linuxos::ClassPage& page : linuxos::LinuxClassPages()) {
    const std::string name_space = NamespaceOf(page.class_name);
    if (name_space.empty()) continue;
    const bool is_walker = std::find(std::begin(kWalkers), std::end(kWalkers), page.class_name) != std::end(kWalkers);
    com::ComPtr<IWbemServices> services = ConnectBench(name_space, kLimit);
    Measured measured = Measure(*services, page.class_name);
    // The first look may fill a cache, and the second is what a loop sees.
    if (!is_walker) measured = Measure(*services, page.class_name);
    fmt::print("classes {} ms={:.2f} rows={} us_per_row={:.1f} result=0x{:08x}\n", page.class_name,
               measured.milliseconds, measured.rows,
               measured.rows == 0 ? 0.0 : measured.milliseconds * 1000 / static_cast<double>(measured.rows),
               static_cast<std::uint32_t>(measured.result));
    std::fflush(stdout);
  }
}

}  // namespace wmi::bench
