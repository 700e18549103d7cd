// The lines that a benchmark prints.
#pragma once

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

namespace wmi::bench {

using Seconds = std::chrono::duration<double>;

inline double SecondsSince(std::chrono::steady_clock::time_point start) {
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

// Value at a share of the sorted samples, 0.5 for the median.
inline double Quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  return samples[std::min(samples.size() - 1, static_cast<std::size_t>(share * static_cast<double>(samples.size())))];
}

enum class Target { kAtLeast, kAtMost };

// "P1 name=value floor=f ratio=r target>=t", with MISSED when the target is not met. No floor: 0.
void Report(std::string_view id, std::string_view name, double value, double floor, Target kind, double target);
// A figure without a target of its own.
void Report(std::string_view id, std::string_view name, double value, double floor = 0);

}  // namespace wmi::bench
