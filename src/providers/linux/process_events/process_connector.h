// ProcessConnector: the messages by which the kernel tells of every process and thread that starts, runs another
// program or ends (linux/cn_proc.h), taken apart, and the socket at which they arrive, behind one seam.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace wmi::linuxos {

// One message of the kernel. A value.
struct ProcessMessage {
  enum class Kind : std::uint8_t {
    kFork,             // the new thread is the first of a new process when the two numbers are the same
    kProgram,          // the process runs another program
    kName,             // the thread gave itself another name
    kExit,             // of a thread
    kAcknowledgement,  // of a request: granted or refused
    kOther,            // counts, and means nothing here
  };

  Kind kind = Kind::kOther;
  std::uint32_t processor = 0;
  std::uint32_t sequence = 0;         // counts on for each processor
  std::uint32_t acknowledgement = 0;  // one more than in the request
  std::uint32_t error = 0;            // of an acknowledgement
  std::uint64_t time_ns = 0;          // CLOCK_MONOTONIC
  std::int32_t process_id = 0;
  std::int32_t thread_id = 0;
  std::int32_t parent_id = 0;     // process id of the parent; 0: not told
  std::uint32_t wait_status = 0;  // of kExit, as wait(2) gives it
  std::array<char, 16> name{};    // of kName; ends with a zero

  bool is_first_thread() const { return process_id == thread_id; }
};

// Appends the messages of one datagram, at most kMessagesMax. What is no message of the process connector, or is cut,
// is left out.
void ParseProcessMessages(std::string_view datagram, std::vector<ProcessMessage>& out);
inline constexpr std::size_t kMessagesMax = 4096;

// Finds out what was lost. Not thread-safe.
class SequenceCounter {
 public:
  // How many messages of the processor are missing before this one.
  std::uint32_t Note(const ProcessMessage& message);

 private:
  static constexpr std::size_t kProcessorsMax = 65'536;
  struct Last {
    bool is_known = false;
    std::uint32_t sequence = 0;
  };
  std::vector<Last> last_;
};

// The calls. Safe from several threads.
class ProcessConnector {
 public:
  virtual ~ProcessConnector() = default;

  // A socket, non-blocking, at which the messages arrive from now on; the caller gives it back with Close. Waits for
  // nothing: the kernel has answered when the request is sent. kAccessDenied when it does not let this program listen.
  virtual Result<int> Open();
  virtual void Close(int socket);
  // A descriptor that can be read, eight bytes, when the time that was set has come; closed by Close. An errno value
  // with a minus when there is none.
  virtual int OpenTimer();
  virtual void SetTimer(int timer, std::uint64_t time_ns);
  virtual void CloseTimer(int timer);

  // CLOCK_MONOTONIC, as in the messages.
  virtual std::uint64_t Now();
  // Microseconds since 1970.
  virtual std::int64_t WallTime();

  // Never destroyed.
  static ProcessConnector& Real();
};

// Reads from a socket, without waiting, until the answer to the request with this number comes; messages before it are
// dropped. What a refusal and no answer mean: see ProcessConnector::Open.
Status ReadAcknowledgement(int socket, std::uint32_t request);

// One datagram of the kernel into `buffer`, without waiting: its length; 0 for one that came from somebody else; an
// errno value with a minus (EAGAIN: there is none).
int ReceiveFromKernel(int socket, std::vector<char>& buffer);

}  // namespace wmi::linuxos
