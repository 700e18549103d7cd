// A bus of a test's own, and daemons on it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {

inline constexpr std::string_view kBusConfiguration = R"(<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <deny send_interface="org.freedesktop.systemd1.Manager" send_member="Forbidden"/>
  </policy>
</busconfig>
)";

// A bus daemon of the test's own on a socket in a folder of the test's own.
class PrivateBus {
 public:
  PrivateBus() {
    std::string text(kBusConfiguration);
    text.replace(text.find('@'), 1, tree_.path() + "/run/bus");
    tree_.Write("etc/bus.conf", text);
    const std::string option = "--config-file=" + tree_.path() + "/etc/bus.conf";
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::array<std::string, 5> words = {"dbus-daemon", option, "--nofork", "--nopidfile", "--print-address=1"};
    std::array<char*, 6> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    if (::posix_spawnp(&id_, "dbus-daemon", &actions, nullptr, arguments.data(), environ) != 0) id_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    // The address comes when the socket listens; the end of the pipe when there is no daemon.
    char letter = 0;
    while (::read(ends[0], &letter, 1) == 1 && letter != '\n') address_ += letter;
    ::close(ends[0]);
  }
  ~PrivateBus() { End(); }
  PrivateBus(const PrivateBus&) = delete;
  PrivateBus& operator=(const PrivateBus&) = delete;

  void End() {
    if (id_ <= 0) return;
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }
  bool is_installed() const { return id_ > 0; }
  const std::string& address() const { return address_; }

 private:
  FixtureTree tree_;
  pid_t id_ = -1;
  std::string address_;
};

// A daemon that owns a name, answers each call and emits signals; it lives in the test's thread, while that waits.
class FakeDaemon {
 public:
  FakeDaemon(const std::string& address, const std::string& name) {
    EXPECT_GE(sd_bus_new(&bus_), 0);
    EXPECT_GE(sd_bus_set_address(bus_, address.c_str()), 0);
    EXPECT_GE(sd_bus_set_bus_client(bus_, 1), 0);
    EXPECT_GE(sd_bus_start(bus_), 0);
    EXPECT_GE(sd_bus_add_filter(bus_, nullptr, Take, this), 0);
    if (!name.empty()) {
      EXPECT_GE(sd_bus_request_name(bus_, name.c_str(), 0), 0);
    }
  }
  ~FakeDaemon() { sd_bus_flush_close_unref(bus_); }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  sd_bus* bus() const { return bus_; }

  template <typename... Values>
  void Emit(const char* path, const char* interface, const char* member, const char* types, Values... values) {
    EXPECT_GE(sd_bus_emit_signal(bus_, path, interface, member, types, values...), 0) << member;
  }

  // Answers until it is so; false when it does not come to that.
  bool Until(const std::function<bool()>& is_so) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    while (!is_so()) {
      if (SteadyClock().Now() > deadline) return false;
      const int done = sd_bus_process(bus_, nullptr);
      if (done < 0) return false;
      if (done == 0) sd_bus_wait(bus_, 5'000);
    }
    return true;
  }

  // The members that were called.
  std::vector<std::string> calls;
  // The name of the error that each call gets; empty: an answer without values.
  std::string error;

 private:
  static int Take(sd_bus_message* call, void* self, sd_bus_error*) {
    auto& daemon = *static_cast<FakeDaemon*>(self);
    std::uint8_t type = 0;
    if (sd_bus_message_get_type(call, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL) return 0;
    daemon.calls.emplace_back(sd_bus_message_get_member(call));
    if (daemon.error.empty()) return sd_bus_reply_method_return(call, "");
    return sd_bus_reply_method_errorf(call, daemon.error.c_str(), "Not so.");
  }

  sd_bus* bus_ = nullptr;
};

}  // namespace wmi::linuxos
