// The calls over a real D-Bus daemon that the test starts for itself, with a fake systemd behind it.
#include "providers/linux/bus/system_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "providers/linux/bus/bus_test_support.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using Outcome = BusAnswer::Outcome;

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";

int AppendEverything(sd_bus_message* reply) {
  const unsigned char bytes[] = {1, 2};
  int result = sd_bus_message_append(reply, "ynqiuxtdbsog", 7, -8, 9, -10, 11u, std::int64_t{-12}, std::uint64_t{13},
                                     1.5, 1, "text", "/a/b", "a{sv}");
  if (result >= 0) result = sd_bus_message_append_array(reply, 'y', bytes, sizeof bytes);
  if (result >= 0) result = sd_bus_message_append(reply, "(sv)", "inner", "v", "u", 14u);
  if (result >= 0) result = sd_bus_message_append(reply, "a{sv}", 2, "One", "s", "first", "Two", "as", 1, "second");
  if (result >= 0) result = sd_bus_message_append(reply, "as", 0);
  if (result >= 0) result = sd_bus_message_append(reply, "h", STDIN_FILENO);
  return result;
}

int AnswerCall(sd_bus_message* call, void*, sd_bus_error*) {
  std::uint8_t type = 0;
  if (sd_bus_message_get_type(call, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL) return 0;
  const std::string member = sd_bus_message_get_member(call);
  if (member == "Hang") return 1;
  if (member == "Deny") return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "Not for you.");
  if (member == "Refuse")
    return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit", "Unit x.service not found.");
  if (member == "Unknown") return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_METHOD, "What?");
  sd_bus_message* reply = nullptr;
  if (sd_bus_message_new_method_return(call, &reply) < 0) return -ENOMEM;
  int result = 0;
  if (member == "Echo") {
    result = sd_bus_message_copy(reply, call, 1);
  } else if (member == "Everything") {
    result = AppendEverything(reply);
  } else if (member == "GetAll") {
    result = sd_bus_message_append(reply, "a{sv}", 1, "ActiveState", "s", "active");
  } else if (member == "Deep") {
    for (int i = 0; i < 40 && result >= 0; ++i) result = sd_bus_message_open_container(reply, 'v', i < 39 ? "v" : "u");
    if (result >= 0) result = sd_bus_message_append(reply, "u", 1u);
    for (int i = 0; i < 40 && result >= 0; ++i) result = sd_bus_message_close_container(reply);
  } else if (member == "Huge") {
    void* space = nullptr;
    result = sd_bus_message_append_array_space(reply, 'y', 1u << 20, &space);
    if (result >= 0) std::memset(space, 1, 1u << 20);
  }
  if (result >= 0) result = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return result < 0 ? result : 1;
}

class FakeSystemd {
 public:
  explicit FakeSystemd(const std::string& address) {
    EXPECT_GE(sd_bus_new(&bus_), 0);
    EXPECT_GE(sd_bus_set_address(bus_, address.c_str()), 0);
    EXPECT_GE(sd_bus_set_bus_client(bus_, 1), 0);
    EXPECT_GE(sd_bus_start(bus_), 0);
    EXPECT_GE(sd_bus_add_filter(bus_, nullptr, AnswerCall, nullptr), 0);
    EXPECT_GE(sd_bus_request_name(bus_, kName, 0), 0);
    thread_ = std::thread([this] {
      while (!is_ended_) {
        const int done = sd_bus_process(bus_, nullptr);
        if (done < 0) return;
        if (done == 0) sd_bus_wait(bus_, 50'000);
      }
    });
  }
  ~FakeSystemd() {
    is_ended_ = true;
    thread_.join();
    sd_bus_close_unref(bus_);
  }
  FakeSystemd(const FakeSystemd&) = delete;
  FakeSystemd& operator=(const FakeSystemd&) = delete;

 private:
  sd_bus* bus_ = nullptr;
  std::atomic<bool> is_ended_{false};
  std::thread thread_;
};

BusCall CallOf(const char* member) {
  BusCall call;
  call.destination = kName;
  call.path = kPath;
  call.interface = kManager;
  call.member = member;
  return call;
}

BusValue Text(const char* text) { return {std::string(text)}; }

class SystemBusTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(daemon_.is_installed()) << "install the package dbus";
    ASSERT_FALSE(daemon_.address().empty()) << "dbus-daemon did not start";
    systemd_ = std::make_unique<FakeSystemd>(daemon_.address());
    bus_ = ConnectedBus(daemon_.address());
  }

  PrivateBus daemon_;
  std::unique_ptr<FakeSystemd> systemd_;
  std::unique_ptr<SystemBus> bus_;
};

TEST_F(SystemBusTest, DecodesEveryType) {
  const BusAnswer answer = bus_->Call(CallOf("Everything"));
  ASSERT_TRUE(answer.ok()) << answer.message;
  ASSERT_EQ(answer.values.size(), 17u);
  const std::int64_t numbers[] = {7, -8, 9, -10, 11, -12, 13};
  for (std::size_t i = 0; i < std::size(numbers); ++i) EXPECT_EQ(answer.values[i].number(), numbers[i]) << i;
  EXPECT_EQ(std::get<double>(answer.values[7].data), 1.5);
  EXPECT_TRUE(answer.values[8].boolean());
  EXPECT_EQ(answer.values[9].text(), "text");
  EXPECT_EQ(answer.values[10].text(), "/a/b");
  EXPECT_EQ(answer.values[11].text(), "a{sv}");
  ASSERT_EQ(answer.values[12].list().size(), 2u);
  EXPECT_EQ(answer.values[12].list()[1].unsigned_number(), 2u);
  ASSERT_EQ(answer.values[13].list().size(), 2u);
  EXPECT_EQ(answer.values[13].list()[1].unsigned_number(), 14u);
  ASSERT_NE(answer.values[14].Find("Two"), nullptr);
  EXPECT_EQ(answer.values[14].Find("One")->text(), "first");
  EXPECT_EQ(answer.values[14].Find("Two")->list().at(0).text(), "second");
  EXPECT_EQ(answer.values[14].Find("Three"), nullptr);
  EXPECT_TRUE(answer.values[15].list().empty());
  EXPECT_EQ(answer.values[16].data.index(), 0u);
}

TEST_F(SystemBusTest, SendsEveryTypeOfArgument) {
  BusCall call = CallOf("Echo");
  call.signature = "sobiuxtas";
  call.arguments = {Text("a"),
                    Text("/b"),
                    {true},
                    {std::int64_t{-3}},
                    {std::uint64_t{4}},
                    {std::int64_t{-5}},
                    {std::uint64_t{6}},
                    {BusValue::List{Text("x"), Text("y")}}};
  const BusAnswer answer = bus_->Call(call);
  ASSERT_TRUE(answer.ok()) << answer.message;
  ASSERT_EQ(answer.values.size(), 8u);
  EXPECT_EQ(answer.values[1].text(), "/b");
  EXPECT_TRUE(answer.values[2].boolean());
  EXPECT_EQ(answer.values[3].number(), -3);
  EXPECT_EQ(answer.values[6].unsigned_number(), 6u);
  EXPECT_EQ(answer.values[7].list().at(1).text(), "y");
}

TEST_F(SystemBusTest, SendsNothingThatIsNotWhatItsSignatureSays) {
  const struct {
    const char* signature;
    BusValue argument;
  } cases[] = {{"s", {true}},
               {"b", Text("true")},
               {"o", Text("no path")},
               {"u", {std::uint64_t{1} << 40}},
               {"i", {std::int64_t{-1} << 40}},
               {"s", {std::string("a\0b", 3)}},
               {"s", Text("\xff")},
               {"as", {BusValue::List{{true}}}},
               {"d", {1.5}},
               {"", Text("one too many")},
               {"ss", Text("one too few")}};
  for (const auto& item : cases) {
    BusCall call = CallOf("Echo");
    call.signature = item.signature;
    call.arguments.push_back(item.argument);
    EXPECT_EQ(bus_->Call(call).outcome, Outcome::kFailed) << item.signature;
  }
  BusCall call = CallOf("Echo");
  call.path = "no path";
  EXPECT_EQ(bus_->Call(call).outcome, Outcome::kFailed);
}

TEST_F(SystemBusTest, TellsWhyACallFailed) {
  const struct {
    const char* member;
    Outcome outcome;
    const char* error_name;
    const char* message;
  } cases[] = {{"Deny", Outcome::kDenied, "org.freedesktop.DBus.Error.AccessDenied", "systemd refused Deny"},
               {"Forbidden", Outcome::kDenied, "org.freedesktop.DBus.Error.AccessDenied", "systemd refused Forbidden"},
               {"Refuse", Outcome::kFailed, "org.freedesktop.systemd1.NoSuchUnit", "Unit x.service not found"},
               {"Unknown", Outcome::kNoService, "org.freedesktop.DBus.Error.UnknownMethod", "does not know Unknown"},
               {"Deep", Outcome::kFailed, "", "larger than"},
               {"Huge", Outcome::kFailed, "", "larger than"}};
  for (const auto& item : cases) {
    const BusAnswer answer = bus_->Call(CallOf(item.member));
    EXPECT_EQ(answer.outcome, item.outcome) << item.member << ": " << answer.message;
    EXPECT_EQ(answer.error_name, item.error_name) << item.member;
    EXPECT_THAT(answer.message, HasSubstr(item.message)) << item.member;
    EXPECT_TRUE(answer.values.empty()) << item.member;
  }
  EXPECT_TRUE(bus_->Call(CallOf("Everything")).ok());
}

TEST_F(SystemBusTest, TellsThatNobodyOwnsAName) {
  for (const bool may_start : {false, true}) {
    BusCall call = CallOf("ListSessions");
    call.destination = "org.freedesktop.login1";
    call.may_start = may_start;
    const BusAnswer answer = bus_->Call(call);
    EXPECT_EQ(answer.outcome, Outcome::kNoService) << answer.message;
    EXPECT_THAT(answer.message, HasSubstr("systemd-logind is not running"));
  }
}

TEST_F(SystemBusTest, WaitsNoLongerThanTheDeadline) {
  BusCall call = CallOf("Hang");
  call.deadline = milliseconds(50);
  const auto start = std::chrono::steady_clock::now();
  const BusAnswer answer = bus_->Call(call);
  EXPECT_EQ(answer.outcome, Outcome::kTimedOut) << answer.message;
  EXPECT_THAT(answer.message, HasSubstr("systemd did not answer Hang within 50 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_TRUE(bus_->Call(CallOf("Everything")).ok());
}

TEST_F(SystemBusTest, ReadsTheProperties) {
  const BusAnswer answer = bus_->Properties(kName, kPath, "org.freedesktop.systemd1.Unit");
  ASSERT_TRUE(answer.ok()) << answer.message;
  ASSERT_NE(answer.values.at(0).Find("ActiveState"), nullptr);
  EXPECT_EQ(answer.values[0].Find("ActiveState")->text(), "active");
}

TEST_F(SystemBusTest, AnswersSeveralThreads) {
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 10; ++call) done += bus_->Call(CallOf("Everything")).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 40);
}

TEST_F(SystemBusTest, NoticesTheEndOfTheDaemon) {
  EXPECT_TRUE(bus_->Call(CallOf("Everything")).ok());
  daemon_.End();
  const BusAnswer answer = bus_->Call(CallOf("Everything"));
  EXPECT_EQ(answer.outcome, Outcome::kNoBus) << answer.message;
  EXPECT_THAT(answer.message, HasSubstr("start the D-Bus daemon"));
}

TEST(SystemBus, IsNotThereWithoutADaemon) {
  const FixtureTree tree;
  EXPECT_EQ(ConnectedBus("unix:path=" + tree.path() + "/run/bus")->Call(CallOf("X")).outcome, Outcome::kNoBus);
  EXPECT_EQ(ConnectedBus("no address")->Call(CallOf("X")).outcome, Outcome::kNoBus);
  EXPECT_EQ(SystemBus().Call(CallOf("X")).outcome, Outcome::kNoBus);
}

TEST(SystemBus, AGreetingThatNeverComesEndsWithTheDeadline) {
  const FixtureTree tree;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = tree.path() + "/run/bus";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 4), 0);
  BusCall call = CallOf("X");
  call.deadline = milliseconds(50);
  EXPECT_EQ(ConnectedBus("unix:path=" + path)->Call(call).outcome, Outcome::kTimedOut);
  ::close(listening);
}

TEST(BusValue, OfAnotherKindIsEmpty) {
  const BusValue text{std::string("a")};
  EXPECT_EQ(text.number(), 0);
  EXPECT_EQ(text.unsigned_number(), 0u);
  EXPECT_FALSE(text.boolean());
  EXPECT_TRUE(text.list().empty());
  EXPECT_EQ(text.Find("a"), nullptr);
  EXPECT_EQ(BusValue{true}.text(), "");
  EXPECT_EQ(BusValue{~std::uint64_t{0}}.number(), 0);
  EXPECT_EQ(BusValue{std::int64_t{-1}}.unsigned_number(), 0u);
}

}  // namespace
}  // namespace wmi::linuxos
