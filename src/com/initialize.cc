// CoInitialize and its relatives: counts per thread. Nothing in the library depends on them.
#include <objbase.h>

#include <cstdint>

namespace {

struct Apartment {
  std::uint32_t count = 0;
  bool single_threaded = false;
};

thread_local Apartment apartment;

constexpr std::uint32_t kKnownFlags =
    COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE | COINIT_SPEED_OVER_MEMORY | COINIT_MULTITHREADED;

}  // namespace

HRESULT CoInitializeEx(LPVOID pvReserved, DWORD dwCoInit) {
  const auto flags = static_cast<std::uint32_t>(dwCoInit);
  if (pvReserved != nullptr || (flags & ~kKnownFlags) != 0) return E_INVALIDARG;
  const bool single_threaded = (flags & COINIT_APARTMENTTHREADED) != 0;
  if (apartment.count == 0) {
    apartment = {1, single_threaded};
    return S_OK;
  }
  if (apartment.single_threaded != single_threaded) return RPC_E_CHANGED_MODE;
  ++apartment.count;
  return S_FALSE;
}

HRESULT CoInitialize(LPVOID pvReserved) { return CoInitializeEx(pvReserved, COINIT_APARTMENTTHREADED); }

void CoUninitialize() {
  if (apartment.count > 0) --apartment.count;
}

HRESULT OleInitialize(LPVOID pvReserved) { return CoInitializeEx(pvReserved, COINIT_APARTMENTTHREADED); }

void OleUninitialize() { CoUninitialize(); }
