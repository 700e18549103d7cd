#include "providers/linux/process/process_methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "providers/linux/accounts/name_service.h"
#include "providers/linux/process/command_line.h"
#include "providers/linux/process/process_calls.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(CommandLine, IsSplitWithoutAShell) {
  const std::map<std::string, std::vector<std::string>> rows = {
      {"ls", {"ls"}},
      {"  a\tb \n c ", {"a", "b", "c"}},
      {"a 'b c' \"d e\"", {"a", "b c", "d e"}},
      {"a x'y'\"z\"w", {"a", "xyzw"}},
      {"a '' \"\"", {"a", "", ""}},
      {R"(a "b\"c" "d\\" "\n")", {"a", "b\"c", "d\\", "\\n"}},
      {R"(a '\' b\ c \' \" \\)", {"a", "\\", "b c", "'", "\"", "\\"}},
      {R"("C:\dir with\file" C:\x\)", {"C:\\dir with\\file", "C:\\x\\"}},
      {"a $HOME * ; | > &", {"a", "$HOME", "*", ";", "|", ">", "&"}},
      {"/usr/bin/\xC3\xA9 \xFF", {"/usr/bin/\xC3\xA9", "\xFF"}},
  };
  for (const auto& [text, arguments] : rows) EXPECT_EQ(SplitCommandLine(text), arguments) << text;
}

TEST(CommandLine, OthersAreRefused) {
  for (const std::string_view text : {"", "  \t", "'a", "a \"b", "''", "\"\" a", R"("a\")"}) {
    EXPECT_FALSE(SplitCommandLine(text).has_value()) << text;
  }
  EXPECT_FALSE(SplitCommandLine(std::string_view("a\0b", 3)).has_value());
  EXPECT_TRUE(SplitCommandLine(std::string(kCommandLineBytesMax, 'a')).has_value());
  EXPECT_FALSE(SplitCommandLine(std::string(kCommandLineBytesMax + 1, 'a')).has_value());
}

class NotedCalls final : public ProcessCalls {
 public:
  SpawnResult Spawn(const SpawnOrder& order) override {
    orders.push_back(order);
    return spawn;
  }
  int Kill(std::int32_t id, const std::function<int()>& check) override {
    if (const int error = check()) return error;
    killed.push_back(id);
    return kill_error;
  }
  int SetNice(std::int32_t id, int nice) override {
    nices.emplace_back(id, nice);
    return nice_errors.contains(id) ? nice_errors[id] : 0;
  }

  std::vector<SpawnOrder> orders;
  SpawnResult spawn{0, SpawnResult::Step::kMake, 4711};
  std::vector<std::int32_t> killed;
  int kill_error = 0;
  std::vector<std::pair<std::int32_t, int>> nices;
  std::map<std::int32_t, int> nice_errors;
};

class OneName final : public NameService {
 public:
  NameAnswer UserById(std::uint32_t id, UserEntry& out) override {
    if (is_silent) return NameAnswer::kNoAnswer;
    if (id != 1000) return NameAnswer::kNotFound;
    out.name = "alice";
    return NameAnswer::kFound;
  }
  bool is_silent = false;
};

using Arguments = std::vector<std::pair<std::string, cim::Value>>;

cim::ClassPtr ClassOf(const std::string& name, const std::vector<std::pair<std::string, cim::DataType>>& properties) {
  cim::ClassDeclaration declaration;
  declaration.name = name;
  for (const auto& [property, type] : properties) {
    cim::Property item;
    item.name = property;
    item.type = type;
    declaration.properties.push_back(std::move(item));
  }
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

cim::DataType TypeOf(const cim::Value& value) {
  cim::DataType type;
  switch (value.view().kind()) {
    case cim::ValueKind::kUnsigned:
      type.type = cim::CimType::kUint32;
      break;
    case cim::ValueKind::kSigned:
      type.type = cim::CimType::kSint32;
      break;
    case cim::ValueKind::kObject:
      type.type = cim::CimType::kObject;
      break;
    case cim::ValueKind::kArray:
      type.type = cim::CimType::kString;
      type.is_array = true;
      break;
    default:
      type.type = cim::CimType::kString;
  }
  return type;
}

cim::Object ObjectOf(const std::string& name, const Arguments& values) {
  std::vector<std::pair<std::string, cim::DataType>> properties;
  for (const auto& [property, value] : values) properties.emplace_back(property, TypeOf(value));
  const cim::ClassPtr schema = ClassOf(name, properties);
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  for (std::size_t i = 0; i < values.size(); ++i) builder.Set(i, values[i].second.view());
  builder.CommitRow();
  std::vector<cim::Object> built;
  builder.Finish(built);
  return built.front();
}

class ProcessMethodsTest : public testing::Test {
 protected:
  ProcessMethodsTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    AddProcess(7, 0, 1000);
    AddProcess(8, 0x00200000, 0);
    AddProcess(1, 0, 0);
    machine_ = Machine{tree_.root(), &files_};
    machine_.names = &names_;
    machine_.process_calls = &calls_;
  }

  void AddProcess(int id, int flags, int user) {
    const std::string folder = "proc/" + std::to_string(id);
    const std::string uid = std::to_string(user);
    tree_.Write(folder + "/stat", std::to_string(id) + " (worker) S 1 1 1 0 -1 " + std::to_string(flags) +
                                      " 10 0 2 0 150 250 0 0 20 0 3 0 500 8192 2 1 1 1\n");
    tree_.Write(folder + "/status", "Name:\tworker\nUid:\t5\t" + uid + "\t6\t7\n");
    tree_.Write(folder + "/task/" + std::to_string(id) + "/stat", "");
  }

  std::uint64_t Run(const std::string& method, const std::string& handle, const Arguments& in = {}) {
    cim::Method declared;
    declared.name = method;
    cim::DataType text;
    text.type = cim::CimType::kString;
    cim::DataType number;
    number.type = cim::CimType::kUint32;
    declared.out =
        ClassOf("__PARAMETERS",
                {{"ReturnValue", number}, {"ProcessId", number}, {"User", text}, {"Domain", text}, {"Sid", text}});
    provider::MethodRequest request;
    request.schema = declared.out;
    request.method = &declared;
    if (!handle.empty()) request.keys = provider::KeyTuple{cim::Value::Text(handle)};
    if (!in.empty()) request.in = ObjectOf("__PARAMETERS", in);
    auto result = RunMethod(ProcessMethods(), machine_, request);
    EXPECT_TRUE(result.ok()) << result.status().Message();
    if (!result.ok()) return 99;
    out_ = *result;
    return Out("ReturnValue").unsigned_integer();
  }
  cim::ValueView Out(std::string_view name) { return out_.slot(out_.schema().FindSlot(name).value()); }

  FixtureTree tree_;
  WatchedFiles files_;
  OneName names_;
  NotedCalls calls_;
  Machine machine_;
  cim::Object out_;
};

TEST_F(ProcessMethodsTest, CreateHandsOnWhatWasAsked) {
  const cim::Object startup =
      ObjectOf("Win32_ProcessStartup",
               {{"PriorityClass", cim::Value::Unsigned(16'384)},
                {"EnvironmentVariables", cim::Value::Array({cim::Value::Text("A=1"), cim::Value::Text("B=")})}});
  EXPECT_EQ(Run("Create", "",
                {{"CommandLine", cim::Value::Text("/bin/x 'a b'")},
                 {"CurrentDirectory", cim::Value::Text("/srv")},
                 {"ProcessStartupInformation", cim::Value::OfObject(startup)}}),
            0u);
  EXPECT_EQ(Out("ProcessId").unsigned_integer(), 4711u);
  ASSERT_EQ(calls_.orders.size(), 1u);
  const SpawnOrder& order = calls_.orders[0];
  EXPECT_THAT(order.programs, ElementsAre("/bin/x"));
  EXPECT_THAT(order.arguments, ElementsAre("/bin/x", "a b"));
  EXPECT_THAT(order.environment.value(), ElementsAre("A=1", "B="));
  EXPECT_EQ(order.folder, "/srv");
  EXPECT_EQ(order.nice, 10);
}

TEST_F(ProcessMethodsTest, CreateSearchesThePath) {
  EXPECT_EQ(Run("Create", "", {{"CommandLine", cim::Value::Text("x")}}), 0u);
  ASSERT_EQ(calls_.orders.size(), 1u);
  ASSERT_FALSE(calls_.orders[0].programs.empty());
  for (const std::string& program : calls_.orders[0].programs) {
    EXPECT_TRUE(program.starts_with('/') && program.ends_with("/x")) << program;
  }
  EXPECT_EQ(calls_.orders[0].folder, "/");
  EXPECT_FALSE(calls_.orders[0].environment.has_value());
  EXPECT_FALSE(calls_.orders[0].nice.has_value());
}

TEST_F(ProcessMethodsTest, CreateRefusesWhatItCannotDo) {
  const auto with = [](const std::string& name, cim::Value value) {
    return Arguments{{"CommandLine", cim::Value::Text("x")},
                     {"ProcessStartupInformation",
                      cim::Value::OfObject(ObjectOf("Win32_ProcessStartup", {{name, std::move(value)}}))}};
  };
  EXPECT_EQ(Run("Create", ""), 21u);
  EXPECT_EQ(Run("Create", "", {{"CommandLine", cim::Value::Text("'x")}}), 21u);
  EXPECT_EQ(
      Run("Create", "", {{"CommandLine", cim::Value::Text("x")}, {"CurrentDirectory", cim::Value::Text("relative")}}),
      21u);
  EXPECT_EQ(Run("Create", "", with("PriorityClass", cim::Value::Unsigned(33))), 21u);
  EXPECT_EQ(Run("Create", "", with("CreateFlags", cim::Value::Unsigned(4))), 21u);
  for (const char* entry : {"", "A", "=1"}) {
    EXPECT_EQ(Run("Create", "", with("EnvironmentVariables", cim::Value::Array({cim::Value::Text(entry)}))), 21u)
        << entry;
  }
  EXPECT_TRUE(calls_.orders.empty());
  EXPECT_EQ(Run("Create", "", with("CreateFlags", cim::Value::Unsigned(8))), 0u);
}

TEST_F(ProcessMethodsTest, CreateTellsWhatFailed) {
  using Step = SpawnResult::Step;
  const std::vector<std::pair<SpawnResult, std::uint64_t>> rows = {
      {{ENOENT, Step::kProgram, 0}, 9},  {{EACCES, Step::kProgram, 0}, 2},  {{ENOTDIR, Step::kFolder, 0}, 9},
      {{EACCES, Step::kPriority, 0}, 3}, {{ENOEXEC, Step::kProgram, 0}, 8}, {{EAGAIN, Step::kMake, 0}, 8},
      {{ETIMEDOUT, Step::kMake, 9}, 8},
  };
  for (const auto& [result, code] : rows) {
    calls_.spawn = result;
    EXPECT_EQ(Run("Create", "", {{"CommandLine", cim::Value::Text("x")}}), code) << result.error;
    EXPECT_TRUE(Out("ProcessId").is_null());
  }
}

TEST_F(ProcessMethodsTest, TerminateEndsNoOther) {
  EXPECT_EQ(Run("Terminate", "7", {{"Reason", cim::Value::Unsigned(5)}}), 0u);
  EXPECT_THAT(calls_.killed, ElementsAre(7));
  EXPECT_EQ(Run("Terminate", "8"), 2u);
  EXPECT_EQ(Run("Terminate", "1"), 2u);
  EXPECT_EQ(Run("Terminate", "12"), 9u);
  EXPECT_EQ(Run("Terminate", "-1"), 21u);
  EXPECT_EQ(Run("Terminate", ""), 21u);
  EXPECT_THAT(calls_.killed, ElementsAre(7));
  calls_.kill_error = EPERM;
  EXPECT_EQ(Run("Terminate", "7"), 2u);
}

TEST_F(ProcessMethodsTest, DeletingEndsTheProcess) {
  EXPECT_TRUE(EndProcess(machine_, cim::Value::Text("7").view()).ok());
  EXPECT_THAT(calls_.killed, ElementsAre(7));
  EXPECT_EQ(EndProcess(machine_, cim::Value::Text("12").view()).code(), code::kNotFound);
  EXPECT_EQ(EndProcess(machine_, cim::Value::Text("8").view()).code(), code::kAccessDenied);
  EXPECT_EQ(EndProcess(machine_, cim::ValueView()).code(), code::kNotFound);
}

TEST_F(ProcessMethodsTest, OwnersAreEffectiveUsers) {
  EXPECT_EQ(Run("GetOwner", "7"), 0u);
  EXPECT_EQ(Out("User").text(), "alice");
  EXPECT_EQ(Out("Domain").text(), "box");
  EXPECT_EQ(Run("GetOwner", "8"), 0u);
  EXPECT_EQ(Out("User").text(), "0");
  EXPECT_EQ(Run("GetOwnerSid", "7"), 0u);
  EXPECT_EQ(Out("Sid").text(), "S-1-22-1-1000");
  EXPECT_EQ(Run("GetOwner", "12"), 9u);
  EXPECT_EQ(Run("GetOwnerSid", "12"), 9u);
  tree_.Write("proc/7/status", "Name:\tx\nUid:\tbad\n");
  EXPECT_EQ(Run("GetOwnerSid", "7"), 8u);
  names_.is_silent = true;
  EXPECT_EQ(Run("GetOwner", "8"), 8u);
}

TEST_F(ProcessMethodsTest, PriorityIsOfAllThreads) {
  tree_.Write("proc/7/task/9/stat", "");
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(64)}}), 0u);
  EXPECT_THAT(calls_.nices, ElementsAre(Pair(7, 19), Pair(9, 19)));
  calls_.nice_errors[9] = ESRCH;
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(32)}}), 0u);
  calls_.nice_errors[7] = EACCES;
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(256)}}), 3u);
  calls_.nice_errors[7] = EPERM;
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(64)}}), 2u);
  calls_.nice_errors[7] = ESRCH;
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(64)}}), 9u);
  EXPECT_EQ(Run("SetPriority", "7", {{"Priority", cim::Value::Signed(65)}}), 21u);
  EXPECT_EQ(Run("SetPriority", "7"), 21u);
}

// --- the real calls, on processes of the test's own ---

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Waits for the end of a process that is not a child. False when it lives on for ten seconds.
bool HasEnded(std::int32_t id) {
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  if (process < 0) return errno == ESRCH;
  pollfd waiting = {process, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, 10'000);
  ::close(process);
  return ready == 1;
}

TEST(RealProcessCalls, RunAProgramOnItsOwn) {
  const FixtureTree tree;
  SpawnOrder order;
  order.programs = {"/nonexistent/sh", "/bin/sh"};
  // Its own files, not those of the test: descriptors, session, folder, environment, nice value, ignored signals.
  order.arguments = {"sh", "-c",
                     "{ ls -1 /proc/self/fd | wc -l; readlink /proc/self/fd/0; pwd; echo $A; echo $HOME; "
                     "nice; grep SigBlk /proc/self/status; } > answer.tmp 2>&1; mv answer.tmp answer"};
  order.environment = {"A=from the test", "PATH=/usr/bin:/bin"};
  order.folder = tree.path();
  order.nice = 19;
  const SpawnResult result = ProcessCalls::Real().Spawn(order);
  ASSERT_EQ(result.error, 0);
  ASSERT_GT(result.id, 0);
  ASSERT_TRUE(HasEnded(result.id));
  // ls itself opens the folder; the answer is redirected.
  EXPECT_EQ(Content(tree.path() + "/answer"),
            "4\n/dev/null\n" + tree.path() + "\nfrom the test\n\n19\nSigBlk:\t0000000000000000\n");
  // Nobody's child: no zombie is left to be collected here.
  EXPECT_EQ(::waitpid(result.id, nullptr, WNOHANG), -1);
}

TEST(RealProcessCalls, SayWhatCouldNotBeRun) {
  SpawnOrder order;
  order.arguments = {"x"};
  order.programs = {"/nonexistent/x"};
  SpawnResult result = ProcessCalls::Real().Spawn(order);
  EXPECT_EQ(result.error, ENOENT);
  EXPECT_EQ(result.step, SpawnResult::Step::kProgram);
  order.programs = {"/etc", "/nonexistent/x"};
  EXPECT_EQ(ProcessCalls::Real().Spawn(order).error, EACCES);
  order.programs = {"/bin/true"};
  order.folder = "/nonexistent";
  result = ProcessCalls::Real().Spawn(order);
  EXPECT_EQ(result.error, ENOENT);
  EXPECT_EQ(result.step, SpawnResult::Step::kFolder);
}

TEST(RealProcessCalls, ChangeThePriorityAndEndAProcess) {
  SpawnOrder order;
  order.programs = {"/bin/sleep", "/usr/bin/sleep"};
  order.arguments = {"sleep", "600"};
  const SpawnResult result = ProcessCalls::Real().Spawn(order);
  ASSERT_EQ(result.error, 0);
  EXPECT_NE(::getsid(result.id), ::getsid(0));
  EXPECT_EQ(ProcessCalls::Real().SetNice(result.id, 15), 0);
  EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(result.id)), 15);
  // A check that says no leaves it alone.
  EXPECT_EQ(ProcessCalls::Real().Kill(result.id, [] { return EPERM; }), EPERM);
  EXPECT_EQ(::kill(result.id, 0), 0);
  EXPECT_EQ(ProcessCalls::Real().Kill(result.id, [] { return 0; }), 0);
  EXPECT_TRUE(HasEnded(result.id));
}

TEST(RealProcessCalls, FindNobodyUnderAFreeNumber) {
  // Above PID_MAX_LIMIT.
  constexpr std::int32_t kNobody = (4 << 20) + 1;
  EXPECT_EQ(ProcessCalls::Real().Kill(kNobody, [] { return 0; }), ESRCH);
  EXPECT_EQ(ProcessCalls::Real().SetNice(kNobody, 19), ESRCH);
}

}  // namespace
}  // namespace wmi::linuxos
