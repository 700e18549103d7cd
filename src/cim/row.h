// Rows: the compact form of instances. A RowBlock owns some rows and everything they point to in one arena; an Object
// is a counted handle on one row, or on a class.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cim/class.h"
#include "cim/property_set.h"
#include "cim/value.h"

namespace wmi::cim {

struct InstanceQualifiers;  // instance_qualifiers.h

// Memory that is given out in pieces and freed as a whole. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `alignment` is a power of two, at most that of std::max_align_t.
  void* Allocate(std::size_t bytes, std::size_t alignment) {
    const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(next_)) & (alignment - 1);
    if (left_ < padding || left_ - padding < bytes) [[unlikely]]
      AddChunk(bytes);
    else
      Advance(padding);
    std::byte* result = next_;
    Advance(bytes);
    bytes_ += bytes;
    return result;
  }
  std::string_view CopyText(std::string_view text) {
    if (text.empty()) return {};
    auto* copy = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }
  // Copies what `view` looks at; objects are kept alive by the caller (RowBlockBuilder does).
  ValueView CopyValue(ValueView view);
  // Bytes given out.
  std::size_t bytes() const { return bytes_; }
  // The size of the first chunk, which otherwise suits a batch. Before the first allocation.
  void SetFirstChunk(std::size_t bytes) { first_chunk_bytes_ = bytes; }

  // A point to return to: everything allocated since is given back (and must not be looked at any more).
  struct Mark {
    std::size_t chunks = 0;
    std::byte* next = nullptr;
    std::size_t left = 0;
    std::size_t bytes = 0;
  };
  Mark Position() const { return {chunks_.size(), next_, left_, bytes_}; }
  void Rewind(const Mark& mark);

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };

  void Advance(std::size_t bytes) {
    next_ += bytes;
    left_ -= bytes;
  }
  void AddChunk(std::size_t bytes);

  std::vector<Chunk> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
  std::size_t first_chunk_bytes_ = 0;
};

// One instance inside a block: one value per slot of its class.
struct Row {
  const Class* schema;
  const ValueView* slots;
};

class Object;

// Immutable once built; shared by the objects that look into it; safe from several threads.
class RowBlock {
 public:
  const std::vector<Row>& rows() const { return rows_; }
  // What a client sees of each row (the select list); rows may hold more.
  const PropertySet& visible() const { return visible_; }
  std::size_t bytes() const { return bytes_; }

 private:
  friend class Object;
  friend class RowBlockBuilder;
  using QualifiersOfRows = std::unordered_map<const ValueView*, std::shared_ptr<const InstanceQualifiers>>;

  Arena arena_;
  std::vector<Row> rows_;
  std::vector<ClassPtr> schemas_;                        // keeps the classes of the rows
  std::vector<std::unique_ptr<const Object>> embedded_;  // keeps embedded objects at fixed addresses
  std::unique_ptr<QualifiersOfRows> qualifiers_;         // null when no row has its own
  PropertySet visible_;
  std::size_t bytes_ = 0;
};

// A class or an instance: what queries return and IWbemClassObject wraps. A value; copying counts a reference.
class Object {
 public:
  Object() = default;
  explicit Object(ClassPtr schema);
  Object(std::shared_ptr<const RowBlock> block, const Row& row);

  explicit operator bool() const { return schema_ != nullptr; }
  bool is_class() const { return schema_ != nullptr && slots_ == nullptr; }
  bool is_instance() const { return slots_ != nullptr; }

  const Class& schema() const { return *schema_; }
  ClassPtr schema_ptr() const;
  // An instance: the value in the row. A class: the default. `slot` < schema().properties().size().
  ValueView slot(std::size_t slot) const { return slots_ != nullptr ? slots_[slot] : schema_->default_row()[slot]; }
  // Of an instance: for filters.
  Row row() const { return {schema_, slots_}; }
  // False for a property that the select list left out.
  bool IsVisible(std::size_t slot) const;
  // Everything, unless a select list left something out.
  PropertySet visible() const;
  // The qualifiers that an instance carries itself; null for one without, and for a class. Valid as long as the object.
  const InstanceQualifiers* own_qualifiers() const { return own_qualifiers_ptr().get(); }
  // To be handed on, to RowBlockBuilder::SetOwnQualifiers.
  const std::shared_ptr<const InstanceQualifiers>& own_qualifiers_ptr() const;
  // Approximate memory this row stands for, for budgets.
  std::size_t size_bytes() const;

 private:
  std::shared_ptr<const void> keep_;
  const RowBlock* block_ = nullptr;
  const Class* schema_ = nullptr;
  const ValueView* slots_ = nullptr;
};

// Builds a block row by row. Not thread-safe. After Finish it is empty and may be used again.
class RowBlockBuilder {
 public:
  explicit RowBlockBuilder(PropertySet visible = PropertySet::All());

  // How much memory the rows of each block will take, for blocks that are kept long. More is taken when it is not
  // enough.
  void ExpectBytes(std::size_t bytes) { expected_bytes_ = bytes; }

  // Opens a row with the defaults of its class. One row at a time.
  void BeginRow(const ClassPtr& schema);
  // Sets a slot of the open row; text, arrays and objects are copied or kept.
  void Set(std::size_t slot, ValueView value) {
    assert(open_slots_ != nullptr && slot < open_.schema->properties().size());
    if (value.kind() < ValueKind::kText) {
      open_slots_[slot] = value;
    } else if (value.kind() == ValueKind::kText) {
      open_slots_[slot] = ValueView::Text(block_->arena_.CopyText(value.text()));
    } else {
      open_slots_[slot] = Keep(value);
    }
  }
  void SetNull(std::size_t slot) { Set(slot, ValueView()); }
  void SetBoolean(std::size_t slot, bool value) { Set(slot, ValueView::Boolean(value)); }
  void SetSigned(std::size_t slot, std::int64_t value) { Set(slot, ValueView::Signed(value)); }
  void SetUnsigned(std::size_t slot, std::uint64_t value) { Set(slot, ValueView::Unsigned(value)); }
  void SetReal(std::size_t slot, double value) { Set(slot, ValueView::Real(value)); }
  void SetText(std::size_t slot, std::string_view utf8) { Set(slot, ValueView::Text(utf8)); }

  // The qualifiers that the open row carries itself, of MakeInstanceQualifiers for its class; null takes them away.
  void SetOwnQualifiers(std::shared_ptr<const InstanceQualifiers> qualifiers);

  // The open row, for a filter to look at.
  const Row& row() const { return open_; }
  void CommitRow();
  // Forgets the open row and gives its memory back.
  void DropRow();

  // Of the committed rows.
  std::size_t rows() const { return block_ == nullptr ? 0 : block_->rows_.size(); }
  std::size_t bytes() const;
  // Seals the block and appends a handle on each row to `out`.
  void Finish(std::vector<Object>& out);

 private:
  std::shared_ptr<RowBlock> block_;
  PropertySet visible_;
  // A copy of an array or object that lives as long as the block.
  ValueView Keep(ValueView value);
  void ForgetQualifiersOfOpenRow();
  void KeepSchema(const ClassPtr& schema);

  Row open_{};
  ValueView* open_slots_ = nullptr;
  Arena::Mark open_mark_;
  std::size_t open_embedded_ = 0;
  std::size_t open_schemas_ = 0;
  std::size_t expected_bytes_ = 0;
};

}  // namespace wmi::cim
