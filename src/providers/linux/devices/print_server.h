// PrintServer: a question to the print daemon (CUPS) on its local socket, behind one seam.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::linuxos {

struct PrintServerAnswer {
  enum class Outcome {
    kAnswered,
    kAbsent,    // no socket, or nobody listens
    kDenied,    // the socket is not for us
    kTimedOut,  // the daemon did not answer in time
    kFailed,    // it answered with something else
  };
  Outcome outcome = Outcome::kAbsent;
  std::string body;  // the IPP message
};

// Safe from several threads.
class PrintServer {
 public:
  virtual ~PrintServer() = default;
  // Sends an IPP message and waits for the answer until the deadline. Blocks.
  virtual PrintServerAnswer Ask(const std::string& socket_path, std::string_view message,
                                std::chrono::steady_clock::time_point deadline);

  // That of this machine; never destroyed.
  static PrintServer& Real();
};

// The content of an HTTP answer that is all there; nothing when it is damaged, or not one of success.
std::optional<std::string> HttpContent(std::string_view answer);

}  // namespace wmi::linuxos
