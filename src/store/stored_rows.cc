#include "store/stored_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/instance_index.h"

namespace wmi::store {
namespace {

// The next rows in the order of their numbers.
constexpr const char* kAllRows =
    "SELECT id, root, key, row FROM instances WHERE class = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
constexpr const char* kRowsByValue =
    "SELECT instances.id, root, key, row FROM property_values JOIN instances ON instances.id = instance "
    "WHERE property_values.class = ?1 AND instance > ?2 AND property = ?4 AND value = ?5 ORDER BY instance LIMIT ?3";

}  // namespace

Result<const RowMap*> RowDecoder::MapOf(sql::Connection& connection, std::int64_t layout_id) {
  static const RowMap identity;
  if (layout_id == stored_->layout) return &identity;
  const auto known = maps_.find(layout_id);
  if (known != maps_.end()) return &known->second;
  sql::Statement statement = connection.Use("SELECT body FROM layouts WHERE id = ?1");
  if (!TRY(statement.Bind(1, layout_id).Step())) {
    return Status(code::kCriticalError, "a stored instance is damaged: nothing says which properties it has");
  }
  RowMap map = TRY(RowMap::Make(statement.Blob(0), *stored_->schema));
  return &maps_.emplace(layout_id, std::move(map)).first->second;
}

Status RowDecoder::Decode(sql::Connection& connection, const RowAddress& address, std::string_view bytes,
                          RowSink& sink) {
  ByteReader in{std::string_view()};
  const RowHead head = TRY(ReadRowHead(in, bytes, address));
  const RowMap* map = TRY(MapOf(connection, head.layout_id));
  const std::size_t slots = map->is_identity() ? stored_->schema->properties().size() : map->size();
  if (head.values > slots) return Status(code::kCriticalError, "a stored instance is damaged: it has too many values");
  space_.Clear();
  sink.Begin(stored_->schema);
  for (std::size_t i = 0; i < head.values; ++i) {
    const std::optional<std::size_t> slot = map->is_identity() ? std::optional(i) : map->Target(i);
    if (!slot || !needed_.Contains(*slot)) {
      SkipValue(in);
      continue;
    }
    sink.Set(*slot, ReadValue(in, space_));
  }
  if (head.has_qualifiers) {
    const cim::InstanceQualifiersPtr qualifiers = ReadInstanceQualifiers(in, *map, *stored_->schema);
    if (qualifiers != nullptr) sink.SetQualifiers(qualifiers);
  }
  if (in.failed()) {
    sink.Drop();
    return Status(code::kCriticalError, "a stored instance is damaged: it ends too early");
  }
  sink.Commit();
  return Status();
}

Result<cim::Object> DecodeRow(sql::Connection& connection, RowDecoder& decoder, const RowAddress& address,
                              std::string_view bytes) {
  const cim::Class& schema = *decoder.stored().schema;
  ObjectSink sink;
  sink.ExpectBytes(bytes.size() + (schema.properties().size() + 2) * sizeof(cim::ValueView));
  const Status status = decoder.Decode(connection, address, bytes, sink);
  if (!status.ok()) return status.WithParameter(schema.name());
  return std::move(sink.Take().front());
}

InstanceCursor::InstanceCursor(std::shared_ptr<Database> database, StoredClassPtr stored, cim::PropertySet needed,
                               const IndexLookup* lookup)
    : database_(std::move(database)), decoder_(std::move(stored), std::move(needed)) {
  if (lookup != nullptr) {
    property_ = Fold(lookup->property);
    for (const cim::Value& value : lookup->values) values_.push_back(IndexText(value));
    std::reverse(values_.begin(), values_.end());
  }
  const Result<Reader> reader = database_->Read();
  if (!reader.ok()) return;  // so will the first Read
  sql::Statement count = (*reader)->Use("SELECT instances FROM classes WHERE id = ?1");
  const Result<bool> found = count.Bind(1, decoder_.stored().id).Step();
  if (found.ok() && *found) total_ = static_cast<std::uint64_t>(count.Integer(0));
}

Result<bool> InstanceCursor::Read(std::size_t rows_max, RowSink& sink) {
  if (!property_.empty() && values_.empty()) return Outcome();
  const Reader reader = TRY(database_->Read());
  sql::Statement rows = reader->Use(property_.empty() ? kAllRows : kRowsByValue);
  rows.Bind(1, decoder_.stored().id).Bind(2, last_).Bind(3, static_cast<std::int64_t>(rows_max));
  if (!property_.empty()) rows.BindText(4, property_).BindBlob(5, values_.back());
  std::size_t read = 0;
  for (; read < rows_max && !sink.full() && TRY(rows.Step()); ++read, ++done_) {
    last_ = rows.Integer(0);
    const RowAddress address{decoder_.stored().id, rows.Integer(1), rows.Blob(2)};
    const Status status = decoder_.Decode(*reader, address, rows.Blob(3), sink);
    if (!status.ok() && damage_.ok()) {
      damage_ =
          Status(status.code(), fmt::format("{} (row {} of {}); `wmi repository verify` lists all that is damaged",
                                            status.Message(), last_, decoder_.stored().schema->name()))
              .WithParameter(decoder_.stored().schema->name());
    }
  }
  if (read == rows_max || sink.full()) return true;
  if (values_.empty()) return Outcome();
  values_.pop_back();
  last_ = 0;
  return true;
}

Result<bool> InstanceCursor::Outcome() const {
  if (!damage_.ok()) return damage_;
  return false;
}

Result<cim::Object> ReadRow(sql::Connection& connection, const StoredClassPtr& stored, std::string_view key) {
  sql::Statement row = connection.Use("SELECT class, row FROM instances WHERE root = ?1 AND key = ?2");
  if (!TRY(row.Bind(1, stored->key_root).BindBlob(2, key).Step())) return cim::Object();
  if (row.Integer(0) != stored->id) return cim::Object();
  RowDecoder decoder(stored);
  return DecodeRow(connection, decoder, {stored->id, stored->key_root, key}, row.Blob(1));
}

}  // namespace wmi::store
