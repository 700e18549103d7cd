#include "store/encoding/class_code.h"

#include <fmt/format.h>

#include <utility>

#include "base/limits.h"
#include "cim/declaration.h"
#include "store/encoding/checksum.h"
#include "store/encoding/value_code.h"

namespace wmi::store {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHeadBytes = 1 + sizeof(std::uint64_t);

// Bit of a property.
constexpr std::uint8_t kNullOverride = 1;

Status Damaged(std::string_view what) {
  return Status(code::kCriticalError,
                fmt::format("the stored definition of a class is damaged: {}; recompile its MOF", what));
}

void WriteType(ByteWriter& out, const cim::DataType& type) {
  out.Unsigned(static_cast<std::uint16_t>(type.type));
  out.Byte(type.is_array ? 1 : 0);
  out.Text(type.class_name);
}

cim::DataType ReadType(ByteReader& in) {
  cim::DataType type;
  type.type = static_cast<cim::CimType>(in.Unsigned());
  type.is_array = in.Byte() != 0;
  type.class_name = std::string(in.Text());
  return type;
}

cim::Value ReadOwned(ByteReader& in, ValueSpace& space) {
  space.Clear();
  return cim::Value::Copy(ReadValue(in, space));
}

void WriteDeclaration(ByteWriter& out, std::string& bytes, const cim::ClassDeclaration& declaration);

void WriteProperty(ByteWriter& out, std::string& bytes, const cim::Property& property) {
  out.Text(property.name);
  WriteType(out, property.type);
  out.Byte(property.is_null_override ? kNullOverride : 0);
  WriteValue(out, bytes, property.default_value.view());
  WriteQualifiers(out, bytes, property.qualifiers);
}

void WriteSignature(ByteWriter& out, std::string& bytes, const cim::ClassPtr& signature) {
  out.Byte(signature == nullptr ? 0 : 1);
  // A signature has no methods, so this goes no deeper.
  if (signature != nullptr) WriteDeclaration(out, bytes, cim::DeclarationOf(*signature));
}

void WriteDeclaration(ByteWriter& out, std::string& bytes, const cim::ClassDeclaration& declaration) {
  out.Text(declaration.name);
  out.Text(declaration.superclass);
  WriteQualifiers(out, bytes, declaration.qualifiers);
  out.Unsigned(declaration.properties.size());
  for (const cim::Property& property : declaration.properties) WriteProperty(out, bytes, property);
  out.Unsigned(declaration.methods.size());
  for (const cim::Method& method : declaration.methods) {
    out.Text(method.name);
    WriteSignature(out, bytes, method.in);
    WriteSignature(out, bytes, method.out);
    WriteQualifiers(out, bytes, method.qualifiers);
  }
}

enum class Methods { kAllowed, kNone };

// One declaration; a signature is one without methods.
class DeclarationReader {
 public:
  DeclarationReader(ByteReader& in, Methods methods) : in_(in), methods_(methods) {}

  Result<cim::ClassDeclaration> Read() {
    cim::ClassDeclaration declaration;
    declaration.name = std::string(in_.Text());
    declaration.superclass = std::string(in_.Text());
    declaration.qualifiers = ReadQualifiers(in_);
    declaration.properties.resize(BoundedCount(limits::kPropertiesMax));
    for (cim::Property& property : declaration.properties) ReadProperty(property);
    declaration.methods.resize(BoundedCount(methods_ == Methods::kAllowed ? limits::kMethodsMax : 0));
    for (cim::Method& method : declaration.methods) TRY(ReadMethod(method));
    if (in_.failed()) return Damaged("it ends too early");
    return declaration;
  }

 private:
  std::size_t BoundedCount(std::size_t limit) {
    const std::size_t count = in_.Count();
    return count <= limit ? count : in_.Fail();
  }

  void ReadProperty(cim::Property& property) {
    property.name = std::string(in_.Text());
    property.type = ReadType(in_);
    property.is_null_override = (in_.Byte() & kNullOverride) != 0;
    property.default_value = ReadOwned(in_, space_);
    property.qualifiers = ReadQualifiers(in_);
  }

  Status ReadMethod(cim::Method& method) {
    method.name = std::string(in_.Text());
    method.in = TRY(ReadSignature());
    method.out = TRY(ReadSignature());
    method.qualifiers = ReadQualifiers(in_);
    return Status();
  }

  Result<cim::ClassPtr> ReadSignature() {
    if (in_.Byte() == 0) return cim::ClassPtr();
    cim::ClassDeclaration declaration = TRY(DeclarationReader(in_, Methods::kNone).Read());
    return cim::Class::Make(std::move(declaration), nullptr, nullptr);
  }

  ByteReader& in_;
  const Methods methods_;
  ValueSpace space_;
};

}  // namespace

void WriteQualifiers(ByteWriter& out, std::string& bytes, const cim::QualifierSet& qualifiers) {
  out.Unsigned(qualifiers.size());
  for (const cim::Qualifier& qualifier : qualifiers) {
    out.Text(qualifier.name);
    WriteType(out, qualifier.type);
    out.Unsigned(qualifier.flavor);
    WriteValue(out, bytes, qualifier.value.view());
  }
}

cim::QualifierSet ReadQualifiers(ByteReader& in) {
  cim::QualifierSet qualifiers;
  ValueSpace space;
  std::size_t count = in.Count();
  if (count > limits::kQualifiersMax) count = in.Fail();
  for (; count != 0 && !in.failed(); --count) {
    cim::Qualifier qualifier;
    qualifier.name = std::string(in.Text());
    qualifier.type = ReadType(in);
    qualifier.flavor = static_cast<std::uint32_t>(in.Unsigned());
    qualifier.value = ReadOwned(in, space);
    qualifiers.Set(std::move(qualifier));
  }
  return qualifiers;
}

std::string EncodeDeclaration(const cim::ClassDeclaration& declaration) {
  std::string body;
  ByteWriter out(body);
  WriteDeclaration(out, body, declaration);
  std::string bytes;
  bytes.reserve(kHeadBytes + body.size());
  ByteWriter head(bytes);
  head.Byte(kFormat);
  head.Fixed64(Checksum(kFormat, body));
  return bytes + body;
}

Result<cim::ClassDeclaration> DecodeDeclaration(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint8_t format = in.Byte();
  const std::uint64_t sum = in.Fixed64();
  if (in.failed()) return Damaged("it is too short");
  if (sum != Checksum(format, in.rest())) return Damaged("its checksum is wrong");
  if (format != kFormat) {
    return Status(code::kDatabaseVerMismatch,
                  fmt::format("the definition of a class has the format {}, this version knows {}; use a newer version",
                              format, kFormat));
  }
  cim::ClassDeclaration declaration = TRY(DeclarationReader(in, Methods::kAllowed).Read());
  if (!in.at_end()) return Damaged("there is something behind its end");
  return declaration;
}

}  // namespace wmi::store
