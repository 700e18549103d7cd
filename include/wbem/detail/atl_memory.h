// Owners of memory: CAutoPtr, CAutoVectorPtr, CHeapPtr, CComHeapPtr; part of atlbase.h. As in ATL a copy takes the
// value over and leaves its source empty. Not for the containers of the standard library. One object is for one thread
// at a time.
#ifndef OPENWMI_DETAIL_ATL_MEMORY_H
#define OPENWMI_DETAIL_ATL_MEMORY_H

#include "atl_base.h"

#ifdef __cplusplus

namespace ATL {

// Owns one object made with new.
template <typename T>
class CAutoPtr {
 public:
  CAutoPtr() noexcept : m_p(NULL) {}
  explicit CAutoPtr(T* object) noexcept : m_p(object) {}
  CAutoPtr(CAutoPtr& source) noexcept : m_p(source.Detach()) {}
  CAutoPtr(CAutoPtr&& source) noexcept : m_p(source.Detach()) {}
  template <typename TSrc>
  CAutoPtr(CAutoPtr<TSrc>& source) noexcept : m_p(source.Detach()) {}
  ~CAutoPtr() { Free(); }

  CAutoPtr& operator=(CAutoPtr& source) noexcept { return Take(source); }
  CAutoPtr& operator=(CAutoPtr&& source) noexcept { return Take(source); }
  template <typename TSrc>
  CAutoPtr& operator=(CAutoPtr<TSrc>& source) noexcept {
    Attach(source.Detach());
    return *this;
  }
  operator T*() const noexcept { return m_p; }
  T* operator->() const noexcept {
    ATLASSERT(m_p != NULL);
    return m_p;
  }
  // The object must be empty.
  void Attach(T* object) noexcept {
    ATLASSERT(m_p == NULL || m_p != object);
    Free();
    m_p = object;
  }
  T* Detach() noexcept {
    T* object = m_p;
    m_p = NULL;
    return object;
  }
  void Free() noexcept { delete Detach(); }

  T* m_p;

 private:
  CAutoPtr& Take(CAutoPtr& source) noexcept {
    if (m_p != source.m_p) Attach(source.Detach());
    return *this;
  }
};

// Owns an array made with new[].
template <typename T>
class CAutoVectorPtr {
 public:
  CAutoVectorPtr() noexcept : m_p(NULL) {}
  explicit CAutoVectorPtr(T* array) noexcept : m_p(array) {}
  CAutoVectorPtr(CAutoVectorPtr& source) noexcept : m_p(source.Detach()) {}
  CAutoVectorPtr(CAutoVectorPtr&& source) noexcept : m_p(source.Detach()) {}
  ~CAutoVectorPtr() { Free(); }

  CAutoVectorPtr& operator=(CAutoVectorPtr& source) noexcept { return Take(source); }
  CAutoVectorPtr& operator=(CAutoVectorPtr&& source) noexcept { return Take(source); }
  operator T*() const noexcept { return m_p; }
  // False if there is no memory. The object must be empty.
  bool Allocate(size_t count) noexcept {
    ATLASSERT(m_p == NULL);
    T* array = new (std::nothrow) T[count];
    Attach(array);
    return array != NULL;
  }
  void Attach(T* array) noexcept {
    Free();
    m_p = array;
  }
  T* Detach() noexcept {
    T* array = m_p;
    m_p = NULL;
    return array;
  }
  void Free() noexcept { delete[] Detach(); }

  T* m_p;

 private:
  CAutoVectorPtr& Take(CAutoVectorPtr& source) noexcept {
    if (m_p != source.m_p) Attach(source.Detach());
    return *this;
  }
};

// malloc and free.
class CCRTAllocator {
 public:
  static void* Allocate(size_t size) noexcept { return malloc(size); }
  static void* Reallocate(void* block, size_t size) noexcept { return realloc(block, size); }
  static void Free(void* block) noexcept { free(block); }
};

// The task memory of COM.
class CComAllocator {
 public:
  static void* Allocate(size_t size) noexcept { return ::CoTaskMemAlloc(size); }
  static void* Reallocate(void* block, size_t size) noexcept { return ::CoTaskMemRealloc(block, size); }
  static void Free(void* block) noexcept { ::CoTaskMemFree(block); }
};

// Owns raw memory; elements are neither constructed nor destroyed.
template <class T, class Allocator = CCRTAllocator>
class CHeapPtrBase {
 public:
  CHeapPtrBase(const CHeapPtrBase&) = delete;
  CHeapPtrBase& operator=(const CHeapPtrBase&) = delete;
  ~CHeapPtrBase() noexcept { Free(); }

  operator T*() const noexcept { return m_pData; }
  T* operator->() const noexcept {
    ATLASSERT(m_pData != NULL);
    return m_pData;
  }
  T** operator&() noexcept {
    ATLASSERT(m_pData == NULL);
    return &m_pData;
  }
  // False if there is no memory. What was held is given back; after a failed reallocation it is still there.
  bool AllocateBytes(size_t size) noexcept {
    ATLASSERT(m_pData == NULL);
    Attach(static_cast<T*>(Allocator::Allocate(size)));
    return m_pData != NULL;
  }
  bool ReallocateBytes(size_t size) noexcept {
    void* block = Allocator::Reallocate(m_pData, size);
    if (block == NULL) return false;
    m_pData = static_cast<T*>(block);
    return true;
  }
  void Attach(T* block) noexcept {
    Allocator::Free(m_pData);
    m_pData = block;
  }
  T* Detach() noexcept {
    T* block = m_pData;
    m_pData = NULL;
    return block;
  }
  void Free() noexcept { Allocator::Free(Detach()); }

  T* m_pData;

 protected:
  CHeapPtrBase() noexcept : m_pData(NULL) {}
  explicit CHeapPtrBase(T* block) noexcept : m_pData(block) {}
};

template <typename T, class Allocator = CCRTAllocator>
class CHeapPtr : public CHeapPtrBase<T, Allocator> {
 public:
  CHeapPtr() noexcept {}
  explicit CHeapPtr(T* block) noexcept : CHeapPtrBase<T, Allocator>(block) {}
  CHeapPtr(CHeapPtr& source) noexcept : CHeapPtrBase<T, Allocator>(source.Detach()) {}
  CHeapPtr(CHeapPtr&& source) noexcept : CHeapPtrBase<T, Allocator>(source.Detach()) {}

  CHeapPtr& operator=(CHeapPtr& source) noexcept { return Take(source); }
  CHeapPtr& operator=(CHeapPtr&& source) noexcept { return Take(source); }
  // Room for that many elements. False if there is no memory or the size exceeds the address space.
  bool Allocate(size_t count = 1) noexcept {
    return count <= static_cast<size_t>(-1) / sizeof(T) && this->AllocateBytes(count * sizeof(T));
  }
  bool Reallocate(size_t count) noexcept {
    return count <= static_cast<size_t>(-1) / sizeof(T) && this->ReallocateBytes(count * sizeof(T));
  }

 private:
  CHeapPtr& Take(CHeapPtr& source) noexcept {
    if (this->m_pData != source.m_pData) this->Attach(source.Detach());
    return *this;
  }
};

template <typename T>
class CComHeapPtr : public CHeapPtr<T, CComAllocator> {
 public:
  CComHeapPtr() noexcept {}
  explicit CComHeapPtr(T* block) noexcept : CHeapPtr<T, CComAllocator>(block) {}
};

}  // namespace ATL

#endif

#endif
