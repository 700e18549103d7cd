// ComObject: the IUnknown part of a COM object, and the count of live objects.
#pragma once

#include <unknwn.h>

#include <atomic>
#include <cstddef>

namespace wmi::com {

// Objects of this library that are alive; what a leak test compares. Safe from any thread.
std::size_t LiveObjects();

// Counts one object while it lives. A member or base of everything that programs hold by reference count.
class LiveObject {
 public:
  LiveObject();
  ~LiveObject();
  LiveObject(const LiveObject&) = delete;
  LiveObject& operator=(const LiveObject&) = delete;
};

// Implements IUnknown for a class that derives from ComObject<IFirst, ISecond...>. The first interface gives the
// identity (IUnknown). An interface that extends another one, such as IWbemObjectAccess, is announced under its
// parent's identifier too if the class says so: ComObject<Derives<IWbemObjectAccess, IWbemClassObject>>.
//
// Counts are atomic and start at 1, owned by the creator. The last Release destroys the object on the thread that makes
// it; the destructor is protected, so that nobody else can. Override Destroy to do something else at zero.
template <typename Interface, typename... Parents>
struct Derives {};

namespace internal {

template <typename T>
struct Entry {
  using Interface = T;
  template <typename Object>
  static void* Find(Object* object, REFIID riid) {
    return riid == __uuidof(T) ? static_cast<T*>(object) : nullptr;
  }
};

template <typename T, typename... Parents>
struct Entry<Derives<T, Parents...>> {
  using Interface = T;
  template <typename Object>
  static void* Find(Object* object, REFIID riid) {
    const bool match = riid == __uuidof(T) || ((riid == __uuidof(Parents)) || ...);
    return match ? static_cast<T*>(object) : nullptr;
  }
};

}  // namespace internal

template <typename First, typename... Others>
class ComObject : public internal::Entry<First>::Interface, public internal::Entry<Others>::Interface... {
 public:
  ComObject(const ComObject&) = delete;
  ComObject& operator=(const ComObject&) = delete;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = Find(riid);
    if (*object == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }

  ULONG AddRef() override { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }

  ULONG Release() override {
    // Release pairs with acquire: what other threads did to the object comes before its destructor. (A fence would do
    // for the last one, but ThreadSanitizer knows none.)
    const ULONG left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left == 0) Destroy();
    return left;
  }

  // The object as its identity.
  IUnknown* Unknown() { return static_cast<typename internal::Entry<First>::Interface*>(this); }

 protected:
  ComObject() = default;
  virtual ~ComObject() = default;

  // Called once, when the count reached zero.
  virtual void Destroy() { delete this; }

  // A pointer to the interface, not counted; null if the object has none. Override to answer more.
  virtual void* Find(REFIID riid) {
    if (riid == __uuidof(IUnknown)) return Unknown();
    void* found = internal::Entry<First>::Find(this, riid);
    ((found = found != nullptr ? found : internal::Entry<Others>::Find(this, riid)), ...);
    return found;
  }

 private:
  std::atomic<ULONG> count_{1};
  LiveObject live_;
};

}  // namespace wmi::com
