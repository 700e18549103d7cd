#include "cim/signature_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cim/check.h"

namespace wmi::cim {
namespace {

constexpr std::string_view kReturnValue = "ReturnValue";

// The ID of a parameter, nullopt when it has none.
Result<std::optional<std::int64_t>> IdOf(const Property& parameter) {
  const Qualifier* id = parameter.qualifiers.Find("ID");
  if (id == nullptr) return std::optional<std::int64_t>();
  const ValueView value = id->value.view();
  if (value.kind() != ValueKind::kSigned || value.signed_integer() < 0) {
    return Status(code::kInvalidParameterId,
                  fmt::format("the ID of parameter {} is {}; use a number from 0", parameter.name, Describe(value)));
  }
  return std::optional<std::int64_t>(value.signed_integer());
}

// Contract 8.3, PutMethod: every parameter has an ID, they run from 0 without gap, one in both signatures has one ID
// and one type, the return value has none.
class SignatureChecker {
 public:
  explicit SignatureChecker(const Method& method) : method_(method) {}

  Status Check() {
    if (method_.in != nullptr) TRY(CheckSide(*method_.in));
    if (method_.out != nullptr) TRY(CheckSide(*method_.out));
    TRY(CheckShared());
    return CheckNumbers();
  }

 private:
  Status CheckSide(const Class& side) {
    for (const Property& parameter : side.properties()) {
      const std::optional<std::int64_t> id = TRY(IdOf(parameter));
      if (EqualFolded(parameter.name, kReturnValue)) {
        TRY(CheckReturn(side, parameter, id.has_value()));
        continue;
      }
      if (!id)
        return Status(code::kMissingParameterId, fmt::format("parameter {} has no ID qualifier", parameter.name));
      if (&side == method_.out.get() && method_.in != nullptr && method_.in->FindSlot(parameter.name)) continue;
      ids_.push_back(*id);
    }
    return Status();
  }

  Status CheckReturn(const Class& side, const Property& parameter, bool has_id) {
    if (&side == method_.in.get()) {
      return Status(code::kInvalidMethodParameters, "ReturnValue cannot be an input parameter");
    }
    if (has_id) return Status(code::kParameterIdOnRetval, "ReturnValue must not have an ID qualifier");
    if (parameter.type.is_array) return Status(code::kInvalidMethodParameters, "a method cannot return an array");
    return Status();
  }

  Status CheckShared() {
    if (method_.in == nullptr || method_.out == nullptr) return Status();
    for (const Property& parameter : method_.in->properties()) {
      const Property* twin = method_.out->FindProperty(parameter.name);
      if (twin == nullptr) continue;
      if (!HasSameShape(parameter.type, twin->type)) {
        return Status(code::kInvalidDuplicateParameter,
                      fmt::format("parameter {} is {} on the way in and {} on the way out", parameter.name,
                                  Describe(parameter.type), Describe(twin->type)));
      }
      const std::optional<std::int64_t> in_id = TRY(IdOf(parameter));
      const std::optional<std::int64_t> out_id = TRY(IdOf(*twin));
      if (in_id != out_id) {
        return Status(code::kInvalidParameterId,
                      fmt::format("parameter {} has one ID on the way in and another on the way out", parameter.name));
      }
    }
    return Status();
  }

  Status CheckNumbers() {
    std::sort(ids_.begin(), ids_.end());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (ids_[i] != static_cast<std::int64_t>(i)) {
        return Status(code::kNonconsecutiveParameterIds,
                      fmt::format("the parameter IDs must run from 0 without gap; {} is missing or {} is there twice",
                                  i, ids_[i]));
      }
    }
    return Status();
  }

  const Method& method_;
  std::vector<std::int64_t> ids_;
};

}  // namespace

Status CheckSignature(const Method& method) { return SignatureChecker(method).Check(); }

bool IsSameSignature(const ClassPtr& a, const ClassPtr& b) {
  const std::size_t size_a = a == nullptr ? 0 : a->properties().size();
  const std::size_t size_b = b == nullptr ? 0 : b->properties().size();
  if (size_a != size_b) return false;
  for (std::size_t slot = 0; slot < size_a; ++slot) {
    const Property& left = a->properties()[slot];
    const Property* right = b->FindProperty(left.name);
    if (right == nullptr || !HasSameShape(left.type, right->type)) return false;
    const Qualifier* left_id = left.qualifiers.Find("ID");
    const Qualifier* right_id = right->qualifiers.Find("ID");
    if ((left_id == nullptr) != (right_id == nullptr)) return false;
    if (left_id != nullptr && !(left_id->value == right_id->value)) return false;
  }
  return true;
}

}  // namespace wmi::cim
