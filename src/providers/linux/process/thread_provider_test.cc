#include "providers/linux/process/thread_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::UnorderedElementsAre;

cim::ClassPtr MakeThreadClass() {
  cim::ClassDeclaration declaration;
  declaration.name = "Win32_Thread";
  for (const std::string_view property : PropertyNames(ThreadColumns())) {
    cim::Property item;
    item.name = property;
    item.type.type = cim::CimType::kString;
    if (property == "Handle" || property == "ProcessHandle") {
      cim::Qualifier qualifier;
      qualifier.name = "key";
      qualifier.value = cim::Value::Boolean(true);
      qualifier.type.type = cim::CimType::kBoolean;
      item.qualifiers.Set(std::move(qualifier));
    }
    declaration.properties.push_back(std::move(item));
  }
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

class ThreadProviderTest : public testing::Test {
 protected:
  ThreadProviderTest() : schema_(MakeThreadClass()) {
    tree_.Write("proc/uptime", "1000.50 1800.00\n");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.Write("etc/os-release", "PRETTY_NAME=\"Test Linux 1\"\n");
    for (const int process : {10, 20}) {
      tree_.Write("proc/" + std::to_string(process) + "/status", "Tgid:\t" + std::to_string(process) + "\n");
    }
    AddThread(10, 10, "main", 'R', 20);
    AddThread(10, 11, "pool (1)", 'S', 39);
    AddThread(20, 20, "rt", 'T', -51);
    // What /proc answers to the number of a thread.
    tree_.Write("proc/11/status", "Tgid:\t10\n");
    tree_.Write("proc/11/task/11/stat", "never read\n");
  }

  void AddThread(int process, int thread, const std::string& name, char state, int priority) {
    tree_.Write("proc/" + std::to_string(process) + "/task/" + std::to_string(thread) + "/stat",
                std::to_string(thread) + " (" + name + ") " + state + " 1 1 1 0 -1 4194304 10 0 2 0 150 250 0 0 " +
                    std::to_string(priority) + " 0 3 0 500 8192 2 1 1 1\n");
  }

  // The threads that `asked` lets through, each as "process/thread".
  std::vector<std::string> Look(provider::Request& request, Answer& answer) {
    ThreadProvider provider(Machine{tree_.root(), &files_});
    request.schema = schema_;
    auto stream = provider.Open(request);
    EXPECT_TRUE(stream.ok());
    for (bool more = true; more;) {
      provider::RowWriter writer(request, 1, 1u << 20);
      const auto state = (*stream)->Read(writer);
      EXPECT_TRUE(state.ok()) << state.status().Message();
      writer.Finish(answer.rows);
      more = state.ok() && *state == provider::ReadState::kMore;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < answer.rows.size(); ++i) {
      names.push_back(answer.Text(i, "ProcessHandle") + "/" + answer.Text(i, "Handle"));
    }
    return names;
  }

  provider::KeyTuple Key(const std::string& process, const std::string& thread) {
    provider::KeyTuple key;
    for (const std::size_t slot : schema_->key_slots()) {
      key.push_back(cim::Value::Text(schema_->properties()[slot].name == "Handle" ? thread : process));
    }
    return key;
  }

  cim::ClassPtr schema_;
  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(ThreadProviderTest, ListsTheThreadsOfEachProcess) {
  tree_.Remove("proc/11");
  provider::Request request;
  Answer answer;
  EXPECT_THAT(Look(request, answer), UnorderedElementsAre("10/10", "10/11", "20/20"));
  for (std::size_t i = 0; i < answer.rows.size(); ++i) {
    const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    EXPECT_EQ(answer.Text(i, "CSName"), "box");
    EXPECT_EQ(answer.Text(i, "OSName"), "Test Linux 1");
    EXPECT_EQ(answer.Number(i, "UserModeTime"), 150 * 1000 / ticks);
    EXPECT_EQ(answer.Number(i, "KernelModeTime"), 250 * 1000 / ticks);
    EXPECT_EQ(answer.Number(i, "ElapsedTime"), 1'000'500 - 500 * 1000 / ticks);
    if (answer.Text(i, "Handle") == "10") {
      EXPECT_EQ(answer.Text(i, "Name"), "main");
      EXPECT_EQ(answer.Number(i, "ThreadState"), 2u);
      EXPECT_EQ(answer.Number(i, "ExecutionState"), 3u);
      EXPECT_EQ(answer.Number(i, "PriorityBase"), 19u);
    } else if (answer.Text(i, "Handle") == "11") {
      EXPECT_EQ(answer.Text(i, "Name"), "pool (1)");
      EXPECT_EQ(answer.Number(i, "ThreadState"), 5u);
      EXPECT_EQ(answer.Number(i, "Priority"), 0u);
    } else {
      EXPECT_EQ(answer.Number(i, "Priority"), 90u);
      EXPECT_TRUE(answer.IsNull(i, "PriorityBase"));
      EXPECT_EQ(answer.Number(i, "ExecutionState"), 5u);
    }
  }
}

TEST_F(ThreadProviderTest, NumbersAloneReadNoFile) {
  provider::Request request;
  request.needed = cim::PropertySet();
  for (const char* name : {"Handle", "ProcessHandle"}) request.needed.Add(schema_->FindSlot(name).value());
  Answer answer;
  EXPECT_EQ(Look(request, answer).size(), 4u);
  EXPECT_EQ(files_.CallsTo("read "), 0u);
}

TEST_F(ThreadProviderTest, ThreadsOfOneProcessListNoOther) {
  provider::Request request;
  request.allowed.push_back({schema_->FindSlot("ProcessHandle").value(), {cim::Value::Text("20")}});
  Answer answer;
  EXPECT_THAT(Look(request, answer), UnorderedElementsAre("20/20"));
  EXPECT_EQ(files_.CallsTo("/10/"), 0u);
}

TEST_F(ThreadProviderTest, LooksUpWithoutAScan) {
  provider::Request request;
  request.has_keys = true;
  // Twice the same; of another process; below the number of a thread; none; no number.
  request.keys = {Key("10", "11"), Key("10", "11"), Key("20", "11"), Key("11", "11"), Key("30", "30"), Key("x", "011")};
  Answer answer;
  EXPECT_THAT(Look(request, answer), UnorderedElementsAre("10/11"));
  EXPECT_EQ(files_.CallsTo("list "), 0u);
}

TEST_F(ThreadProviderTest, MalformedAndDeniedFilesLeaveNull) {
  tree_.Remove("proc/11");
  tree_.Remove("proc/20");
  tree_.Write("proc/10/task/10/stat", "10 (main R");
  files_.failures["read task/11/stat"] = EACCES;
  provider::Request request;
  Answer answer;
  EXPECT_EQ(Look(request, answer).size(), 2u);
  for (std::size_t i = 0; i < answer.rows.size(); ++i) {
    EXPECT_TRUE(answer.IsNull(i, "Name"));
    EXPECT_TRUE(answer.IsNull(i, "ElapsedTime"));
  }
}

}  // namespace
}  // namespace wmi::linuxos
