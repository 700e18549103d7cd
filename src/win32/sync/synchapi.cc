// The functions of <synchapi.h> but for critical sections. What each does is said there.
#include <synchapi.h>
#include <winerror.h>

#include <array>
#include <string>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/sync/named_objects.h"
#include "win32/sync/sync_objects.h"

using wmi::win32::CreateObject;
using wmi::win32::EventObject;
using wmi::win32::Fail;
using wmi::win32::FindObjectAs;
using wmi::win32::Guarded;
using wmi::win32::MutexObject;
using wmi::win32::SemaphoreObject;
using wmi::win32::Waitable;

namespace {

// Calls `create` with the wide form of a name that may be null.
template <typename Create>
HANDLE WithWideName(LPCSTR name, Create create) {
  if (name == nullptr) return create(nullptr);
  return Guarded<HANDLE>(nullptr, [&] { return create(wmi::WideFromUtf8(name).c_str()); });
}

HANDLE NewEvent(LPCWSTR name, wmi::win32::Reset reset, wmi::win32::Signal signal) {
  return CreateObject<EventObject>(name, reset, signal);
}

enum class FirstOwner { kNobody, kCaller };

HANDLE NewMutex(LPCWSTR name, FirstOwner owner) {
  return Guarded<HANDLE>(nullptr, [&] {
    // The object lives as long as the thread, which is the calling one.
    wmi::win32::ThreadObject* thread = owner == FirstOwner::kCaller ? wmi::win32::CurrentThread().get() : nullptr;
    return CreateObject<MutexObject>(name, thread);
  });
}

HANDLE NewSemaphore(LPCWSTR name, LONG initial, LONG maximum) {
  if (maximum <= 0 || maximum > INT32_MAX || initial < 0 || initial > maximum) {
    return Fail<HANDLE>(ERROR_INVALID_PARAMETER, nullptr);
  }
  return CreateObject<SemaphoreObject>(name, static_cast<std::int32_t>(initial), static_cast<std::int32_t>(maximum));
}

DWORD WaitForObjects(std::span<const std::shared_ptr<Waitable>> objects, wmi::win32::WaitKind kind,
                     DWORD milliseconds) {
  const wmi::win32::WaitResult result =
      Wait(*wmi::win32::CurrentThread(), objects, kind, static_cast<std::uint32_t>(milliseconds));
  switch (result.end) {
    case wmi::win32::WaitEnd::kTaken:
      return WAIT_OBJECT_0 + result.index;
    case wmi::win32::WaitEnd::kAbandoned:
      return WAIT_ABANDONED_0 + result.index;
    case wmi::win32::WaitEnd::kTimeout:
      break;
  }
  return WAIT_TIMEOUT;
}

bool HasTwins(std::span<const std::shared_ptr<Waitable>> objects) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (objects[i] == objects[j]) return true;
    }
  }
  return false;
}

}  // namespace

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES /*attributes*/, BOOL manual_reset, BOOL initial_state, LPCWSTR name) {
  return NewEvent(name, manual_reset != FALSE ? wmi::win32::Reset::kManual : wmi::win32::Reset::kAutomatic,
                  initial_state != FALSE ? wmi::win32::Signal::kSet : wmi::win32::Signal::kUnset);
}

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCSTR name) {
  return WithWideName(name, [&](LPCWSTR wide) { return CreateEventW(attributes, manual_reset, initial_state, wide); });
}

HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD /*access*/) {
  if ((flags & ~DWORD{CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET}) != 0) {
    return Fail<HANDLE>(ERROR_INVALID_PARAMETER, nullptr);
  }
  return CreateEventW(attributes, (flags & CREATE_EVENT_MANUAL_RESET) != 0, (flags & CREATE_EVENT_INITIAL_SET) != 0,
                      name);
}

HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access) {
  return WithWideName(name, [&](LPCWSTR wide) { return CreateEventExW(attributes, wide, flags, access); });
}

BOOL SetEvent(HANDLE event) {
  return Guarded(FALSE, [&] {
    const auto object = FindObjectAs<EventObject>(event);
    if (object == nullptr) return FALSE;
    object->Set();
    return TRUE;
  });
}

BOOL ResetEvent(HANDLE event) {
  return Guarded(FALSE, [&] {
    const auto object = FindObjectAs<EventObject>(event);
    if (object == nullptr) return FALSE;
    object->Unset();
    return TRUE;
  });
}

HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES /*attributes*/, BOOL initial_owner, LPCWSTR name) {
  return NewMutex(name, initial_owner != FALSE ? FirstOwner::kCaller : FirstOwner::kNobody);
}

HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL initial_owner, LPCSTR name) {
  return WithWideName(name, [&](LPCWSTR wide) { return CreateMutexW(attributes, initial_owner, wide); });
}

HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD /*access*/) {
  if ((flags & ~DWORD{CREATE_MUTEX_INITIAL_OWNER}) != 0) return Fail<HANDLE>(ERROR_INVALID_PARAMETER, nullptr);
  return CreateMutexW(attributes, (flags & CREATE_MUTEX_INITIAL_OWNER) != 0, name);
}

HANDLE CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access) {
  return WithWideName(name, [&](LPCWSTR wide) { return CreateMutexExW(attributes, wide, flags, access); });
}

BOOL ReleaseMutex(HANDLE mutex) {
  return Guarded(FALSE, [&] {
    const auto object = FindObjectAs<MutexObject>(mutex);
    if (object == nullptr) return FALSE;
    return object->Release(*wmi::win32::CurrentThread()) ? TRUE : Fail(ERROR_NOT_OWNER, FALSE);
  });
}

HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES /*attributes*/, LONG initial, LONG maximum, LPCWSTR name) {
  return NewSemaphore(name, initial, maximum);
}

HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name) {
  return WithWideName(name, [&](LPCWSTR wide) { return CreateSemaphoreW(attributes, initial, maximum, wide); });
}

HANDLE CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCWSTR name, DWORD flags,
                          DWORD /*access*/) {
  if (flags != 0) return Fail<HANDLE>(ERROR_INVALID_PARAMETER, nullptr);
  return CreateSemaphoreW(attributes, initial, maximum, name);
}

HANDLE CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name, DWORD flags,
                          DWORD access) {
  return WithWideName(
      name, [&](LPCWSTR wide) { return CreateSemaphoreExW(attributes, initial, maximum, wide, flags, access); });
}

BOOL ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous) {
  return Guarded(FALSE, [&] {
    const auto object = FindObjectAs<SemaphoreObject>(semaphore);
    if (object == nullptr) return FALSE;
    if (count <= 0) return Fail(ERROR_INVALID_PARAMETER, FALSE);
    std::int32_t before = 0;
    if (count > INT32_MAX || !object->Release(static_cast<std::int32_t>(count), &before)) {
      return Fail(ERROR_TOO_MANY_POSTS, FALSE);
    }
    if (previous != nullptr) *previous = before;
    return TRUE;
  });
}

DWORD WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
  return Guarded<DWORD>(WAIT_FAILED, [&]() -> DWORD {
    const auto object = FindObjectAs<Waitable>(handle);
    return object == nullptr ? DWORD{WAIT_FAILED}
                             : WaitForObjects({&object, 1}, wmi::win32::WaitKind::kAny, milliseconds);
  });
}

DWORD WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL /*alertable*/) {
  return WaitForSingleObject(handle, milliseconds);
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL wait_all, DWORD milliseconds) {
  return Guarded<DWORD>(WAIT_FAILED, [&]() -> DWORD {
    static_assert(MAXIMUM_WAIT_OBJECTS == wmi::win32::kWaitObjectsMax);
    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || handles == nullptr) {
      return Fail<DWORD>(ERROR_INVALID_PARAMETER, WAIT_FAILED);
    }
    std::array<std::shared_ptr<Waitable>, MAXIMUM_WAIT_OBJECTS> objects;
    for (DWORD i = 0; i < count; ++i) {
      objects[i] = FindObjectAs<Waitable>(handles[i]);
      if (objects[i] == nullptr) return WAIT_FAILED;
    }
    const std::span<const std::shared_ptr<Waitable>> all(objects.data(), count);
    if (wait_all == FALSE) return WaitForObjects(all, wmi::win32::WaitKind::kAny, milliseconds);
    if (HasTwins(all)) return Fail<DWORD>(ERROR_INVALID_PARAMETER, WAIT_FAILED);
    return WaitForObjects(all, wmi::win32::WaitKind::kAll, milliseconds);
  });
}

DWORD WaitForMultipleObjectsEx(DWORD count, const HANDLE* handles, BOOL wait_all, DWORD milliseconds,
                               BOOL /*alertable*/) {
  return WaitForMultipleObjects(count, handles, wait_all, milliseconds);
}
