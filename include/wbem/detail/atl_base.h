// Checks and errors of ATL; part of atlcomcli.h, atlconv.h and atlsafe.h.
//
// Failures that a constructor or an operator cannot return are thrown as CAtlException, as on Windows. The checks with
// ATLASSERT run where _DEBUG is defined (the default of no build here) and end the program with the place on stderr.
#ifndef OPENWMI_DETAIL_ATL_BASE_H
#define OPENWMI_DETAIL_ATL_BASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../objbase.h"
#include "../oleauto.h"

#if defined(__cplusplus) && !defined(OPENWMI_CXX_INTERFACES)
#error "the headers of ATL need the C++ form of the interfaces: do not define CINTERFACE in this file"
#endif

#ifdef __cplusplus

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace openwmi_detail {

inline void atl_assert_failed(const char* expression, const char* file, int line) {
  fputs(file, stderr);
  char place[64];
  snprintf(place, sizeof place, ":%d: ATLASSERT failed: ", line);
  fputs(place, stderr);
  fputs(expression, stderr);
  fputs("\n", stderr);
  abort();
}

}  // namespace openwmi_detail

// A program may define its own before the headers of ATL.
#ifndef ATLASSERT
#ifdef _DEBUG
#define ATLASSERT(expression) \
  ((expression) ? (void)0 : ::openwmi_detail::atl_assert_failed(#expression, __FILE__, __LINE__))
#else
#define ATLASSERT(expression) ((void)0)
#endif
#endif
// As ATLASSERT, but the expression is always evaluated.
#ifndef ATLVERIFY
#ifdef _DEBUG
#define ATLVERIFY(expression) ATLASSERT(expression)
#else
#define ATLVERIFY(expression) ((void)(expression))
#endif
#endif
#ifndef ATLSTATIC_ASSERT
#define ATLSTATIC_ASSERT(expression, message) static_assert(expression, #message)
#endif
// Throws in every build.
#ifndef ATLENSURE_THROW
#define ATLENSURE_THROW(expression, hr)     \
  do {                                      \
    if (!(expression)) ::ATL::AtlThrow(hr); \
  } while (0)
#endif
#ifndef ATLENSURE
#define ATLENSURE(expression) ATLENSURE_THROW(expression, E_FAIL)
#endif
#ifndef ATLENSURE_SUCCEEDED
#define ATLENSURE_SUCCEEDED(result)                        \
  do {                                                     \
    const HRESULT atl_result_ = (result);                  \
    if (FAILED(atl_result_)) ::ATL::AtlThrow(atl_result_); \
  } while (0)
#endif

namespace ATL {

// What ATL throws. A value.
class CAtlException {
 public:
  CAtlException() noexcept : m_hr(E_FAIL) {}
  CAtlException(HRESULT hr) noexcept : m_hr(hr) {}
  operator HRESULT() const noexcept { return m_hr; }

  HRESULT m_hr;
};

// A program that defines _ATL_CUSTOM_THROW declares ATL::AtlThrow itself, before the headers of ATL.
#ifndef _ATL_CUSTOM_THROW
[[noreturn]] inline void AtlThrow(HRESULT hr) { throw CAtlException(hr); }
#endif

// HRESULT_FROM_WIN32 as a function, and of the calling thread's GetLastError.
inline HRESULT AtlHresultFromWin32(DWORD error) { return HRESULT_FROM_WIN32(error); }
inline HRESULT AtlHresultFromLastError() { return AtlHresultFromWin32(::GetLastError()); }
inline void AtlThrowLastWin32() { AtlThrow(AtlHresultFromLastError()); }

}  // namespace ATL

#endif

#endif
