// The text conversions of ATL: classes CA2W, CW2A, CT2OLE, … and the macros A2W, W2A, T2OLE, … with USES_CONVERSION.
//
// A is char text (UTF-8 unless a code page is given), W and OLE are wchar_t text, T is the one or the other by UNICODE.
// The code pages are those of
// MultiByteToWideChar. Invalid text becomes U+FFFD. NULL converts to NULL.
#ifndef OPENWMI_ATLCONV_H
#define OPENWMI_ATLCONV_H

#include "detail/atl_base.h"
#include "detail/atl_open_namespace.h"
#include "detail/com_support.h"
#include "stringapiset.h"

#ifdef __cplusplus

namespace ATL {

// UTF-8 here.
inline UINT _AtlGetConversionACP() noexcept { return CP_ACP; }

// Convert up to and with the NUL, as MultiByteToWideChar and WideCharToMultiByte. The number of units written, or
// needed if `capacity` is 0; 0 if they do not fit or the code page is not there.
inline int AtlWiden(UINT code_page, LPCSTR text, LPWSTR target, int capacity) noexcept {
  return ::MultiByteToWideChar(code_page, 0, text, -1, target, capacity);
}
inline int AtlNarrow(UINT code_page, LPCWSTR text, LPSTR target, int capacity) noexcept {
  return ::WideCharToMultiByte(code_page, 0, text, -1, target, capacity, NULL, NULL);
}

// Text in a buffer inside the object, or on the heap when it is longer. Not to be copied; the pointer is valid while
// the object lives, so `LPCWSTR p = CA2W(text);` dangles as it does on Windows.
template <typename Character, int t_nBufferLength>
class COpenWmiConversion {
 public:
  COpenWmiConversion(const COpenWmiConversion&) = delete;
  COpenWmiConversion& operator=(const COpenWmiConversion&) = delete;
  operator Character*() const noexcept { return m_psz; }

  Character* m_psz;
  Character m_szBuffer[t_nBufferLength];

 protected:
  COpenWmiConversion() noexcept : m_psz(NULL) {}
  ~COpenWmiConversion() {
    if (m_psz != m_szBuffer) free(m_psz);
  }
  // Room for that many characters; throws E_OUTOFMEMORY.
  void Reserve(size_t count) {
    ATLENSURE_THROW(count != 0 && count <= static_cast<size_t>(-1) / sizeof(Character), AtlHresultFromLastError());
    m_psz = m_szBuffer;
    if (count <= static_cast<size_t>(t_nBufferLength)) return;
    m_psz = static_cast<Character*>(malloc(count * sizeof(Character)));
    ATLENSURE_THROW(m_psz != NULL, E_OUTOFMEMORY);
  }
};

// CAtlException for an unknown code page and for lack of memory.
template <int t_nBufferLength = 128>
class CA2WEX : public COpenWmiConversion<wchar_t, t_nBufferLength> {
 public:
  CA2WEX(LPCSTR text) : CA2WEX(text, _AtlGetConversionACP()) {}
  CA2WEX(LPCSTR text, UINT code_page) {
    if (text == NULL) return;
    const int count = AtlWiden(code_page, text, NULL, 0);
    this->Reserve(static_cast<size_t>(count));
    AtlWiden(code_page, text, this->m_psz, count);
  }
};

template <int t_nBufferLength = 128>
class CW2AEX : public COpenWmiConversion<char, t_nBufferLength> {
 public:
  CW2AEX(LPCWSTR text) : CW2AEX(text, _AtlGetConversionACP()) {}
  CW2AEX(LPCWSTR text, UINT code_page) {
    if (text == NULL) return;
    const int count = AtlNarrow(code_page, text, NULL, 0);
    this->Reserve(static_cast<size_t>(count));
    AtlNarrow(code_page, text, this->m_psz, count);
  }
};

// Copies that may be written to.
template <int t_nBufferLength = 128>
class CA2AEX : public COpenWmiConversion<char, t_nBufferLength> {
 public:
  CA2AEX(LPCSTR text, UINT = 0) {
    if (text == NULL) return;
    const size_t count = strlen(text) + 1;
    this->Reserve(count);
    memcpy(this->m_psz, text, count);
  }
};
template <int t_nBufferLength = 128>
class CW2WEX : public COpenWmiConversion<wchar_t, t_nBufferLength> {
 public:
  CW2WEX(LPCWSTR text, UINT = 0) {
    if (text == NULL) return;
    const size_t count = wcslen(text) + 1;
    this->Reserve(count);
    wmemcpy(this->m_psz, text, count);
  }
};

// The text itself, which the caller keeps.
template <int t_nBufferLength = 128>
class CA2CAEX {
 public:
  CA2CAEX(LPCSTR text, UINT = 0) noexcept : m_psz(text) {}
  CA2CAEX(const CA2CAEX&) = delete;
  CA2CAEX& operator=(const CA2CAEX&) = delete;
  operator LPCSTR() const noexcept { return m_psz; }

  LPCSTR m_psz;
};
template <int t_nBufferLength = 128>
class CW2CWEX {
 public:
  CW2CWEX(LPCWSTR text, UINT = 0) noexcept : m_psz(text) {}
  CW2CWEX(const CW2CWEX&) = delete;
  CW2CWEX& operator=(const CW2CWEX&) = delete;
  operator LPCWSTR() const noexcept { return m_psz; }

  LPCWSTR m_psz;
};

#define OPENWMI_ATL_SHORT_NAME(Name, Class) typedef Class<> Name;
#define OPENWMI_ATL_NAME(Name, Class)      \
  template <int t_nBufferLength = 128>     \
  using Name##EX = Class<t_nBufferLength>; \
  OPENWMI_ATL_SHORT_NAME(Name, Class)
OPENWMI_ATL_SHORT_NAME(CA2W, CA2WEX)
OPENWMI_ATL_SHORT_NAME(CW2A, CW2AEX)
OPENWMI_ATL_SHORT_NAME(CA2A, CA2AEX)
OPENWMI_ATL_SHORT_NAME(CW2W, CW2WEX)
OPENWMI_ATL_SHORT_NAME(CA2CA, CA2CAEX)
OPENWMI_ATL_SHORT_NAME(CW2CW, CW2CWEX)
OPENWMI_ATL_NAME(CA2CW, CA2WEX)
OPENWMI_ATL_NAME(CA2OLE, CA2WEX)
OPENWMI_ATL_NAME(CA2COLE, CA2WEX)
OPENWMI_ATL_NAME(CW2CA, CW2AEX)
OPENWMI_ATL_NAME(CW2OLE, CW2WEX)
OPENWMI_ATL_NAME(CW2COLE, CW2CWEX)
OPENWMI_ATL_NAME(COLE2A, CW2AEX)
OPENWMI_ATL_NAME(COLE2CA, CW2AEX)
OPENWMI_ATL_NAME(COLE2W, CW2WEX)
OPENWMI_ATL_NAME(COLE2CW, CW2CWEX)
#ifdef UNICODE
OPENWMI_ATL_NAME(CT2A, CW2AEX)
OPENWMI_ATL_NAME(CT2CA, CW2AEX)
OPENWMI_ATL_NAME(CT2W, CW2WEX)
OPENWMI_ATL_NAME(CT2CW, CW2CWEX)
OPENWMI_ATL_NAME(CT2OLE, CW2WEX)
OPENWMI_ATL_NAME(CT2COLE, CW2CWEX)
OPENWMI_ATL_NAME(CA2T, CA2WEX)
OPENWMI_ATL_NAME(CA2CT, CA2WEX)
OPENWMI_ATL_NAME(CW2T, CW2WEX)
OPENWMI_ATL_NAME(CW2CT, CW2CWEX)
OPENWMI_ATL_NAME(COLE2T, CW2WEX)
OPENWMI_ATL_NAME(COLE2CT, CW2CWEX)
#else
OPENWMI_ATL_NAME(CT2A, CA2AEX)
OPENWMI_ATL_NAME(CT2CA, CA2CAEX)
OPENWMI_ATL_NAME(CT2W, CA2WEX)
OPENWMI_ATL_NAME(CT2CW, CA2WEX)
OPENWMI_ATL_NAME(CT2OLE, CA2WEX)
OPENWMI_ATL_NAME(CT2COLE, CA2WEX)
OPENWMI_ATL_NAME(CA2T, CA2AEX)
OPENWMI_ATL_NAME(CA2CT, CA2CAEX)
OPENWMI_ATL_NAME(CW2T, CW2AEX)
OPENWMI_ATL_NAME(CW2CT, CW2AEX)
OPENWMI_ATL_NAME(COLE2T, CW2AEX)
OPENWMI_ATL_NAME(COLE2CT, CW2AEX)
#endif
#undef OPENWMI_ATL_NAME
#undef OPENWMI_ATL_SHORT_NAME

// For the macros: NULL if the text does not fit or the code page is unknown.
inline LPWSTR AtlA2WHelper(LPWSTR target, LPCSTR text, int capacity, UINT code_page) noexcept {
  return AtlWiden(code_page, text, target, capacity) == 0 ? NULL : target;
}
inline LPSTR AtlW2AHelper(LPSTR target, LPCWSTR text, int capacity, UINT code_page) noexcept {
  return AtlNarrow(code_page, text, target, capacity) == 0 ? NULL : target;
}

// BSTRs for the caller to free; NULL for NULL and for lack of memory.
inline BSTR A2BSTR(LPCSTR text) { return _com_util::ConvertStringToBSTR(text); }
inline BSTR W2BSTR(LPCWSTR text) { return ::SysAllocString(text); }
inline BSTR OLE2BSTR(LPCOLESTR text) { return ::SysAllocString(text); }
#ifdef UNICODE
inline BSTR T2BSTR(LPCTSTR text) { return W2BSTR(text); }
#else
inline BSTR T2BSTR(LPCTSTR text) { return A2BSTR(text); }
#endif

// Where the types agree there is nothing to do.
inline LPOLESTR W2OLE(LPWSTR text) noexcept { return text; }
inline LPWSTR OLE2W(LPOLESTR text) noexcept { return text; }
inline LPCOLESTR W2COLE(LPCWSTR text) noexcept { return text; }
inline LPCWSTR OLE2CW(LPCOLESTR text) noexcept { return text; }
#ifdef UNICODE
inline LPWSTR T2W(LPTSTR text) noexcept { return text; }
inline LPTSTR W2T(LPWSTR text) noexcept { return text; }
inline LPCWSTR T2CW(LPCTSTR text) noexcept { return text; }
inline LPCTSTR W2CT(LPCWSTR text) noexcept { return text; }
inline LPOLESTR T2OLE(LPTSTR text) noexcept { return text; }
inline LPTSTR OLE2T(LPOLESTR text) noexcept { return text; }
inline LPCOLESTR T2COLE(LPCTSTR text) noexcept { return text; }
inline LPCTSTR OLE2CT(LPCOLESTR text) noexcept { return text; }
#else
inline LPSTR T2A(LPTSTR text) noexcept { return text; }
inline LPTSTR A2T(LPSTR text) noexcept { return text; }
inline LPCSTR T2CA(LPCTSTR text) noexcept { return text; }
inline LPCTSTR A2CT(LPCSTR text) noexcept { return text; }
#endif

}  // namespace ATL

// The macros take their memory from the stack of the function that says USES_CONVERSION, to its end: not for loops
// and not for long texts. Each names a text once.
#define USES_CONVERSION                      \
  int _convert = 0;                          \
  UINT _acp = ::ATL::_AtlGetConversionACP(); \
  LPCWSTR _lpw = NULL;                       \
  LPCSTR _lpa = NULL;                        \
  (void)_convert, (void)_acp, (void)_lpw, (void)_lpa
#define A2W(text)                                                                                                   \
  (((_lpa = (text)) == NULL)                                                                                        \
       ? static_cast<LPWSTR>(NULL)                                                                                  \
       : (_convert = static_cast<int>(strlen(_lpa) + 1),                                                            \
          ::ATL::AtlA2WHelper(static_cast<LPWSTR>(__builtin_alloca(static_cast<size_t>(_convert) * sizeof(WCHAR))), \
                              _lpa, _convert, _acp)))
// UTF-8 needs at most four bytes for a character.
#define W2A(text)                                                                                                  \
  (((_lpw = (text)) == NULL)                                                                                       \
       ? static_cast<LPSTR>(NULL)                                                                                  \
       : (_convert = static_cast<int>(4 * (wcslen(_lpw) + 1)),                                                     \
          ::ATL::AtlW2AHelper(static_cast<LPSTR>(__builtin_alloca(static_cast<size_t>(_convert))), _lpw, _convert, \
                              _acp)))
#define A2CW(text) (static_cast<LPCWSTR>(A2W(text)))
#define W2CA(text) (static_cast<LPCSTR>(W2A(text)))
#define A2OLE(text) A2W(text)
#define OLE2A(text) W2A(text)
#define A2COLE(text) A2CW(text)
#define OLE2CA(text) W2CA(text)
#ifdef UNICODE
#define T2A(text) W2A(text)
#define A2T(text) A2W(text)
#define T2CA(text) W2CA(text)
#define A2CT(text) A2CW(text)
#else
#define T2W(text) A2W(text)
#define W2T(text) W2A(text)
#define T2CW(text) A2CW(text)
#define W2CT(text) W2CA(text)
#define T2OLE(text) A2W(text)
#define OLE2T(text) W2A(text)
#define T2COLE(text) A2CW(text)
#define OLE2CT(text) W2CA(text)
#endif

#endif

#endif
