#include "store/encoding/object_code.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "cim/declaration.h"
#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/encoding/value_code.h"

namespace wmi::store {
namespace {

constexpr std::uint8_t kClass = 1;
constexpr std::uint8_t kInstance = 2;
constexpr std::uint8_t kQualifiedInstance = 3;  // its own qualifiers stand behind its values

Status Damaged() { return Status(code::kCriticalError, "a stored embedded object is damaged"); }

Result<cim::ClassPtr> ReadClass(ByteReader& in) {
  std::size_t count = in.Count();
  if (count > limits::kDerivationDepthMax + 1) count = in.Fail();
  cim::ClassPtr schema;
  for (; count != 0; --count) {
    cim::ClassDeclaration declaration = TRY(DecodeDeclaration(in.Text()));
    schema = TRY(cim::Class::Make(std::move(declaration), schema, nullptr));
  }
  if (in.failed() || schema == nullptr) return Damaged();
  return schema;
}

}  // namespace

std::string EncodeObject(const cim::Object& object) {
  std::string bytes;
  ByteWriter out(bytes);
  const cim::InstanceQualifiers* qualifiers = object.own_qualifiers();
  out.Byte(object.is_class() ? kClass : qualifiers == nullptr ? kInstance : kQualifiedInstance);
  std::vector<const cim::Class*> line;
  for (const cim::Class* schema = &object.schema(); schema != nullptr; schema = schema->superclass().get()) {
    line.push_back(schema);
  }
  out.Unsigned(line.size());
  for (auto schema = line.rbegin(); schema != line.rend(); ++schema) {
    out.Text(EncodeDeclaration(cim::DeclarationOf(**schema)));
  }
  if (object.is_class()) return bytes;
  // Embedded objects are at most kObjectNestingMax deep (cim::CheckValue), and so is this.
  for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot) {
    WriteValue(out, bytes, object.slot(slot));
  }
  if (qualifiers != nullptr) WriteInstanceQualifiers(out, bytes, *qualifiers);
  return bytes;
}

Result<cim::Object> DecodeObject(std::string_view bytes, std::size_t depth) {
  if (depth > limits::kObjectNestingMax) return Damaged();
  ByteReader in(bytes);
  const std::uint8_t genus = in.Byte();
  const cim::ClassPtr schema = TRY(ReadClass(in));
  if (genus == kClass) return cim::Object(schema);
  if (genus != kInstance && genus != kQualifiedInstance) return Damaged();
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  ValueSpace space(depth);
  for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) builder.Set(slot, ReadValue(in, space));
  if (genus == kQualifiedInstance) builder.SetOwnQualifiers(ReadInstanceQualifiers(in, RowMap(), *schema));
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  if (in.failed()) return Damaged();
  return std::move(rows.front());
}

}  // namespace wmi::store
