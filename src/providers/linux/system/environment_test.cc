#include "providers/linux/system/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "providers/linux/accounts/name_service.h"
#include "providers/linux/system/environment_file.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs Parsed(std::string_view text, EnvironmentForm form) {
  Pairs pairs;
  for (const EnvironmentEntry& entry : ParseEnvironment(text, form)) pairs.emplace_back(entry.name, entry.value);
  return pairs;
}

TEST(EnvironmentFileTest, ReadsLinesAsPamDoes) {
  EXPECT_THAT(Parsed("# a comment\n"
                     "PATH=\"/usr/local/bin:/usr/bin\"\n"
                     "  export LANG=C.UTF-8  # comment\n"
                     "EMPTY=\n"
                     "QUOTED='it's so'\r\n"
                     "ONE=\"\n"
                     "no name\n"
                     "BAD-NAME=1\n"
                     "=2\n"
                     "LAST=a=b",
                     EnvironmentForm::kPam),
              ElementsAre(Pair("PATH", "/usr/local/bin:/usr/bin"), Pair("LANG", "C.UTF-8"), Pair("EMPTY", ""),
                          Pair("QUOTED", "it's so"), Pair("ONE", ""), Pair("LAST", "a=b")));
}

TEST(EnvironmentFileTest, ReadsEnvironmentDAsAShellDoes) {
  EXPECT_THAT(Parsed("; a comment\n#X=1\n"
                     "A=plain text  \n"
                     "B=\"two words\\\" \\$HOME\"\n"
                     "C='single \\ quoted'\n"
                     "D=one\\\ntwo\\ \n"
                     "E=\"over\ntwo lines\"\n"
                     "F=${HOME}/bin#no comment\n"
                     "G=\"\"\n"
                     " H = spaced\n"
                     "1BAD=x\nBAD\n"
                     "J=\"joined\\\nline \\x\"\n"
                     "I=\"open",
                     EnvironmentForm::kEnvironmentD),
              ElementsAre(Pair("A", "plain text"), Pair("B", "two words\" $HOME"), Pair("C", "single \\ quoted"),
                          Pair("D", "onetwo "), Pair("E", "over\ntwo lines"), Pair("F", "${HOME}/bin#no comment"),
                          Pair("G", ""), Pair("H", "spaced"), Pair("J", "joinedline \\x"), Pair("I", "open")));
}

TEST(EnvironmentFileTest, AChangeLeavesTheOtherLines) {
  const std::string text = "# top\nA=1\n\nB=\"2\"\nA=3\n# end";
  EXPECT_EQ(WithVariable(text, EnvironmentForm::kPam, "A", "x y"), "# top\nA=1\n\nB=\"2\"\nA=\"x y\"\n# end");
  EXPECT_EQ(WithVariable(text, EnvironmentForm::kPam, "C", "/c"), text + "\nC=/c\n");
  EXPECT_EQ(WithoutVariable(text, EnvironmentForm::kPam, "A"), "# top\n\nB=\"2\"\n# end");
  EXPECT_EQ(WithoutVariable(text, EnvironmentForm::kPam, "C"), text);
  EXPECT_EQ(WithVariable("", EnvironmentForm::kEnvironmentD, "A", "a\"$\\`"), "A=\"a\\\"\\$\\\\\\`\"\n");
}

TEST(EnvironmentFileTest, AValueComesBackAsItWasGiven) {
  for (const EnvironmentForm form : {EnvironmentForm::kPam, EnvironmentForm::kEnvironmentD}) {
    for (const std::string value :
         {"", "plain", " blank ends ", "\"quoted\"", "'", "back\\slash\\", "$HOME `x`", "\t"}) {
      const auto text = WithVariable("A=1\n", form, "NAME", value);
      ASSERT_TRUE(text) << value;
      EXPECT_THAT(Parsed(*text, form), ElementsAre(Pair("A", "1"), Pair("NAME", value)));
    }
  }
}

TEST(EnvironmentFileTest, AFileThatEndsInQuotesIsNotAddedTo) {
  EXPECT_FALSE(WithVariable("A=\"open\n", EnvironmentForm::kEnvironmentD, "B", "2"));
  EXPECT_FALSE(WithVariable("A=1\\", EnvironmentForm::kEnvironmentD, "B", "2")) << "the line goes on";
}

TEST(EnvironmentFileTest, AFileThatIsNotReadToItsEndIsNotChanged) {
  std::string text;
  for (std::size_t i = 0; i < kEnvironmentEntriesMax; ++i) text += "A=1\n";
  EXPECT_EQ(WithoutVariable(text, EnvironmentForm::kPam, "A"), "");
  EXPECT_TRUE(WithVariable(text, EnvironmentForm::kPam, "A", "2"));
  text += "A=1\n";
  EXPECT_EQ(ParseEnvironment(text, EnvironmentForm::kPam).size(), kEnvironmentEntriesMax);
  EXPECT_FALSE(WithoutVariable(text, EnvironmentForm::kPam, "A")) << "an A would be left";
  EXPECT_FALSE(WithVariable(text, EnvironmentForm::kPam, "B", "2"));
}

// One user, whoever runs the test.
class OneUser final : public NameService {
 public:
  explicit OneUser(std::string home) : home_(std::move(home)) {}
  NameAnswer UserById(std::uint32_t id, UserEntry& out) override {
    out = {"ann", id, id, "Ann", home_, "/bin/sh"};
    return home_.empty() ? NameAnswer::kNoAnswer : NameAnswer::kFound;
  }

 private:
  const std::string home_;
};

class EnvironmentTest : public testing::Test {
 protected:
  EnvironmentTest() : names_(tree_.path() + "/people/ann"), provider_(MakeMachine()) {
    tree_.Write("etc/environment", "PATH=\"/usr/bin\"\nLANG=C\n");
    tree_.Write("etc/environment.d/50-b.conf", "EDITOR=vi\nLANG=ignored\n");
    tree_.Write("etc/environment.d/10-a.conf", "EDITOR=ed\nQT=1\n");
    tree_.Write("etc/environment.d/README", "NOT=read\n");
    tree_.Write("people/ann/.config/environment.d/own.conf", "EDITOR=\"emacs -nw\"\n");
  }

  Answer Ask() { return RunQuery(provider_, {schema_, {}, {}}); }
  // "USER NAME=value" of all instances.
  std::vector<std::string> All() {
    std::vector<std::string> lines;
    const Answer answer = Ask();
    for (std::size_t i = 0; i < answer.rows.size(); ++i) {
      lines.push_back(answer.Text(i, "UserName") + " " + answer.Text(i, "Name") + "=" +
                      answer.Text(i, "VariableValue"));
    }
    return lines;
  }
  Result<std::string> Put(const char* user, const char* name, const char* value,
                          cim::PutMode mode = cim::PutMode::kCreateOrUpdate) {
    cim::RowBlockBuilder row;
    row.BeginRow(schema_);
    row.SetText(schema_->FindSlot("UserName").value(), user);
    row.SetText(schema_->FindSlot("Name").value(), name);
    row.SetText(schema_->FindSlot("VariableValue").value(), value);
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    return provider_.Put({built.front(), mode, {}});
  }
  Status Delete(const char* user, const char* name) {
    provider::DeleteRequest request;
    request.schema = schema_;
    for (const std::size_t slot : schema_->key_slots()) {
      const bool is_name = schema_->properties()[slot].name == "Name";
      request.keys.push_back(cim::Value::Text(is_name ? name : user));
    }
    return provider_.Delete(request);
  }
  std::string Text(const char* name) const {
    std::ifstream file(tree_.path() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  FixtureTree tree_;
  WatchedFiles files_;
  OneUser names_;
  SnapshotProvider<Environment> provider_;
  const cim::ClassPtr schema_ = TwoKeys();

 private:
  Machine MakeMachine() {
    Machine machine{tree_.root(), &files_};
    machine.names = &names_;
    return machine;
  }
  static cim::ClassPtr TwoKeys() {
    cim::ClassDeclaration declaration;
    declaration.name = "Win32_Environment";
    for (const std::string_view name : PropertyNames(Environment::Columns())) {
      cim::Property property;
      property.name = name;
      property.type.type = cim::CimType::kString;
      if (name == "Name" || name == "UserName") {
        cim::Qualifier key;
        key.name = "key";
        key.value = cim::Value::Boolean(true);
        key.type.type = cim::CimType::kBoolean;
        property.qualifiers.Set(std::move(key));
      }
      declaration.properties.push_back(std::move(property));
    }
    return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  }
};

TEST_F(EnvironmentTest, TheLastAssignmentCounts) {
  EXPECT_THAT(All(), UnorderedElementsAre("<SYSTEM> EDITOR=vi", "<SYSTEM> QT=1", "<SYSTEM> LANG=C",
                                          "<SYSTEM> PATH=/usr/bin", "ann EDITOR=emacs -nw"));
  const Answer answer = Ask();
  EXPECT_EQ(answer.Text(0, "Caption"), "<SYSTEM>\\EDITOR");
  EXPECT_TRUE(answer.Get(0, "SystemVariable").boolean());
  EXPECT_FALSE(answer.Get(4, "SystemVariable").boolean());
}

TEST_F(EnvironmentTest, WithoutFilesThereIsNothing) {
  tree_.Remove("etc");
  tree_.Remove("people");
  const Answer answer = Ask();
  EXPECT_TRUE(answer.status.ok());
  EXPECT_THAT(answer.rows, IsEmpty());
}

TEST_F(EnvironmentTest, OfTwoNamesThatDifferInCaseTheFirstIsThere) {
  tree_.Write("etc/environment", "http_proxy=a\nHTTP_PROXY=b\n");
  tree_.Remove("etc/environment.d");
  tree_.Remove("people");
  EXPECT_THAT(All(), ElementsAre("<SYSTEM> http_proxy=a"));
  ASSERT_TRUE(Put("<SYSTEM>", "HTTP_PROXY", "c").ok());
  EXPECT_EQ(Text("etc/environment"), "http_proxy=c\nHTTP_PROXY=b\n");
}

TEST_F(EnvironmentTest, PutChangesTheFileThatSetsIt) {
  ASSERT_TRUE(Put("<system>", "editor", "nano").ok());
  EXPECT_EQ(Text("etc/environment.d/50-b.conf"), "EDITOR=nano\nLANG=ignored\n");
  EXPECT_EQ(Text("etc/environment.d/10-a.conf"), "EDITOR=ed\nQT=1\n");
  ASSERT_TRUE(Put("<SYSTEM>", "NEW", "a b").ok());
  EXPECT_EQ(Text("etc/environment"), "PATH=\"/usr/bin\"\nLANG=C\nNEW=\"a b\"\n");
  ASSERT_TRUE(Put("ann", "NEW", "$HOME").ok());
  EXPECT_EQ(Text("people/ann/.config/environment.d/openwmi.conf"), "NEW=\"\\$HOME\"\n");
  ASSERT_TRUE(Put("ann", "NEWER", "2").ok());
  EXPECT_EQ(Text("people/ann/.config/environment.d/openwmi.conf"), "NEW=\"\\$HOME\"\nNEWER=2\n");
}

TEST_F(EnvironmentTest, AFirstVariableOfAUserMakesTheFolder) {
  tree_.Remove("people/ann/.config");
  tree_.MakeDirectory("people/ann");
  ASSERT_TRUE(Put("ann", "FIRST", "1").ok());
  EXPECT_THAT(All(), testing::Contains("ann FIRST=1"));
}

TEST_F(EnvironmentTest, AChangeKeepsModeAndLink) {
  tree_.Remove("etc/environment");
  tree_.Write("usr/share/environment", "A=1\n");
  tree_.Link("etc/environment", "../usr/share/environment");
  const std::string target = tree_.path() + "/usr/share/environment";
  ASSERT_EQ(::chmod(target.c_str(), 0600), 0);
  ASSERT_TRUE(Put("<SYSTEM>", "A", "2").ok());
  EXPECT_EQ(Text("usr/share/environment"), "A=2\n");
  struct stat info;
  ASSERT_EQ(::lstat((tree_.path() + "/etc/environment").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  ASSERT_EQ(::stat(target.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(EnvironmentTest, DeleteTakesItOutOfEachFile) {
  ASSERT_TRUE(Delete("<SYSTEM>", "EDITOR").ok());
  EXPECT_EQ(Text("etc/environment.d/50-b.conf"), "LANG=ignored\n");
  EXPECT_EQ(Text("etc/environment.d/10-a.conf"), "QT=1\n");
  EXPECT_THAT(All(), testing::Contains("ann EDITOR=emacs -nw"));
  EXPECT_EQ(Delete("<SYSTEM>", "EDITOR").code(), code::kNotFound);
  ASSERT_TRUE(Delete("ann", "editor").ok());
  EXPECT_EQ(Text("people/ann/.config/environment.d/own.conf"), "");
}

TEST_F(EnvironmentTest, RefusesWhatCannotBe) {
  const std::string before = Text("etc/environment");
  EXPECT_EQ(Put("<SYSTEM>", "A=B", "1").status().code(), code::kInvalidParameter);
  EXPECT_EQ(Put("<SYSTEM>", "A", "two\nlines").status().code(), code::kInvalidParameter);
  EXPECT_EQ(Put("<SYSTEM>", "A", "no # here").status().code(), code::kInvalidParameter);
  EXPECT_TRUE(Put("ann", "A", "but # here").ok());
  EXPECT_EQ(Put("bob", "A", "1").status().code(), code::kNotFound);
  EXPECT_EQ(Put("<SYSTEM>", "LANG", "1", cim::PutMode::kCreateOnly).status().code(), code::kAlreadyExists);
  EXPECT_EQ(Put("<SYSTEM>", "NONE", "1", cim::PutMode::kUpdateOnly).status().code(), code::kNotFound);
  EXPECT_EQ(Text("etc/environment"), before);
}

TEST_F(EnvironmentTest, ARefusalIsSaidAndNothingIsDone) {
  files_.failures = {{"read etc/environment", EACCES}};
  EXPECT_EQ(Put("<SYSTEM>", "NEW", "1").status().code(), code::kAccessDenied);
  provider::Request request;
  request.schema = schema_;
  auto stream = provider_.Open(request);
  ASSERT_TRUE(stream.ok());
  provider::RowWriter writer(request, 64, 1u << 16);
  ASSERT_TRUE((*stream)->Read(writer).ok());
  EXPECT_EQ(writer.rows(), 4u);
  EXPECT_THAT(writer.incomplete(), ElementsAre(HasSubstr("etc/environment")));
  EXPECT_EQ(Text("etc/environment"), "PATH=\"/usr/bin\"\nLANG=C\n");
}

}  // namespace
}  // namespace wmi::linuxos
