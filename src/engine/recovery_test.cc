// What is on the autorecover list, in a repository that was damaged or lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/autorecover.h"
#include "engine/mof_file.h"
#include "store/note.h"
#include "store/salvage.h"

namespace wmi::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSystem = "class __NAMESPACE { [key] string Name; };";

// A repository with its catalogue, as the library opens it.
class Opened {
 public:
  explicit Opened(const std::string& folder) {
    auto opened = store::Repository::Open({.server = "HOST", .folder = folder, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    repository_ = std::move(opened).value();
    catalogue_ = std::make_unique<Catalogue>(*repository_, providers_);
    catalogue_->SetSystemClasses({"system.mof", kSystem});
    const Status installed = catalogue_->Install({"ROOT", "ROOT\\default"}, {});
    EXPECT_TRUE(installed.ok()) << installed.Message();
  }

  Status Recover() { return engine::Recover(*catalogue_, *repository_); }
  // Compiles and remembers.
  void Compile(const mof::Source& source) {
    mof::CompileOptions options;
    options.open_include = OpenInclude;
    const mof::Report report = catalogue_->CompileText(source, options, OnError::kKeepNothing);
    ASSERT_TRUE(report.ok()) << ErrorLine(report.errors.front(), "");
    const Status remembered = Remember(repository_->folder(), source, report.files);
    ASSERT_TRUE(remembered.ok()) << remembered.Message();
  }
  bool HasClass(std::string_view name) const { return catalogue_->FindClass("ROOT\\default", name) != nullptr; }
  std::size_t Count(std::string_view name) const {
    const auto rows = repository_->ListInstances("ROOT\\default", name);
    EXPECT_TRUE(rows.ok()) << rows.status().Message();
    return rows.ok() ? rows->size() : 0;
  }
  store::Repository& repository() { return *repository_; }
  const std::string& report() const { return repository_->opening_report(); }
  std::string Note() const { return repository_->Note(store::kRecoveryNote).value(); }

 private:
  provider::Registry providers_;
  std::unique_ptr<store::Repository> repository_;
  std::unique_ptr<Catalogue> catalogue_;
};

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "recovery-XXXXXX").string();
    base_ = mkdtemp(pattern.data());
    folder_ = base_ + "/repository";
  }
  ~RecoveryTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }

  mof::Source Write(const std::string& name, const std::string& text) const {
    std::ofstream(base_ + "/" + name, std::ios::binary) << text;
    return {base_ + "/" + name, text};
  }
  // Two files on the list, the second of which needs the first; and what nobody remembers.
  void Fill() const {
    Opened opened(folder_);
    ASSERT_TRUE(opened.Recover().ok());
    EXPECT_EQ(opened.report(), "");
    EXPECT_EQ(opened.Note(), "");
    opened.Compile(Write("first.mof", "class Lamp { [key] string Id; uint32 Watt; };"));
    Write("part.mof", "instance of Lamp { Id = \"b\"; Watt = 2; };");
    opened.Compile(Write("second.mof",
                         "instance of Lamp { Id = \"a\"; Watt = 1; };\n#include (\"part.mof\")\n"
                         "instance of Lamp { Watt = 3; };"));
    ASSERT_TRUE(
        opened.repository()
            .PutClass("ROOT\\default", Forgotten(), store::PutMode::kCreateOnly, store::ClassUpdate::kCompatible)
            .ok());
    std::filesystem::remove(base_ + "/part.mof");
  }
  static cim::ClassDeclaration Forgotten() {
    cim::ClassDeclaration declaration;
    declaration.name = "Forgotten";
    return declaration;
  }
  void Destroy() const {
    std::fstream(folder_ + "/repository.db", std::ios::in | std::ios::out | std::ios::binary) << "no database at all";
  }
  void Damage(const char* statement) const {
    Opened opened(folder_);
    ASSERT_TRUE(opened.repository().database()->writer().Execute(statement).ok());
  }
  // Damages what lies in the file, and salvages it.
  void DamageAndSalvage(const char* statement) const {
    Damage(statement);
    const auto salvaged = store::Salvage(folder_, "HOST");
    ASSERT_TRUE(salvaged.ok()) << salvaged.status().Message();
    EXPECT_GT(salvaged->lost_total, 0u);
  }

  std::string base_;
  std::string folder_;
};

TEST_F(RecoveryTest, ARepositoryThatWasDestroyedHasTheListAgain) {
  Fill();
  Destroy();
  Opened opened(folder_);
  EXPECT_FALSE(opened.HasClass("Lamp"));
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_EQ(opened.Count("Lamp"), 3u) << "also what was included, though the file is gone";
  EXPECT_FALSE(opened.HasClass("Forgotten"));
  EXPECT_THAT(opened.report(), HasSubstr("the repository was damaged"));
  EXPECT_THAT(opened.report(), HasSubstr("the autorecover list was compiled again: 2 of 2 files without errors"));
  EXPECT_EQ(opened.Note(), "");
}

TEST_F(RecoveryTest, ARepositoryThatWasDeletedHasTheListAgain) {
  Fill();
  for (const char* file : {"/repository.db", "/repository.db-wal", "/repository.db-shm"}) {
    std::filesystem::remove(folder_ + file);
  }
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_EQ(opened.Count("Lamp"), 3u);
}

TEST_F(RecoveryTest, ALostInstanceIsThereAgain) {
  Fill();
  DamageAndSalvage("UPDATE instances SET row = row || x'00' WHERE id = 1");
  Opened opened(folder_);
  EXPECT_EQ(opened.Count("Lamp"), 2u);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_TRUE(opened.repository().FindInstance("ROOT\\default", "Lamp", {cim::Value::Text("a")}).value());
  EXPECT_TRUE(opened.HasClass("Forgotten"));
}

TEST_F(RecoveryTest, ALostClassIsThereAgainWithItsInstances) {
  Fill();
  DamageAndSalvage(
      "UPDATE definitions SET body = x'00' WHERE id = (SELECT definition FROM classes WHERE name = 'Lamp')");
  Opened opened(folder_);
  EXPECT_FALSE(opened.HasClass("Lamp"));
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_EQ(opened.Count("Lamp"), 3u);
}

TEST_F(RecoveryTest, AFileThatDoesNotCompileAnyMoreIsToldOfAndDoesNotStopTheRest) {
  {
    Opened opened(folder_);
    ASSERT_TRUE(opened.Recover().ok());
    opened.Compile(Write("base.mof", "class Base { [key] string Id; };"));
    opened.Compile(Write("bad.mof", "class Fine {};\nclass Child : Base {};"));
    opened.Compile(Write("last.mof", "#pragma classflags (\"createonly\")\nclass Last {};"));
  }
  std::filesystem::remove(folder_ + "/autorecover/0001-base.mof");
  Destroy();
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_TRUE(opened.HasClass("Fine"));
  EXPECT_FALSE(opened.HasClass("Child"));
  EXPECT_TRUE(opened.HasClass("Last"));
  EXPECT_THAT(opened.report(), HasSubstr("compiled again: 1 of 2 files"));
  EXPECT_THAT(opened.report(), HasSubstr(base_ + "/bad.mof(2,15): error WBEM_E_INVALID_SUPERCLASS (0x8004100D): "));
  EXPECT_THAT(opened.report(), HasSubstr("[" + folder_ + "/autorecover/0002-bad.mof]"));
  EXPECT_THAT(opened.report(), Not(HasSubstr("last.mof")));
  EXPECT_EQ(opened.Note(), "") << "it is not tried again";
}

TEST_F(RecoveryTest, AFileOfTheListThatCannotBeReadIsToldOf) {
  Fill();
  std::ofstream(folder_ + "/autorecover/0001-first.mof", std::ios::binary) << "class Lamp {};";
  Destroy();
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_THAT(opened.report(), HasSubstr("compiled again: 0 of 2 files"));
  EXPECT_THAT(opened.report(), HasSubstr("it is damaged, or was not put on the list"));
  EXPECT_THAT(opened.report(), HasSubstr("[" + folder_ + "/autorecover/0001-first.mof]"));
}

TEST_F(RecoveryTest, WhatWasNotLostIsNoErrorForAFileThatOnlyCreates) {
  {
    Opened opened(folder_);
    ASSERT_TRUE(opened.Recover().ok());
    opened.Compile(Write("create.mof",
                         "#pragma classflags (\"createonly\")\nclass Old { [key] string Id; };\n"
                         "#pragma instanceflags (\"createonly\")\ninstance of Old { Id = \"1\"; };"));
  }
  DamageAndSalvage("UPDATE instances SET row = row || x'00'");
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_EQ(opened.Count("Old"), 1u);
  EXPECT_EQ(opened.report(), "the autorecover list was compiled again: 1 of 1 files without errors");
}

TEST_F(RecoveryTest, ItIsDoneOnceWhoeverOpensIt) {
  Fill();
  Destroy();
  Opened first(folder_);
  Opened second(folder_);
  ASSERT_TRUE(first.Recover().ok());
  ASSERT_TRUE(second.Recover().ok());
  EXPECT_EQ(second.Count("Lamp"), 3u) << "the one without a key, too";
  EXPECT_EQ(second.report(), "");
}

TEST_F(RecoveryTest, ItGoesOnWhereItEnded) {
  Fill();
  Destroy();
  Opened opened(folder_);
  ASSERT_TRUE(opened.repository()
                  .Change([](store::Transaction& change) { return change.SetNote(store::kRecoveryNote, "1"); })
                  .ok());
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_FALSE(opened.HasClass("Lamp")) << "the first file was said to be done";
  EXPECT_THAT(opened.report(), HasSubstr("of 1 files"));
}

TEST_F(RecoveryTest, WhatMayNotBeChangedIsLeftForTheNext) {
  Fill();
  Destroy();
  {
    Opened opened(folder_);
    opened.repository().RefuseChanges(Status(code::kAccessDenied, "not now"));
    EXPECT_TRUE(opened.Recover().ok());
    EXPECT_FALSE(opened.HasClass("Lamp"));
  }
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_EQ(opened.Count("Lamp"), 3u);
}

TEST_F(RecoveryTest, ManyErrorsAreCounted) {
  {
    Opened opened(folder_);
    ASSERT_TRUE(opened.Recover().ok());
    std::string text;
    for (int i = 0; i < 20; ++i) text += "class C" + std::to_string(i) + " : Base {};\n";
    opened.Compile(Write("base.mof", "class Base {};"));
    opened.Compile(Write("many.mof", text));
  }
  std::filesystem::remove(folder_ + "/autorecover/0001-base.mof");
  Destroy();
  Opened opened(folder_);
  ASSERT_TRUE(opened.Recover().ok());
  EXPECT_THAT(opened.report(), HasSubstr("many.mof(5,"));
  EXPECT_THAT(opened.report(), Not(HasSubstr("many.mof(6,")));
  EXPECT_THAT(opened.report(), HasSubstr("\n  and 15 more errors"));
}

}  // namespace
}  // namespace wmi::engine
