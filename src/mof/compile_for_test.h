// What the tests of this module share: compile a text and look at the outcome.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "mof/compiler.h"

namespace wmi::mof {

// Classes by name, in one namespace for all.
class ClassTable final : public ClassLookup {
 public:
  ClassTable() = default;
  explicit ClassTable(const Compiled& compiled) {
    for (const cim::ClassPtr& cls : compiled.classes) Add(cls);
  }
  void Add(const cim::ClassPtr& cls) { classes_[cls->name()] = cls; }
  cim::ClassPtr FindClass(std::string_view, std::string_view name) const override {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, cim::ClassPtr, FoldedHash, FoldedEqual> classes_;
};

inline Compiled CompileText(std::string text, const ClassLookup& existing = ClassTable()) {
  return Compile({"test.mof", std::move(text)}, "ROOT\\test", "HOST", existing);
}

inline std::string ErrorsOf(const Compiled& compiled) {
  std::string text;
  for (const Status& error : compiled.errors) {
    text += std::string(CodeName(error.code())) + " " + std::to_string(error.detail()->line) + " " +
            std::to_string(error.detail()->column) + " " + error.Message() + "\n";
  }
  return text;
}

}  // namespace wmi::mof
