#include "mof/compiler.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "cim/check.h"
#include "cim/object_path.h"
#include "mof/convert.h"
#include "mof/diagnostics.h"
#include "mof/lexer.h"
#include "mof/parser.h"
#include "mof/qualifiers.h"
#include "mof/syntax.h"

namespace wmi::mof {
namespace {

using cim::CimType;
using cim::Value;

constexpr std::uint32_t kIdFlavor = cim::flavor::kToInstance | cim::flavor::kNotOverridable;

using NameSet = std::unordered_set<std::string_view, FoldedHash, FoldedEqual>;

cim::Qualifier FlagQualifier(std::string name) {
  return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, ""}, 0, false};
}

cim::Qualifier NumberQualifier(std::string name, std::int64_t number, std::uint32_t flavors) {
  return {std::move(name), Value::Signed(number), {CimType::kSint32, false, ""}, flavors, false};
}

// Turns statements into classes. One per source.
class Compiler {
 public:
  Compiler(std::string_view text, Diagnostics& diagnostics, std::string_view default_namespace, std::string_view server,
           const ClassLookup& existing)
      : parser_(text, diagnostics),
        diagnostics_(diagnostics),
        qualifiers_(diagnostics),
        existing_(existing),
        server_(server),
        default_namespace_(default_namespace) {
    EnterNamespace(std::string(default_namespace));
  }

  std::vector<cim::ClassPtr> Run() {
    for (;;) {
      Parser::Step step = parser_.Next();
      if (step.outcome == Parser::Outcome::kEnd) return std::move(classes_);
      if (step.outcome == Parser::Outcome::kBrokenClass) {
        MarkBroken(step.name);
      } else if (auto* cls = std::get_if<ClassSyntax>(&step.statement)) {
        if (!CompileClass(*cls)) MarkBroken(cls->name);
      } else if (auto* declaration = std::get_if<QualifierDeclarationSyntax>(&step.statement)) {
        qualifiers_.Declare(std::move(*declaration));
      } else {
        CompilePragma(std::get<PragmaSyntax>(step.statement));
      }
    }
  }

 private:
  bool Fail(Code failure, Offset offset, std::string message) {
    diagnostics_.Report(failure, offset, std::move(message));
    return false;
  }

  // --- Directives.

  void CompilePragma(const PragmaSyntax& pragma) {
    switch (pragma.kind) {
      case PragmaKind::kNamespace:
        CompileNamespace(pragma);
        return;
      case PragmaKind::kClassFlags:
      case PragmaKind::kInstanceFlags:
        CompileFlags(pragma);
        return;
      case PragmaKind::kAmendment:
        if (pragma.text.empty()) {
          Fail(code::kMofInvalidAmendmentSyntax, pragma.text_offset,
               "expected the locale as a string, such as \"MS_409\"");
        } else if (std::exchange(has_amendment_, true)) {
          Fail(code::kMofInvalidDuplicateAmendment, pragma.offset, "a file has one #pragma amendment");
        } else {
          Refuse(pragma, "amendment");
        }
        return;
      case PragmaKind::kDeleteClass:
        CompileDelete(pragma, "deleteclass", code::kMofInvalidDeleteclassSyntax);
        return;
      case PragmaKind::kDeleteInstance:
        CompileDelete(pragma, "deleteinstance", code::kMofInvalidDeleteinstanceSyntax);
        return;
      case PragmaKind::kInclude:
        Refuse(pragma, "include");
        return;
      case PragmaKind::kAutorecover:
      case PragmaKind::kInformation:
        return;
    }
  }

  void Refuse(const PragmaSyntax& pragma, std::string_view name) {
    Fail(code::kNotSupported, pragma.offset, fmt::format("#pragma {} is not supported yet", name));
  }

  void CompileNamespace(const PragmaSyntax& pragma) {
    if (pragma.text.empty() || !pragma.words.empty()) {
      Fail(code::kMofInvalidNamespaceSyntax, pragma.text_offset,
           R"(expected one string, such as #pragma namespace ("\\\\.\\root\\cimv2"))");
      return;
    }
    const Result<cim::ObjectPath> path = cim::ParseNamespacePath(pragma.text);
    if (!path.ok()) {
      Fail(code::kMofInvalidNamespaceSpecification, pragma.text_offset,
           fmt::format("'{}' is no namespace; {}", pragma.text, path.status().Message()));
      return;
    }
    if (!path->server.empty() && !EqualFolded(path->server, server_)) {
      Fail(code::kMofInvalidNamespaceSpecification, pragma.text_offset,
           fmt::format("the namespace is on {}; classes are compiled for this machine only, write \\\\.\\",
                       path->server));
      return;
    }
    EnterNamespace(path->name_space);
  }

  // Gives the namespace the spelling that it has elsewhere.
  void EnterNamespace(std::string name) {
    if (EqualFolded(name, default_namespace_)) name = default_namespace_;
    std::shared_ptr<const cim::Home>& home = homes_[name];
    if (home == nullptr) home = std::make_shared<const cim::Home>(cim::Home{server_, name});
    home_ = home;
  }

  void CompileFlags(const PragmaSyntax& pragma) {
    std::vector<std::string_view> words = pragma.words;
    if (!pragma.text.empty()) words.push_back(pragma.text);
    for (const std::string_view word : words) {
      bool is_known = EqualFolded(word, "createonly") || EqualFolded(word, "updateonly");
      if (pragma.kind == PragmaKind::kClassFlags)
        is_known |= EqualFolded(word, "forceupdate") || EqualFolded(word, "safeupdate");
      if (!is_known) {
        Fail(code::kMofInvalidFlagsSyntax, pragma.text_offset, fmt::format("'{}' is no flag of this directive", word));
        return;
      }
    }
    Refuse(pragma, pragma.kind == PragmaKind::kClassFlags ? "classflags" : "instanceflags");
  }

  void CompileDelete(const PragmaSyntax& pragma, std::string_view name, Code failure) {
    const bool is_complete = !pragma.text.empty() && pragma.words.size() == 1 &&
                             (EqualFolded(pragma.words[0], "fail") || EqualFolded(pragma.words[0], "nofail"));
    if (!is_complete) {
      Fail(failure, pragma.text_offset,
           fmt::format("expected a string and 'fail' or 'nofail', as in #pragma {} (\"…\", nofail)", name));
      return;
    }
    Refuse(pragma, name);
  }

  // --- Classes.

  std::string KeyOf(std::string_view class_name) const { return fmt::format("{}:{}", home_->name_space, class_name); }

  void MarkBroken(std::string_view class_name) {
    if (!class_name.empty()) broken_.insert(KeyOf(class_name));
  }

  bool CompileClass(const ClassSyntax& syntax) {
    cim::ClassDeclaration declaration;
    declaration.name = std::string(syntax.name);
    declaration.superclass = std::string(syntax.superclass);
    bool is_right = ConvertInto(syntax.qualifiers, ClassScopes(syntax), declaration.qualifiers);
    is_right &= CompileProperties(syntax, declaration);
    is_right &= CompileMethods(syntax, declaration);
    cim::ClassPtr superclass;
    if (!syntax.superclass.empty()) {
      superclass = FindClass(syntax.superclass);
      if (superclass == nullptr) {
        if (broken_.contains(KeyOf(syntax.superclass))) return false;  // one error is enough
        return Fail(code::kInvalidSuperclass, syntax.superclass_offset,
                    fmt::format("the superclass {} does not exist in {}; declare it first", syntax.superclass,
                                home_->name_space));
      }
    }
    if (!is_right) return false;
    Result<cim::ClassPtr> made = cim::Class::Make(std::move(declaration), std::move(superclass), home_);
    if (!made.ok()) {
      diagnostics_.Report(made.status(), PlaceOf(made.status(), syntax));
      return false;
    }
    by_name_.insert_or_assign(KeyOf(syntax.name), *made);
    classes_.push_back(std::move(made).value());
    return true;
  }

  cim::ClassPtr FindClass(std::string_view name) const {
    const auto found = by_name_.find(KeyOf(name));
    return found != by_name_.end() ? found->second : existing_.FindClass(home_->name_space, name);
  }

  // Where the rule was broken: at the member that the failure names, at the superclass, or at the name of the class.
  static Offset PlaceOf(const Status& status, const ClassSyntax& syntax) {
    const bool is_derivation = status.code() == code::kInvalidSuperclass || status.code() == code::kCircularReference ||
                               status.code() == code::kCannotBeAbstract;
    if (is_derivation && !syntax.superclass.empty()) return syntax.superclass_offset;
    if (status.detail() == nullptr) return syntax.offset;
    const std::string_view element = status.detail()->parameter;
    const std::size_t dot = element.find('.');
    if (dot == std::string_view::npos) return syntax.offset;
    const std::string_view member = element.substr(dot + 1);
    for (const PropertySyntax& property : syntax.properties) {
      if (EqualFolded(property.name, member)) return property.offset;
    }
    for (const MethodSyntax& method : syntax.methods) {
      if (EqualFolded(method.name, member)) return method.offset;
    }
    return syntax.offset;
  }

  static std::uint32_t ClassScopes(const ClassSyntax& syntax) {
    std::uint32_t scopes = scope::kClass;
    for (const QualifierSyntax& qualifier : syntax.qualifiers) {
      if (EqualFolded(qualifier.name, "association")) scopes |= scope::kAssociation;
      if (EqualFolded(qualifier.name, "indication")) scopes |= scope::kIndication;
    }
    return scopes;
  }

  bool ConvertInto(const QualifierListSyntax& list, std::uint32_t scopes, cim::QualifierSet& set) {
    std::optional<cim::QualifierSet> converted = qualifiers_.Convert(list, scopes);
    if (converted) set = std::move(*converted);
    return converted.has_value();
  }

  bool CompileProperties(const ClassSyntax& syntax, cim::ClassDeclaration& declaration) {
    bool is_right = true;
    NameSet names;
    declaration.properties.reserve(syntax.properties.size());
    for (const PropertySyntax& property : syntax.properties) {
      if (!names.insert(property.name).second) {
        is_right = Fail(code::kMofDuplicateProperty, property.offset,
                        fmt::format("the property {} is declared twice", property.name));
        continue;
      }
      cim::Property result;
      const bool is_reference = property.type.type == CimType::kReference;
      is_right &=
          CompileProperty(property, is_reference ? scope::kReference | scope::kProperty : scope::kProperty, result);
      declaration.properties.push_back(std::move(result));
    }
    return is_right;
  }

  // A property or a parameter.
  bool CompileProperty(const PropertySyntax& syntax, std::uint32_t scopes, cim::Property& property) {
    property.name = std::string(syntax.name);
    property.type = syntax.type;
    bool is_right = ConvertInto(syntax.qualifiers, scopes, property.qualifiers);
    // Contract 8.7: the size of an array is a suggestion that is kept as a qualifier.
    if (syntax.array_size && property.qualifiers.Find("MAX") == nullptr) {
      property.qualifiers.Set(NumberQualifier("MAX", static_cast<std::int64_t>(*syntax.array_size), 0));
    }
    if (syntax.default_value) {
      Converted converted = ConvertLiteral(*syntax.default_value, syntax.type);
      if (!converted.ok()) {
        diagnostics_.Report(converted.failure.status, converted.failure.offset);
        is_right = false;
      }
      property.default_value = std::move(converted.value);
    }
    return is_right;
  }

  bool CompileMethods(const ClassSyntax& syntax, cim::ClassDeclaration& declaration) {
    bool is_right = true;
    NameSet names;
    for (const MethodSyntax& method : syntax.methods) {
      if (!names.insert(method.name).second) {
        is_right = Fail(code::kMofDuplicateProperty, method.offset,
                        fmt::format("the method {} is declared twice", method.name));
        continue;
      }
      cim::Method result;
      is_right &= CompileMethod(method, result);
      declaration.methods.push_back(std::move(result));
    }
    return is_right;
  }

  bool CompileMethod(const MethodSyntax& syntax, cim::Method& method) {
    method.name = std::string(syntax.name);
    bool is_right = ConvertInto(syntax.qualifiers, scope::kMethod, method.qualifiers);
    cim::ClassDeclaration in;
    cim::ClassDeclaration out;
    is_right &= CompileParameters(syntax, in, out);
    if (syntax.return_type.type != CimType::kEmpty) {
      cim::Property result;
      result.name = "ReturnValue";
      result.type = syntax.return_type;
      result.qualifiers.Set(FlagQualifier("out"));
      out.properties.push_back(std::move(result));
    }
    return is_right && MakeSignature(syntax, std::move(in), method.in) &&
           MakeSignature(syntax, std::move(out), method.out);
  }

  // Null when there are no parameters on this side.
  bool MakeSignature(const MethodSyntax& syntax, cim::ClassDeclaration side, cim::ClassPtr& cls) {
    if (side.properties.empty()) return true;
    side.name = "__PARAMETERS";
    Result<cim::ClassPtr> made = cim::Class::Make(std::move(side), nullptr, nullptr);
    if (!made.ok()) {
      Offset offset = syntax.offset;
      for (const PropertySyntax& parameter : syntax.parameters) {
        if (made.status().detail() != nullptr &&
            made.status().detail()->parameter == fmt::format("__PARAMETERS.{}", parameter.name)) {
          offset = parameter.offset;
        }
      }
      diagnostics_.Report(made.status(), offset);
      return false;
    }
    cls = std::move(made).value();
    return true;
  }

  bool CompileParameters(const MethodSyntax& syntax, cim::ClassDeclaration& in, cim::ClassDeclaration& out) {
    bool has_ids = false;
    for (const PropertySyntax& parameter : syntax.parameters) {
      for (const QualifierSyntax& qualifier : parameter.qualifiers) has_ids |= EqualFolded(qualifier.name, "ID");
    }
    bool is_right = true;
    NameSet names;
    std::int64_t id = 0;
    for (const PropertySyntax& parameter : syntax.parameters) {
      if (!names.insert(parameter.name).second) {
        is_right = Fail(code::kInvalidDuplicateParameter, parameter.offset,
                        fmt::format("the parameter {} is declared twice", parameter.name));
        continue;
      }
      if (EqualFolded(parameter.name, "ReturnValue")) {
        is_right = Fail(code::kInvalidMethodParameters, parameter.offset,
                        "ReturnValue stands for what the method returns; use another name");
        continue;
      }
      cim::Property property;
      if (!CompileProperty(parameter, scope::kParameter, property)) {
        is_right = false;
        continue;
      }
      // Contract 8.7: numbered in the order of the text when the text says nothing.
      if (!has_ids) property.qualifiers.Set(NumberQualifier("ID", id++, kIdFlavor));
      is_right &= PlaceParameter(parameter, std::move(property), in, out);
    }
    return is_right;
  }

  bool PlaceParameter(const PropertySyntax& syntax, cim::Property property, cim::ClassDeclaration& in,
                      cim::ClassDeclaration& out) {
    const bool is_in = qualifiers_.PresenceOf(property.qualifiers, "in") == Presence::kTrue;
    const bool is_out = qualifiers_.PresenceOf(property.qualifiers, "out") == Presence::kTrue;
    if (!is_in && !is_out) {
      return Fail(code::kMofMustBeInOrOut, syntax.offset,
                  fmt::format("the parameter {} must be [in], [out] or [in, out]", syntax.name));
    }
    if (is_in) AddDirected(property, "in", "out", in);
    if (is_out) AddDirected(std::move(property), "out", "in", out);
    return true;
  }

  static void AddDirected(cim::Property property, std::string_view direction, std::string_view opposite,
                          cim::ClassDeclaration& side) {
    property.qualifiers.Remove(opposite);
    if (property.qualifiers.Find(direction) == nullptr) property.qualifiers.Set(FlagQualifier(std::string(direction)));
    side.properties.push_back(std::move(property));
  }

  Parser parser_;
  Diagnostics& diagnostics_;
  QualifierTable qualifiers_;
  const ClassLookup& existing_;
  std::string server_;
  std::string default_namespace_;
  std::unordered_map<std::string, std::shared_ptr<const cim::Home>, FoldedHash, FoldedEqual> homes_;
  std::shared_ptr<const cim::Home> home_;
  // By namespace and name, joined by a colon.
  std::unordered_map<std::string, cim::ClassPtr, FoldedHash, FoldedEqual> by_name_;
  std::unordered_set<std::string, FoldedHash, FoldedEqual> broken_;
  std::vector<cim::ClassPtr> classes_;
  bool has_amendment_ = false;
};

}  // namespace

Compiled Compile(const Source& source, std::string_view default_namespace, std::string_view server,
                 const ClassLookup& existing) {
  Compiled compiled;
  const Result<std::string> text = DecodeSource(source.text);
  if (!text.ok()) {
    Diagnostics diagnostics(source.file, {});
    diagnostics.Report(text.status(), 0);
    compiled.errors = diagnostics.TakeErrors();
    return compiled;
  }
  Diagnostics diagnostics(source.file, *text);
  compiled.classes = Compiler(*text, diagnostics, default_namespace, server, existing).Run();
  compiled.errors = diagnostics.TakeErrors();
  return compiled;
}

}  // namespace wmi::mof
