// P10: from the start and the end of a process to the sink, in microseconds; 10,000 processes of 4 ms, none missed;
// how many events of their own programs can fire; and what 1,000 subscriptions cost while nothing happens. The floor is
// the kernel's process connector read by a loop of its own.
#include <fmt/format.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

extern char** environ;

namespace wmi::bench {
namespace {

using Clock = CountingSink::Clock;
using Times = std::unordered_map<std::uint32_t, Clock::time_point>;

constexpr int kMeasured = 300;
constexpr std::uint32_t kShortLived = 10'000;
constexpr int kAtATime = 16;
constexpr timespec kLife = {0, 4'000'000};
constexpr auto kFiring = std::chrono::seconds(2);
constexpr std::uint64_t kFireRate = 20'000;  // a second
constexpr auto kRest = std::chrono::seconds(5);
constexpr auto kPatience = std::chrono::seconds(20);

double Microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

std::uint32_t SpawnTrue() {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, name, nullptr, nullptr, arguments, environ) != 0) return 0;
  return static_cast<std::uint32_t>(pid);
}

std::uint32_t NumberOf(IWbemClassObject& object, const wchar_t* property) {
  VARIANT value;
  VariantInit(&value);
  if (FAILED(object.Get(property, 0, &value, nullptr, nullptr)) || V_VT(&value) != VT_I4) return 0;
  return static_cast<std::uint32_t>(V_I4(&value));
}

std::uint32_t ProcessOf(IWbemClassObject& event) {
  VARIANT value;
  VariantInit(&value);
  if (FAILED(event.Get(L"TargetInstance", 0, &value, nullptr, nullptr)) || V_VT(&value) != VT_UNKNOWN) return 0;
  com::ComPtr<IWbemClassObject> target;
  std::uint32_t number = 0;
  if (SUCCEEDED(V_UNKNOWN(&value)->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(target.Receive())))) {
    number = NumberOf(*target, L"ProcessId");
  }
  VariantClear(&value);
  return number;
}

// A subscription that notes when each process was told of, and how often.
class Subscription {
 public:
  Subscription(IWbemServices& services, const wchar_t* query) : services_(services) {
    sink_->on_batch = [this](long count, IWbemClassObject** events) {
      const Clock::time_point now = Clock::now();
      for (long i = 0; i < count; ++i) {
        const std::uint32_t process = ProcessOf(*events[i]);
        MutexLock lock(mutex_);
        ++counts_[process];
        times_.emplace(process, now);
      }
    };
    result_ = services.ExecNotificationQueryAsync(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(query), 0, nullptr, sink_);
  }
  ~Subscription() {
    services_.CancelAsyncCall(sink_);
    sink_->Release();
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // Until processes are told of; false when it was refused or does not come to life.
  bool AwaitAlive() {
    const Clock::time_point end = Clock::now() + kPatience;
    while (Clock::now() < end && sink_->finals() == 0 && SUCCEEDED(result_)) {
      const std::uint32_t process = SpawnTrue();
      waitpid(static_cast<pid_t>(process), nullptr, 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (TimeOf(process)) return true;
    }
    return false;
  }
  std::optional<Clock::time_point> TimeOf(std::uint32_t process) {
    MutexLock lock(mutex_);
    const auto found = times_.find(process);
    if (found == times_.end()) return std::nullopt;
    return found->second;
  }
  std::optional<Clock::time_point> AwaitTimeOf(std::uint32_t process) {
    const Clock::time_point end = Clock::now() + kPatience;
    while (Clock::now() < end) {
      if (const auto time = TimeOf(process)) return time;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
  }
  int CountOf(std::uint32_t process) {
    MutexLock lock(mutex_);
    const auto found = counts_.find(process);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  IWbemServices& services_;
  CountingSink* const sink_ = new CountingSink;
  HRESULT result_ = 0;
  Mutex mutex_;
  Times times_ WMI_GUARDED_BY(mutex_);
  std::unordered_map<std::uint32_t, int> counts_ WMI_GUARDED_BY(mutex_);
};

// ---- the floor ------------------------------------------------------------------------------------------------------

// The connector itself: when the exec of a process arrives. Empty where it is refused.
class RawConnector {
 public:
  RawConnector() : socket_(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR)) {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = CN_IDX_PROC;
    if (socket_ < 0 || bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    // A header, the connector's header, and the operation, one behind the other.
    std::array<char, sizeof(nlmsghdr) + sizeof(cn_msg) + sizeof(proc_cn_mcast_op)> request{};
    nlmsghdr header{};
    header.nlmsg_len = request.size();
    header.nlmsg_type = NLMSG_DONE;
    cn_msg message{};
    message.id = {CN_IDX_PROC, CN_VAL_PROC};
    message.len = sizeof(proc_cn_mcast_op);
    const proc_cn_mcast_op operation = PROC_CN_MCAST_LISTEN;
    std::memcpy(request.data(), &header, sizeof header);
    std::memcpy(request.data() + sizeof header, &message, sizeof message);
    std::memcpy(request.data() + sizeof header + sizeof message, &operation, sizeof operation);
    const timeval patience = {1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    is_open_ = send(socket_, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size());
  }
  ~RawConnector() {
    if (socket_ >= 0) close(socket_);
  }
  RawConnector(const RawConnector&) = delete;
  RawConnector& operator=(const RawConnector&) = delete;
  bool is_open() const { return is_open_; }

  std::optional<Clock::time_point> AwaitExec(std::uint32_t process) {
    char buffer[1024];
    for (int i = 0; i < 1000; ++i) {
      const ssize_t size = recv(socket_, buffer, sizeof buffer, 0);
      const Clock::time_point now = Clock::now();
      if (size < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(cn_msg) + sizeof(proc_event))) return std::nullopt;
      proc_event event{};
      std::memcpy(&event, buffer + sizeof(nlmsghdr) + sizeof(cn_msg), sizeof event);
      if (event.what == proc_event::PROC_EVENT_EXEC &&
          static_cast<std::uint32_t>(event.event_data.exec.process_tgid) == process) {
        return now;
      }
    }
    return std::nullopt;
  }

 private:
  const int socket_;
  bool is_open_ = false;
};

std::vector<double> MeasureFloor() {
  std::vector<double> samples;
  RawConnector connector;
  if (!connector.is_open()) return samples;
  for (int i = 0; i < kMeasured; ++i) {
    const Clock::time_point start = Clock::now();
    const std::uint32_t process = SpawnTrue();
    if (const auto told = connector.AwaitExec(process)) samples.push_back(Microseconds(*told - start));
    waitpid(static_cast<pid_t>(process), nullptr, 0);
  }
  return samples;
}

// ---- latency --------------------------------------------------------------------------------------------------------

void Latency(Subscription& created, Subscription& deleted, const std::vector<double>& floor) {
  std::vector<double> starts;
  std::vector<double> exits;
  for (int i = 0; i < kMeasured; ++i) {
    const Clock::time_point start = Clock::now();
    const std::uint32_t process = SpawnTrue();
    waitpid(static_cast<pid_t>(process), nullptr, 0);
    const Clock::time_point exit = Clock::now();
    const auto told_start = created.AwaitTimeOf(process);
    const auto told_exit = deleted.AwaitTimeOf(process);
    if (told_start) starts.push_back(Microseconds(*told_start - start));
    if (told_exit) exits.push_back(Microseconds(*told_exit - exit));
  }
  if (starts.empty() || exits.empty()) return;
  const double floor_median = floor.empty() ? 0 : Quantile(floor, 0.5);
  Report("P10", "start_p50_us", Quantile(starts, 0.5), floor_median, Target::kAtMost, 200);
  Report("P10", "start_p99_us", Quantile(starts, 0.99), floor.empty() ? 0 : Quantile(floor, 0.99), Target::kAtMost,
         2000);
  Report("P10", "exit_after_wait_p50_us", Quantile(exits, 0.5), 0, Target::kAtMost, 200);
  Report("P10", "exit_after_wait_p99_us", Quantile(exits, 0.99), 0, Target::kAtMost, 2000);
}

// ---- short lives ----------------------------------------------------------------------------------------------------

void ShortLives(Subscription& created, Subscription& deleted) {
  std::vector<std::uint32_t> processes;
  const Clock::time_point start = Clock::now();
  while (processes.size() < kShortLived) {
    const std::size_t first = processes.size();
    for (int i = 0; i < kAtATime && processes.size() < kShortLived; ++i) {
      const pid_t process = fork();
      if (process == 0) {
        nanosleep(&kLife, nullptr);
        _exit(0);
      }
      if (process > 0) processes.push_back(static_cast<std::uint32_t>(process));
    }
    for (std::size_t i = first; i < processes.size(); ++i) waitpid(static_cast<pid_t>(processes[i]), nullptr, 0);
  }
  const double seconds = SecondsSince(start);
  deleted.AwaitTimeOf(processes.back());
  std::this_thread::sleep_for(std::chrono::seconds(1));
  // Numbers of processes may come again; told as often as they were there is what counts.
  std::unordered_map<std::uint32_t, int> lives;
  for (const std::uint32_t process : processes) ++lives[process];
  std::uint64_t wrong = 0;
  for (const auto& [process, count] : lives) {
    wrong += created.CountOf(process) != count || deleted.CountOf(process) != count ? 1 : 0;
  }
  Report("P10", "processes_of_4_ms_missed_or_doubled", static_cast<double>(wrong), 0, Target::kAtMost, 0);
  Report("P10", "processes_per_second", static_cast<double>(processes.size()) / seconds);
}

// ---- events of programs ---------------------------------------------------------------------------------------------

void Fired() {
  const com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  auto* sink = new CountingSink;
  services->ExecNotificationQueryAsync(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(L"SELECT * FROM Fired"), 0, nullptr,
                                       sink);
  com::ComPtr<IWbemObjectSink> source;
  services->QueryObjectSink(0, source.Receive());
  com::ComPtr<IWbemClassObject> schema;
  com::ComPtr<IWbemClassObject> event;
  services->GetObject(const_cast<BSTR>(L"Fired"), 0, nullptr, schema.Receive(), nullptr);
  schema->SpawnInstance(0, event.Receive());
  IWbemClassObject* const events[] = {event.get()};
  const Clock::time_point patience = Clock::now() + kPatience;
  while (sink->objects() == 0 && Clock::now() < patience) {
    source->Indicate(1, const_cast<IWbemClassObject**>(events));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::uint64_t before = sink->objects();
  std::uint64_t fired = 0;
  const Clock::time_point start = Clock::now();
  while (Clock::now() - start < kFiring) {
    const auto due = static_cast<std::uint64_t>(SecondsSince(start) * static_cast<double>(kFireRate));
    while (fired < due) {
      source->Indicate(1, const_cast<IWbemClassObject**>(events));
      ++fired;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  while (sink->objects() - before < fired && Clock::now() - start < kFiring + kPatience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const double seconds = SecondsSince(start);
  const std::uint64_t arrived = sink->objects() - before;
  Report("P10", "fired_events_per_second", static_cast<double>(arrived) / seconds, 0, Target::kAtLeast,
         0.95 * static_cast<double>(kFireRate));
  Report("P10", "fired_events_lost", static_cast<double>(fired - arrived), 0, Target::kAtMost, 0);
  services->CancelAsyncCall(sink);
  sink->Release();
}

// ---- at rest --------------------------------------------------------------------------------------------------------

double ProcessCpuMilliseconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

// The processor's time that this process takes in five seconds with `count` subscriptions to these, in turn.
void Idle(const char* name, std::span<const wchar_t* const> queries, std::size_t count) {
  const com::ComPtr<IWbemServices> bench = ConnectBench("ROOT\\bench");
  const com::ComPtr<IWbemServices> machine = ConnectBench("ROOT\\cimv2");
  std::vector<CountingSink*> sinks;
  for (std::size_t i = 0; i < count; ++i) {
    const wchar_t* const query = queries[i % queries.size()];
    const bool is_of_machine = std::wstring_view(query).find(L"Win32_") != std::wstring_view::npos;
    sinks.push_back(new CountingSink);
    (is_of_machine ? machine : bench)
        ->ExecNotificationQueryAsync(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(query), 0, nullptr, sinks.back());
  }
  const engine::EventQuotas& quotas = BenchEngine().quotas();
  const auto alive = [&] { return quotas.Held(engine::QuotaKind::kTemporarySubscriptions); };
  const Clock::time_point patience = Clock::now() + kPatience;
  while (alive() < count && Clock::now() < patience) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::uint64_t living = alive();
  const double before = ProcessCpuMilliseconds();
  std::this_thread::sleep_for(kRest);
  const double used = ProcessCpuMilliseconds() - before;
  Report("P10", fmt::format("{}_subscriptions", name), static_cast<double>(living));
  Report("P10", fmt::format("{}_cpu_ms_in_5_s", name), used);
  for (CountingSink* sink : sinks) {
    bench->CancelAsyncCall(sink);
    machine->CancelAsyncCall(sink);
    sink->Release();
  }
  while (alive() > 0 && Clock::now() < patience + kRest + kPatience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void AllIdle() {
  constexpr const wchar_t* kQuiet[] = {L"SELECT * FROM Fired",
                                       L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Kept'",
                                       L"SELECT * FROM __ClassOperationEvent", L"SELECT * FROM __TimerEvent"};
  // Here every process of the machine counts, whoever starts it.
  constexpr const wchar_t* kProcesses[] = {
      L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Win32_Process' AND TargetInstance.Name = 'no'",
      L"SELECT * FROM Win32_ProcessStartTrace WHERE ProcessName = 'no'"};
  Idle("idle", kQuiet, 1'000);
  Idle("idle_processes", kProcesses, 1'000);
}

void Processes() {
  const std::vector<double> floor = MeasureFloor();
  const com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\cimv2");
  Subscription created(*services, L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Win32_Process'");
  Subscription deleted(*services, L"SELECT * FROM __InstanceDeletionEvent WHERE TargetInstance ISA 'Win32_Process'");
  // Only root is told of processes: elsewhere there is nothing to measure.
  if (created.AwaitAlive() && deleted.AwaitAlive()) {
    Latency(created, deleted, floor);
    ShortLives(created, deleted);
  }
}

}  // namespace

void RunP10() {
  Processes();
  Fired();
  AllIdle();
}

}  // namespace wmi::bench
