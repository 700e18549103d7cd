// The parts of MOF as the parser finds them: names and values with their places, nothing looked up or converted yet.
//
// Every string_view looks into the decoded text or into what the parser keeps, which outlive the syntax.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cim/types.h"
#include "mof/diagnostics.h"

namespace wmi::mof {

struct InstanceSyntax;

// A value. Adjacent strings are joined already.
struct Literal {
  enum class Kind : std::uint8_t {
    kNull,
    kBoolean,
    kInteger,
    kReal,
    kCharacter,
    kText,
    kArray,
    kAlias,     // text: the name without '$'
    kInstance,  // an embedded instance
  };

  Kind kind = Kind::kNull;
  bool boolean = false;
  bool is_negative = false;
  Offset offset = 0;
  std::uint64_t magnitude = 0;  // integer without its sign; code unit of a character
  double real = 0;
  std::string_view text;
  std::vector<Literal> items;  // anything but arrays
  std::shared_ptr<const InstanceSyntax> instance;
};

// What flavor words ask for: bits of cim::flavor to set and to clear.
struct FlavorWords {
  std::uint32_t set = 0;
  std::uint32_t cleared = 0;
};

struct QualifierSyntax {
  std::string_view name;
  Offset offset = 0;
  std::optional<Literal> value;  // none: the bare name
  FlavorWords flavors;
};

using QualifierListSyntax = std::vector<QualifierSyntax>;

// A property or a parameter.
struct PropertySyntax {
  QualifierListSyntax qualifiers;
  cim::DataType type;
  Offset type_offset = 0;
  std::optional<std::uint64_t> array_size;
  std::string_view name;
  Offset offset = 0;
  std::optional<Literal> default_value;
};

struct MethodSyntax {
  QualifierListSyntax qualifiers;
  cim::DataType return_type;  // kEmpty: void
  std::string_view name;
  Offset offset = 0;
  std::vector<PropertySyntax> parameters;
};

struct ClassSyntax {
  QualifierListSyntax qualifiers;
  std::string_view name;
  Offset offset = 0;
  std::string_view superclass;  // empty: none
  Offset superclass_offset = 0;
  std::vector<PropertySyntax> properties;
  std::vector<MethodSyntax> methods;
};

// One `[qualifiers] name = value;` of an instance.
struct AssignmentSyntax {
  QualifierListSyntax qualifiers;
  std::string_view name;
  Offset offset = 0;
  Literal value;
};

struct InstanceSyntax {
  QualifierListSyntax qualifiers;
  std::string_view class_name;
  Offset offset = 0;       // of the class name
  std::string_view alias;  // without '$'; empty: none
  Offset alias_offset = 0;
  std::vector<AssignmentSyntax> assignments;
};

// Where a qualifier may stand (DSP0004 5.6.1).
namespace scope {
inline constexpr std::uint32_t kClass = 1;
inline constexpr std::uint32_t kAssociation = 2;
inline constexpr std::uint32_t kIndication = 4;
inline constexpr std::uint32_t kProperty = 8;
inline constexpr std::uint32_t kReference = 16;
inline constexpr std::uint32_t kMethod = 32;
inline constexpr std::uint32_t kParameter = 64;
inline constexpr std::uint32_t kAny = 0xFFFFFFFF;
}  // namespace scope

// `Qualifier Name : flavors;` or the longer form of DMTF with type, default, scope and flavors.
struct QualifierDeclarationSyntax {
  std::string_view name;
  Offset offset = 0;
  std::optional<cim::DataType> type;
  std::optional<Literal> default_value;
  std::uint32_t scopes = scope::kAny;
  FlavorWords flavors;
};

enum class PragmaKind : std::uint8_t {
  kNamespace,
  kInclude,
  kAutorecover,
  kClassFlags,
  kInstanceFlags,
  kAmendment,
  kDeleteClass,
  kDeleteInstance,
  kInformation,  // locale and other ones that change nothing
};

struct PragmaSyntax {
  PragmaKind kind = PragmaKind::kInformation;
  Offset offset = 0;  // of the directive
  std::string text;   // the first argument when it is a string
  Offset text_offset = 0;
  std::vector<std::string_view> words;  // the other arguments
};

// One statement in the order of the file.
using Statement = std::variant<QualifierDeclarationSyntax, PragmaSyntax, ClassSyntax, InstanceSyntax>;

}  // namespace wmi::mof
