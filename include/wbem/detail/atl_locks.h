// Locks and handles: CComCriticalSection, CComAutoCriticalSection, CComFakeCriticalSection, CComCritSecLock, CHandle;
// part of atlbase.h.
#ifndef OPENWMI_DETAIL_ATL_LOCKS_H
#define OPENWMI_DETAIL_ATL_LOCKS_H

#include "atl_base.h"

#ifdef __cplusplus

namespace ATL {

// A recursive lock between Init and Term. Lock and Unlock may be called from any thread.
class CComCriticalSection {
 public:
  CComCriticalSection() noexcept { memset(&m_sec, 0, sizeof m_sec); }
  CComCriticalSection(const CComCriticalSection&) = delete;
  CComCriticalSection& operator=(const CComCriticalSection&) = delete;
  ~CComCriticalSection() {}

  HRESULT Init() noexcept {
    ::InitializeCriticalSection(&m_sec);
    return S_OK;
  }
  HRESULT Term() noexcept {
    ::DeleteCriticalSection(&m_sec);
    return S_OK;
  }
  HRESULT Lock() noexcept {
    ::EnterCriticalSection(&m_sec);
    return S_OK;
  }
  HRESULT Unlock() noexcept {
    ::LeaveCriticalSection(&m_sec);
    return S_OK;
  }

  CRITICAL_SECTION m_sec;
};

// Initialised by its constructor.
class CComAutoCriticalSection : public CComCriticalSection {
 public:
  CComAutoCriticalSection() { CComCriticalSection::Init(); }
  ~CComAutoCriticalSection() noexcept { CComCriticalSection::Term(); }

 private:
  using CComCriticalSection::Init;
  using CComCriticalSection::Term;
};

// Locks nothing.
class CComFakeCriticalSection {
 public:
  HRESULT Lock() noexcept { return S_OK; }
  HRESULT Unlock() noexcept { return S_OK; }
  HRESULT Init() noexcept { return S_OK; }
  HRESULT Term() noexcept { return S_OK; }
};

// Holds a lock while it lives. Itself for one thread.
template <class TLock>
class CComCritSecLock {
 public:
  CComCritSecLock(TLock& lock, bool initial_lock = true) : lock_(lock), locked_(false) {
    if (initial_lock) ATLENSURE_SUCCEEDED(Lock());
  }
  CComCritSecLock(const CComCritSecLock&) = delete;
  CComCritSecLock& operator=(const CComCritSecLock&) = delete;
  ~CComCritSecLock() noexcept {
    if (locked_) Unlock();
  }

  HRESULT Lock() noexcept {
    ATLASSERT(!locked_);
    const HRESULT hr = lock_.Lock();
    if (SUCCEEDED(hr)) locked_ = true;
    return hr;
  }
  void Unlock() noexcept {
    ATLASSERT(locked_);
    lock_.Unlock();
    locked_ = false;
  }

 private:
  TLock& lock_;
  bool locked_;
};

// Owns a handle or is NULL. As in ATL a copy takes the handle over. INVALID_HANDLE_VALUE counts as a handle.
class CHandle {
 public:
  CHandle() noexcept : m_h(NULL) {}
  explicit CHandle(HANDLE handle) noexcept : m_h(handle) {}
  CHandle(CHandle& source) noexcept : m_h(source.Detach()) {}
  CHandle(CHandle&& source) noexcept : m_h(source.Detach()) {}
  ~CHandle() noexcept { Close(); }

  CHandle& operator=(CHandle& source) noexcept { return Take(source); }
  CHandle& operator=(CHandle&& source) noexcept { return Take(source); }
  operator HANDLE() const noexcept { return m_h; }
  // The object must be empty.
  void Attach(HANDLE handle) noexcept {
    ATLASSERT(m_h == NULL);
    m_h = handle;
  }
  HANDLE Detach() noexcept {
    HANDLE handle = m_h;
    m_h = NULL;
    return handle;
  }
  void Close() noexcept {
    HANDLE handle = Detach();
    if (handle != NULL) ::CloseHandle(handle);
  }

  HANDLE m_h;

 private:
  CHandle& Take(CHandle& source) noexcept {
    if (this != &source) {
      Close();
      m_h = source.Detach();
    }
    return *this;
  }
};

}  // namespace ATL

#endif

#endif
