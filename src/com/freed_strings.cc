#include "com/freed_strings.h"

#include <cstdlib>

#include "com/memory.h"

namespace wmi::com {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kPossible = false;
#elif defined(__has_feature)
constexpr bool kPossible = !__has_feature(address_sanitizer);
#else
constexpr bool kPossible = true;
#endif

// Has no destructor of its own, so that it can be asked after that of the strings ran.
thread_local bool ended = false;

struct OfOneThread {
  FreedStrings strings;
  ~OfOneThread() { ended = true; }
};

}  // namespace

FreedStrings::~FreedStrings() {
  for (void* block : blocks_) Free(block);
}

void FreedStrings::Add(void* block) {
  Free(blocks_[next_]);
  blocks_[next_] = block;
  next_ = (next_ + 1) % kCount;
}

FreedStrings* FreedStrings::OfThread() {
  static const bool wanted = kPossible && std::getenv("OANOCACHE") == nullptr;
  if (!wanted || ended) return nullptr;
  thread_local OfOneThread mine;
  return &mine.strings;
}

}  // namespace wmi::com
