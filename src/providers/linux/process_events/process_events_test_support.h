// What tests of the process events share: messages as the kernel packs them, and a connector that tests feed.
#pragma once

#include <gtest/gtest.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "providers/linux/process_events/process_connector.h"

namespace wmi::linuxos {

template <typename Value>
std::string BytesOf(const Value& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

inline std::string Joined(std::initializer_list<std::string> messages) {
  std::string datagram;
  for (const std::string& message : messages) datagram += message;
  return datagram;
}

// Makes messages of one processor, numbered as the kernel numbers them.
class MessageMaker {
 public:
  explicit MessageMaker(std::uint32_t processor = 0, std::uint32_t sequence = 100)
      : processor_(processor), sequence_(sequence) {}

  std::string Fork(int parent, int process, int thread) {
    proc_event event = Event(proc_event::PROC_EVENT_FORK);
    event.event_data.fork = {parent, parent, thread, process};
    return Pack(event);
  }
  std::string Fork(int parent, int process) { return Fork(parent, process, process); }
  std::string Program(int process) {
    proc_event event = Event(proc_event::PROC_EVENT_EXEC);
    event.event_data.exec = {process, process};
    return Pack(event);
  }
  std::string Name(int process, const char* name) {
    proc_event event = Event(proc_event::PROC_EVENT_COMM);
    event.event_data.comm.process_pid = event.event_data.comm.process_tgid = process;
    std::strncpy(event.event_data.comm.comm, name, sizeof event.event_data.comm.comm - 1);
    return Pack(event);
  }
  std::string Exit(int process, int thread, unsigned wait_status, int parent) {
    proc_event event = Event(proc_event::PROC_EVENT_EXIT);
    event.event_data.exit = {thread, process, wait_status, 17, parent, parent};
    return Pack(event);
  }
  std::string Exit(int process, unsigned wait_status = 0) { return Exit(process, process, wait_status, 1); }
  std::string User(int process) {
    proc_event event = Event(proc_event::PROC_EVENT_UID);
    event.event_data.id.process_pid = event.event_data.id.process_tgid = process;
    return Pack(event);
  }
  std::string Acknowledgement(std::uint32_t number, std::uint32_t error) {
    proc_event event = Event(proc_event::PROC_EVENT_NONE);
    event.event_data.ack.err = error;
    return Pack(event, number);
  }

  void Skip(std::uint32_t messages) { sequence_ += messages; }
  void set_time(std::uint64_t time_ns) { time_ns_ = time_ns; }

 private:
  proc_event Event(std::uint32_t what) const {
    proc_event event{};
    event.what = static_cast<decltype(event.what)>(what);
    event.cpu = processor_;
    event.timestamp_ns = time_ns_;
    return event;
  }
  std::string Pack(const proc_event& event) { return Pack(event, 0); }
  std::string Pack(const proc_event& event, std::uint32_t acknowledgement) {
    cn_msg connector{};
    connector.id = {CN_IDX_PROC, CN_VAL_PROC};
    connector.seq = sequence_++;
    connector.ack = acknowledgement;
    connector.len = sizeof event;
    nlmsghdr netlink{};
    netlink.nlmsg_len = sizeof netlink + sizeof connector + sizeof event;
    netlink.nlmsg_type = NLMSG_DONE;
    return BytesOf(netlink) + BytesOf(connector) + BytesOf(event);
  }

  const std::uint32_t processor_;
  std::uint32_t sequence_;
  std::uint64_t time_ns_ = 1'000'000'000;
};

// A socket pair and an event counter in place of the kernel; its clock stands still. Safe from several threads.
class FakeConnector final : public ProcessConnector {
 public:
  ~FakeConnector() override {
    if (const int writer = writer_.load(); writer >= 0) ::close(writer);
  }

  Result<int> Open() override {
    if (refused_) return Status(code::kAccessDenied, "no rights, says the test");
    ++opened_;
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    if (const int former = writer_.exchange(ends[1]); former >= 0) ::close(former);
    reader_ = ends[0];
    return ends[0];
  }
  void Close(int socket) override {
    ++closed_;
    ::close(socket);
  }
  int OpenTimer() override { return timer_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
  void SetTimer(int /*timer*/, std::uint64_t time_ns) override {
    MutexLock lock(mutex_);
    timer_time_ns_ = time_ns;
    is_set_.NotifyAll();
  }
  std::uint64_t Now() override { return now_ns_; }
  std::int64_t WallTime() override { return 1'700'000'000'000'000 + static_cast<std::int64_t>(now_ns_ / 1000); }

  void Send(std::string_view datagram) {
    EXPECT_EQ(::send(writer_, datagram.data(), datagram.size(), MSG_NOSIGNAL), static_cast<ssize_t>(datagram.size()));
  }
  // Several messages in one datagram. In braces they are made in this order, as their numbers need.
  void Send(std::initializer_list<std::string> messages) { Send(Joined(messages)); }
  // The reader gets ECONNRESET: its last message was not read.
  void BreakDown() {
    EXPECT_EQ(::send(reader_, "x", 1, MSG_NOSIGNAL), 1);
    ::close(writer_.exchange(-1));
  }
  // The time that was set has come.
  void Ring(std::uint64_t now_ns) {
    now_ns_ = now_ns;
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(timer_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }

  void set_refused(bool refused) { refused_ = refused; }
  void set_now(std::uint64_t now_ns) { now_ns_ = now_ns; }
  int opened() const { return opened_; }
  int closed() const { return closed_; }
  // Waits until it is set; 0 when nobody does.
  std::uint64_t TimerTime() {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (timer_time_ns_ == 0 && is_set_.WaitUntil(lock, deadline)) {
    }
    return timer_time_ns_;
  }

 private:
  std::atomic<bool> refused_{false};
  std::atomic<int> opened_{0};
  std::atomic<int> closed_{0};
  std::atomic<int> writer_{-1};
  std::atomic<int> reader_{-1};
  std::atomic<int> timer_{-1};
  std::atomic<std::uint64_t> now_ns_{1'000'000'000};
  Mutex mutex_;
  CondVar is_set_;
  std::uint64_t timer_time_ns_ WMI_GUARDED_BY(mutex_) = 0;
};

}  // namespace wmi::linuxos
