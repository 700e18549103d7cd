// Microsoft::WRL::ComPtr: a smart pointer to an interface.
//
// As on Windows, & releases what was held when the result is used as an out-parameter, and IID_PPV_ARGS(&pointer)
// works. operator-> also reaches the methods of IUnknown. Absent: AsWeak and everything of the Windows Runtime.
#ifndef OPENWMI_WRL_CLIENT_H
#define OPENWMI_WRL_CLIENT_H

#include "../objbase.h"

#if defined(__cplusplus) && !defined(OPENWMI_CXX_INTERFACES)
#error "wrl/client.h needs the C++ form of the interfaces: do not define CINTERFACE in this file"
#endif

#ifdef __cplusplus

#include <cstddef>
#include <memory>
#include <type_traits>

namespace Microsoft {
namespace WRL {

template <typename T>
class ComPtr;

namespace Details {

// A truth value that is no number.
struct BoolStruct {
  int Member;
};
typedef int BoolStruct::* BoolType;

// What & of a ComPtr gives: the address in the form that the callee wants. Refers to the pointer; a temporary.
template <typename T>  // ComPtr<interface>
class ComPtrRef {
 public:
  typedef typename std::remove_const<T>::type Pointer;
  typedef typename Pointer::InterfaceType InterfaceType;

  explicit ComPtrRef(T* pointer) noexcept : ptr_(pointer) {}
  // For out-parameters: release what was held.
  operator InterfaceType**() const noexcept { return ptr_->ReleaseAndGetAddressOf(); }
  operator void**() const noexcept { return reinterpret_cast<void**>(ptr_->ReleaseAndGetAddressOf()); }
  // A pointer to the ComPtr, emptied, for functions that fill one.
  operator T*() const noexcept {
    *ptr_ = nullptr;
    return ptr_;
  }
  InterfaceType* operator*() const noexcept { return ptr_->Get(); }
  // Keeps what is held.
  InterfaceType* const* GetAddressOf() const noexcept { return ptr_->GetAddressOf(); }
  InterfaceType** ReleaseAndGetAddressOf() const noexcept { return ptr_->ReleaseAndGetAddressOf(); }

  T* ptr_;
};

}  // namespace Details

// Owns one reference or is null. One object is for one thread at a time.
template <typename T>
class ComPtr {
 public:
  typedef T InterfaceType;

  ComPtr() noexcept : ptr_(nullptr) {}
  ComPtr(std::nullptr_t) noexcept : ptr_(nullptr) {}
  // Counts one reference more.
  template <class U, typename = typename std::enable_if<std::is_convertible<U*, T*>::value>::type>
  ComPtr(U* other) noexcept : ptr_(other) {
    InternalAddRef();
  }
  ComPtr(const ComPtr& other) noexcept : ptr_(other.ptr_) { InternalAddRef(); }
  template <class U, typename = typename std::enable_if<std::is_convertible<U*, T*>::value>::type>
  ComPtr(const ComPtr<U>& other) noexcept : ptr_(other.Get()) {
    InternalAddRef();
  }
  ComPtr(ComPtr&& other) noexcept : ptr_(other.Detach()) {}
  template <class U, typename = typename std::enable_if<std::is_convertible<U*, T*>::value>::type>
  ComPtr(ComPtr<U>&& other) noexcept : ptr_(other.Detach()) {}
  ~ComPtr() noexcept { InternalRelease(); }

  ComPtr& operator=(std::nullptr_t) noexcept {
    InternalRelease();
    return *this;
  }
  ComPtr& operator=(T* other) noexcept {
    ComPtr(other).Swap(*this);
    return *this;
  }
  template <typename U>
  ComPtr& operator=(U* other) noexcept {
    ComPtr(other).Swap(*this);
    return *this;
  }
  ComPtr& operator=(const ComPtr& other) noexcept {
    ComPtr(other).Swap(*this);
    return *this;
  }
  template <class U>
  ComPtr& operator=(const ComPtr<U>& other) noexcept {
    ComPtr(other).Swap(*this);
    return *this;
  }
  ComPtr& operator=(ComPtr&& other) noexcept {
    ComPtr(static_cast<ComPtr&&>(other)).Swap(*this);
    return *this;
  }
  template <class U>
  ComPtr& operator=(ComPtr<U>&& other) noexcept {
    ComPtr(static_cast<ComPtr<U>&&>(other)).Swap(*this);
    return *this;
  }

  void Swap(ComPtr& other) noexcept {
    T* held = ptr_;
    ptr_ = other.ptr_;
    other.ptr_ = held;
  }
  void Swap(ComPtr&& other) noexcept { Swap(other); }

  T* Get() const noexcept { return ptr_; }
  T* operator->() const noexcept { return ptr_; }
  operator Details::BoolType() const noexcept { return ptr_ != nullptr ? &Details::BoolStruct::Member : nullptr; }
  Details::ComPtrRef<ComPtr> operator&() noexcept { return Details::ComPtrRef<ComPtr>(this); }
  const Details::ComPtrRef<const ComPtr> operator&() const noexcept { return Details::ComPtrRef<const ComPtr>(this); }
  // The first keep what is held, the last releases it.
  T* const* GetAddressOf() const noexcept { return &ptr_; }
  T** GetAddressOf() noexcept { return &ptr_; }
  T** ReleaseAndGetAddressOf() noexcept {
    InternalRelease();
    return &ptr_;
  }

  // Gives the reference to the caller, or takes the caller's over.
  T* Detach() noexcept {
    T* held = ptr_;
    ptr_ = nullptr;
    return held;
  }
  void Attach(T* other) noexcept {
    T* held = ptr_;
    ptr_ = other;
    if (held != nullptr) held->Release();
  }
  // The object's count after the release; 0 if there was none.
  unsigned long Reset() noexcept { return InternalRelease(); }

  // A counted pointer for the caller.
  HRESULT CopyTo(T** target) const noexcept {
    InternalAddRef();
    *target = ptr_;
    return S_OK;
  }
  HRESULT CopyTo(REFIID riid, void** target) const noexcept { return Ask(riid, target); }
  template <typename U>
  HRESULT CopyTo(U** target) const noexcept {
    return Ask(__uuidof(U), reinterpret_cast<void**>(target));
  }
  // Asks the object for another interface. E_NOINTERFACE; E_POINTER if this pointer is null.
  template <typename U>
  HRESULT As(Details::ComPtrRef<ComPtr<U> > target) const noexcept {
    return Ask(__uuidof(U), target);
  }
  template <typename U>
  HRESULT As(ComPtr<U>* target) const noexcept {
    return Ask(__uuidof(U), reinterpret_cast<void**>(target->ReleaseAndGetAddressOf()));
  }
  HRESULT AsIID(REFIID riid, ComPtr<IUnknown>* target) const noexcept {
    return Ask(riid, reinterpret_cast<void**>(target->ReleaseAndGetAddressOf()));
  }

 protected:
  void InternalAddRef() const noexcept {
    if (ptr_ != nullptr) ptr_->AddRef();
  }
  unsigned long InternalRelease() noexcept {
    T* held = Detach();
    return held != nullptr ? held->Release() : 0;
  }

 private:
  HRESULT Ask(REFIID riid, void** target) const noexcept {
    return ptr_ == nullptr ? E_POINTER : ptr_->QueryInterface(riid, target);
  }

  T* ptr_;
};

// By address.
template <class T, class U>
bool operator==(const ComPtr<T>& first, const ComPtr<U>& second) noexcept {
  return first.Get() == second.Get();
}
template <class T>
bool operator==(const ComPtr<T>& pointer, std::nullptr_t) noexcept {
  return pointer.Get() == nullptr;
}
template <class T>
bool operator==(std::nullptr_t, const ComPtr<T>& pointer) noexcept {
  return pointer.Get() == nullptr;
}
template <class T, class U>
bool operator!=(const ComPtr<T>& first, const ComPtr<U>& second) noexcept {
  return first.Get() != second.Get();
}
template <class T>
bool operator!=(const ComPtr<T>& pointer, std::nullptr_t) noexcept {
  return pointer.Get() != nullptr;
}
template <class T>
bool operator!=(std::nullptr_t, const ComPtr<T>& pointer) noexcept {
  return pointer.Get() != nullptr;
}
template <class T, class U>
bool operator<(const ComPtr<T>& first, const ComPtr<U>& second) noexcept {
  return first.Get() < second.Get();
}

}  // namespace WRL
}  // namespace Microsoft

// __uuidof of a smart pointer is that of its interface.
namespace openwmi_detail {
template <typename T>
struct uuid_strip<Microsoft::WRL::ComPtr<T> > : uuid_strip<T> {};
template <typename T>
struct uuid_strip<Microsoft::WRL::Details::ComPtrRef<T> > : uuid_strip<typename T::InterfaceType> {};
}  // namespace openwmi_detail

// IID_PPV_ARGS(&pointer)
extern "C++" {
template <typename T>
void** IID_PPV_ARGS_Helper(Microsoft::WRL::Details::ComPtrRef<T> address) noexcept {
  static_assert(std::is_base_of<IUnknown, typename T::InterfaceType>::value, "T is no interface");
  return address;
}
}

#endif

#endif
