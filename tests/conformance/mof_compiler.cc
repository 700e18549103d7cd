// IMofCompiler (contract 10, 11.3; 8.7 for what a text means). A source that is the name of a method means its page in
// the documentation of wbemcli.h.
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "support.h"

namespace wmi::conformance {
namespace {

IMofCompilerPtr NewCompiler() {
  IMofCompilerPtr compiler;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_MofCompiler, nullptr, CLSCTX_INPROC_SERVER, IID_IMofCompiler,
                                   reinterpret_cast<void**>(&compiler)));
  return compiler;
}

// What must be overwritten: every field has another value before.
constexpr WBEM_COMPILE_STATUS_INFO kUnwritten = {77, 77, 77, 77, 77, 77};

struct Flags {
  LONG options = 0;
  LONG classes = 0;
  LONG instances = 0;
};

struct Compiled {
  HRESULT result = WBEM_S_NO_ERROR;
  WBEM_COMPILE_STATUS_INFO info = kUnwritten;
};

Compiled Compile(const std::wstring& name_space, std::string text, Flags flags = {}) {
  Compiled compiled;
  compiled.result = NewCompiler()->CompileBuffer(static_cast<long>(text.size()), reinterpret_cast<BYTE*>(text.data()),
                                                 Literal(name_space.c_str()), nullptr, nullptr, nullptr, flags.options,
                                                 flags.classes, flags.instances, &compiled.info);
  return compiled;
}
Compiled Compile(World& w, const std::string& text, Flags flags = {}) { return Compile(w.name_space(), text, flags); }

// A file that goes with the test.
class File {
 public:
  File(const std::string& name, const std::string& text)
      : narrow_(testing::TempDir() + "mof-" + std::to_string(getpid()) + "-" + name) {
    std::ofstream(narrow_, std::ios::binary) << text;
    wide_ = std::wstring(narrow_.begin(), narrow_.end());
  }
  ~File() { std::remove(narrow_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& narrow() const { return narrow_; }
  LPWSTR name() { return wide_.data(); }

 private:
  std::string narrow_;
  std::wstring wide_;
};

HRESULT CompileFile(World& w, LPWSTR file, WBEM_COMPILE_STATUS_INFO* info = nullptr, Flags flags = {}) {
  return NewCompiler()->CompileFile(file, Literal(w.name_space().c_str()), nullptr, nullptr, nullptr, flags.options,
                                    flags.classes, flags.instances, info);
}

// ---- what stands in the struct
// ----------------------------------------------------------------------------------------

enum Phase : long { kFine = 0, kUsage = 1, kSyntax = 2, kStore = 3 };

// One text, and all that is told of it. A row without flags compiles into the namespace of its world, which has
// C_Thing.
struct TextRow {
  const char* source;
  const char* what;
  const char* text;
  HRESULT result;
  Phase phase;
  HRESULT code;
  long object = 0;
  long first_line = 0;
  long last_line = 0;
  Flags flags = {};
};
void PrintTo(const TextRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

constexpr HRESULT kMofNoPropertyName = WBEMMOF_E_EXPECTED_PROPERTY_NAME;

const TextRow kTexts[] = {
    {"10", "SuccessIsZeroEverywhere", "class M_A { [key] string K; };", WBEM_S_NO_ERROR, kFine, WBEM_S_NO_ERROR},
    {"10", "AnEmptyTextIsASuccess", "", WBEM_S_NO_ERROR, kFine, WBEM_S_NO_ERROR},
    {"10", "SyntaxIsPhaseTwoAndFalse", "class M_A { string 5; };", WBEM_S_FALSE, kSyntax, kMofNoPropertyName, 1, 1, 1},
    {"10", "TheStoreIsPhaseThree", "class M_A : M_Missing {};", WBEM_S_FALSE, kStore, WBEM_E_INVALID_SUPERCLASS, 1, 1,
     1},
    {"CompileFile", "ObjectsCountFromOneClassesAndInstancesAlike",
     "class M_A { [key] string K; };\ninstance of M_A { K = \"1\"; };\nclass M_B { string 5; };", WBEM_S_FALSE, kSyntax,
     kMofNoPropertyName, 3, 3, 3},
    {"CompileFile", "LinesAreThoseOfTheObject", "\n\nclass M_A\n{\n  string 5;\n};\n", WBEM_S_FALSE, kSyntax,
     kMofNoPropertyName, 1, 3, 6},
    {"10", "TheFirstErrorOfTheSyntaxGoesBeforeTheStore", "class M_A : M_Missing {};\nclass M_B { string 5; };",
     WBEM_S_FALSE, kSyntax, kMofNoPropertyName, 2, 2, 2},
    {"CompileFile", "OutsideOfObjectsTheNumberIsZero", "#pragma frobnicate(1)\n#pragma classflags(\"often\")",
     WBEM_S_FALSE, kSyntax, WBEMMOF_E_INVALID_PRAGMA, 0, 1, 1},
    {"11.3",
     "CheckOnlyFindsSyntax",
     "class M_A { string 5; };",
     WBEM_S_FALSE,
     kSyntax,
     kMofNoPropertyName,
     1,
     1,
     1,
     {WBEM_FLAG_CHECK_ONLY}},
    {"11.3",
     "CheckOnlyFindsWhatTheStoreWouldRefuse",
     "class M_A : M_Missing {};",
     WBEM_S_FALSE,
     kStore,
     WBEM_E_INVALID_SUPERCLASS,
     1,
     1,
     1,
     {WBEM_FLAG_CHECK_ONLY}},
    {"CompileFile",
     "CreateOnlyRefusesAClassThatIsThere",
     "class C_Thing { [key] string Name; };",
     WBEM_S_FALSE,
     kStore,
     WBEM_E_ALREADY_EXISTS,
     1,
     1,
     1,
     {0, WBEM_FLAG_CREATE_ONLY}},
    {"CompileFile",
     "UpdateOnlyRefusesANewClass",
     "class M_A { [key] string K; };",
     WBEM_S_FALSE,
     kStore,
     WBEM_E_NOT_FOUND,
     1,
     1,
     1,
     {0, WBEM_FLAG_UPDATE_ONLY}},
    {"CompileFile",
     "ClassFlagsAreNotOfInstances",
     "instance of C_Thing { Name = \"m\"; };",
     WBEM_S_NO_ERROR,
     kFine,
     WBEM_S_NO_ERROR,
     0,
     0,
     0,
     {0, WBEM_FLAG_UPDATE_ONLY}},
    {"CompileFile",
     "UpdateOnlyRefusesANewInstance",
     "instance of C_Thing { Name = \"m\"; };",
     WBEM_S_FALSE,
     kStore,
     WBEM_E_NOT_FOUND,
     1,
     1,
     1,
     {0, 0, WBEM_FLAG_UPDATE_ONLY}},
    {"CompileFile",
     "CreateOnlyRefusesAnInstanceThatIsThere",
     "instance of C_Thing { Name = \"m\"; };\ninstance of C_Thing { Name = \"m\"; };",
     WBEM_S_FALSE,
     kStore,
     WBEM_E_ALREADY_EXISTS,
     2,
     2,
     2,
     {0, 0, WBEM_FLAG_CREATE_ONLY}},
    {"8.7",
     "DirectivesOverrideTheFlags",
     "#pragma classflags(\"createonly\")\nclass M_A { [key] string K; };",
     WBEM_S_NO_ERROR,
     kFine,
     WBEM_S_NO_ERROR,
     0,
     0,
     0,
     {0, WBEM_FLAG_UPDATE_ONLY}},
    {"11.3",
     "DontAddToListCompiles",
     "#pragma autorecover\nclass M_A { [key] string K; };",
     WBEM_S_NO_ERROR,
     kFine,
     WBEM_S_NO_ERROR,
     0,
     0,
     0,
     {WBEM_FLAG_DONT_ADD_TO_LIST}},
    {"11.3",
     "AutorecoverCompiles",
     "class M_A { [key] string K; };",
     WBEM_S_NO_ERROR,
     kFine,
     WBEM_S_NO_ERROR,
     0,
     0,
     0,
     {WBEM_FLAG_AUTORECOVER}},
    // Wrong use: a failure, phase 1, and nothing is looked at.
    {"10",
     "UnknownOptionsAreRefused",
     "class M_A { string 5; };",
     WBEM_E_INVALID_PARAMETER,
     kUsage,
     WBEM_E_INVALID_PARAMETER,
     0,
     0,
     0,
     {0x200}},
    {"10",
     "UnknownClassFlagsAreRefused",
     "",
     WBEM_E_INVALID_PARAMETER,
     kUsage,
     WBEM_E_INVALID_PARAMETER,
     0,
     0,
     0,
     {0, 0x4}},
    {"10",
     "UnknownInstanceFlagsAreRefused",
     "",
     WBEM_E_INVALID_PARAMETER,
     kUsage,
     WBEM_E_INVALID_PARAMETER,
     0,
     0,
     0,
     {0, 0, WBEM_FLAG_UPDATE_FORCE_MODE}},
    {"10",
     "CreateAndUpdateAtOnceAreRefused",
     "",
     WBEM_E_INVALID_PARAMETER,
     kUsage,
     WBEM_E_INVALID_PARAMETER,
     0,
     0,
     0,
     {0, WBEM_FLAG_CREATE_ONLY | WBEM_FLAG_UPDATE_ONLY}},
    {"10",
     "SafeAndForceAtOnceAreRefused",
     "",
     WBEM_E_INVALID_PARAMETER,
     kUsage,
     WBEM_E_INVALID_PARAMETER,
     0,
     0,
     0,
     {0, WBEM_FLAG_UPDATE_SAFE_MODE | WBEM_FLAG_UPDATE_FORCE_MODE}},
    {"11.3",
     "BinaryMofIsNotSupported",
     "",
     WBEM_E_NOT_SUPPORTED,
     kUsage,
     WBEM_E_NOT_SUPPORTED,
     0,
     0,
     0,
     {WBEM_FLAG_WMI_CHECK}},
    {"11.3",
     "SplitFilesIsNotSupported",
     "",
     WBEM_E_NOT_SUPPORTED,
     kUsage,
     WBEM_E_NOT_SUPPORTED,
     0,
     0,
     0,
     {WBEM_FLAG_SPLIT_FILES}},
    {"11.3",
     "StoreFileIsNotSupported",
     "",
     WBEM_E_NOT_SUPPORTED,
     kUsage,
     WBEM_E_NOT_SUPPORTED,
     0,
     0,
     0,
     {WBEM_FLAG_STORE_FILE}},
};

class MofText : public testing::TestWithParam<TextRow> {};
TEST_P(MofText, StatusTellsIt) {
  const TextRow& row = GetParam();
  RecordProperty("source", row.source);
  World w;
  ASSERT_TRUE(w.services);
  const Compiled compiled = Compile(w, row.text, row.flags);
  EXPECT_EQ(row.result, compiled.result);
  EXPECT_EQ(row.phase, compiled.info.lPhaseError);
  EXPECT_EQ(row.code, compiled.info.hRes);
  EXPECT_EQ(row.object, compiled.info.ObjectNum);
  EXPECT_EQ(row.first_line, compiled.info.FirstLine);
  EXPECT_EQ(row.last_line, compiled.info.LastLine);
  EXPECT_EQ(0u, compiled.info.dwOutFlags);
  EXPECT_EQ(FAILED(row.result), TakeErrorObject() != nullptr) << "contract 0.5";
  // Nothing of a text with an error is stored; nor of one that was only checked.
  const bool is_stored = row.result == WBEM_S_NO_ERROR && (row.flags.options & WBEM_FLAG_CHECK_ONLY) == 0;
  if (!is_stored) {
    EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(L"M_A"));
  }
}
INSTANTIATE_TEST_SUITE_P(Contract, MofText, testing::ValuesIn(kTexts), [](const auto& row) { return row.param.what; });

// ---- everything else
// --------------------------------------------------------------------------------------------------

constexpr const char* kClass = "class M_A { [key] string K; };";

const Row kRows[] = {
    {"10", "NoNamespaceIsRootDefault",
     [](World&) {
       std::string text = "class M_InDefault { [key] string K; };";
       EXPECT_EQ(WBEM_S_NO_ERROR,
                 NewCompiler()->CompileBuffer(static_cast<long>(text.size()), reinterpret_cast<BYTE*>(text.data()),
                                              nullptr, nullptr, nullptr, nullptr, 0, 0, 0, nullptr));
       const IWbemServicesPtr services = World::Connect(L"root\\default");
       EXPECT_EQ(WBEM_S_NO_ERROR, services->DeleteClass(Literal(L"M_InDefault"), 0, nullptr, nullptr));
     }},
    {"CompileFile", "TheNamespaceMayNameThisMachine",
     [](World& w) {
       EXPECT_EQ(WBEM_S_NO_ERROR, Compile(L"\\\\.\\" + w.name_space(), kClass).result);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"M_A"));
     }},
    {"8.7", "PragmaNamespaceOverridesTheArgument",
     [](World& w) {
       std::string name = Narrow(w.name_space().c_str());
       for (std::size_t at = 0; (at = name.find('\\', at)) != std::string::npos; at += 2) name.insert(at, "\\");
       EXPECT_EQ(WBEM_S_NO_ERROR, Compile(L"root\\default", "#pragma namespace(\"" + name + "\")\n" + kClass).result);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"M_A"));
     }},
    {"8.7", "PragmaNamespaceCreatesNothing",
     [](World& w) {
       const Compiled compiled = Compile(w, std::string("#pragma namespace(\"root\\\\nowhere\")\n") + kClass);
       EXPECT_EQ(WBEM_S_FALSE, compiled.result);
       EXPECT_EQ(WBEM_E_INVALID_NAMESPACE, compiled.info.hRes);
     }},
    {"CompileFile", "AMissingNamespaceIsAFailure",
     [](World&) {
       const Compiled compiled = Compile(L"root\\nowhere", kClass);
       EXPECT_EQ(WBEM_E_INVALID_NAMESPACE, compiled.result);
       EXPECT_EQ(kUsage, compiled.info.lPhaseError);
       EXPECT_EQ(WBEM_E_INVALID_NAMESPACE, compiled.info.hRes);
       EXPECT_TRUE(TakeErrorObject());
     }},
    {"1.4", "AnotherMachineIsNotReached",
     [](World&) { EXPECT_EQ(WBEM_E_TRANSPORT_FAILURE, Compile(L"\\\\elsewhere\\root", kClass).result); }},
    {"1.4", "CredentialsAreForOtherMachines",
     [](World& w) {
       BYTE byte = ' ';
       EXPECT_EQ(WBEM_E_LOCAL_CREDENTIALS,
                 NewCompiler()->CompileBuffer(1, &byte, Literal(w.name_space().c_str()), Literal(L"me"), nullptr,
                                              Literal(L"secret"), 0, 0, 0, nullptr));
     }},
    {"CompileBuffer", "ThePlaceForTheStatusMayBeNull",
     [](World& w) {
       std::string wrong = "class {";
       EXPECT_EQ(WBEM_S_FALSE, NewCompiler()->CompileBuffer(
                                   static_cast<long>(wrong.size()), reinterpret_cast<BYTE*>(wrong.data()),
                                   Literal(w.name_space().c_str()), nullptr, nullptr, nullptr, 0, 0, 0, nullptr));
     }},
    {"CompileBuffer", "NoBufferIsRefused",
     [](World&) {
       WBEM_COMPILE_STATUS_INFO info = kUnwritten;
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
                 NewCompiler()->CompileBuffer(3, nullptr, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, &info));
       EXPECT_EQ(kUsage, info.lPhaseError);
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, info.hRes);
     }},
    {"CompileBuffer", "ANegativeSizeIsRefused",
     [](World&) {
       BYTE byte = ' ';
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
                 NewCompiler()->CompileBuffer(-1, &byte, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, nullptr));
     }},
    {"CompileBuffer", "OnlyTheSizeIsRead",
     [](World& w) {
       std::string text = std::string(kClass) + "this is no MOF";
       EXPECT_EQ(WBEM_S_NO_ERROR,
                 NewCompiler()->CompileBuffer(static_cast<long>(std::string(kClass).size()),
                                              reinterpret_cast<BYTE*>(text.data()), Literal(w.name_space().c_str()),
                                              nullptr, nullptr, nullptr, 0, 0, 0, nullptr));
     }},
    {"8.7", "ABufferMayBeUtf16",
     [](World& w) {
       std::string text = "\xff\xfe";
       for (const char* at = kClass; *at != '\0'; ++at) text += {*at, '\0'};
       EXPECT_EQ(WBEM_S_NO_ERROR, Compile(w, text).result);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"M_A"));
     }},
    {"CompileFile", "AFileIsCompiled",
     [](World& w) {
       File file("a.mof", kClass);
       WBEM_COMPILE_STATUS_INFO info = kUnwritten;
       EXPECT_EQ(WBEM_S_NO_ERROR, CompileFile(w, file.name(), &info));
       EXPECT_EQ(kFine, info.lPhaseError);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"M_A"));
     }},
    {"CompileFile", "AMissingFileIsAFailureOfPhaseOne",
     [](World& w) {
       WBEM_COMPILE_STATUS_INFO info = kUnwritten;
       EXPECT_EQ(WBEM_E_NOT_FOUND, CompileFile(w, Literal(L"/no/such/file.mof"), &info));
       EXPECT_EQ(kUsage, info.lPhaseError);
       EXPECT_EQ(WBEM_E_NOT_FOUND, info.hRes);
       EXPECT_NE(std::string::npos, Text(TakeErrorObject(), L"Description").find("/no/such/file.mof"));
     }},
    {"CompileFile", "NoNameIsRefused",
     [](World& w) {
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CompileFile(w, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CompileFile(w, Literal(L"")));
     }},
    {"8.7", "IncludesAreRelativeToTheFile",
     [](World& w) {
       File part("part.mof", "class M_Part { [key] string K; };");
       const std::string name = part.narrow().substr(part.narrow().rfind('/') + 1);
       File whole("whole.mof", "#include (\"" + name + "\")\nclass M_A : M_Part {};");
       EXPECT_EQ(WBEM_S_NO_ERROR, CompileFile(w, whole.name()));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"M_Part"));
     }},
    {"8.7", "LinesOfAnIncludedFileAreItsOwn",
     [](World& w) {
       File part("part.mof", "\n\n\nclass M_Part { string 5; };");
       const std::string name = part.narrow().substr(part.narrow().rfind('/') + 1);
       File whole("whole.mof", "class M_A { [key] string K; };\n#include (\"" + name + "\")\n");
       WBEM_COMPILE_STATUS_INFO info = kUnwritten;
       EXPECT_EQ(WBEM_S_FALSE, CompileFile(w, whole.name(), &info));
       EXPECT_EQ(2, info.ObjectNum);
       EXPECT_EQ(4, info.FirstLine);
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(L"M_A"));
     }},
    {"11.3", "ConsolePrintTellsEveryErrorWithItsPlace",
     [](World& w) {
       File file("bad.mof", "class M_A { string 5; };\nclass M_B { string 6; };\n");
       testing::internal::CaptureStdout();
       const HRESULT result = CompileFile(w, file.name(), nullptr, {WBEM_FLAG_CONSOLE_PRINT});
       const std::string said = testing::internal::GetCapturedStdout();
       EXPECT_EQ(WBEM_S_FALSE, result);
       EXPECT_NE(std::string::npos, said.find("bad.mof(1,20): error WBEMMOF_E_EXPECTED_PROPERTY_NAME")) << said;
       EXPECT_NE(std::string::npos, said.find("bad.mof(2,20): error WBEMMOF_E_EXPECTED_PROPERTY_NAME")) << said;
     }},
    {"11.3", "WithoutConsolePrintNothingIsPrinted",
     [](World& w) {
       testing::internal::CaptureStdout();
       Compile(w, "class M_A { string 5; };");
       EXPECT_EQ("", testing::internal::GetCapturedStdout());
     }},
    {"1.3", "SafeUpdateReachesDerivedClasses",
     [](World& w) {
       ASSERT_EQ(WBEM_S_NO_ERROR, Compile(w, std::string(kClass) + "class M_B : M_A {};").result);
       const std::string wider = "class M_A { [key] string K; uint32 N; };";
       EXPECT_EQ(WBEM_E_CLASS_HAS_CHILDREN, Compile(w, wider).info.hRes);
       EXPECT_EQ(WBEM_S_NO_ERROR, Compile(w, wider, {0, WBEM_FLAG_UPDATE_SAFE_MODE}).result);
       VARIANT value;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"M_B")->Get(L"N", 0, &value, nullptr, nullptr));
     }},
    {"CreateBMOF", "ThereIsNoBinaryMof",
     [](World&) {
       WBEM_COMPILE_STATUS_INFO info = kUnwritten;
       EXPECT_EQ(WBEM_E_NOT_SUPPORTED,
                 NewCompiler()->CreateBMOF(Literal(L"a.mof"), Literal(L"a.bmf"), nullptr, 0, 0, 0, &info));
       EXPECT_EQ(kUsage, info.lPhaseError);
       EXPECT_EQ(WBEM_E_NOT_SUPPORTED, info.hRes);
       EXPECT_TRUE(TakeErrorObject());
       EXPECT_EQ(WBEM_E_NOT_SUPPORTED, NewCompiler()->CreateBMOF(nullptr, nullptr, nullptr, 0, 0, 0, nullptr));
     }},
};

WMI_ROWS(MofCompilerRows, kRows);

}  // namespace
}  // namespace wmi::conformance
