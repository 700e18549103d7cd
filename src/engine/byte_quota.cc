#include "engine/byte_quota.h"

#include <fmt/format.h>

namespace wmi::engine {

Status ByteQuota::Take(std::size_t bytes) {
  const std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes > bytes_max_) {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return Status(code::kQuotaViolation,
                  fmt::format("the results that {} holds would take {} bytes; the limit is {}. Read forward-only "
                              "(WBEM_FLAG_FORWARD_ONLY with WBEM_FLAG_RETURN_IMMEDIATELY), which keeps nothing",
                              owner_, before + bytes, bytes_max_));
  }
  if (!whole_) return Status();
  Status status = whole_->Take(bytes);
  if (!status.ok()) used_.fetch_sub(bytes, std::memory_order_relaxed);
  return status;
}

void ByteQuota::Return(std::size_t bytes) {
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  if (whole_) whole_->Return(bytes);
}

}  // namespace wmi::engine
