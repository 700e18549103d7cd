#include "api/object_batch.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "api/class_object.h"
#include "com/com_object.h"

namespace wmi::api {

namespace {

class SlabObject final : public ClassObject {
 public:
  SlabObject(cim::Object object, ObjectSlab* slab) : ClassObject(std::move(object)), slab_(slab) {}
  ~SlabObject() override = default;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = FindClassInterface(riid);
    if (*object == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }
  ULONG Release() override;

  // Acquire pairs with the release in Release: what others did to the object comes before what the owner does next.
  bool IsSoleReference() const { return count_.load(std::memory_order_acquire) == 1; }

 private:
  std::atomic<std::uint32_t> count_{1};
  ObjectSlab* const slab_;
};

}  // namespace

// A header, `size` objects and `size` pointers in one piece of memory. Safe from several threads.
class ObjectSlab {
 public:
  static ObjectSlab* Make(std::span<cim::Object> rows) {
    static_assert(alignof(SlabObject) <= alignof(std::max_align_t) && sizeof(ObjectSlab) % alignof(SlabObject) == 0);
    const std::size_t bytes = sizeof(ObjectSlab) + rows.size() * (sizeof(SlabObject) + sizeof(IWbemClassObject*));
    auto* slab = new (::operator new(bytes)) ObjectSlab(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      slab->pointers()[i] = new (slab->at(i)) SlabObject(std::move(rows[i]), slab);
    }
    return slab;
  }

  std::size_t size() const { return size_; }
  SlabObject* at(std::size_t index) {
    return reinterpret_cast<SlabObject*>(reinterpret_cast<std::byte*>(this + 1) + index * sizeof(SlabObject));
  }
  IWbemClassObject** pointers() { return reinterpret_cast<IWbemClassObject**>(at(size_)); }

  // `count` objects have been destroyed.
  void Drop(std::size_t count) {
    // Acquire and release: the objects' destructors come before the memory goes.
    if (live_.fetch_sub(count, std::memory_order_acq_rel) != count) return;
    this->~ObjectSlab();
    ::operator delete(this);
  }

 private:
  explicit ObjectSlab(std::size_t size) : live_(size), size_(size) {}
  ~ObjectSlab() = default;

  std::atomic<std::size_t> live_;
  const std::size_t size_;
  com::LiveObject counted_;  // one for all: a leaked object keeps its slab
};

namespace {

ULONG SlabObject::Release() {
  // What other threads did to the object comes before its destructor. (A fence would do, but TSan knows none.)
  const std::uint32_t left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if (left == 0) {
    ObjectSlab* slab = slab_;
    std::destroy_at(this);
    slab->Drop(1);
  }
  return left;
}

}  // namespace

ObjectBatch::ObjectBatch(std::span<cim::Object> rows) : slab_(ObjectSlab::Make(rows)) {}

ObjectBatch::~ObjectBatch() {
  if (slab_ == nullptr) return;
  // Objects that nobody kept, the usual case, go without an atomic write each: nobody else can reach them. Those not
  // yet looked at, and those counted in `dropped`, keep the slab alive during the loop.
  const std::size_t size = slab_->size();
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < size; ++i) {
    SlabObject* object = slab_->at(i);
    if (object->IsSoleReference()) {
      std::destroy_at(object);
      ++dropped;
    } else {
      object->Release();
    }
  }
  if (dropped != 0) slab_->Drop(dropped);
}

IWbemClassObject** ObjectBatch::objects() const { return slab_->pointers(); }
std::size_t ObjectBatch::size() const { return slab_ == nullptr ? 0 : slab_->size(); }

void ObjectBatch::MoveTo(IWbemClassObject** target) {
  std::copy_n(slab_->pointers(), slab_->size(), target);
  slab_ = nullptr;
}

com::ComPtr<IWbemClassObject> MakeClassObject(cim::Object object) {
  ObjectBatch batch({&object, 1});
  com::ComPtr<IWbemClassObject> result;
  batch.MoveTo(result.Receive());
  return result;
}

}  // namespace wmi::api
