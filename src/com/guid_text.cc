// GUIDs: text and back, and new ones.
#include <objbase.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <initializer_list>

namespace {

constexpr int kTextLength = 38;
// Where the bytes of a GUID stand in its text, most significant digit first: Data1, Data2, Data3, Data4.
constexpr int kDigitAt[16] = {1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35};

wchar_t Digit(unsigned value) { return L"0123456789ABCDEF"[value & 0xf]; }

int DigitValue(wchar_t c) {
  if (c >= L'0' && c <= L'9') return static_cast<int>(c - L'0');
  if (c >= L'A' && c <= L'F') return static_cast<int>(c - L'A') + 10;
  if (c >= L'a' && c <= L'f') return static_cast<int>(c - L'a') + 10;
  return -1;
}

// The bytes in the order of the text.
void Bytes(const GUID& guid, unsigned char (&bytes)[16]) {
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<unsigned char>(guid.Data1 >> (24 - 8 * i));
  bytes[4] = static_cast<unsigned char>(guid.Data2 >> 8);
  bytes[5] = static_cast<unsigned char>(guid.Data2);
  bytes[6] = static_cast<unsigned char>(guid.Data3 >> 8);
  bytes[7] = static_cast<unsigned char>(guid.Data3);
  std::memcpy(bytes + 8, guid.Data4, sizeof guid.Data4);
}

bool Parse(const wchar_t* text, GUID& guid) {
  if (wcsnlen(text, kTextLength + 1) != kTextLength || text[0] != L'{' || text[kTextLength - 1] != L'}') return false;
  for (const int dash : {9, 14, 19, 24}) {
    if (text[dash] != L'-') return false;
  }
  unsigned char bytes[16];
  for (int i = 0; i < 16; ++i) {
    const int high = DigitValue(text[kDigitAt[i]]);
    const int low = DigitValue(text[kDigitAt[i] + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<unsigned char>(high * 16 + low);
  }
  guid.Data1 = std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
  guid.Data2 = static_cast<std::uint16_t>(bytes[4] << 8 | bytes[5]);
  guid.Data3 = static_cast<std::uint16_t>(bytes[6] << 8 | bytes[7]);
  std::memcpy(guid.Data4, bytes + 8, sizeof guid.Data4);
  return true;
}

HRESULT FromString(const wchar_t* text, GUID* guid, HRESULT malformed) {
  if (guid == nullptr) return E_INVALIDARG;
  *guid = GUID_NULL;
  if (text == nullptr) return S_OK;
  return Parse(text, *guid) ? S_OK : malformed;
}

}  // namespace

int StringFromGUID2(REFGUID rguid, LPOLESTR lpsz, int cchMax) {
  if (lpsz == nullptr || cchMax <= kTextLength) return 0;
  unsigned char bytes[16];
  Bytes(rguid, bytes);
  std::wmemcpy(lpsz, L"{00000000-0000-0000-0000-000000000000}", kTextLength + 1);
  for (int i = 0; i < 16; ++i) {
    lpsz[kDigitAt[i]] = Digit(bytes[i] >> 4);
    lpsz[kDigitAt[i] + 1] = Digit(bytes[i]);
  }
  return kTextLength + 1;
}

HRESULT StringFromCLSID(REFCLSID rclsid, LPOLESTR* lplpsz) {
  if (lplpsz == nullptr) return E_INVALIDARG;
  *lplpsz = static_cast<LPOLESTR>(CoTaskMemAlloc((kTextLength + 1) * sizeof(OLECHAR)));
  if (*lplpsz == nullptr) return E_OUTOFMEMORY;
  StringFromGUID2(rclsid, *lplpsz, kTextLength + 1);
  return S_OK;
}

HRESULT StringFromIID(REFIID rclsid, LPOLESTR* lplpsz) { return StringFromCLSID(rclsid, lplpsz); }

HRESULT CLSIDFromString(LPCOLESTR lpsz, CLSID* pclsid) { return FromString(lpsz, pclsid, CO_E_CLASSSTRING); }

HRESULT IIDFromString(LPCOLESTR lpsz, IID* lpiid) { return FromString(lpsz, lpiid, CO_E_IIDSTRING); }

HRESULT CoCreateGuid(GUID* pguid) {
  if (pguid == nullptr) return E_INVALIDARG;
  GUID guid;
  ssize_t got = 0;
  do {
    got = getrandom(&guid, sizeof guid, 0);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof guid)) return E_UNEXPECTED;  // only a kernel without getrandom
  guid.Data3 = static_cast<std::uint16_t>((guid.Data3 & 0x0fff) | 0x4000);
  guid.Data4[0] = static_cast<unsigned char>((guid.Data4[0] & 0x3f) | 0x80);
  *pguid = guid;
  return S_OK;
}
