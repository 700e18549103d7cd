// A socket that stands for journald's.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consumers/interruptible_wait.h"

namespace wmi::consumers {

class FakeJournald {
 public:
  using Entry = std::vector<std::pair<std::string, std::string>>;

  FakeJournald() {
    std::string pattern = (std::filesystem::temp_directory_path() / "openwmi-journal-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    socket_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = path();
    EXPECT_LT(name.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~FakeJournald() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  FakeJournald(const FakeJournald&) = delete;
  FakeJournald& operator=(const FakeJournald&) = delete;

  std::string path() const { return (folder_ / "socket").string(); }

  // The bytes of the next entry that is there; nullopt when there is none. Waits for one when told so.
  std::optional<std::string> TakeBytes(int flags = MSG_DONTWAIT) {
    std::string bytes(1u << 20, '\0');
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(socket_.get(), &message, flags | MSG_CMSG_CLOEXEC);
    if (size < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size));
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    was_in_file = header != nullptr;
    if (!was_in_file) return bytes;
    EXPECT_EQ(size, 0);
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    const Descriptor file(number);
    seals = ::fcntl(file.get(), F_GET_SEALS);
    struct stat facts{};
    EXPECT_EQ(::fstat(file.get(), &facts), 0);
    bytes.resize(static_cast<std::size_t>(facts.st_size));
    EXPECT_EQ(::pread(file.get(), bytes.data(), bytes.size(), 0), facts.st_size);
    return bytes;
  }

  // The fields of the next entry; empty when there is none.
  Entry Take() {
    const std::optional<std::string> bytes = TakeBytes();
    return bytes ? Decode(*bytes) : Entry();
  }

  static Entry Decode(std::string_view rest) {
    Entry entry;
    while (!rest.empty()) {
      const std::size_t end = rest.find_first_of("=\n");
      if (end == std::string_view::npos) {
        ADD_FAILURE() << "a name without an end: " << rest;
        break;
      }
      std::string name(rest.substr(0, end));
      std::size_t size = 0;
      if (rest[end] == '=') {
        rest.remove_prefix(end + 1);
        size = rest.find('\n');
      } else {
        rest.remove_prefix(end + 1);
        for (std::size_t byte = 0; byte < 8; ++byte)
          size |= static_cast<std::size_t>(static_cast<unsigned char>(rest.at(byte))) << (8 * byte);
        rest.remove_prefix(8);
      }
      if (size >= rest.size() || rest[size] != '\n') {
        ADD_FAILURE() << "a value without an end: " << name;
        break;
      }
      entry.emplace_back(std::move(name), rest.substr(0, size));
      rest.remove_prefix(size + 1);
    }
    return entry;
  }

  // Of the last entry.
  bool was_in_file = false;
  int seals = 0;

 private:
  std::filesystem::path folder_;
  Descriptor socket_;
};

}  // namespace wmi::consumers
