// Fuzzes the evaluation of WHERE clauses: the input chooses a clause over the rows of the oracle, a byte or two for
// each choice, and the product has to agree with the oracle about every row, also in the normal form. Links wmi_wql.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "wql/test_oracle.h"

namespace {

namespace oracle = wmi::wql::oracle;

// Deeper clauses than an input of a few hundred bytes can fill make slow units.
constexpr int kDepthMax = 5;

class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

  // The first of all when there is no byte left.
  std::size_t operator()(std::size_t below) {
    std::size_t chosen = Byte();
    if (below > 256) chosen = chosen << 8 | Byte();
    return chosen % below;
  }

 private:
  std::size_t Byte() { return next_ == end_ ? 0 : *next_++; }

  const std::uint8_t* next_;
  const std::uint8_t* const end_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(data, size);
  const auto style = static_cast<std::uint32_t>(choices(1'000));
  const auto refused = choices(8) == 0 ? oracle::RefusedTests::kTaken : oracle::RefusedTests::kAvoided;
  oracle::Grower grower([&choices](std::size_t below) { return choices(below); }, refused);
  const oracle::NodePtr node = grower.Grow(kDepthMax);
  oracle::Tally tally;
  const std::string difference = oracle::Difference(*node, style, tally, oracle::Also::kNormalForm);
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
