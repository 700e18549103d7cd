// Class declarations as bytes and back.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "store/encoding/bytes.h"

namespace wmi::store {

// What a class says itself (cim/declaration.h): name, superclass, qualifiers, properties, methods with their
// signatures. With a format number and a checksum.
std::string EncodeDeclaration(const cim::ClassDeclaration& declaration);

// kCriticalError for bytes that are not what EncodeDeclaration wrote; kDatabaseVerMismatch for a later format.
Result<cim::ClassDeclaration> DecodeDeclaration(std::string_view bytes);

// Qualifiers alone, for the objects that have their own.
void WriteQualifiers(ByteWriter& out, std::string& bytes, const cim::QualifierSet& qualifiers);
cim::QualifierSet ReadQualifiers(ByteReader& in);

}  // namespace wmi::store
