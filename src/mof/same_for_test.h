// Deep equality of classes and instances, saying where they differ.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "cim/class.h"
#include "cim/instance_qualifiers.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::mof {

inline void ExpectSameQualifiers(const cim::QualifierSet& a, const cim::QualifierSet& b, const std::string& where) {
  EXPECT_EQ(a.size(), b.size()) << where;
  for (const cim::Qualifier& qualifier : a) {
    const cim::Qualifier* other = b.Find(qualifier.name);
    ASSERT_NE(other, nullptr) << where << " " << qualifier.name;
    EXPECT_EQ(qualifier.name, other->name) << where;
    EXPECT_EQ(qualifier.value, other->value) << where << " " << qualifier.name;
    EXPECT_EQ(qualifier.type, other->type) << where << " " << qualifier.name;
    EXPECT_EQ(qualifier.flavor, other->flavor) << where << " " << qualifier.name;
    EXPECT_EQ(qualifier.propagated, other->propagated) << where << " " << qualifier.name;
  }
}

inline void ExpectSameProperties(const cim::Class& a, const cim::Class& b) {
  ASSERT_EQ(a.properties().size(), b.properties().size()) << a.name();
  for (std::size_t slot = 0; slot < a.properties().size(); ++slot) {
    const cim::Property& left = a.properties()[slot];
    const cim::Property* right = b.FindProperty(left.name);
    ASSERT_NE(right, nullptr) << a.name() << "." << left.name;
    const std::string where = a.name() + "." + left.name;
    EXPECT_EQ(left.name, right->name) << where;
    EXPECT_EQ(left.type, right->type) << where;
    EXPECT_EQ(left.default_value, right->default_value) << where;
    EXPECT_EQ(left.origin, right->origin) << where;
    EXPECT_EQ(left.is_local, right->is_local) << where;
    EXPECT_EQ(left.is_overridden, right->is_overridden) << where;
    EXPECT_EQ(left.is_key, right->is_key) << where;
    ExpectSameQualifiers(left.qualifiers, right->qualifiers, where);
  }
}

inline void ExpectSameSide(const cim::ClassPtr& a, const cim::ClassPtr& b) {
  ASSERT_EQ(a == nullptr, b == nullptr);
  if (a != nullptr) ExpectSameProperties(*a, *b);
}

// The same in a moment, without saying where they differ.
inline bool IsSameProperty(const cim::Property& a, const cim::Property& b) {
  return a.name == b.name && a.type == b.type && a.default_value == b.default_value && a.origin == b.origin &&
         a.is_local == b.is_local && a.is_overridden == b.is_overridden && a.is_key == b.is_key &&
         a.qualifiers == b.qualifiers;
}
inline bool IsSameSide(const cim::ClassPtr& a, const cim::ClassPtr& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return std::equal(a->properties().begin(), a->properties().end(), b->properties().begin(), b->properties().end(),
                    IsSameProperty);
}
inline bool IsSameMethod(const cim::Method& a, const cim::Method& b) {
  return a.name == b.name && a.origin == b.origin && a.is_local == b.is_local && a.qualifiers == b.qualifiers &&
         IsSameSide(a.in, b.in) && IsSameSide(a.out, b.out);
}
inline bool IsSameClass(const cim::Class& a, const cim::Class& b) {
  return a.name() == b.name() && a.derivation() == b.derivation() && a.key_slots() == b.key_slots() &&
         a.qualifiers() == b.qualifiers() &&
         std::equal(a.properties().begin(), a.properties().end(), b.properties().begin(), b.properties().end(),
                    IsSameProperty) &&
         std::equal(a.methods().begin(), a.methods().end(), b.methods().begin(), b.methods().end(), IsSameMethod);
}

inline void ExpectSameClass(const cim::Class& a, const cim::Class& b) {
  EXPECT_EQ(a.name(), b.name());
  EXPECT_EQ(a.derivation(), b.derivation()) << a.name();
  EXPECT_EQ(a.key_slots().size(), b.key_slots().size()) << a.name();
  EXPECT_EQ(a.is_abstract(), b.is_abstract()) << a.name();
  EXPECT_EQ(a.is_singleton(), b.is_singleton()) << a.name();
  EXPECT_EQ(a.is_association(), b.is_association()) << a.name();
  EXPECT_EQ(a.is_dynamic(), b.is_dynamic()) << a.name();
  ExpectSameQualifiers(a.qualifiers(), b.qualifiers(), a.name());
  ExpectSameProperties(a, b);
  ASSERT_EQ(a.methods().size(), b.methods().size()) << a.name();
  for (const cim::Method& method : a.methods()) {
    const cim::Method* other = b.FindMethod(method.name);
    ASSERT_NE(other, nullptr) << a.name() << "." << method.name;
    EXPECT_EQ(method.name, other->name) << a.name();
    EXPECT_EQ(method.origin, other->origin) << a.name() << "." << method.name;
    EXPECT_EQ(method.is_local, other->is_local) << a.name() << "." << method.name;
    ExpectSameQualifiers(method.qualifiers, other->qualifiers, a.name() + "." + method.name);
    ExpectSameSide(method.in, other->in);
    ExpectSameSide(method.out, other->out);
  }
}

inline void ExpectSameInstance(const cim::Object& a, const cim::Object& b) {
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a.schema().name(), b.schema().name());
  ASSERT_EQ(a.schema().properties().size(), b.schema().properties().size());
  for (std::size_t slot = 0; slot < a.schema().properties().size(); ++slot) {
    EXPECT_TRUE(cim::SameValue(a.slot(slot), b.slot(slot))) << a.schema().properties()[slot].name;
  }
  EXPECT_TRUE(cim::SameInstanceQualifiers(a.own_qualifiers(), b.own_qualifiers()));
}

}  // namespace wmi::mof
