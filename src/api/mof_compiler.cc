#include "api/mof_compiler.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/connection_target.h"
#include "api/error_report.h"
#include "api/input.h"
#include "base/text.h"
#include "com/abi_call.h"
#include "engine/autorecover.h"
#include "engine/mof_file.h"
#include "engine/repository_export.h"
#include "mof/amendment_text.h"

namespace wmi::api {
namespace {

constexpr std::uint32_t kCompileOptions =
    WBEM_FLAG_CHECK_ONLY | WBEM_FLAG_AUTORECOVER | WBEM_FLAG_CONSOLE_PRINT | WBEM_FLAG_DONT_ADD_TO_LIST;
constexpr std::uint32_t kBinaryOptions = WBEM_FLAG_WMI_CHECK | WBEM_FLAG_SPLIT_FILES | WBEM_FLAG_STORE_FILE;
// lPhaseError of what went wrong before the text was looked at.
constexpr int kSetupPhase = 1;

struct Flags {
  std::uint32_t options = 0;
  std::uint32_t classes = 0;
  std::uint32_t instances = 0;
};

// Where a compilation goes, as it was passed.
struct Destination {
  const wchar_t* name_space;
  const wchar_t* user;
  const wchar_t* authority;
  const wchar_t* password;
};

struct Done {
  mof::Report report;
  bool is_remembered = false;
  // Why it is not on the list though it should be.
  Status remembering;
};

Status Invalid(std::string message) { return {code::kInvalidParameter, std::move(message)}; }

Result<cim::PutMode> ModeOf(std::uint32_t flags, const char* what) {
  constexpr std::uint32_t kBoth = WBEM_FLAG_CREATE_ONLY | WBEM_FLAG_UPDATE_ONLY;
  if ((flags & kBoth) == kBoth) return Invalid(fmt::format("{} are create-only and update-only at once", what));
  if ((flags & WBEM_FLAG_CREATE_ONLY) != 0) return cim::PutMode::kCreateOnly;
  if ((flags & WBEM_FLAG_UPDATE_ONLY) != 0) return cim::PutMode::kUpdateOnly;
  return cim::PutMode::kCreateOrUpdate;
}

Result<mof::CompileOptions> OptionsOf(const Flags& flags) {
  if ((flags.options & kBinaryOptions) != 0) {
    return Status(code::kNotSupported,
                  "there is no binary MOF; leave out WBEM_FLAG_WMI_CHECK, WBEM_FLAG_SPLIT_FILES "
                  "and WBEM_FLAG_STORE_FILE");
  }
  if ((flags.options & ~kCompileOptions) != 0) {
    return Invalid(fmt::format("lOptionFlags is 0x{:x}; the compiler takes 0x{:x}", flags.options, kCompileOptions));
  }
  constexpr std::uint32_t kModes = WBEM_FLAG_CREATE_ONLY | WBEM_FLAG_UPDATE_ONLY;
  if ((flags.classes & ~(kModes | WBEM_MASK_UPDATE_MODE)) != 0) {
    return Invalid(
        fmt::format("lClassFlags is 0x{:x}; the compiler takes 0x{:x}", flags.classes, kModes | WBEM_MASK_UPDATE_MODE));
  }
  if ((flags.instances & ~kModes) != 0) {
    return Invalid(fmt::format("lInstanceFlags is 0x{:x}; the compiler takes 0x{:x}", flags.instances, kModes));
  }
  mof::CompileOptions options;
  options.class_mode = TRY(ModeOf(flags.classes, "lClassFlags"));
  options.instance_mode = TRY(ModeOf(flags.instances, "lInstanceFlags"));
  const std::uint32_t update = flags.classes & WBEM_MASK_UPDATE_MODE;
  if (update == WBEM_MASK_UPDATE_MODE) return Invalid("lClassFlags are safe and force at once");
  if (update == WBEM_FLAG_UPDATE_SAFE_MODE) options.class_update = cim::ClassUpdate::kSafe;
  if (update == WBEM_FLAG_UPDATE_FORCE_MODE) options.class_update = cim::ClassUpdate::kForce;
  options.open_include = engine::OpenInclude;
  return options;
}

Result<std::string> NamespaceOf(const Destination& destination, const std::string& server) {
  const wchar_t* const resource = destination.name_space == nullptr ? L"root\\default" : destination.name_space;
  return LocalNamespace({resource, destination.user, destination.password, nullptr, destination.authority, 0}, server);
}

// Compiles or checks. A text that is wrong is a success here, and stands in the report.
Result<Done> Run(engine::Engine& engine, const mof::Source& source, const mof::CompileOptions& options,
                 std::uint32_t flags) {
  Done done;
  if ((flags & WBEM_FLAG_CHECK_ONLY) != 0) {
    done.report = engine.catalogue().CheckText(source, options);
    return done;
  }
  done.report = engine.catalogue().CompileText(source, options, engine::OnError::kKeepNothing);
  const bool is_wanted = done.report.has_autorecover || (flags & WBEM_FLAG_AUTORECOVER) != 0;
  if (!done.report.ok() || !is_wanted || (flags & WBEM_FLAG_DONT_ADD_TO_LIST) != 0) return done;
  const std::string& folder = engine.repository().folder();
  done.remembering = engine::Remember(folder, source, done.report.files);
  done.is_remembered = done.remembering.ok() && !folder.empty();
  return done;
}

void Fill(WBEM_COMPILE_STATUS_INFO* info, int phase, HRESULT result, const mof::FirstFailure& first) {
  if (info == nullptr) return;
  *info = {};
  info->lPhaseError = phase;
  info->hRes = result;
  info->ObjectNum = static_cast<long>(first.object_number);
  info->FirstLine = first.first_line;
  info->LastLine = first.last_line;
}

// IMofCompiler's two ways to compile, which differ in where the text comes from.
template <typename GetSource>
Status CompileFor(engine::Engine& engine, const Destination& destination, const Flags& flags,
                  WBEM_COMPILE_STATUS_INFO* info, GetSource&& get_source) {
  Fill(info, kSetupPhase, code::kFailed, {});
  const auto prepare = [&]() -> Result<mof::CompileOptions> {
    mof::CompileOptions options = TRY(OptionsOf(flags));
    options.default_namespace = TRY(NamespaceOf(destination, engine.catalogue().server()));
    TRY(engine.Connect(options.default_namespace));
    return options;
  };
  const auto run = [&]() -> Result<Done> {
    const mof::CompileOptions options = TRY(prepare());
    return Run(engine, TRY(get_source()), options, flags.options);
  };
  const Result<Done> done = run();
  if (!done.ok()) {
    Fill(info, kSetupPhase, done.status().code(), {});
    return done.status();
  }
  const mof::Report& report = done->report;
  Fill(info, static_cast<int>(report.first.phase), report.first.status.code(), report.first);
  if ((flags.options & WBEM_FLAG_CONSOLE_PRINT) != 0) {
    for (const Status& error : report.errors)
      fmt::print("{}\n", engine::ErrorLine(error, report.files.empty() ? "" : report.files[0]));
    std::fflush(stdout);
  }
  if (!report.ok()) return Status(code::kFalse);
  if (!done->remembering.ok()) Fill(info, static_cast<int>(mof::Phase::kStore), done->remembering.code(), {});
  return done->remembering;
}

// A text of IMofTool as the functions above take it; null stays null.
class Wide {
 public:
  explicit Wide(const char* text) {
    if (text != nullptr) text_ = WideFromUtf8(text);
  }
  const wchar_t* c_str() const { return text_ ? text_->c_str() : nullptr; }

 private:
  std::optional<std::wstring> text_;
};

Result<mof::CompileOptions> OptionsOf(engine::Engine& engine, const MofRequest& request) {
  mof::CompileOptions options = TRY(OptionsOf({request.options, request.class_flags, request.instance_flags}));
  const Wide name_space(request.name_space);
  const Wide user(request.user);
  const Wide authority(request.authority);
  const Wide password(request.password);
  options.default_namespace = TRY(NamespaceOf({name_space.c_str(), user.c_str(), authority.c_str(), password.c_str()},
                                              engine.catalogue().server()));
  TRY(engine.Connect(options.default_namespace));
  if (request.amendment != nullptr) options.amendment = request.amendment;
  return options;
}

Result<Done> Split(engine::Engine& engine, const mof::Source& source, const mof::CompileOptions& options,
                   MofListener& listener) {
  Done done;
  mof::AmendmentTexts texts;
  done.report = engine.catalogue().SplitText(source, options, texts);
  if (!done.report.ok()) return done;
  if (!listener.OnText(texts.neutral.data(), texts.neutral.size()) ||
      !listener.OnLocalizedText(texts.localized.data(), texts.localized.size())) {
    return Status(code::kCallCancelled);
  }
  return done;
}

MofOutcome OutcomeOf(const Done& done) {
  const mof::Report& report = done.report;
  MofOutcome outcome;
  outcome.phase = static_cast<int>(report.first.phase);
  outcome.code = report.first.status.code();
  outcome.errors = report.errors.size();
  outcome.has_more_errors = report.errors.size() >= limits::kMofErrorsMax;
  outcome.classes = report.classes_put;
  outcome.instances = report.instances_put;
  outcome.deletions = report.deletions;
  outcome.has_autorecover = report.has_autorecover;
  outcome.is_remembered = done.is_remembered;
  return outcome;
}

Status CompileFor(engine::Engine& engine, const MofRequest& request, MofListener& listener, MofOutcome& outcome) {
  if (request.file == nullptr || *request.file == '\0') return Invalid("no file is named");
  outcome.phase = kSetupPhase;
  mof::CompileOptions options = TRY(OptionsOf(engine, request));
  bool is_stopped = false;
  options.goes_on = [&](std::size_t bytes, std::size_t total) {
    is_stopped = !listener.OnProgress(bytes, total);
    return !is_stopped;
  };
  const mof::Source source = TRY(engine::ReadMofFile(request.file));
  const Done done = request.purpose == MofRequest::Purpose::kSplit ? TRY(Split(engine, source, options, listener))
                                                                   : TRY(Run(engine, source, options, request.options));
  if (is_stopped) return Status(code::kCallCancelled, "the compilation was stopped; nothing of the file is stored");
  outcome = OutcomeOf(done);
  for (const Status& error : done.report.errors) listener.OnError(engine::ErrorLine(error, request.file).c_str());
  return done.report.ok() ? done.remembering : Status(code::kFalse);
}

Status ExportFor(engine::Engine& engine, const MofExportRequest& request, MofListener& listener) {
  const Wide name_space(request.name_space);
  engine::ExportSelection selection;
  selection.name_space = TRY(NamespaceOf({name_space.c_str(), nullptr, nullptr, nullptr}, engine.catalogue().server()));
  TRY(engine.Connect(selection.name_space));
  for (std::size_t i = 0; i < request.class_count; ++i) selection.classes.emplace_back(request.classes[i]);
  if (request.has_instances) selection.instances = engine::ExportSelection::Instances::kWrite;
  if (request.is_recursive) selection.depth = engine::ExportSelection::Depth::kRecursive;
  return engine::ExportMof(engine.repository(), selection, [&listener](std::string_view text) {
    return listener.OnText(text.data(), text.size()) ? Status() : Status(code::kCallCancelled);
  });
}

}  // namespace

HRESULT MofCompiler::Fail(const Status& status, const char* operation) {
  if (!status.ok()) {
    LeaveErrorObject(MakeErrorObject(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), status, operation));
  }
  return status.code();
}

HRESULT MofCompiler::CompileFile(LPWSTR FileName, LPWSTR ServerAndNamespace, LPWSTR User, LPWSTR Authority,
                                 LPWSTR Password, LONG lOptionFlags, LONG lClassFlags, LONG lInstanceFlags,
                                 WBEM_COMPILE_STATUS_INFO* pInfo) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const auto source = [&]() -> Result<mof::Source> {
      if (IsBlank(FileName)) return Invalid("FileName is NULL or empty");
      return engine::ReadMofFile(ReadText(FileName, limits::kPathLengthMax));
    };
    return Fail(CompileFor(engine_, {ServerAndNamespace, User, Authority, Password},
                           {LowFlags(lOptionFlags), LowFlags(lClassFlags), LowFlags(lInstanceFlags)}, pInfo, source),
                "CompileFile");
  });
}

HRESULT MofCompiler::CompileBuffer(long BuffSize, BYTE* pBuffer, LPWSTR ServerAndNamespace, LPWSTR User,
                                   LPWSTR Authority, LPWSTR Password, LONG lOptionFlags, LONG lClassFlags,
                                   LONG lInstanceFlags, WBEM_COMPILE_STATUS_INFO* pInfo) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const auto size = static_cast<std::int32_t>(LowFlags(BuffSize));
    const auto source = [&]() -> Result<mof::Source> {
      if (pBuffer == nullptr || size < 0) return Invalid("pBuffer is NULL or BuffSize is negative");
      return mof::Source{"", std::string(reinterpret_cast<const char*>(pBuffer), static_cast<std::size_t>(size))};
    };
    return Fail(CompileFor(engine_, {ServerAndNamespace, User, Authority, Password},
                           {LowFlags(lOptionFlags), LowFlags(lClassFlags), LowFlags(lInstanceFlags)}, pInfo, source),
                "CompileBuffer");
  });
}

HRESULT MofCompiler::CreateBMOF(LPWSTR, LPWSTR, LPWSTR, LONG, LONG, LONG, WBEM_COMPILE_STATUS_INFO* pInfo) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    Fill(pInfo, kSetupPhase, code::kNotSupported, {});
    return Fail(Status(code::kNotSupported, "there is no binary MOF; keep the text, which every version can compile"),
                "CreateBMOF");
  });
}

HRESULT MofCompiler::Compile(const MofRequest* request, MofListener* listener, MofOutcome* outcome) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    if (request == nullptr || listener == nullptr || outcome == nullptr) return code::kInvalidParameter;
    *outcome = {};
    return Fail(CompileFor(engine_, *request, *listener, *outcome), "Compile");
  });
}

HRESULT MofCompiler::Export(const MofExportRequest* request, MofListener* listener) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    if (request == nullptr || listener == nullptr) return code::kInvalidParameter;
    return Fail(ExportFor(engine_, *request, *listener), "Export");
  });
}

}  // namespace wmi::api
