#include "cim/row.h"

#include <algorithm>
#include <utility>

#include "cim/instance_qualifiers.h"

namespace wmi::cim {
namespace {

// Chunks double from the first to the last size: a look-up of one row stays small, a full batch takes few chunks.
constexpr std::size_t kChunkBytesMin = 2u << 10;
constexpr std::size_t kChunkBytesMax = 64u << 10;

}  // namespace

void Arena::AddChunk(std::size_t bytes) {
  const std::size_t doublings = std::min<std::size_t>(chunks_.size(), 5);
  const bool is_foreseen = chunks_.empty() && first_chunk_bytes_ != 0;
  const std::size_t usual = is_foreseen ? first_chunk_bytes_ : std::min(kChunkBytesMin << doublings, kChunkBytesMax);
  const std::size_t size = std::max(bytes, usual);
  chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  next_ = chunks_.back().memory.get();
  left_ = size;
}

void Arena::Rewind(const Mark& mark) {
  bytes_ = mark.bytes;
  if (chunks_.size() == mark.chunks) {
    next_ = mark.next;
    left_ = mark.left;
    return;
  }
  // Keeps the newest chunk, so that rows dropped one after the other at the end of a chunk do not allocate each time.
  Chunk newest = std::move(chunks_.back());
  chunks_.resize(mark.chunks);
  next_ = newest.memory.get();
  left_ = newest.size;
  chunks_.push_back(std::move(newest));
}

ValueView Arena::CopyValue(ValueView view) {
  if (view.kind() == ValueKind::kText) return ValueView::Text(CopyText(view.text()));
  if (view.kind() != ValueKind::kArray) return view;
  const std::span<const ValueView> items = view.items();
  if (items.empty()) return ValueView::Array({});
  auto* copies = static_cast<ValueView*>(Allocate(items.size_bytes(), alignof(ValueView)));
  for (std::size_t i = 0; i < items.size(); ++i) copies[i] = CopyValue(items[i]);
  return ValueView::Array({copies, items.size()});
}

Object::Object(ClassPtr schema) : keep_(schema), schema_(schema.get()) {}

Object::Object(std::shared_ptr<const RowBlock> block, const Row& row)
    : block_(block.get()), schema_(row.schema), slots_(row.slots) {
  keep_ = std::move(block);
}

ClassPtr Object::schema_ptr() const {
  if (block_ == nullptr) return std::static_pointer_cast<const Class>(keep_);
  // The class's own reference, so that holding a class does not hold a block of rows.
  for (const ClassPtr& schema : block_->schemas_) {
    if (schema.get() == schema_) return schema;
  }
  return ClassPtr(keep_, schema_);
}

bool Object::IsVisible(std::size_t slot) const { return block_ == nullptr || block_->visible().Contains(slot); }

PropertySet Object::visible() const { return block_ == nullptr ? PropertySet::All() : block_->visible(); }

const InstanceQualifiersPtr& Object::own_qualifiers_ptr() const {
  static const InstanceQualifiersPtr none;
  if (block_ == nullptr || block_->qualifiers_ == nullptr) return none;
  const auto found = block_->qualifiers_->find(slots_);
  return found == block_->qualifiers_->end() ? none : found->second;
}

std::size_t Object::size_bytes() const {
  if (block_ == nullptr) return sizeof(Object);
  return sizeof(Object) + block_->bytes() / std::max<std::size_t>(block_->rows().size(), 1);
}

RowBlockBuilder::RowBlockBuilder(PropertySet visible) : visible_(std::move(visible)) {}

void RowBlockBuilder::KeepSchema(const ClassPtr& schema) {
  auto& schemas = block_->schemas_;
  if (!schemas.empty() && schemas.back() == schema) return;
  if (std::find(schemas.begin(), schemas.end(), schema) == schemas.end()) schemas.push_back(schema);
}

void RowBlockBuilder::BeginRow(const ClassPtr& schema) {
  assert(open_slots_ == nullptr);
  if (block_ == nullptr) {
    block_ = std::make_shared<RowBlock>();
    block_->visible_ = visible_;
    block_->arena_.SetFirstChunk(expected_bytes_);
  }
  open_mark_ = block_->arena_.Position();
  open_embedded_ = block_->embedded_.size();
  open_schemas_ = block_->schemas_.size();
  KeepSchema(schema);
  const std::vector<ValueView>& defaults = schema->default_row();
  const std::size_t bytes = defaults.size() * sizeof(ValueView);
  // One spare slot, so that a row of a class without properties has an address too.
  open_slots_ = static_cast<ValueView*>(block_->arena_.Allocate(bytes + sizeof(ValueView), alignof(ValueView)));
  if (bytes != 0) std::memcpy(static_cast<void*>(open_slots_), defaults.data(), bytes);
  open_ = {schema.get(), open_slots_};
}

ValueView RowBlockBuilder::Keep(ValueView value) {
  if (value.kind() == ValueKind::kObject) {
    if (value.object() == nullptr) return {};
    block_->embedded_.push_back(std::make_unique<const Object>(*value.object()));
    return ValueView::OfObject(block_->embedded_.back().get());
  }
  const std::span<const ValueView> items = value.items();
  if (items.empty() || items.front().kind() != ValueKind::kObject) return block_->arena_.CopyValue(value);
  auto* copies = static_cast<ValueView*>(block_->arena_.Allocate(items.size_bytes(), alignof(ValueView)));
  std::transform(items.begin(), items.end(), copies,
                 [this](ValueView item) { return item.kind() == ValueKind::kObject ? Keep(item) : ValueView(); });
  return ValueView::Array({copies, items.size()});
}

void RowBlockBuilder::SetOwnQualifiers(InstanceQualifiersPtr qualifiers) {
  assert(open_slots_ != nullptr);
  if (qualifiers == nullptr) {
    ForgetQualifiersOfOpenRow();
    return;
  }
  if (block_->qualifiers_ == nullptr) block_->qualifiers_ = std::make_unique<RowBlock::QualifiersOfRows>();
  (*block_->qualifiers_)[open_slots_] = std::move(qualifiers);
}

// The next row may get the same address.
void RowBlockBuilder::ForgetQualifiersOfOpenRow() {
  if (block_->qualifiers_ != nullptr) block_->qualifiers_->erase(open_slots_);
}

void RowBlockBuilder::CommitRow() {
  assert(open_slots_ != nullptr);
  block_->rows_.push_back(open_);
  open_ = {};
  open_slots_ = nullptr;
}

void RowBlockBuilder::DropRow() {
  assert(open_slots_ != nullptr);
  ForgetQualifiersOfOpenRow();
  block_->arena_.Rewind(open_mark_);
  block_->embedded_.resize(open_embedded_);
  block_->schemas_.resize(open_schemas_);
  open_ = {};
  open_slots_ = nullptr;
}

std::size_t RowBlockBuilder::bytes() const {
  if (block_ == nullptr) return 0;
  return block_->arena_.bytes() + block_->rows_.size() * sizeof(Row) + block_->embedded_.size() * sizeof(Object);
}

void RowBlockBuilder::Finish(std::vector<Object>& out) {
  if (open_slots_ != nullptr) DropRow();
  std::shared_ptr<RowBlock> block = std::move(block_);
  block_ = nullptr;
  if (block == nullptr || block->rows_.empty()) return;
  block->bytes_ = block->arena_.bytes() + block->rows_.size() * sizeof(Row);
  for (const auto& object : block->embedded_) block->bytes_ += object->size_bytes();
  out.reserve(out.size() + block->rows_.size());
  for (const Row& row : block->rows_) out.emplace_back(block, row);
}

}  // namespace wmi::cim
