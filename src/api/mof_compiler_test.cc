#include "api/mof_compiler.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "api/test_support.h"
#include "base/text.h"
#include "engine/autorecover.h"
#include "mof/same_for_test.h"
#include "mof/writer.h"

namespace wmi::api {
namespace {

using com::ComPtr;

class Listener final : public MofListener {
 public:
  void OnError(const char* line) override { errors.emplace_back(line); }
  bool OnProgress(std::uint64_t done, std::uint64_t total) override {
    EXPECT_LE(done, total);
    progress = done;
    return goes_on;
  }
  bool OnText(const char* data, std::size_t size) override {
    text.append(data, size);
    return goes_on;
  }
  bool OnLocalizedText(const char* data, std::size_t size) override {
    localized.append(data, size);
    return goes_on;
  }

  std::vector<std::string> errors;
  std::string text;
  std::string localized;
  std::uint64_t progress = 0;
  bool goes_on = true;
};

class MofCompilerTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    std::string pattern = (std::filesystem::temp_directory_path() / "mof-compiler-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ASSERT_TRUE(engine_->catalogue().AddNamespace("ROOT\\default").ok());
    compiler_ = com::MakeCom<MofCompiler>(*engine_);
  }
  void TearDown() override {
    compiler_.Reset();
    ApiTest::TearDown();
    std::filesystem::remove_all(folder_);
  }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }
  HRESULT CompileFile(const std::string& path, const wchar_t* name_space = nullptr, LONG options = 0, LONG classes = 0,
                      LONG instances = 0) {
    std::wstring wide = WideFromUtf8(path);
    return compiler_->CompileFile(wide.data(), Literal(name_space), nullptr, nullptr, nullptr, options, classes,
                                  instances, &info_);
  }
  HRESULT Compile(std::string text, const wchar_t* name_space = nullptr, LONG options = 0, LONG classes = 0,
                  LONG instances = 0) {
    return compiler_->CompileBuffer(static_cast<long>(text.size()), reinterpret_cast<BYTE*>(text.data()),
                                    Literal(name_space), nullptr, nullptr, nullptr, options, classes, instances,
                                    &info_);
  }
  cim::ClassPtr Find(const char* name, const char* name_space = "ROOT\\default") const {
    return engine_->catalogue().FindClass(name_space, name);
  }

  std::string folder_;
  ComPtr<MofCompiler> compiler_;
  WBEM_COMPILE_STATUS_INFO info_ = {9, 9, 9, 9, 9, 9};
};

TEST_F(MofCompilerTest, AFileGoesIntoTheDefaultNamespace) {
  EXPECT_EQ(CompileFile(Write("a.mof", "class M_A { [key] string K; };")), WBEM_S_NO_ERROR);
  EXPECT_NE(Find("M_A"), nullptr);
  EXPECT_EQ(info_.lPhaseError, 0);
  EXPECT_EQ(info_.hRes, WBEM_S_NO_ERROR);
  EXPECT_EQ(info_.ObjectNum, 0);
  EXPECT_EQ(Compile("class M_B { string K; };", L"\\\\.\\root\\test"), WBEM_S_NO_ERROR);
  EXPECT_NE(Find("M_B", "ROOT\\test"), nullptr);
}

TEST_F(MofCompilerTest, TheFirstErrorStandsInTheStructAndNothingIsStored) {
  EXPECT_EQ(Compile("class M_A { string K; };\n\nclass M_B {\n  string 5;\n};"), WBEM_S_FALSE);
  EXPECT_EQ(info_.lPhaseError, 2);
  EXPECT_TRUE(FAILED(info_.hRes));
  EXPECT_EQ(info_.ObjectNum, 2);
  EXPECT_EQ(info_.FirstLine, 3);
  EXPECT_EQ(Find("M_A"), nullptr);
  EXPECT_EQ(Compile("class M_A { string K; };\nclass M_B : M_Missing { string L; };"), WBEM_S_FALSE);
  EXPECT_EQ(info_.lPhaseError, 3);
  EXPECT_EQ(info_.FirstLine, 2);
  EXPECT_EQ(Find("M_A"), nullptr);
}

TEST_F(MofCompilerTest, CheckingChangesNothing) {
  EXPECT_EQ(Compile("class M_A { string K; };", nullptr, WBEM_FLAG_CHECK_ONLY), WBEM_S_NO_ERROR);
  EXPECT_EQ(Find("M_A"), nullptr);
  EXPECT_EQ(Compile("class M_A : M_Missing {};", nullptr, WBEM_FLAG_CHECK_ONLY), WBEM_S_FALSE);
}

TEST_F(MofCompilerTest, FlagsForbidUpdatesOrCreation) {
  ASSERT_EQ(Compile("class M_A { [key] string K; };"), WBEM_S_NO_ERROR);
  const std::string text = "class M_A { [key] string K; string L; };";
  EXPECT_EQ(Compile(text, nullptr, 0, WBEM_FLAG_CREATE_ONLY), WBEM_S_FALSE);
  EXPECT_EQ(info_.hRes, WBEM_E_ALREADY_EXISTS);
  EXPECT_EQ(Compile(text, nullptr, 0, WBEM_FLAG_UPDATE_ONLY), WBEM_S_NO_ERROR);
  EXPECT_EQ(Compile("class M_B {};", nullptr, 0, WBEM_FLAG_UPDATE_ONLY), WBEM_S_FALSE);
  const std::string instance = "instance of M_A { K = \"1\"; };";
  EXPECT_EQ(Compile(instance, nullptr, 0, 0, WBEM_FLAG_UPDATE_ONLY), WBEM_S_FALSE);
  EXPECT_EQ(Compile(instance, nullptr, 0, 0, WBEM_FLAG_CREATE_ONLY), WBEM_S_NO_ERROR);
  EXPECT_EQ(Compile(instance, nullptr, 0, 0, WBEM_FLAG_CREATE_ONLY), WBEM_S_FALSE);
}

TEST_F(MofCompilerTest, SafeAndForceReachDerivedClasses) {
  ASSERT_EQ(Compile("class M_A { [key] string K; }; class M_B : M_A { string L; };"), WBEM_S_NO_ERROR);
  const std::string text = "class M_A { [key] string K; string N; };";
  EXPECT_EQ(Compile(text), WBEM_S_FALSE);
  EXPECT_EQ(info_.hRes, WBEM_E_CLASS_HAS_CHILDREN);
  EXPECT_EQ(Compile(text, nullptr, 0, WBEM_FLAG_UPDATE_SAFE_MODE), WBEM_S_NO_ERROR);
  EXPECT_NE(Find("M_B")->FindProperty("N"), nullptr);
}

TEST_F(MofCompilerTest, WrongArgumentsAreRefusedWithAText) {
  struct Row {
    LONG options, classes, instances;
    HRESULT code;
  };
  for (const Row& row :
       {Row{0x200, 0, 0, WBEM_E_INVALID_PARAMETER}, Row{0, 0x4, 0, WBEM_E_INVALID_PARAMETER},
        Row{0, 3, 0, WBEM_E_INVALID_PARAMETER}, Row{0, 0x60, 0, WBEM_E_INVALID_PARAMETER},
        Row{0, 0, 3, WBEM_E_INVALID_PARAMETER}, Row{0, 0, 0x20, WBEM_E_INVALID_PARAMETER},
        Row{WBEM_FLAG_WMI_CHECK, 0, 0, WBEM_E_NOT_SUPPORTED}, Row{WBEM_FLAG_SPLIT_FILES, 0, 0, WBEM_E_NOT_SUPPORTED},
        Row{WBEM_FLAG_STORE_FILE, 0, 0, WBEM_E_NOT_SUPPORTED}}) {
    SCOPED_TRACE(std::to_string(row.options) + " " + std::to_string(row.classes));
    EXPECT_EQ(Compile("class M_A {};", nullptr, row.options, row.classes, row.instances), row.code);
    EXPECT_EQ(info_.lPhaseError, 1);
    EXPECT_EQ(info_.hRes, row.code);
    EXPECT_NE(PropertyText(TakeErrorObject().get(), L"Description"), "");
  }
  EXPECT_EQ(Compile("", L"root\\nothing"), WBEM_E_INVALID_NAMESPACE);
  EXPECT_EQ(Compile("", L"\\\\elsewhere\\root"), WBEM_E_TRANSPORT_FAILURE);
  EXPECT_EQ(CompileFile(folder_ + "/none.mof"), WBEM_E_NOT_FOUND);
  EXPECT_EQ(CompileFile(""), WBEM_E_INVALID_PARAMETER);
  EXPECT_EQ(compiler_->CompileBuffer(3, nullptr, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, nullptr),
            WBEM_E_INVALID_PARAMETER);
  BYTE byte = ' ';
  EXPECT_EQ(compiler_->CompileBuffer(-1, &byte, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, nullptr),
            WBEM_E_INVALID_PARAMETER);
  EXPECT_EQ(compiler_->CompileBuffer(1, &byte, nullptr, nullptr, nullptr, nullptr, 0, 0, 0, nullptr), WBEM_S_NO_ERROR);
  EXPECT_EQ(compiler_->CompileBuffer(1, &byte, nullptr, Literal(L"me"), nullptr, nullptr, 0, 0, 0, nullptr),
            WBEM_E_LOCAL_CREDENTIALS);
  EXPECT_EQ(compiler_->CreateBMOF(nullptr, nullptr, nullptr, 0, 0, 0, &info_), WBEM_E_NOT_SUPPORTED);
}

TEST_F(MofCompilerTest, IncludesAreRelativeToTheFile) {
  Write("part.mof", "class M_Part { string K; };");
  EXPECT_EQ(CompileFile(Write("main.mof", "#pragma include (\"part.mof\")\nclass M_Main : M_Part {};")),
            WBEM_S_NO_ERROR);
  EXPECT_NE(Find("M_Main"), nullptr);
  EXPECT_EQ(CompileFile(Write("bad.mof", "#pragma include (\"none.mof\")")), WBEM_S_FALSE);
}

TEST_F(MofCompilerTest, EveryErrorComesInOneLineWithItsPlace) {
  Listener listener;
  MofOutcome outcome;
  MofRequest request;
  const std::string path = Write("two.mof", "class M_A { string 5; };\nclass M_B { string 5; };\n");
  request.file = path.c_str();
  EXPECT_EQ(compiler_->Compile(&request, &listener, &outcome), WBEM_S_FALSE);
  ASSERT_EQ(listener.errors.size(), 2u);
  EXPECT_TRUE(listener.errors[0].starts_with(path + "(1,20): error WBEMMOF_E_")) << listener.errors[0];
  EXPECT_TRUE(listener.errors[1].starts_with(path + "(2,20): error WBEMMOF_E_")) << listener.errors[1];
  EXPECT_EQ(outcome.errors, 2u);
  EXPECT_EQ(outcome.phase, 2);
}

TEST_F(MofCompilerTest, ACompilationThatIsStoppedStoresNothing) {
  class StopsAtTheSecond final : public MofListener {
   public:
    void OnError(const char* line) override { ADD_FAILURE() << line; }
    bool OnProgress(std::uint64_t done, std::uint64_t) override { return done == 0; }
    bool OnText(const char*, std::size_t) override { return true; }
    bool OnLocalizedText(const char*, std::size_t) override { return true; }
  } stops;
  MofOutcome outcome;
  MofRequest request;
  const std::string path = Write("a.mof", "class M_A { string K; };\nclass M_B { string K; };\n");
  request.file = path.c_str();
  EXPECT_EQ(compiler_->Compile(&request, &stops, &outcome), WBEM_E_CALL_CANCELLED);
  EXPECT_EQ(Find("M_A"), nullptr);
  Listener goes_on;
  EXPECT_EQ(compiler_->Compile(&request, &goes_on, &outcome), WBEM_S_NO_ERROR);
  EXPECT_GT(goes_on.progress, 40u);
  EXPECT_NE(Find("M_B"), nullptr);
}

TEST_F(MofCompilerTest, AnAmendedFileIsSplitAndNotStored) {
  Listener listener;
  MofOutcome outcome;
  MofRequest request;
  const std::string path =
      Write("a.mof", "[Description(\"words\") : Amended, Version(\"1\")] class M_A { [key] string K; };");
  request.file = path.c_str();
  request.purpose = MofRequest::Purpose::kSplit;
  request.amendment = "MS_409";
  EXPECT_EQ(compiler_->Compile(&request, &listener, &outcome), WBEM_S_NO_ERROR);
  EXPECT_NE(listener.text.find("Version"), std::string::npos) << listener.text;
  EXPECT_EQ(listener.text.find("words"), std::string::npos);
  EXPECT_NE(listener.localized.find("words"), std::string::npos);
  EXPECT_EQ(Find("M_A"), nullptr);
  listener.goes_on = false;
  EXPECT_EQ(compiler_->Compile(&request, &listener, &outcome), WBEM_E_CALL_CANCELLED);
}

TEST_F(MofCompilerTest, WhatIsExportedCompilesBack) {
  ASSERT_EQ(Compile("class M_Top { [key] string K; sint32 N[] = {1, -2}; };\n"
                    "[Description(\"a \\\"word\\\"\")] class M_A : M_Top { datetime D; };\n"
                    "instance of M_A { K = \"x\\\\y\"; N = {}; };\n"
                    "instance of __Win32Provider { Name = \"P\"; };\n"),
            WBEM_S_NO_ERROR);
  Listener listener;
  MofExportRequest request;
  request.name_space = "root/default";
  request.has_instances = true;
  ASSERT_EQ(compiler_->Export(&request, &listener), WBEM_S_NO_ERROR);
  ASSERT_TRUE(engine_->catalogue().AddNamespace("ROOT\\copy").ok());
  ASSERT_EQ(Compile(listener.text, L"root\\copy"), WBEM_S_NO_ERROR) << listener.text;
  for (const char* name : {"M_Top", "M_A"}) {
    ASSERT_NE(Find(name, "ROOT\\copy"), nullptr);
    mof::ExpectSameClass(*Find(name), *Find(name, "ROOT\\copy"));
  }
  for (const char* name : {"M_A", "__Win32Provider"}) {
    const auto before = engine_->repository().ListInstances("ROOT\\default", name);
    const auto after = engine_->repository().ListInstances("ROOT\\copy", name);
    ASSERT_EQ(before->size(), 1u);
    ASSERT_EQ(after->size(), 1u) << name;
    mof::ExpectSameInstance((*before)[0], (*after)[0]);
  }
}

TEST_F(MofCompilerTest, AnExportOfOneClassBringsThoseAboveIt) {
  ASSERT_EQ(Compile("class M_Top { string K; }; class M_A : M_Top {}; class M_Other {};"), WBEM_S_NO_ERROR);
  Listener listener;
  MofExportRequest request;
  const char* names[] = {"m_a"};
  request.classes = names;
  request.class_count = 1;
  ASSERT_EQ(compiler_->Export(&request, &listener), WBEM_S_NO_ERROR);
  EXPECT_LT(listener.text.find("class M_Top"), listener.text.find("class M_A"));
  EXPECT_NE(listener.text.find("class M_A"), std::string::npos);
  EXPECT_EQ(listener.text.find("M_Other"), std::string::npos);
  names[0] = "M_Nothing";
  EXPECT_EQ(compiler_->Export(&request, &listener), WBEM_E_NOT_FOUND);
  listener.goes_on = false;
  names[0] = "M_A";
  EXPECT_EQ(compiler_->Export(&request, &listener), WBEM_E_CALL_CANCELLED);
}

TEST_F(MofCompilerTest, ARecursiveExportMakesItsNamespaces) {
  ASSERT_TRUE(engine_->catalogue().AddNamespace("ROOT\\deep\\one").ok());
  ASSERT_EQ(Compile("class M_Deep { string K; };", L"root\\deep\\one"), WBEM_S_NO_ERROR);
  Listener listener;
  MofExportRequest request;
  request.name_space = "root\\deep";
  request.is_recursive = true;
  ASSERT_EQ(compiler_->Export(&request, &listener), WBEM_S_NO_ERROR);
  ASSERT_TRUE(engine_->repository().DeleteNamespace("ROOT\\deep").ok());
  ASSERT_EQ(Compile(listener.text), WBEM_S_NO_ERROR) << listener.text;
  EXPECT_NE(Find("M_Deep", "ROOT\\deep\\one"), nullptr);
}

// In a repository on disk.
TEST(MofCompilerListTest, AFileThatSaysSoIsRemembered) {
  std::string folder = (std::filesystem::temp_directory_path() / "mof-list-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    engine::Engine::Options options;
    options.server = "TESTHOST";
    options.executor_threads = 1;
    auto repository = store::Repository::Open({.server = "TESTHOST", .folder = folder + "/repository", .limits = {}});
    ASSERT_TRUE(repository.ok()) << repository.status().Message();
    options.repository = std::move(repository).value();
    engine::Engine engine(std::move(options));
    engine.catalogue().SetSystemClasses({"system.mof", ReadFile(std::string(WMI_SOURCE_DIR) + "/schema/system.mof")});
    ASSERT_TRUE(engine.catalogue().AddNamespace("ROOT\\default").ok());
    const ComPtr<MofCompiler> compiler = com::MakeCom<MofCompiler>(engine);
    const auto compile = [&](std::string text, LONG flags) {
      return compiler->CompileBuffer(static_cast<long>(text.size()), reinterpret_cast<BYTE*>(text.data()), nullptr,
                                     nullptr, nullptr, nullptr, flags, 0, 0, nullptr);
    };
    const auto listed = [&] { return engine::List(folder + "/repository").size(); };
    EXPECT_EQ(compile("class M_A {};", 0), WBEM_S_NO_ERROR);
    EXPECT_EQ(listed(), 0u);
    EXPECT_EQ(compile("#pragma autorecover\nclass M_B {};", WBEM_FLAG_DONT_ADD_TO_LIST), WBEM_S_NO_ERROR);
    EXPECT_EQ(compile("#pragma autorecover\nclass M_C {};", WBEM_FLAG_CHECK_ONLY), WBEM_S_NO_ERROR);
    EXPECT_EQ(compile("#pragma autorecover\nclass M_D : M_Nothing {};", 0), WBEM_S_FALSE);
    EXPECT_EQ(listed(), 0u);
    EXPECT_EQ(compile("#pragma autorecover\nclass M_E {};", 0), WBEM_S_NO_ERROR);
    EXPECT_EQ(listed(), 1u);
    EXPECT_EQ(compile("class M_F {};", WBEM_FLAG_AUTORECOVER), WBEM_S_NO_ERROR);
    EXPECT_EQ(listed(), 2u);
    std::ofstream(folder + "/part.mof") << "class M_G {};";
    EXPECT_EQ(compile("#pragma autorecover\n#include (\"" + folder + "/part.mof\")\n", 0), WBEM_S_NO_ERROR);
    const auto with_part = engine::List(folder + "/repository");
    ASSERT_EQ(with_part.size(), 3u);
    ASSERT_EQ(with_part[2].included.size(), 1u);
    EXPECT_EQ(with_part[2].included[0].text, "class M_G {};");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wmi::api
