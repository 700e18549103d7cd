#include "com/com_object.h"

namespace wmi::com {
namespace {
std::atomic<std::size_t> live_objects{0};
}

std::size_t LiveObjects() { return live_objects.load(std::memory_order_relaxed); }

LiveObject::LiveObject() { live_objects.fetch_add(1, std::memory_order_relaxed); }
LiveObject::~LiveObject() { live_objects.fetch_sub(1, std::memory_order_relaxed); }

}  // namespace wmi::com
