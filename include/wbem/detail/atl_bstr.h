// CComBSTR; part of atlcomcli.h.
//
// Narrow text is UTF-8. A length counts characters, which have 32 bits here, so that ByteLength is four times the
// length and the byte arrays of BSTRToArray are twice as long as on Windows. Comparison is by code point, with case; no
// text equals empty text. The address (operator&) does not free what was there. Absent: LoadString and the streams.
#ifndef OPENWMI_DETAIL_ATL_BSTR_H
#define OPENWMI_DETAIL_ATL_BSTR_H

#include "atl_base.h"
#include "com_support.h"

#ifdef __cplusplus

// Changes the case of `length` characters in place, by the simple mappings of Unicode. Safe from any thread.
EXTERN_C OPENWMI_API void _openwmi_lower_text(WCHAR* text, UINT length);
EXTERN_C OPENWMI_API void _openwmi_upper_text(WCHAR* text, UINT length);

namespace ATL {

// Owns a BSTR or is null. Lack of memory in a constructor or operator is thrown (E_OUTOFMEMORY); methods return it. One
// object is for one thread at a time.
class CComBSTR {
 public:
  CComBSTR() noexcept : m_str(NULL) {}
  CComBSTR(const CComBSTR& other) : m_str(other.Copy()) { CheckCopy(other.m_str); }
  CComBSTR(CComBSTR&& other) noexcept : m_str(other.m_str) { other.m_str = NULL; }
  CComBSTR(LPCOLESTR text) : m_str(::SysAllocString(text)) { CheckCopy(text); }
  CComBSTR(LPCSTR text) : m_str(_com_util::ConvertStringToBSTR(text)) { CheckCopy(text); }
  CComBSTR(std::nullptr_t) noexcept : m_str(NULL) {}
  // "{XXXXXXXX-XXXX-...}"
  CComBSTR(REFGUID guid) : m_str(NULL) {
    OLECHAR text[CHARS_IN_GUID];
    if (::StringFromGUID2(guid, text, CHARS_IN_GUID) != 0) m_str = ::SysAllocString(text);
    CheckCopy(text);
  }
  // Room for that many characters; NULL and 0 give no text. E_INVALIDARG if negative.
  template <typename Integer, typename = typename std::enable_if<std::is_integral<Integer>::value>::type>
  CComBSTR(Integer size) : m_str(NULL) {
    Allocate(static_cast<long long>(size), NULL);
  }
  // That many characters of `text`, which may hold NULs.
  CComBSTR(int size, LPCOLESTR text) : m_str(NULL) { Allocate(size, text); }
  // At most that many bytes of `text`, up to a NUL.
  CComBSTR(int size, LPCSTR text) : m_str(NULL) {
    ATLENSURE_THROW(size >= 0, E_INVALIDARG);
    if (text == NULL) {
      Allocate(size, NULL);
    } else if (size != 0) {
      m_str = FromBytes(text, static_cast<size_t>(size));
      CheckCopy(text);
    }
  }
  ~CComBSTR() { ::SysFreeString(m_str); }

  CComBSTR& operator=(const CComBSTR& other) {
    if (m_str != other.m_str) CComBSTR(other).Swap(*this);
    return *this;
  }
  CComBSTR& operator=(CComBSTR&& other) noexcept {
    if (this != std::addressof(other)) {
      Empty();
      Swap(other);
    }
    return *this;
  }
  CComBSTR& operator=(LPCOLESTR text) {
    if (m_str != text) CComBSTR(text).Swap(*this);
    return *this;
  }
  CComBSTR& operator=(LPCSTR text) {
    CComBSTR(text).Swap(*this);
    return *this;
  }
  CComBSTR& operator=(std::nullptr_t) noexcept {
    Empty();
    return *this;
  }

  operator BSTR() const noexcept { return m_str; }
  BSTR* operator&() noexcept { return &m_str; }
  bool operator!() const noexcept { return m_str == NULL; }
  unsigned int Length() const noexcept { return ::SysStringLen(m_str); }
  unsigned int ByteLength() const noexcept { return ::SysStringByteLen(m_str); }

  // A BSTR for the caller to free; NULL for no text.
  BSTR Copy() const noexcept {
    if (m_str == NULL) return NULL;
    return ::SysAllocStringByteLen(reinterpret_cast<LPCSTR>(m_str), ::SysStringByteLen(m_str));
  }
  // E_POINTER, E_OUTOFMEMORY (then *target is NULL or VT_EMPTY).
  HRESULT CopyTo(BSTR* target) const noexcept {
    ATLASSERT(target != NULL);
    if (target == NULL) return E_POINTER;
    *target = Copy();
    return *target == NULL && m_str != NULL ? E_OUTOFMEMORY : S_OK;
  }
  // Overwrites the VARIANT without clearing it.
  HRESULT CopyTo(VARIANT* target) const noexcept {
    ATLASSERT(target != NULL);
    if (target == NULL) return E_POINTER;
    ::VariantInit(target);
    BSTR text = NULL;
    const HRESULT hr = CopyTo(&text);
    if (FAILED(hr)) return hr;
    target->vt = VT_BSTR;
    target->bstrVal = text;
    return S_OK;
  }
  void Attach(BSTR text) noexcept {
    if (m_str == text) return;
    ::SysFreeString(m_str);
    m_str = text;
  }
  BSTR Detach() noexcept {
    BSTR text = m_str;
    m_str = NULL;
    return text;
  }
  void Empty() noexcept {
    ::SysFreeString(m_str);
    m_str = NULL;
  }

  // On failure the text stays as it was. A text may be appended to itself.
  HRESULT Append(const CComBSTR& other) noexcept { return AppendRange(other.m_str, other.ByteLength()); }
  HRESULT Append(LPCOLESTR text) noexcept { return text == NULL ? S_OK : AppendWide(text, wcslen(text)); }
  HRESULT Append(LPCSTR text) noexcept {
    if (text == NULL) return S_OK;
    BSTR wide = _com_util::ConvertStringToBSTR(text);
    if (wide == NULL) return E_OUTOFMEMORY;
    const HRESULT hr = AppendRange(wide, ::SysStringByteLen(wide));
    ::SysFreeString(wide);
    return hr;
  }
  HRESULT Append(wchar_t character) noexcept { return AppendWide(&character, 1); }
  HRESULT Append(char character) noexcept {
    const char text[] = {character, 0};
    return character == 0 ? Append(L'\0') : Append(text);
  }
  // E_INVALIDARG if the length is negative.
  HRESULT Append(LPCOLESTR text, int length) noexcept {
    if (text == NULL || length == 0) return S_OK;
    return length < 0 ? E_INVALIDARG : AppendWide(text, static_cast<size_t>(length));
  }
  // Any text that ends in a NUL.
  HRESULT AppendBSTR(BSTR text) noexcept { return Append(static_cast<LPCOLESTR>(text)); }
  HRESULT AppendBytes(const char* bytes, int length) noexcept {
    if (bytes == NULL || length == 0) return S_OK;
    return length < 0 ? E_INVALIDARG : AppendRange(bytes, static_cast<size_t>(length));
  }
  HRESULT AssignBSTR(const BSTR text) noexcept {
    if (m_str == text) return S_OK;
    BSTR copy = ::SysAllocString(text);
    if (copy == NULL && text != NULL) return E_OUTOFMEMORY;
    Attach(copy);
    return S_OK;
  }
  CComBSTR& operator+=(const CComBSTR& other) {
    ATLENSURE_SUCCEEDED(Append(other));
    return *this;
  }
  CComBSTR& operator+=(LPCOLESTR text) {
    ATLENSURE_SUCCEEDED(Append(text));
    return *this;
  }

  HRESULT ToLower() noexcept {
    _openwmi_lower_text(m_str, Length());
    return S_OK;
  }
  HRESULT ToUpper() noexcept {
    _openwmi_upper_text(m_str, Length());
    return S_OK;
  }

  // The bytes of the text as a vector of VT_UI1 that the caller destroys, and back. E_POINTER, E_INVALIDARG for another
  // array, E_OUTOFMEMORY.
  HRESULT BSTRToArray(LPSAFEARRAY* target) const noexcept {
    if (target == NULL) return E_POINTER;
    *target = ::SafeArrayCreateVector(VT_UI1, 0, ByteLength());
    if (*target == NULL) return E_OUTOFMEMORY;
    if (m_str != NULL && ByteLength() != 0) memcpy((*target)->pvData, m_str, ByteLength());
    return S_OK;
  }
  HRESULT ArrayToBSTR(const SAFEARRAY* source) noexcept {
    if (source == NULL) return E_INVALIDARG;
    SAFEARRAY* array = const_cast<SAFEARRAY*>(source);
    VARTYPE vt = VT_EMPTY;
    if (source->cDims != 1 || FAILED(::SafeArrayGetVartype(array, &vt)) || vt != VT_UI1) return E_INVALIDARG;
    BSTR text =
        ::SysAllocStringByteLen(static_cast<LPCSTR>(source->pvData), static_cast<UINT>(source->rgsabound[0].cElements));
    if (text == NULL) return E_OUTOFMEMORY;
    Attach(text);
    return S_OK;
  }

  bool operator==(const CComBSTR& other) const noexcept { return Compare(other.m_str, other.Length()) == 0; }
  bool operator==(LPCOLESTR text) const noexcept { return Compare(text) == 0; }
  // A BSTR, without which the conversion of this string would be as good a way to compare.
  bool operator==(LPOLESTR text) const noexcept { return Compare(text) == 0; }
  bool operator==(LPCSTR text) const { return *this == CComBSTR(text); }
  bool operator==(std::nullptr_t) const noexcept { return m_str == NULL; }
  // With NULL or 0.
  template <typename Integer>
  typename std::enable_if<std::is_integral<Integer>::value, bool>::type operator==(Integer null) const noexcept {
    ATLASSERT(null == 0);
    static_cast<void>(null);
    return m_str == NULL;
  }
  bool operator!=(const CComBSTR& other) const noexcept { return !(*this == other); }
  bool operator!=(LPCOLESTR text) const noexcept { return !(*this == text); }
  bool operator!=(LPOLESTR text) const noexcept { return !(*this == text); }
  bool operator!=(LPCSTR text) const { return !(*this == text); }
  bool operator!=(std::nullptr_t) const noexcept { return m_str != NULL; }
  template <typename Integer>
  typename std::enable_if<std::is_integral<Integer>::value, bool>::type operator!=(Integer null) const noexcept {
    return !(*this == null);
  }
  bool operator<(const CComBSTR& other) const noexcept { return Compare(other.m_str, other.Length()) < 0; }
  bool operator<(LPCOLESTR text) const noexcept { return Compare(text) < 0; }
  bool operator<(LPOLESTR text) const noexcept { return Compare(text) < 0; }
  bool operator<(LPCSTR text) const { return *this < CComBSTR(text); }
  bool operator>(const CComBSTR& other) const noexcept { return other < *this; }
  bool operator>(LPCOLESTR text) const noexcept { return Compare(text) > 0; }
  bool operator>(LPOLESTR text) const noexcept { return Compare(text) > 0; }
  bool operator>(LPCSTR text) const { return CComBSTR(text) < *this; }

  BSTR m_str;

 private:
  // For constructors: the text must have come when there was something to copy.
  void CheckCopy(const void* source) const { ATLENSURE_THROW(m_str != NULL || source == NULL, E_OUTOFMEMORY); }
  void Allocate(long long size, LPCOLESTR text) {
    ATLENSURE_THROW(size >= 0, E_INVALIDARG);
    if (size == 0) return;
    ATLENSURE_THROW(size <= 0x7fffffff, E_OUTOFMEMORY);
    m_str = ::SysAllocStringLen(text, static_cast<UINT>(size));
    ATLENSURE_THROW(m_str != NULL, E_OUTOFMEMORY);
  }
  static BSTR FromBytes(LPCSTR bytes, size_t length) {
    char* text = new (std::nothrow) char[length + 1];
    if (text == NULL) return NULL;
    size_t size = 0;
    for (; size < length && bytes[size] != 0; ++size) text[size] = bytes[size];
    text[size] = 0;
    BSTR wide = _com_util::ConvertStringToBSTR(text);
    delete[] text;
    return wide;
  }
  HRESULT AppendWide(LPCOLESTR text, size_t length) noexcept {
    if (length > static_cast<size_t>(-1) / sizeof(OLECHAR)) return E_OUTOFMEMORY;
    return AppendRange(text, length * sizeof(OLECHAR));
  }
  HRESULT AppendRange(const void* bytes, size_t size) noexcept {
    if (size == 0) return S_OK;
    const size_t start = ByteLength();
    const size_t size_max = 0x7fffffff;
    if (size > size_max - start || start > size_max) return E_OUTOFMEMORY;
    BSTR joined = ::SysAllocStringByteLen(NULL, static_cast<UINT>(start + size));
    if (joined == NULL) return E_OUTOFMEMORY;
    char* target = reinterpret_cast<char*>(joined);
    if (start != 0) memcpy(target, m_str, start);
    memcpy(target + start, bytes, size);
    Attach(joined);
    return S_OK;
  }
  int Compare(LPCOLESTR text) const noexcept {
    return Compare(text, static_cast<unsigned int>(text == NULL ? 0 : wcslen(text)));
  }
  int Compare(LPCOLESTR text, unsigned int length) const noexcept {
    const unsigned int own = Length();
    const unsigned int common = own < length ? own : length;
    const int order = common == 0 ? 0 : wmemcmp(m_str, text, common);
    return order != 0 ? order : (own > length) - (own < length);
  }
  void Swap(CComBSTR& other) noexcept {
    BSTR text = m_str;
    m_str = other.m_str;
    other.m_str = text;
  }
};

}  // namespace ATL

#endif

#endif
