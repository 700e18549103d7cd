// bench [P1 P3 ...]: runs the named targets, or all.
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "bench/report.h"

namespace wmi::bench {

void RunP1();
void RunP3();
void RunP5();
void RunP6();
void RunP7();
void RunP8();
void RunP9();
void RunP10();
void RunP12();
void RunP13();
void RunP14();
void RunP15();
void RunP16();
void RunP18();
void RunP19();
void RunP20();
void RunP21();
void RunClasses();
void RunFilters();

namespace {

struct Entry {
  std::string_view id;
  void (*run)();
};

constexpr Entry kEntries[] = {{"P1", RunP1},   {"P3", RunP3},           {"P5", RunP5},          {"P6", RunP6},
                              {"P7", RunP7},   {"P8", RunP8},           {"P9", RunP9},          {"P10", RunP10},
                              {"P12", RunP12}, {"P13", RunP13},         {"P14", RunP14},        {"P15", RunP15},
                              {"P16", RunP16}, {"P18", RunP18},         {"P19", RunP19},        {"P20", RunP20},
                              {"P21", RunP21}, {"classes", RunClasses}, {"filters", RunFilters}};

std::string Figure(double value) { return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value); }

std::string Line(std::string_view id, std::string_view name, double value, double floor) {
  std::string line = fmt::format("{} {}={}", id, name, Figure(value));
  if (floor > 0) line += fmt::format(" floor={} ratio={:.2f}", Figure(floor), value / floor);
  return line;
}

const Entry* Find(std::string_view id) {
  for (const Entry& entry : kEntries) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

}  // namespace

void Report(std::string_view id, std::string_view name, double value, double floor, Target kind, double target) {
  const bool met = kind == Target::kAtLeast ? value >= target : value <= target;
  fmt::print("{} target{}{}{}\n", Line(id, name, value, floor), kind == Target::kAtLeast ? ">=" : "<=", Figure(target),
             met ? "" : " MISSED");
  std::fflush(stdout);
}

void Report(std::string_view id, std::string_view name, double value, double floor) {
  fmt::print("{}\n", Line(id, name, value, floor));
  std::fflush(stdout);
}

}  // namespace wmi::bench

int main(int argc, char** argv) {
  using wmi::bench::Find;
  for (int i = 1; i < argc; ++i) {
    if (Find(argv[i]) == nullptr) {
      fmt::print(
          stderr,
          "bench: there is no target '{}'; there are P1, P3, P5 to P9, P12 to P16, P18 to P21, classes and filters\n",
          argv[i]);
      return 2;
    }
  }
  for (const auto& entry : wmi::bench::kEntries) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || entry.id == argv[i];
    if (wanted) entry.run();
  }
  return 0;
}
