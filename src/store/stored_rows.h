// Reading rows out of the tables: one by its key, or those of a class a chunk at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "cim/instance_qualifiers.h"
#include "cim/property_set.h"
#include "cim/row.h"
#include "store/database.h"
#include "store/encoding/row_code.h"
#include "store/namespace.h"

namespace wmi::store {

// Takes rows as they are read; a row is a Begin, Sets in any number and a Commit, or a Drop that takes it back. Slots
// that are not set have the default of the class. Views are valid during the call.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void Begin(const cim::ClassPtr& schema) = 0;
  virtual void Set(std::size_t slot, cim::ValueView value) = 0;
  // Of the row itself; not called for a row that has none.
  virtual void SetQualifiers(const cim::InstanceQualifiersPtr& qualifiers) = 0;
  virtual void Commit() = 0;
  virtual void Drop() = 0;
  // No more rows for now.
  virtual bool full() const { return false; }
};

// Collects rows as objects.
class ObjectSink : public RowSink {
 public:
  void Begin(const cim::ClassPtr& schema) override { builder_.BeginRow(schema); }
  void Set(std::size_t slot, cim::ValueView value) override { builder_.Set(slot, value); }
  void SetQualifiers(const cim::InstanceQualifiersPtr& qualifiers) override { builder_.SetOwnQualifiers(qualifiers); }
  void Commit() override { builder_.CommitRow(); }
  void Drop() override { builder_.DropRow(); }
  // What the rows will take in memory, for rows that are kept long.
  void ExpectBytes(std::size_t bytes) { builder_.ExpectBytes(bytes); }
  std::vector<cim::Object> Take() {
    std::vector<cim::Object> rows;
    if (builder_.rows() != 0) builder_.Finish(rows);
    return rows;
  }

 private:
  cim::RowBlockBuilder builder_;
};

// From bytes to the sink, for rows of one class. Not thread-safe.
class RowDecoder {
 public:
  // Only the slots in `needed` are set.
  explicit RowDecoder(StoredClassPtr stored, cim::PropertySet needed = cim::PropertySet::All())
      : stored_(std::move(stored)), needed_(std::move(needed)) {}

  const StoredClass& stored() const { return *stored_; }
  // kCriticalError for a damaged row, which the sink then does not keep.
  Status Decode(sql::Connection& connection, const RowAddress& address, std::string_view bytes, RowSink& sink);

 private:
  // The way from a layout that is not the one of the class.
  Result<const RowMap*> MapOf(sql::Connection& connection, std::int64_t layout_id);

  const StoredClassPtr stored_;
  const cim::PropertySet needed_;
  std::unordered_map<std::int64_t, RowMap> maps_;
  ValueSpace space_;
};

// One row as an object that takes no more memory than it needs.
Result<cim::Object> DecodeRow(sql::Connection& connection, RowDecoder& decoder, const RowAddress& address,
                              std::string_view bytes);

// Only rows with one of these values in a property that is indexed (store/instance_index.h).
struct IndexLookup {
  std::string property;
  std::vector<cim::Value> values;
};

// The instances of exactly one class. Each chunk is a transaction of its own, so that a slow reader holds up nobody:
// what is put or deleted meanwhile may be seen or not. For one thread at a time.
class InstanceCursor {
 public:
  // `lookup`: null for all.
  InstanceCursor(std::shared_ptr<Database> database, StoredClassPtr stored, cim::PropertySet needed,
                 const IndexLookup* lookup = nullptr);

  // Hands at most `rows_max` more rows to the sink, less when it is full; false when there are no more. Damaged rows
  // are left out; after the last row the first of them is the failure.
  Result<bool> Read(std::size_t rows_max, RowSink& sink);
  // How many there were of the class when the cursor was made.
  std::uint64_t total() const { return total_; }
  // How many were read.
  std::uint64_t done() const { return done_; }

 private:
  // After the last row.
  Result<bool> Outcome() const;

  const std::shared_ptr<Database> database_;
  RowDecoder decoder_;
  std::string property_;             // folded; empty: all rows
  std::vector<std::string> values_;  // of it that are still to be looked up, the next one at the end
  Id last_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  Status damage_;
};

// The row of the class with this key; an empty object when there is none, or it belongs to another class.
Result<cim::Object> ReadRow(sql::Connection& connection, const StoredClassPtr& stored, std::string_view key);

}  // namespace wmi::store
