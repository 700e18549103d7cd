#include "com/bstr.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <limits>
#include <new>

#include "base/text.h"
#include "com/freed_strings.h"
#include "com/memory.h"

namespace {

// In memory: 4 bytes of state, 4 bytes of length in bytes, the characters, a NUL. The state also keeps the characters
// aligned to 8.
struct Prefix {
  std::uint32_t state;
  std::uint32_t bytes;
};
constexpr std::uint32_t kInUse = 0;
constexpr std::uint32_t kFreed = 0xDEADB57E;

// The length in bytes must fit the prefix, with room for prefix and NUL.
constexpr std::size_t kBytesMax = std::numeric_limits<std::uint32_t>::max() - sizeof(Prefix) - sizeof(wchar_t);

Prefix* PrefixOf(BSTR text) { return reinterpret_cast<Prefix*>(text) - 1; }

// Characters unset, NUL set.
BSTR AllocateBytes(std::size_t bytes) {
  if (bytes > kBytesMax) return nullptr;
  auto* prefix = static_cast<Prefix*>(wmi::com::Allocate(sizeof(Prefix) + bytes + sizeof(wchar_t)));
  if (prefix == nullptr) return nullptr;
  prefix->state = kInUse;
  prefix->bytes = static_cast<std::uint32_t>(bytes);
  auto* text = reinterpret_cast<char*>(prefix + 1);
  std::memset(text + bytes, 0, sizeof(wchar_t));
  return reinterpret_cast<BSTR>(text);
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

BSTR SysAllocString(const OLECHAR* psz) {
  if (psz == nullptr) return nullptr;
  const std::size_t bytes = std::wcslen(psz) * sizeof(OLECHAR);
  BSTR text = AllocateBytes(bytes);
  // AllocateBytes has ended the text already.
  if (text != nullptr) std::memcpy(text, psz, bytes);  // NOLINT(bugprone-not-null-terminated-result): see above
  return text;
}

BSTR SysAllocStringLen(const OLECHAR* text, UINT length) {
  const std::size_t bytes = std::size_t{length} * sizeof(OLECHAR);
  BSTR result = AllocateBytes(bytes);
  if (result != nullptr && text != nullptr) std::memcpy(result, text, bytes);
  return result;
}

BSTR SysAllocStringByteLen(LPCSTR bytes, UINT length) {
  BSTR result = AllocateBytes(length);
  if (result != nullptr && bytes != nullptr) std::memcpy(result, bytes, length);
  return result;
}

INT SysReAllocString(BSTR* pbstr, const OLECHAR* psz) {
  if (pbstr == nullptr) return FALSE;
  BSTR text = SysAllocString(psz);
  if (text == nullptr && psz != nullptr) return FALSE;
  SysFreeString(*pbstr);
  *pbstr = text;
  return TRUE;
}

INT SysReAllocStringLen(BSTR* pbstr, const OLECHAR* psz, UINT length) {
  if (pbstr == nullptr) return FALSE;
  BSTR text = SysAllocStringLen(psz, length);
  if (text == nullptr) return FALSE;
  // Without a source the old characters stay, as with realloc.
  if (psz == nullptr && *pbstr != nullptr) {
    std::memcpy(text, *pbstr, std::min(SysStringLen(*pbstr), length) * sizeof(OLECHAR));
  }
  SysFreeString(*pbstr);
  *pbstr = text;
  return TRUE;
}

void SysFreeString(BSTR bstr) {
  if (bstr == nullptr) return;
  Prefix* prefix = PrefixOf(bstr);
  if (prefix->state == kFreed) return;  // a second time, see com/freed_strings.h
  using wmi::com::FreedStrings;
  FreedStrings* kept = prefix->bytes <= FreedStrings::kBytesMax ? FreedStrings::OfThread() : nullptr;
  if (kept == nullptr) return wmi::com::Free(prefix);
  prefix->state = kFreed;
  kept->Add(prefix);
}

UINT SysStringLen(BSTR bstr) { return SysStringByteLen(bstr) / static_cast<UINT>(sizeof(OLECHAR)); }

UINT SysStringByteLen(BSTR bstr) { return bstr == nullptr ? 0 : PrefixOf(bstr)->bytes; }

namespace wmi::com {

BSTR BstrFromUtf8(std::string_view text) {
  if (text.size() > kBytesMax / sizeof(wchar_t)) return nullptr;
  if (IsAscii(text)) {
    BSTR result = AllocateBytes(text.size() * sizeof(wchar_t));
    if (result != nullptr) std::copy(text.begin(), text.end(), result);
    return result;
  }
  try {
    const std::wstring wide = WideFromUtf8(text);
    return SysAllocStringLen(wide.data(), static_cast<UINT>(wide.size()));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

std::string Utf8FromInput(const wchar_t* text) { return text == nullptr ? std::string() : Utf8FromWide(text); }

HRESULT ReturnBstr(std::string_view text, BSTR* target) {
  if (target == nullptr) return E_POINTER;
  *target = BstrFromUtf8(text);
  return *target != nullptr ? S_OK : E_OUTOFMEMORY;
}

}  // namespace wmi::com
