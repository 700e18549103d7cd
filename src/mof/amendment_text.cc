#include "mof/amendment_text.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "mof/amendment.h"
#include "mof/export.h"
#include "mof/writer.h"

namespace wmi::mof {
namespace {

std::string_view LastPart(std::string_view name_space) {
  return name_space.substr(name_space.rfind('\\') + 1);  // npos + 1 is 0
}

// Hands every change on and writes down those that succeed.
class Recorder final : public Target {
 public:
  Recorder(Target& target, AmendmentTexts& texts) : target_(target), texts_(texts) {}

  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override {
    return target_.FindClass(name_space, name);
  }
  Result<std::string> FindNamespace(std::string_view name) override { return target_.FindNamespace(name); }
  Status PutNamespaceSecurity(std::string_view name_space, std::string_view sddl) override {
    TRY(target_.PutNamespaceSecurity(name_space, sddl));
    const std::size_t last = name_space.rfind('\\');
    if (last == std::string_view::npos) return Status();
    Write(name_space.substr(0, last),
          fmt::format("[NamespaceSecuritySDDL({})]\ninstance of __NAMESPACE\n{{\n\tName = {};\n}};\n", Quoted(sddl),
                      Quoted(name_space.substr(last + 1))));
    return Status();
  }

  Result<cim::ClassPtr> PutClass(std::string_view name_space, cim::ClassDeclaration declaration, cim::PutMode mode,
                                 cim::ClassUpdate update) override {
    cim::ClassPtr put = TRY(target_.PutClass(name_space, std::move(declaration), mode, update));
    Write(name_space, ClassText(*put));
    return put;
  }

  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance,
                                  cim::PutMode mode) override {
    std::string path = TRY(target_.PutInstance(name_space, instance, mode));
    // The namespace of a language belongs to the text of the language, which makes it itself.
    const std::optional<std::size_t> name = instance.schema().FindSlot("Name");
    const bool makes_language = EqualFolded(instance.schema().name(), "__NAMESPACE") && name &&
                                instance.slot(*name).kind() == cim::ValueKind::kText &&
                                ParseLocale(instance.slot(*name).text());
    if (!makes_language) Write(name_space, InstanceText(instance));
    return path;
  }

  Status DeleteClass(std::string_view name_space, std::string_view name) override {
    TRY(target_.DeleteClass(name_space, name));
    Write(name_space, fmt::format("#pragma deleteclass ({}, nofail)\n", Quoted(name)));
    return Status();
  }

  Status DeleteInstance(std::string_view name_space, std::string_view path) override {
    TRY(target_.DeleteInstance(name_space, path));
    Write(name_space, fmt::format("#pragma deleteinstance ({}, nofail)\n", Quoted(path)));
    return Status();
  }

 private:
  void Write(std::string_view name_space, const std::string& text) {
    const bool is_localized = ParseLocale(LastPart(name_space)).has_value();
    std::string& out = is_localized ? texts_.localized : texts_.neutral;
    std::string& current = is_localized ? localized_namespace_ : neutral_namespace_;
    if (current != name_space) {
      out +=
          (out.empty() ? "" : "\n") + (is_localized ? NamespaceCreation(name_space) : NamespaceDirective(name_space));
      current = std::string(name_space);
    }
    out += "\n" + text;
  }

  Target& target_;
  AmendmentTexts& texts_;
  std::string neutral_namespace_;
  std::string localized_namespace_;
};

}  // namespace

Report WriteAmendment(Source source, const CompileOptions& options, Target& target, AmendmentTexts& texts) {
  texts = {};
  Recorder recorder(target, texts);
  Report report = CompileInto(std::move(source), options, recorder);
  for (std::string* text : {&texts.neutral, &texts.localized}) {
    if (report.has_autorecover && !text->empty()) *text = "#pragma autorecover\n" + *text;
  }
  return report;
}

}  // namespace wmi::mof
