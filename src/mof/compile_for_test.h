// What the tests of this module share: compile a text and look at the outcome.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/object_path.h"
#include "mof/check_target.h"
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

// A text of classes only.
inline Compiled CompileText(std::string text, const ClassLookup& existing = ClassTable()) {
  return Compile({"test.mof", std::move(text)}, "ROOT\\test", "HOST", existing);
}

inline std::string ErrorsOf(const std::vector<Status>& errors) {
  std::string text;
  for (const Status& error : errors) {
    text += std::string(CodeName(error.code())) + " " + error.detail()->file + " " +
            std::to_string(error.detail()->line) + " " + std::to_string(error.detail()->column) + " " +
            error.Message() + "\n";
  }
  return text;
}
inline std::string ErrorsOf(const Compiled& compiled) { return ErrorsOf(compiled.errors); }

// The namespaces ROOT, ROOT\test and ROOT\other, which have the class of namespaces and nothing else.
class TestWorld {
 public:
  TestWorld()
      : system_(CompileText("class __NAMESPACE { [key] string Name; };")),
        target_("HOST", CheckTarget::Namespaces::kListed, system_, system_) {
    options_.default_namespace = "ROOT\\test";
    options_.server = "HOST";
    for (const char* name : {"ROOT", "ROOT\\test", "ROOT\\other"}) target_.AddNamespace(name);
  }

  CheckTarget& target() { return target_; }
  CompileOptions& options() { return options_; }

  Report Compile(std::string text) { return CompileInto({"test.mof", std::move(text)}, options_, target_); }

  cim::ClassPtr FindClass(std::string_view name, std::string_view name_space = "ROOT\\test") const {
    return target_.FindClass(name_space, name);
  }
  // The instance of this path, empty when there is none.
  cim::Object Find(std::string_view path, std::string_view name_space = "ROOT\\test") const {
    for (const cim::Object& instance : target_.Instances(name_space)) {
      if (cim::RelativePath(instance) == path) return instance;
    }
    return {};
  }
  // The value of a property; a text that says so when there is no such instance or property.
  cim::Value Value(std::string_view path, std::string_view property) const {
    const cim::Object instance = Find(path);
    const std::optional<std::size_t> slot = instance ? instance.schema().FindSlot(property) : std::nullopt;
    return slot ? cim::Value::Copy(instance.slot(*slot)) : cim::Value::Text("no such thing");
  }
  std::vector<std::string> Paths(std::string_view name_space = "ROOT\\test") const {
    std::vector<std::string> paths;
    for (const cim::Object& instance : target_.Instances(name_space)) paths.push_back(*cim::RelativePath(instance));
    return paths;
  }

 private:
  ClassTable system_;
  CheckTarget target_;
  CompileOptions options_;
};

}  // namespace wmi::mof
