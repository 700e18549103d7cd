#include "api/object_comparison.h"

#include <wbemcli.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "base/limits.h"
#include "base/text.h"
#include "cim/instance_qualifiers.h"
#include "cim/types.h"

namespace wmi::api {
namespace {

using cim::Class;
using cim::Object;
using cim::Property;
using cim::ValueKind;
using cim::ValueView;

// One comparison under fixed flags.
class Comparison {
 public:
  explicit Comparison(std::uint32_t flags) : flags_(flags) {}

  bool Objects(const Object& a, const Object& b, std::size_t depth) const {
    if (a.is_class() != b.is_class()) return false;
    if (a.is_class()) return Classes(a.schema(), b.schema());
    if (!Ignores(WBEM_FLAG_IGNORE_CLASS) && !Classes(a.schema(), b.schema())) return false;
    return Values(a, b, depth) && InstanceQualifiers(a, b);
  }

 private:
  bool Ignores(std::uint32_t what) const { return (flags_ & what) != 0; }

  bool Text(std::string_view a, std::string_view b) const {
    return Ignores(WBEM_FLAG_IGNORE_CASE) ? EqualFolded(a, b) : a == b;
  }

  // Embedded objects nest at most to the limit of contract 7.5.
  bool Value(ValueView a, ValueView b, std::size_t depth) const {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
      case ValueKind::kText:
        return Text(a.text(), b.text());
      case ValueKind::kArray:
        return Items(a.items(), b.items(), depth);
      case ValueKind::kObject:
        return depth < limits::kObjectNestingMax && Objects(*a.object(), *b.object(), depth + 1);
      default:
        return cim::SameValue(a, b);
    }
  }

  bool Items(std::span<const ValueView> a, std::span<const ValueView> b, std::size_t depth) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!Value(a[i], b[i], depth)) return false;
    }
    return true;
  }

  // By name, so that instances of different classes can be compared when their class is ignored.
  bool Values(const Object& a, const Object& b, std::size_t depth) const {
    std::size_t visible_a = 0;
    const auto& properties = a.schema().properties();
    for (std::size_t slot = 0; slot < properties.size(); ++slot) {
      if (!a.IsVisible(slot)) continue;
      ++visible_a;
      const std::optional<std::size_t> other = b.schema().FindSlot(properties[slot].name);
      if (!other || !b.IsVisible(*other)) return false;
      const cim::DataType& type = b.schema().properties()[*other].type;
      if (type.type != properties[slot].type.type || type.is_array != properties[slot].type.is_array) return false;
      if (!Value(a.slot(slot), b.slot(*other), depth)) return false;
    }
    std::size_t visible_b = 0;
    for (std::size_t slot = 0; slot < b.schema().properties().size(); ++slot) visible_b += b.IsVisible(slot);
    return visible_a == visible_b;
  }

  // Those of the class are compared with the class. Of what a select list left out nothing is compared.
  bool InstanceQualifiers(const Object& a, const Object& b) const {
    const cim::InstanceQualifiers none;
    const cim::InstanceQualifiers& own_a = a.own_qualifiers() == nullptr ? none : *a.own_qualifiers();
    const cim::InstanceQualifiers& own_b = b.own_qualifiers() == nullptr ? none : *b.own_qualifiers();
    if (Ignores(WBEM_FLAG_IGNORE_QUALIFIERS) || &own_a == &own_b) return true;
    if (!Qualifiers(own_a.of_object, own_b.of_object)) return false;
    std::size_t visible_a = 0;
    for (const auto& item : own_a.of_properties) {
      if (!a.IsVisible(item.slot)) continue;
      ++visible_a;
      const std::optional<std::size_t> other = b.schema().FindSlot(a.schema().properties()[item.slot].name);
      const cim::QualifierSet* twin = other ? own_b.FindProperty(*other) : nullptr;
      if (twin == nullptr || !Qualifiers(item.qualifiers, *twin)) return false;
    }
    const auto is_visible = [&](const auto& item) { return b.IsVisible(item.slot); };
    return std::count_if(own_b.of_properties.begin(), own_b.of_properties.end(), is_visible) ==
           static_cast<std::ptrdiff_t>(visible_a);
  }

  bool SameHome(const Class& a, const Class& b) const {
    if (Ignores(WBEM_FLAG_IGNORE_OBJECT_SOURCE) || a.home() == b.home()) return true;
    if (a.home() == nullptr || b.home() == nullptr) return false;
    return EqualFolded(a.home()->server, b.home()->server) && EqualFolded(a.home()->name_space, b.home()->name_space);
  }

  bool Classes(const Class& a, const Class& b) const {
    if (&a == &b) return true;
    if (!SameHome(a, b) || !EqualFolded(a.name(), b.name()) || a.derivation().size() != b.derivation().size()) {
      return false;
    }
    for (std::size_t i = 0; i < a.derivation().size(); ++i) {
      if (!EqualFolded(a.derivation()[i], b.derivation()[i])) return false;
    }
    return Qualifiers(a.qualifiers(), b.qualifiers()) && Properties(a, b) && Methods(a, b);
  }

  bool Properties(const Class& a, const Class& b) const {
    if (a.properties().size() != b.properties().size()) return false;
    for (const Property& property : a.properties()) {
      const Property* other = b.FindProperty(property.name);
      if (other == nullptr || !(other->type == property.type)) return false;
      if (!Ignores(WBEM_FLAG_IGNORE_DEFAULT_VALUES) &&
          !Value(property.default_value.view(), other->default_value.view(), 0)) {
        return false;
      }
      if (!Qualifiers(property.qualifiers, other->qualifiers)) return false;
    }
    return true;
  }

  bool Methods(const Class& a, const Class& b) const {
    if (a.methods().size() != b.methods().size()) return false;
    for (const cim::Method& method : a.methods()) {
      const cim::Method* other = b.FindMethod(method.name);
      if (other == nullptr || !Signatures(method.in, other->in) || !Signatures(method.out, other->out) ||
          !Qualifiers(method.qualifiers, other->qualifiers)) {
        return false;
      }
    }
    return true;
  }

  bool Signatures(const cim::ClassPtr& a, const cim::ClassPtr& b) const {
    if (a == nullptr || b == nullptr) return a == b;
    return Properties(*a, *b);
  }

  bool Qualifiers(const cim::QualifierSet& a, const cim::QualifierSet& b) const {
    if (Ignores(WBEM_FLAG_IGNORE_QUALIFIERS)) return true;
    if (a.size() != b.size()) return false;
    for (const cim::Qualifier& qualifier : a) {
      const cim::Qualifier* other = b.Find(qualifier.name);
      if (other == nullptr || !Value(qualifier.value.view(), other->value.view(), 0)) return false;
      if (!Ignores(WBEM_FLAG_IGNORE_FLAVOR) && qualifier.flavor != other->flavor) return false;
    }
    return true;
  }

  const std::uint32_t flags_;
};

}  // namespace

bool AreSame(const Object& a, const Object& b, std::uint32_t flags) { return Comparison(flags).Objects(a, b, 0); }

}  // namespace wmi::api
