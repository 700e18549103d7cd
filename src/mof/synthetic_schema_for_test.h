// A made-up schema as large as one likes, with everything that classes and instances can have: what tests and
// benchmarks compile where a published schema may not be committed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::mof {

// One seed, one schema. Not thread-safe.
class SyntheticSchema {
 public:
  explicit SyntheticSchema(std::uint32_t seed) : random_(seed) {}

  // Declarations of the next `count` classes Synth_0, Synth_1, …; superclasses first.
  std::string Classes(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += NextClass();
    return text;
  }

  // An instance of a random class that can have some; each has other keys.
  std::string Instance() {
    const Class& cls = PickConcrete();
    std::string text = Chance(10) ? "[Note(\"" + Text() + "\") : ToInstance]\n" : "";
    return text + InstanceOf(cls, ++instances_, 0) + ";\n";
  }

 private:
  struct Property {
    std::string name;
    std::string type;  // as written, without brackets
    bool is_array = false;
    bool is_key = false;
    bool is_reference = false;
    bool is_object = false;
  };
  struct Method {
    std::string declaration;
  };
  struct Class {
    std::string name;
    std::size_t depth = 0;
    bool is_abstract = false;
    bool has_keys = false;
    bool is_singleton = false;
    std::vector<Property> properties;  // inherited ones, too
    std::vector<Method> methods;
  };

  static constexpr std::size_t kDepthMax = 12;
  static constexpr const char* kTypes[] = {"sint8",  "uint8",  "sint16", "uint16",  "sint32", "uint32",   "sint64",
                                           "uint64", "real32", "real64", "boolean", "string", "datetime", "char16"};

  std::size_t Below(std::size_t end) { return random_() % end; }
  bool Chance(std::size_t percent) { return Below(100) < percent; }

  std::string Text() {
    static constexpr const char* kPieces[] = {
        "plain",          " ",  "\\\"",  "\\\\", "\\n", "\\t", "\\x0001", "Größe",  "😀",  "\\x41", "'",
        "\\xD83D\\xDE00", "//", "/* */", "{};",  "$x",  "%s",  "\\r",     "\\f\\b", "日本"};
    std::string text;
    for (std::size_t i = Below(6); i > 0; --i) text += kPieces[Below(std::size(kPieces))];
    return text;
  }

  std::string Integer(int bits, bool is_signed) {
    std::uint64_t number = random_() | std::uint64_t{random_()} << 32;
    if (Chance(30)) number = Chance(50) ? 0 : ~std::uint64_t{0};
    number >>= static_cast<unsigned>(64 - bits + (is_signed ? 1 : 0));
    std::string text = std::to_string(number);
    if (Chance(20)) {
      static constexpr char kDigits[] = "0123456789aBcDeF";
      std::string digits;
      for (std::uint64_t left = number; digits.empty() || left != 0; left /= 16) digits += kDigits[left % 16];
      std::reverse(digits.begin(), digits.end());
      text = "0x" + digits;
    }
    return is_signed && Chance(40) ? "-" + text : text;
  }

  std::string Scalar(std::string_view type) {
    if (type == "boolean") return Chance(50) ? "TRUE" : "false";
    if (type == "string") return Chance(20) ? "\"" + Text() + "\" \"" + Text() + "\"" : "\"" + Text() + "\"";
    if (type == "datetime") return Chance(50) ? "\"20240229120000.123456+060\"" : "\"00000001020304.000000:000\"";
    if (type == "char16") return Chance(50) ? "'\\x20AC'" : std::to_string(Below(65536));
    if (type.starts_with("real"))
      return std::to_string(static_cast<int>(Below(2000)) - 1000) + ".25e" + std::to_string(Below(20));
    const bool is_signed = type.front() == 's';
    return Integer(std::stoi(std::string(type.substr(4))), is_signed);
  }

  std::string Value(const Property& property, std::size_t depth) {
    if (property.is_array) {
      std::string text = "{";
      for (std::size_t i = Below(4), n = i; i > 0; --i) text += (i == n ? "" : ", ") + Item(property, depth);
      return text + "}";
    }
    return Item(property, depth);
  }

  std::string Item(const Property& property, std::size_t depth) {
    if (property.is_reference) return "\"" + property.type + ".Id=" + std::to_string(Below(100)) + "\"";
    if (property.is_object) return InstanceOf(*Find(property.type), Below(1000), depth + 1);
    return Scalar(property.type);
  }

  const Class* Find(std::string_view name) const {
    const auto found = std::find_if(classes_.begin(), classes_.end(), [&](const Class& c) { return c.name == name; });
    return found == classes_.end() ? nullptr : &*found;
  }

  std::string InstanceOf(const Class& cls, std::size_t number, std::size_t depth) {
    std::string text = "instance of " + cls.name + " {\n";
    for (const Property& property : cls.properties) {
      if (property.is_key) {
        text += "  " + property.name + " = " + std::to_string(number) + ";\n";
      } else if (Chance(depth == 0 ? 60 : 20) && !(property.is_object && depth > 2)) {
        if (Chance(5)) text += "  [Hint{1, 2}]";
        text += "  " + property.name + " = " + (Chance(10) ? "NULL" : Value(property, depth)) + ";\n";
      }
    }
    return text + "}";
  }

  std::string Qualifiers(std::string_view more = "") {
    static constexpr const char* kSome[] = {
        "Version(\"2.41.0\")",
        "Values{\"a\", \"b\\\\c\"} : ToSubclass Amended",
        "MaxLen(256)",
        "Ratio(0.5) : ToInstance",
        "Write",
        "Off(FALSE) : Restricted",
        "Bits{1, -2, 0x7FFFFFFF}",
        "Flags{TRUE, FALSE} : ToSubclass",
    };
    std::string text(more);
    if (Chance(60)) text += (text.empty() ? "" : ", ") + ("Description(\"" + Text() + "\") : ToSubclass Amended");
    for (const char* one : kSome) {
      if (Chance(10)) text += (text.empty() ? "" : ", ") + std::string(one);
    }
    return text.empty() ? "" : "[" + text + "] ";
  }

  Property NewProperty(std::string name) {
    Property property;
    property.name = std::move(name);
    property.type = kTypes[Below(std::size(kTypes))];
    property.is_array = Chance(20);
    if (!classes_.empty() && Chance(15)) {
      property.type = classes_[Below(classes_.size())].name;
      property.is_reference = Chance(60);
      property.is_object = !property.is_reference;
    }
    return property;
  }

  std::string Declaration(const Property& property) {
    return property.type + (property.is_reference ? " ref " : " ") + property.name + (property.is_array ? "[]" : "");
  }

  std::string Default(const Property& property) {
    if (Chance(10)) return " = NULL";
    if (!Chance(30) || (property.is_object && Chance(70))) return "";
    return " = " + Value(property, 1);
  }

  std::string NewMethod(std::size_t number) {
    std::string text = Chance(70) ? "uint32 " : "void ";
    text += "Method" + std::to_string(number) + "(";
    for (std::size_t i = Below(5), n = i; i > 0; --i) {
      const Property parameter = NewProperty("p" + std::to_string(i));
      static constexpr const char* kDirections[] = {"in", "out", "in, out", "in, optional"};
      text += (i == n ? "" : ", ") + Qualifiers(kDirections[Below(std::size(kDirections))]) + Declaration(parameter);
    }
    return text + ")";
  }

  std::string NextClass() {
    Class cls;
    const std::size_t number = classes_.size();
    cls.name = "Synth_" + std::to_string(number);
    const Class* superclass = number != 0 && Chance(75) ? &classes_[Below(number)] : nullptr;
    if (superclass != nullptr && superclass->depth == kDepthMax) superclass = nullptr;
    std::string own;
    if (superclass != nullptr) {
      cls = *superclass;
      cls.name = "Synth_" + std::to_string(number);
      ++cls.depth;
      own += Overrides(cls);
    }
    // The first can have instances, so that there is always one that can.
    cls.is_abstract = number != 0 && Chance(15);
    if (superclass == nullptr && number != 0 && Chance(5)) cls.is_singleton = true;
    if (!cls.has_keys && !cls.is_singleton && !cls.is_abstract) own += Key(cls);
    for (std::size_t i = Below(8); i > 0; --i) {
      Property property = NewProperty("P" + std::to_string(number) + "_" + std::to_string(i));
      own += "  " + Qualifiers() + Declaration(property) + Default(property) + ";\n";
      cls.properties.push_back(std::move(property));
    }
    for (std::size_t i = Below(3); i > 0; --i) {
      cls.methods.push_back({NewMethod(cls.methods.size())});
      own += "  " + Qualifiers("Implemented") + cls.methods.back().declaration + ";\n";
    }
    std::string marks = cls.is_abstract ? "abstract" : "dynamic : ToInstance, provider(\"p\")";
    if (cls.is_singleton && superclass == nullptr) marks += ", singleton";
    std::string text = Qualifiers(marks) + "class " + cls.name;
    if (superclass != nullptr) text += " : " + superclass->name;
    classes_.push_back(std::move(cls));
    return text + " {\n" + own + "};\n";
  }

  std::string Key(Class& cls) {
    Property key;
    key.name = "Id";
    key.type = "uint32";
    key.is_key = true;
    cls.has_keys = true;
    cls.properties.push_back(key);
    return "  " + Qualifiers("key") + "uint32 Id;\n";
  }

  // Other defaults and qualifiers for some of what is inherited.
  std::string Overrides(const Class& cls) {
    std::string text;
    for (const Property& property : cls.properties) {
      if (!property.is_key && Chance(10))
        text += "  " + Qualifiers() + Declaration(property) + Default(property) + ";\n";
    }
    for (const Method& method : cls.methods) {
      if (Chance(10)) text += "  " + Qualifiers() + method.declaration + ";\n";
    }
    return text;
  }

  const Class& PickConcrete() {
    for (;;) {
      const Class& cls = classes_[Below(classes_.size())];
      if (cls.has_keys && !cls.is_abstract) return cls;
    }
  }

  std::mt19937 random_;
  std::vector<Class> classes_;
  std::size_t instances_ = 0;
};

}  // namespace wmi::mof
