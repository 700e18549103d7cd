// What the repository keeps as bytes: whatever the bytes, decoding ends, takes no more memory than they can stand for,
// and what was decoded encodes to bytes that decode to the same. The first byte chooses what they are.
//
// Damage is caught by checksums, which no fuzzer would guess: they are computed here, so that the decoders behind them
// meet everything; one choice leaves the bytes as they are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "store/encoding/checksum.h"
#include "store/encoding/class_code.h"
#include "store/encoding/object_code.h"
#include "store/encoding/row_code.h"
#include "store/encoding/value_code.h"
#include "store/note.h"
#include "store/sql/connection.h"
#include "store/stored_rows.h"

// Of the sanitizers; null in builds without one, where memory is not counted.
extern "C" [[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                                         std::size_t),
                                                                       void (*on_free)(const volatile void*));

namespace wmi::store {
namespace {

// Bytes that were asked for since the start of the input.
std::size_t allocated = 0;

using cim::CimType;
using cim::Object;
using cim::ValueView;

// Of memory in all that is asked for, for an input of so many bytes; mostly it is two hundred for each. A property of a
// class takes a hundred times the bytes that it is kept in, and every class below has it, too.
constexpr std::size_t kBytesFree = std::size_t{1} << 20;
constexpr std::size_t kBytesPerByte = std::size_t{8} << 10;

void Require(bool holds) {
  if (!holds) std::abort();
}

// A failure says what it is.
void RequireDamage(const Status& status) { Require(!status.ok() && !status.Message().empty()); }

// ---- values ---------------------------------------------------------------------------------------------------------

std::string ValueBytes(ValueView value) {
  std::string bytes;
  ByteWriter out(bytes);
  WriteValue(out, bytes, value);
  return bytes;
}

void CheckValue(std::string_view bytes) {
  ByteReader in(bytes);
  ValueSpace space;
  const ValueView value = ReadValue(in, space);
  ByteReader passing(bytes);
  SkipValue(passing);
  if (in.failed()) return;
  Require(!passing.failed() && passing.left() == in.left());
  const std::string written = ValueBytes(value);
  ByteReader again(written);
  ValueSpace second;
  const ValueView same = ReadValue(again, second);
  Require(!again.failed() && again.at_end() && ValueBytes(same) == written);
}

// ---- classes --------------------------------------------------------------------------------------------------------

// With the head that its checksum stands in.
std::string WithHead(std::string_view body) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Byte(1);
  out.Fixed64(Checksum(std::uint64_t{1}, body));
  return bytes.append(body);
}

void CheckDeclaration(std::string_view bytes) {
  Result<cim::ClassDeclaration> read = DecodeDeclaration(bytes);
  if (!read.ok()) return RequireDamage(read.status());
  const std::string written = EncodeDeclaration(*read);
  const Result<cim::ClassDeclaration> again = DecodeDeclaration(written);
  Require(again.ok() && EncodeDeclaration(*again) == written);
  static_cast<void>(cim::Class::Make(std::move(read).value(), nullptr, nullptr));
}

// ---- embedded objects -----------------------------------------------------------------------------------------------

void CheckObject(std::string_view bytes) {
  const Result<Object> read = DecodeObject(bytes);
  if (!read.ok()) return RequireDamage(read.status());
  const std::string written = EncodeObject(*read);
  const Result<Object> again = DecodeObject(written);
  Require(again.ok() && again->is_class() == read->is_class() && EncodeObject(*again) == written);
}

// The bytes of its classes get their heads.
void CheckObjectBody(std::string_view body) {
  ByteReader in(body);
  std::string bytes;
  ByteWriter out(bytes);
  out.Byte(in.Byte());
  const std::size_t classes = in.Count();
  out.Unsigned(classes);
  for (std::size_t i = 0; i < classes && !in.failed(); ++i) out.Text(WithHead(in.Text()));
  CheckObject(bytes.append(in.rest()));
}

// ---- rows -----------------------------------------------------------------------------------------------------------

cim::ClassPtr MakeClass(std::size_t properties) {
  static constexpr CimType kTypes[] = {CimType::kString, CimType::kUint32,   CimType::kSint64,    CimType::kBoolean,
                                       CimType::kReal64, CimType::kDatetime, CimType::kReference, CimType::kObject};
  cim::ClassDeclaration declaration;
  declaration.name = "Fuzzed";
  for (std::size_t i = 0; i < properties; ++i) {
    cim::Property property;
    property.name = "P" + std::to_string(i);
    property.type = {kTypes[i % std::size(kTypes)], i >= std::size(kTypes), ""};
    declaration.properties.push_back(std::move(property));
  }
  return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
}

// A class as it is, and the layout that it had when it had fewer properties.
struct Schema {
  Schema() {
    auto stored_class = std::make_shared<StoredClass>();
    stored_class->id = 1;
    stored_class->key_root = 1;
    stored_class->schema = MakeClass(16);
    stored_class->layout = LayoutId(EncodeLayout(*stored_class->schema));
    stored = std::move(stored_class);
    const std::string old_layout = EncodeLayout(*MakeClass(11));
    old_id = LayoutId(old_layout);
    connection = sql::Connection::Open(":memory:", sql::Access::kWrite).value();
    Require(connection->Execute("CREATE TABLE layouts (id INTEGER PRIMARY KEY, body BLOB NOT NULL)").ok());
    sql::Statement put = connection->Use("INSERT INTO layouts (id, body) VALUES (?1, ?2)");
    Require(put.Bind(1, old_id).BindBlob(2, old_layout).Run().ok());
  }
  StoredClassPtr stored;
  std::int64_t old_id = 0;
  std::unique_ptr<sql::Connection> connection;
};

const Schema& TheSchema() {
  static const Schema schema;
  return schema;
}

constexpr RowAddress kAddress{1, 1, "key"};

Result<Object> Decode(std::string_view bytes) {
  RowDecoder decoder(TheSchema().stored);
  ObjectSink sink;
  const Status status = decoder.Decode(*TheSchema().connection, kAddress, bytes, sink);
  std::vector<Object> rows = sink.Take();
  Require(rows.size() == (status.ok() ? 1 : 0));
  if (!status.ok()) return status;
  return std::move(rows.front());
}

void CheckRow(std::string_view bytes) {
  const Result<Object> row = Decode(bytes);
  if (!row.ok()) return RequireDamage(row.status());
  const std::string written = EncodeRow(kAddress, TheSchema().stored->layout, *row);
  const Result<Object> again = Decode(written);
  Require(again.ok() && EncodeRow(kAddress, TheSchema().stored->layout, *again) == written);
}

// A row's bytes behind its checksum and its layout.
void CheckRowBody(std::string_view body, std::int64_t layout) {
  std::string whole;
  ByteWriter(whole).Fixed64(static_cast<std::uint64_t>(layout));
  whole += body;
  std::string bytes;
  ByteWriter out(bytes);
  out.Byte(1);
  out.Fixed64(RowSum(kAddress, 1, whole));
  CheckRow(bytes + whole);
}

void CheckLayout(std::string_view bytes) {
  const Result<RowMap> map = RowMap::Make(bytes, *TheSchema().stored->schema);
  if (!map.ok()) return RequireDamage(map.status());
  for (std::size_t slot = 0; slot < map->size(); ++slot) {
    const auto target = map->Target(slot);
    Require(!target || *target < TheSchema().stored->schema->properties().size());
  }
}

void CheckAsItIs(std::string_view bytes) {
  CheckDeclaration(bytes);
  CheckObject(bytes);
  CheckRow(bytes);
  if (IsSoundNote("note", bytes)) Require(NoteBytes("note", bytes.substr(sizeof(std::uint64_t))) == bytes);
}

void Check(std::uint8_t choice, std::string_view bytes) {
  switch (choice % 7) {
    case 0:
      return CheckValue(bytes);
    case 1:
      return CheckDeclaration(WithHead(bytes));
    case 2:
      return CheckObjectBody(bytes);
    case 3:
      return CheckRowBody(bytes, TheSchema().stored->layout);
    case 4:
      return CheckRowBody(bytes, TheSchema().old_id);
    case 5:
      return CheckLayout(bytes);
    default:
      return CheckAsItIs(bytes);
  }
}

void CheckInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  TheSchema();
  [[maybe_unused]] static const bool is_counting =
      __sanitizer_install_malloc_and_free_hooks != nullptr &&
      __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t bytes) { allocated += bytes; },
                                                [](const volatile void*) {}) != 0;
  allocated = 0;
  Check(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  Require(allocated <= kBytesFree + kBytesPerByte * size);
}

}  // namespace
}  // namespace wmi::store

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wmi::store::CheckInput(data, size);
  return 0;
}
