// ObjectBatch: the COM objects around the rows of one batch.
//
// Delivery to a sink must cost little (performance P1), so a batch takes one allocation: a slab with an object for each
// row and the array of pointers that Indicate gets. Each object has its own reference count; the slab goes when the
// last of them has gone. A sink that keeps one object keeps its slab, some kilobytes, as it keeps the batch's rows
// anyway.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <span>

#include "cim/row.h"
#include "com/com_ptr.h"

namespace wmi::api {

class ObjectSlab;

// Owns one reference on each object until destroyed. For one thread.
class ObjectBatch {
 public:
  // Takes the rows; they are empty handles afterwards. At least one. Throws std::bad_alloc.
  explicit ObjectBatch(std::span<cim::Object> rows);
  ~ObjectBatch();
  ObjectBatch(const ObjectBatch&) = delete;
  ObjectBatch& operator=(const ObjectBatch&) = delete;

  // As Indicate takes them; valid as long as the batch.
  IWbemClassObject** objects() const;
  std::size_t size() const;

  // Hands the references to the caller: size() pointers are written to `target`. The batch is empty afterwards.
  void MoveTo(IWbemClassObject** target);

 private:
  ObjectSlab* slab_;
};

// One object of its own.
com::ComPtr<IWbemClassObject> MakeClassObject(cim::Object object);

}  // namespace wmi::api
