#include "mof/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "cim/instance_edit.h"
#include "cim/object_path.h"
#include "mof/amendment.h"
#include "mof/check_target.h"
#include "mof/class_compiler.h"
#include "mof/diagnostics.h"
#include "mof/instance_compiler.h"
#include "mof/instance_queue.h"
#include "mof/lexer.h"
#include "mof/parser.h"
#include "mof/qualifiers.h"
#include "mof/syntax.h"

namespace wmi::mof {
namespace {

constexpr std::string_view kNamespaceClass = "__NAMESPACE";

// WBEMMOF_E_…: what the text itself says is wrong.
bool IsSyntaxCode(Code code) { return (static_cast<std::uint32_t>(code) & 0xFFFFFF00u) == 0x80044000u; }

// Obeys statements. One per compilation.
class Compiler {
 public:
  Compiler(const CompileOptions& options, Target& target)
      : options_(options),
        target_(target),
        qualifiers_(diagnostics_),
        instances_(diagnostics_, qualifiers_, target, [this](std::string_view alias) { return queue_.Find(alias); }),
        classes_(diagnostics_, qualifiers_, instances_),
        queue_([this](const QueuedInstance& instance) { return PutInstance(instance); },
               [this](const QueuedInstance& instance, Code code, Offset offset, std::string message) {
                 Refuse(instance, code, offset, std::move(message));
               }),
        name_space_(options.default_namespace),
        class_mode_(options.class_mode),
        class_update_(options.class_update),
        instance_mode_(options.instance_mode) {}

  Report Run(Source source) {
    if (!options_.amendment.empty()) locale_ = ParseLocale(options_.amendment);
    if (!options_.amendment.empty() && !locale_) {
      diagnostics_.Enter(source.file, {});
      Fail(code::kMofInvalidAmendmentSyntax, 0,
           fmt::format("'{}' names no language for amendments; write MS_ and its number, such as MS_409",
                       options_.amendment));
    } else {
      OpenFile(std::move(source), nullptr);
      while (!open_.empty() && !diagnostics_.is_full() && GoesOn()) CompileNext();
    }
    open_.clear();
    if (!diagnostics_.is_full() && !is_stopped_) queue_.Finish();
    report_.errors = diagnostics_.TakeErrors();
    return std::move(report_);
  }

 private:
  struct File {
    std::string name;
    std::string text;
    std::optional<Parser> parser;
    Offset done = 0;
  };

  // A statement in its file, for what the report says of the first failure.
  struct Extent {
    std::size_t object_number = 0;
    Offset begin = 0;
    Offset end = 0;
  };

  bool Fail(Code failure, Offset offset, std::string message) {
    diagnostics_.Report(failure, offset, std::move(message));
    return false;
  }

  // --- Files and statements.

  // `pragma`: what includes it; null for the source itself.
  void OpenFile(Source source, const PragmaSyntax* pragma) {
    auto file = std::make_unique<File>();
    file->name = std::move(source.file);
    report_.files.push_back(file->name);
    Result<std::string> text = DecodeSource(std::move(source.text), options_.file_bytes_max);
    if (!text.ok()) {
      if (pragma == nullptr) diagnostics_.Enter(file->name, {});
      diagnostics_.Report(text.status(), pragma == nullptr ? 0 : pragma->text_offset);
      files_.push_back(std::move(file));  // its name is in use
      if (pragma == nullptr) NoteFailures({});
      return;
    }
    file->text = std::move(text).value();
    diagnostics_.Enter(file->name, file->text);
    file->parser.emplace(file->text, diagnostics_);
    open_.push_back(file.get());
    files_.push_back(std::move(file));
  }

  void EnterCurrentFile() {
    if (!open_.empty()) diagnostics_.Enter(open_.back()->name, open_.back()->text);
  }

  // Errors that were found before stay the ones that the report begins with.
  bool GoesOn() {
    if (!options_.goes_on || options_.goes_on(open_.front()->done, open_.front()->text.size())) return true;
    is_stopped_ = true;
    Fail(code::kCallCancelled, open_.back()->done, "the compilation was stopped here");
    NoteFailures({});
    return false;
  }

  void CompileNext() {
    Parser::Step step = open_.back()->parser->Next();
    open_.back()->done = std::max(open_.back()->done, step.end);
    const Extent extent{step.is_object ? ++objects_ : 0, step.begin, step.end};
    if (step.outcome == Parser::Outcome::kEnd) {
      NoteFailures(extent);
      open_.pop_back();
      EnterCurrentFile();
      return;
    }
    if (step.outcome == Parser::Outcome::kBroken) {
      MarkBroken(step.class_name);
      queue_.AddBroken(step.alias);
    } else if (auto* cls = std::get_if<ClassSyntax>(&step.statement)) {
      if (!CompileClass(*cls)) MarkBroken(cls->name);
    } else if (auto* instance = std::get_if<InstanceSyntax>(&step.statement)) {
      CompileInstance(std::move(*instance), extent);
    } else if (auto* declaration = std::get_if<QualifierDeclarationSyntax>(&step.statement)) {
      qualifiers_.Declare(std::move(*declaration));
    } else {
      CompilePragma(std::get<PragmaSyntax>(step.statement), extent);
      return;  // another file may be the current one now
    }
    NoteFailures(extent);
  }

  // Looks at the errors since the last time; they belong to this statement of the current file.
  void NoteFailures(const Extent& extent) {
    for (; noted_ < diagnostics_.count(); ++noted_) {
      const Status& status = diagnostics_.errors()[noted_];
      const Phase phase = IsSyntaxCode(status.code()) ? Phase::kSyntax : Phase::kStore;
      const bool is_first =
          report_.first.phase == Phase::kNone || (report_.first.phase == Phase::kStore && phase == Phase::kSyntax);
      if (!is_first) continue;
      report_.first = {phase, status, extent.object_number, diagnostics_.LineOf(extent.begin),
                       diagnostics_.LineOf(extent.end)};
    }
  }

  // --- Directives.

  void CompilePragma(const PragmaSyntax& pragma, const Extent& extent) {
    switch (pragma.kind) {
      case PragmaKind::kNamespace:
        CompileNamespace(pragma);
        break;
      case PragmaKind::kClassFlags:
        CompileClassFlags(pragma);
        break;
      case PragmaKind::kInstanceFlags:
        CompileInstanceFlags(pragma);
        break;
      case PragmaKind::kAmendment:
        CompileAmendment(pragma);
        break;
      case PragmaKind::kDeleteClass:
        CompileDelete(pragma, "deleteclass", code::kMofInvalidDeleteclassSyntax);
        break;
      case PragmaKind::kDeleteInstance:
        CompileDelete(pragma, "deleteinstance", code::kMofInvalidDeleteinstanceSyntax);
        break;
      case PragmaKind::kInclude:
        CompileInclude(pragma, extent);
        return;
      case PragmaKind::kAutorecover:
        report_.has_autorecover = true;
        break;
      case PragmaKind::kInformation:
        break;
    }
    NoteFailures(extent);
  }

  void CompileInclude(const PragmaSyntax& pragma, const Extent& extent) {
    Result<Source> source = FindInclude(pragma);
    if (!source.ok()) diagnostics_.Report(source.status(), pragma.text_offset);
    NoteFailures(extent);
    if (!source.ok()) return;
    OpenFile(std::move(source).value(), &pragma);
    if (open_.back()->name != report_.files.back()) NoteFailures(extent);  // it was not opened
  }

  Result<Source> FindInclude(const PragmaSyntax& pragma) {
    const auto refuse = [](std::string message) {
      return Status(code::kMofErrorInvalidIncludeFile, std::move(message));
    };
    if (pragma.text.empty() || !pragma.words.empty()) {
      return Status(code::kMofInvalidPragma,
                    "expected the name of one file in quotes, such as #include (\"more.mof\")");
    }
    if (options_.open_include == nullptr) {
      return refuse(fmt::format("'{}' cannot be included: this text is compiled without files", pragma.text));
    }
    if (open_.size() > options_.include_depth_max) {
      return refuse(fmt::format("files inside each other deeper than {}", options_.include_depth_max));
    }
    if (files_.size() >= options_.files_max) return refuse(fmt::format("more than {} files", options_.files_max));
    Result<Source> source = options_.open_include(pragma.text, open_.back()->name);
    if (!source.ok()) return source.status();
    for (const File* file : open_) {
      if (file->name == source->file) {
        return refuse(fmt::format("'{}' is open already: a file cannot include itself", pragma.text));
      }
    }
    return source;
  }

  void CompileAmendment(const PragmaSyntax& pragma) {
    const std::optional<Locale> locale = ParseLocale(pragma.text);
    if (!locale || !pragma.words.empty()) {
      Fail(code::kMofInvalidAmendmentSyntax, pragma.text_offset,
           "expected the language as a string of MS_ and its number, such as #pragma amendment (\"MS_409\")");
    } else if (std::exchange(has_amendment_, true)) {
      Fail(code::kMofInvalidDuplicateAmendment, pragma.offset, "a file has one #pragma amendment");
    } else {
      locale_ = locale;
    }
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
    if (!IsThisMachine(path->server)) {
      Fail(code::kMofInvalidNamespaceSpecification, pragma.text_offset,
           fmt::format("the namespace is on {}; classes are compiled for this machine only, write \\\\.\\",
                       path->server));
      return;
    }
    name_space_ = path->name_space;
    state_ = NamespaceState::kUnknown;
    EnsureNamespace(pragma.text_offset);
  }

  bool IsThisMachine(std::string_view server) const {
    return server.empty() || server == "." || EqualFolded(server, options_.server);
  }

  // Whether the current namespace exists. That it does not is said once.
  bool EnsureNamespace(Offset offset) {
    if (state_ != NamespaceState::kUnknown) return state_ == NamespaceState::kThere;
    Result<std::string> found = target_.FindNamespace(name_space_);
    if (!found.ok()) {
      state_ = NamespaceState::kMissing;
      if (found.status().code() == code::kInvalidNamespace) {
        return Fail(code::kInvalidNamespace, offset,
                    fmt::format("the namespace {} does not exist; create it first, with an instance of {} above it",
                                name_space_, kNamespaceClass));
      }
      diagnostics_.Report(found.status(), offset);
      return false;
    }
    name_space_ = std::move(found).value();
    instances_.EnterNamespace(name_space_);
    state_ = NamespaceState::kThere;
    return true;
  }

  // What a flags directive says; nullopt after reporting.
  struct Flags {
    cim::PutMode mode = cim::PutMode::kCreateOrUpdate;
    cim::ClassUpdate update = cim::ClassUpdate::kCompatible;
  };
  std::optional<Flags> ReadFlags(const PragmaSyntax& pragma, bool (*take)(std::string_view, Flags&)) {
    std::vector<std::string_view> words = pragma.words;
    if (!pragma.text.empty()) words.push_back(pragma.text);
    Flags flags;
    for (const std::string_view word : words) {
      if (take(word, flags)) continue;
      Fail(
          code::kMofInvalidFlagsSyntax, pragma.text_offset,
          fmt::format("'{}' is no flag of this directive, or contradicts another; flags are createonly, updateonly and "
                      "for classes forceupdate, safeupdate",
                      word));
      return std::nullopt;
    }
    return flags;
  }

  static bool TakeModeFlag(std::string_view word, Flags& flags) {
    const bool is_create = EqualFolded(word, "createonly");
    if (!is_create && !EqualFolded(word, "updateonly")) return false;
    if (flags.mode != cim::PutMode::kCreateOrUpdate) return false;
    flags.mode = is_create ? cim::PutMode::kCreateOnly : cim::PutMode::kUpdateOnly;
    return true;
  }

  static bool TakeClassFlag(std::string_view word, Flags& flags) {
    const bool is_force = EqualFolded(word, "forceupdate");
    if (!is_force && !EqualFolded(word, "safeupdate")) return TakeModeFlag(word, flags);
    if (flags.update != cim::ClassUpdate::kCompatible) return false;
    flags.update = is_force ? cim::ClassUpdate::kForce : cim::ClassUpdate::kSafe;
    return true;
  }

  void CompileClassFlags(const PragmaSyntax& pragma) {
    const std::optional<Flags> flags = ReadFlags(pragma, TakeClassFlag);
    if (!flags) return;
    class_mode_ = flags->mode;
    class_update_ = flags->update;
  }

  void CompileInstanceFlags(const PragmaSyntax& pragma) {
    const std::optional<Flags> flags = ReadFlags(pragma, TakeModeFlag);
    if (flags) instance_mode_ = flags->mode;
  }

  void CompileDelete(const PragmaSyntax& pragma, std::string_view name, Code failure) {
    const bool is_class = pragma.kind == PragmaKind::kDeleteClass;
    const bool must_exist = pragma.words.size() == 1 && EqualFolded(pragma.words[0], "fail");
    const bool is_complete =
        !pragma.text.empty() && (must_exist || (pragma.words.size() == 1 && EqualFolded(pragma.words[0], "nofail")));
    if (!is_complete) {
      Fail(failure, pragma.text_offset,
           fmt::format("expected a string and 'fail' or 'nofail', as in #pragma {} (\"…\", nofail)", name));
      return;
    }
    const Result<cim::ObjectPath> parsed = cim::ParseObjectPath(pragma.text);
    if (!parsed.ok() || parsed->is_class() != is_class || !IsThisMachine(parsed->server)) {
      Fail(failure, pragma.text_offset,
           fmt::format("'{}' is no path of {} on this machine{}", pragma.text, is_class ? "a class" : "an instance",
                       parsed.ok() ? std::string() : "; " + parsed.status().Message()));
      return;
    }
    const Status status = Delete(*parsed, pragma.text_offset);
    const bool is_absent = status.code() == code::kNotFound || status.code() == code::kInvalidClass ||
                           status.code() == code::kInvalidNamespace;
    if (!status.ok() && (must_exist || !is_absent)) diagnostics_.Report(status, pragma.text_offset);
    if (status.ok() && !is_namespace_missing_) ++report_.deletions;
  }

  // Success, and nothing done, in a namespace that is missing and has been complained about.
  Status Delete(cim::ObjectPath path, Offset offset) {
    is_namespace_missing_ = false;
    std::string name_space = name_space_;
    if (!path.name_space.empty()) {
      name_space = TRY(target_.FindNamespace(path.name_space));
    } else if (!EnsureNamespace(offset)) {
      is_namespace_missing_ = true;
      return Status();
    } else {
      name_space = name_space_;
    }
    if (path.is_class()) return target_.DeleteClass(name_space, path.class_name);
    path.server.clear();
    path.name_space.clear();
    return target_.DeleteInstance(name_space, cim::FormatObjectPath(path));
  }

  // --- Classes.

  std::string KeyOf(std::string_view class_name) const { return fmt::format("{}:{}", name_space_, class_name); }

  void MarkBroken(std::string_view class_name) {
    if (!class_name.empty()) broken_.insert(KeyOf(class_name));
  }

  bool CompileClass(const ClassSyntax& syntax) {
    const bool is_there = EnsureNamespace(syntax.offset);
    std::optional<cim::ClassDeclaration> declaration = classes_.Compile(syntax);
    if (!is_there) return false;
    if (!syntax.superclass.empty() && target_.FindClass(name_space_, syntax.superclass) == nullptr) {
      if (broken_.contains(KeyOf(syntax.superclass))) return false;  // one error is enough
      return Fail(
          code::kInvalidSuperclass, syntax.superclass_offset,
          fmt::format("the superclass {} does not exist in {}; declare it first", syntax.superclass, name_space_));
    }
    if (!declaration) return false;
    const Status status = PutClass(std::move(*declaration));
    if (!status.ok()) {
      diagnostics_.Report(status, ClassCompiler::PlaceOf(status, syntax));
      return false;
    }
    ++report_.classes_put;
    return true;
  }

  Status PutClass(cim::ClassDeclaration declaration) {
    if (!locale_) {
      const cim::ClassPtr put = TRY(target_.PutClass(name_space_, std::move(declaration), class_mode_, class_update_));
      return Status();
    }
    AmendedClass split = TRY(SplitAmendment(std::move(declaration), *locale_));
    const cim::ClassPtr put = TRY(target_.PutClass(name_space_, std::move(split.neutral), class_mode_, class_update_));
    if (!split.localized) return Status();
    const std::string below = TRY(EnsureLocaleNamespace());
    // The nearest ancestor that has texts of this language, too.
    for (const std::string& ancestor : put->derivation()) {
      if (target_.FindClass(below, ancestor) == nullptr) continue;
      split.localized->superclass = ancestor;
      break;
    }
    TRY(target_.PutClass(below, std::move(*split.localized), cim::PutMode::kCreateOrUpdate, class_update_));
    return Status();
  }

  Result<std::string> EnsureLocaleNamespace() {
    const std::string name = fmt::format("{}\\{}", name_space_, locale_->name_space);
    Result<std::string> found = target_.FindNamespace(name);
    if (found.ok() || found.status().code() != code::kInvalidNamespace) return found;
    const cim::ClassPtr schema = target_.FindClass(name_space_, kNamespaceClass);
    const std::optional<std::size_t> slot = schema == nullptr ? std::nullopt : schema->FindSlot("Name");
    if (!slot) {
      return Status(code::kInvalidNamespace,
                    fmt::format("the namespace {} does not exist and cannot be created: {} has no class {}", name,
                                name_space_, kNamespaceClass));
    }
    const cim::Object instance =
        cim::WithValue(cim::NewInstance(schema), *slot, cim::ValueView::Text(locale_->name_space));
    TRY(target_.PutInstance(name_space_, instance, cim::PutMode::kCreateOrUpdate));
    return target_.FindNamespace(name);
  }

  // --- Instances.

  void CompileInstance(InstanceSyntax syntax, const Extent& extent) {
    if (!EnsureNamespace(syntax.offset)) {
      queue_.AddBroken(syntax.alias);
      return;
    }
    QueuedInstance instance;
    instance.syntax = std::move(syntax);
    instance.file = open_.back()->name;
    instance.text = open_.back()->text;
    instance.name_space = name_space_;
    instance.mode = instance_mode_;
    instance.number = extent.object_number;
    instance.begin = extent.begin;
    instance.end = extent.end;
    queue_.Add(std::move(instance));
  }

  // The instance may stand further up, and in another file.
  std::optional<AliasPath> PutInstance(const QueuedInstance& instance) {
    diagnostics_.Enter(instance.file, instance.text);
    instances_.EnterNamespace(instance.name_space);
    std::optional<AliasPath> result = PutCurrentInstance(instance);
    NoteFailures({instance.number, instance.begin, instance.end});
    instances_.EnterNamespace(name_space_);
    EnterCurrentFile();
    return result;
  }

  std::optional<AliasPath> PutCurrentInstance(const QueuedInstance& instance) {
    const InstanceSyntax& syntax = instance.syntax;
    const bool is_namespace = EqualFolded(syntax.class_name, kNamespaceClass);
    if (IsBrokenClass(instance)) return std::nullopt;  // one error is enough
    std::string sddl;
    const std::optional<cim::Object> object = instances_.Compile(syntax, is_namespace ? &sddl : nullptr);
    if (!object) return std::nullopt;
    Result<std::string> path = target_.PutInstance(instance.name_space, *object, instance.mode);
    if (!path.ok()) {
      diagnostics_.Report(path.status(), InstanceCompiler::PlaceOf(path.status(), syntax));
      return std::nullopt;
    }
    ++report_.instances_put;
    if (!sddl.empty()) {
      const std::string child = fmt::format("{}\\{}", instance.name_space, NameOf(*object));
      const Status status = target_.PutNamespaceSecurity(child, sddl);
      if (!status.ok()) diagnostics_.Report(status, syntax.offset);
    }
    return AliasPath{instance.name_space, std::move(path).value()};
  }

  bool IsBrokenClass(const QueuedInstance& instance) const {
    if (!broken_.contains(fmt::format("{}:{}", instance.name_space, instance.syntax.class_name))) return false;
    return target_.FindClass(instance.name_space, instance.syntax.class_name) == nullptr;
  }

  static std::string NameOf(const cim::Object& name_space) {
    const std::optional<std::size_t> slot = name_space.schema().FindSlot("Name");
    if (!slot || name_space.slot(*slot).kind() != cim::ValueKind::kText) return {};
    return std::string(name_space.slot(*slot).text());
  }

  void Refuse(const QueuedInstance& instance, Code code, Offset offset, std::string message) {
    diagnostics_.Enter(instance.file, instance.text);
    Fail(code, offset, std::move(message));
    NoteFailures({instance.number, instance.begin, instance.end});
    EnterCurrentFile();
  }

  enum class NamespaceState { kUnknown, kThere, kMissing };

  const CompileOptions& options_;
  Target& target_;
  Report report_;
  Diagnostics diagnostics_;
  QualifierTable qualifiers_;
  InstanceCompiler instances_;
  ClassCompiler classes_;
  InstanceQueue queue_;
  std::vector<std::unique_ptr<File>> files_;  // all of them: statements look into their texts
  std::vector<File*> open_;                   // the innermost last
  std::string name_space_;
  NamespaceState state_ = NamespaceState::kUnknown;
  bool is_namespace_missing_ = false;
  cim::PutMode class_mode_;
  cim::ClassUpdate class_update_;
  cim::PutMode instance_mode_;
  std::optional<Locale> locale_;
  bool has_amendment_ = false;
  // Classes that had errors, by namespace and name joined by a colon.
  std::unordered_set<std::string, FoldedHash, FoldedEqual> broken_;
  std::size_t objects_ = 0;
  std::size_t noted_ = 0;  // errors that NoteFailures has seen
  bool is_stopped_ = false;
};

// Takes classes only.
class ClassCollector final : public CheckTarget {
 public:
  ClassCollector(std::string_view server, const ClassLookup& existing)
      : CheckTarget(std::string(server), Namespaces::kAll, existing, existing) {}

  Result<std::string> PutInstance(std::string_view, const cim::Object&, cim::PutMode) override { return NoInstances(); }
  Status DeleteClass(std::string_view, std::string_view) override { return NoInstances(); }
  Status DeleteInstance(std::string_view, std::string_view) override { return NoInstances(); }

 private:
  static Status NoInstances() { return Status(code::kNotSupported, "this text may declare classes only"); }
};

}  // namespace

Report CompileInto(Source source, const CompileOptions& options, Target& target) {
  return Compiler(options, target).Run(std::move(source));
}

Compiled Compile(const Source& source, std::string_view default_namespace, std::string_view server,
                 const ClassLookup& existing) {
  ClassCollector target(server, existing);
  target.AddNamespace(std::string(default_namespace));
  CompileOptions options;
  options.default_namespace = std::string(default_namespace);
  options.server = std::string(server);
  Report report = CompileInto(source, options, target);
  return {target.TakeClasses(), std::move(report.errors)};
}

}  // namespace wmi::mof
