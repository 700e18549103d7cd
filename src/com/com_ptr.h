// ComPtr: owns one reference on a COM object.
#pragma once

#include <unknwn.h>

#include <utility>

namespace wmi::com {

// A value; one ComPtr is for one thread at a time. Null by default.
template <typename T>
class ComPtr {
 public:
  ComPtr() = default;
  ComPtr(std::nullptr_t) {}  // NOLINT: implicit on purpose
  // Takes a reference of its own.
  explicit ComPtr(T* object) : object_(object) {
    if (object_ != nullptr) object_->AddRef();
  }
  ComPtr(const ComPtr& other) : ComPtr(other.object_) {}
  ComPtr(ComPtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  // From a derived interface.
  template <typename U>
  ComPtr(const ComPtr<U>& other) : ComPtr(static_cast<T*>(other.get())) {}  // NOLINT: implicit on purpose
  ~ComPtr() { Reset(); }

  ComPtr& operator=(ComPtr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  // Takes over a reference that the caller holds, such as the first one of a new object.
  static ComPtr Adopt(T* object) {
    ComPtr result;
    result.object_ = object;
    return result;
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

  // Gives the reference away; the pointer is null afterwards.
  [[nodiscard]] T* Detach() { return std::exchange(object_, nullptr); }
  // The object is released after the pointer is null: its destructor may look at this pointer again.
  void Reset() {
    if (T* object = Detach()) object->Release();
  }
  // The address for an out-parameter; releases what was held.
  T** Receive() {
    Reset();
    return &object_;
  }
  // Stores a counted copy in an out-parameter.
  void CopyTo(T** target) const {
    if (object_ != nullptr) object_->AddRef();
    *target = object_;
  }
  // Another interface of the object; null if it has none.
  template <typename U>
  ComPtr<U> As() const {
    ComPtr<U> result;
    if (object_ != nullptr) object_->QueryInterface(__uuidof(U), reinterpret_cast<void**>(result.Receive()));
    return result;
  }

 private:
  T* object_ = nullptr;
};

// A new object whose first reference the result owns. Throws std::bad_alloc.
template <typename T, typename... Arguments>
ComPtr<T> MakeCom(Arguments&&... arguments) {
  return ComPtr<T>::Adopt(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace wmi::com
