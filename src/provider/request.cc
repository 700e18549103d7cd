#include <algorithm>

#include "provider/provider.h"

namespace wmi::provider {
namespace {

bool IsSame(cim::ValueView a, cim::ValueView b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case cim::ValueKind::kBoolean:
      return a.boolean() == b.boolean();
    case cim::ValueKind::kSigned:
      return a.signed_integer() == b.signed_integer();
    case cim::ValueKind::kUnsigned:
      return a.unsigned_integer() == b.unsigned_integer();
    case cim::ValueKind::kText:
      return EqualFolded(a.text(), b.text());
    default:
      return false;
  }
}

const Request::Allowed* Find(const Request& request, std::size_t slot) {
  const auto found = std::find_if(request.allowed.begin(), request.allowed.end(),
                                  [&](const Request::Allowed& of) { return of.slot == slot; });
  return found == request.allowed.end() ? nullptr : &*found;
}

}  // namespace

bool Request::IsNarrowed(std::size_t slot) const { return Find(*this, slot) != nullptr; }

bool Request::Allows(std::size_t slot, cim::ValueView value) const {
  const Allowed* const of = Find(*this, slot);
  if (of == nullptr) return true;
  return std::any_of(of->values.begin(), of->values.end(),
                     [&](const cim::Value& known) { return IsSame(known.view(), value); });
}

}  // namespace wmi::provider
