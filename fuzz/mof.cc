// MOF: whatever the text, the compiler ends, says where each error is, and what compiles can be written and compiled
// back to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "mof/amendment_text.h"
#include "mof/check_target.h"
#include "mof/compiler.h"
#include "mof/export.h"
#include "mof/writer.h"

namespace {

using wmi::cim::ClassPtr;

void Require(bool holds) {
  if (!holds) std::abort();
}

class SystemClasses final : public wmi::mof::ClassLookup {
 public:
  SystemClasses() {
    const NoClasses none;
    const auto compiled =
        wmi::mof::Compile({"system.mof", "class __NAMESPACE { [key] string Name; };"}, "ROOT", "HOST", none);
    Require(compiled.errors.empty());
    name_space_ = compiled.classes.at(0);
  }
  ClassPtr FindClass(std::string_view, std::string_view name) const override {
    return wmi::EqualFolded(name, "__NAMESPACE") ? name_space_ : nullptr;
  }

 private:
  class NoClasses final : public wmi::mof::ClassLookup {
    ClassPtr FindClass(std::string_view, std::string_view) const override { return nullptr; }
  };
  ClassPtr name_space_;
};

const SystemClasses& System() {
  static const SystemClasses classes;
  return classes;
}

// A world of three namespaces that a text is compiled into.
struct World {
  World() {
    for (const char* name : {"ROOT", "ROOT\\fuzz", "ROOT\\other"}) target.AddNamespace(name);
    options.default_namespace = "ROOT\\fuzz";
    options.server = "HOST";
    options.files_max = 50;
    // Every include is the first half of the text under another name.
    options.open_include = [this](std::string_view path, std::string_view) -> wmi::Result<wmi::mof::Source> {
      return wmi::mof::Source{std::string(path), text.substr(0, text.size() / 2)};
    };
  }
  wmi::mof::Report Compile(std::string source) {
    text = source;
    return wmi::mof::CompileInto({"fuzz.mof", std::move(source)}, options, target);
  }

  std::string text;
  wmi::mof::CheckTarget target{"HOST", wmi::mof::CheckTarget::Namespaces::kListed, System(), System()};
  wmi::mof::CompileOptions options;
};

void CheckErrors(const wmi::mof::Report& report) {
  Require(report.errors.size() <= wmi::limits::kMofErrorsMax);
  for (const wmi::Status& error : report.errors) {
    Require(!error.ok());
    Require(error.detail() != nullptr && error.detail()->line > 0 && error.detail()->column > 0);
    Require(!error.detail()->file.empty() || report.files.size() > 1);
    Require(!error.detail()->message.empty());
  }
  Require(report.ok() == (report.first.phase == wmi::mof::Phase::kNone));
  Require(report.first.first_line <= report.first.last_line);
}

// The classes and instances of the namespace as they are in the end, compiled again.
void CheckRoundTrip(World& world, const std::vector<ClassPtr>& put) {
  std::unordered_map<std::string, ClassPtr, wmi::FoldedHash, wmi::FoldedEqual> classes;
  for (const ClassPtr& cls : put) {
    const ClassPtr now = world.target.FindClass("ROOT\\fuzz", cls->name());
    if (now != nullptr && cls->home()->name_space == "ROOT\\fuzz") classes[now->name()] = now;
  }
  // Instances and default values may hold objects of a class that is another one by now, or no more.
  const std::vector<wmi::cim::Object> instances = world.target.Instances("ROOT\\fuzz");
  World again;
  wmi::mof::ExportedNamespace exported;
  exported.name = "ROOT\\fuzz";
  for (const auto& [name, cls] : classes) exported.classes.push_back(cls);
  std::string text;
  const auto write = [&](std::string_view piece) {
    text += piece;
    return wmi::Status();
  };
  Require(WriteNamespace(exported, wmi::mof::Creation::kOmit, write).ok());
  const wmi::mof::Report report = again.Compile(text);
  if (!report.ok()) {
    Require(text.find("instance of") != std::string::npos);
    return;
  }
  for (const auto& [name, cls] : classes) {
    const ClassPtr twin = again.target.FindClass("ROOT\\fuzz", name);
    Require(twin != nullptr && wmi::mof::ClassText(*twin) == wmi::mof::ClassText(*cls));
  }
  for (const wmi::cim::Object& instance : instances) {
    const auto found = classes.find(instance.schema().name());
    if (found == classes.end() || found->second.get() != &instance.schema()) continue;
    const std::string written = wmi::mof::InstanceText(instance);
    const std::size_t before = again.target.Instances("ROOT\\fuzz").size();
    if (!again.Compile(written).ok()) {
      Require(written.find("instance of", 12) != std::string::npos);  // of a class that is gone
      continue;
    }
    const std::vector<wmi::cim::Object> now = again.target.Instances("ROOT\\fuzz");
    if (now.size() == before + 1) Require(wmi::mof::InstanceText(now.back()) == written);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  World world;
  CheckErrors(world.Compile(text));
  CheckRoundTrip(world, world.target.TakeClasses());
  World amended;
  amended.options.amendment = "MS_409";
  amended.text = text;
  wmi::mof::AmendmentTexts texts;
  CheckErrors(WriteAmendment({"fuzz.mof", text}, amended.options, amended.target, texts));
  return 0;
}
