#include "crt/input/target_source.h"

namespace wmi::crt {

openwmi_target TypedTargets::Next(int kind, std::size_t size) {
  if (left_ == 0) return openwmi_target{};
  openwmi_target target = *next_++;
  --left_;
  if (target.kind == OPENWMI_TARGET_SIZE) return openwmi_target{};
  if (target.kind == OPENWMI_TARGET_UNTYPED) target = {kind, size, target.pointer};
  return target;
}

// Where the size was forgotten, the next target must not be taken for it.
std::size_t TypedTargets::NextSize() {
  if (left_ == 0 || next_->kind != OPENWMI_TARGET_SIZE) return 0;
  --left_;
  return next_++->size;
}

}  // namespace wmi::crt
