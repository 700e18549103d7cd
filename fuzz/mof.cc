// MOF: whatever the text, the compiler ends, says where each error is, and what compiles can be written and compiled
// back to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "mof/compiler.h"
#include "mof/writer.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

class Table final : public wmi::mof::ClassLookup {
 public:
  explicit Table(const wmi::mof::Compiled* compiled) : compiled_(compiled) {}
  wmi::cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override {
    if (compiled_ == nullptr) return nullptr;
    for (const auto& cls : compiled_->classes) {
      if (wmi::EqualFolded(cls->name(), name) && cls->home()->name_space == name_space) return cls;
    }
    return nullptr;
  }

 private:
  const wmi::mof::Compiled* compiled_;
};

void CheckRoundTrip(const wmi::mof::Compiled& compiled, const wmi::cim::Class& cls) {
  // A class that is declared twice may have changed under its subclasses; only the last word can be found again.
  if (cls.superclass() != nullptr) {
    const auto found = Table(&compiled).FindClass(cls.home()->name_space, cls.superclass()->name());
    if (found != cls.superclass()) return;
  }
  const std::string text = wmi::mof::ClassText(cls);
  const auto again = wmi::mof::Compile({"again.mof", text}, cls.home()->name_space, "HOST", Table(&compiled));
  Require(again.errors.empty());
  Require(again.classes.size() == 1);
  Require(wmi::mof::ClassText(*again.classes[0]) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const wmi::mof::Source source{"fuzz.mof", std::string(reinterpret_cast<const char*>(data), size)};
  const auto compiled = wmi::mof::Compile(source, "ROOT\\fuzz", "HOST", Table(nullptr));
  Require(compiled.errors.size() <= wmi::limits::kMofErrorsMax);
  for (const wmi::Status& error : compiled.errors) {
    Require(!error.ok());
    Require(error.detail() != nullptr && error.detail()->line > 0 && error.detail()->column > 0);
    Require(error.detail()->file == "fuzz.mof" && !error.detail()->message.empty());
  }
  for (const auto& cls : compiled.classes) CheckRoundTrip(compiled, *cls);
  return 0;
}
