#include "wmi/host_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "api/host_tool.h"
#include "base/mutex.h"
#include "com/com_ptr.h"
#include "wmi/exit_code.h"
#include "wmi/library_tool.h"
#include "wmi/problem_reader.h"
#include "wmi/subscription_list.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

// How long the end waits for consumers that are at work.
constexpr std::uint32_t kStopWaitMilliseconds = 10'000;
// News that nobody has read; more are left out, and the journal has them all.
constexpr std::size_t kNewsMax = 10'000;

// Takes news from any thread and hands them to the one that writes.
class News final : public api::HostListener {
 public:
  News() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~News() { close(descriptor_); }
  News(const News&) = delete;
  News& operator=(const News&) = delete;

  void OnNews(const char* sentence) override {
    {
      MutexLock lock(mutex_);
      if (lines_.size() < kNewsMax) lines_.push_back(EscapeControls(sentence) + '\n');
    }
    eventfd_write(descriptor_, 1);
  }

  int descriptor() const { return descriptor_; }
  std::string Take() {
    eventfd_t count = 0;
    eventfd_read(descriptor_, &count);
    std::string text;
    MutexLock lock(mutex_);
    for (const std::string& line : lines_) text += line;
    lines_.clear();
    return text;
  }

 private:
  const int descriptor_;
  Mutex mutex_;
  std::deque<std::string> lines_ WMI_GUARDED_BY(mutex_);
};

// Until a signal comes, or the reader of the news has gone.
void TellNews(CommandContext& context, News& news) {
  while (context.signals.caught() == 0) {
    std::array<pollfd, 2> wait{{{context.signals.descriptor(), POLLIN, 0}, {news.descriptor(), POLLIN, 0}}};
    // No deadline: it ends when it is told to.
    if (poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
    if ((wait[1].revents & POLLIN) != 0) context.output.Write(news.Take());
  }
}

std::string Opening(api::IHostTool& tool) {
  SubscriptionList list;
  if (FAILED(tool.Describe(&list))) return "hosting";
  return fmt::format("hosting {}; Ctrl-C ends it", list.Summary());
}

}  // namespace

int RunHost(CommandContext& context) {
  com::ComPtr<api::IHostTool> tool;
  if (const auto problem = CreateLibraryTool(api::CLSID_OpenWmiHost, __uuidof(api::IHostTool),
                                             reinterpret_cast<void**>(tool.Receive()))) {
    return context.report.Failure(*problem);
  }
  News news;
  const HRESULT started = tool->Start(&news);
  if (FAILED(started)) return context.report.Failure(TakeThreadProblem(started));
  sd_notify(0, "READY=1");  // does nothing where no service manager waits for it
  context.report.Notice(Opening(*tool));
  TellNews(context, news);
  sd_notify(0, "STOPPING=1");
  const HRESULT stopped = tool->Stop(kStopWaitMilliseconds);
  context.output.WriteAtOnce(news.Take());
  if (stopped != S_OK) context.report.Notice("consumers that did not return in 10 s were left to themselves");
  // To be told to end is how a host ends.
  return kExitSuccess;
}

}  // namespace wmi::cli
