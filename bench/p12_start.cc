// P12: from the start of a user's program to its first answer, on a repository that holds a large schema, and on an
// empty disk, where the built-in MOF is compiled first. The floor is the same program when it asks nothing.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "bench/report.h"
#include "bench/store_support.h"
#include "provider/provider.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRuns = 15;
constexpr int kEmptyDiskRuns = 5;

// Milliseconds from the start of the program to the byte that says that it has its answer.
double TimeToAnswer(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), WMI_FIRST_ANSWER);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) Require(Status(code::kFailed, "no pipe"));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  const auto start = Clock::now();
  pid_t child = 0;
  if (posix_spawn(&child, WMI_FIRST_ANSWER, &actions, nullptr, argv.data(), environ) != 0) {
    Require(Status(code::kFailed, "bench_first_answer cannot be started"));
  }
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  char answer = 0;
  const bool is_answered = read(pipe_ends[0], &answer, 1) == 1;
  const double milliseconds = SecondsSince(start) * 1000;
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!is_answered || status != 0) Require(Status(code::kFailed, "bench_first_answer got no answer"));
  return milliseconds;
}

double MedianTime(const std::vector<std::string>& arguments, int runs = kRuns) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(TimeToAnswer(arguments));
  return Quantile(std::move(times), 0.5);
}

// A repository as a user has it, with ROOT\large beside what is built in.
void AddLargeSchema(const std::string& folder) {
  const std::unique_ptr<store::Repository> repository = OpenStore(folder);
  provider::Registry providers;
  engine::Catalogue catalogue(*repository, providers);
  CompileLarge(catalogue);
}

}  // namespace

void RunP12() {
  const std::vector<std::string> ask_machine = {"ROOT\\cimv2", "SELECT Caption, Version FROM Win32_OperatingSystem"};
  const std::vector<std::string> get_class = {"ROOT\\large", "Synth_1000"};
  const std::vector<std::string> ask_all_classes = {"ROOT\\large", "SELECT * FROM meta_class"};
  const double floor = MedianTime({});

  std::vector<double> from_nothing;
  for (int i = 0; i < kEmptyDiskRuns; ++i) {
    const Folder empty;
    setenv("OPENWMI_REPOSITORY", empty.path().c_str(), 1);
    from_nothing.push_back(TimeToAnswer(ask_machine));
  }
  Report("P12", "first_answer_ms_from_an_empty_disk", Quantile(from_nothing, 0.5), floor, Target::kAtMost, 500);

  const Folder folder;
  setenv("OPENWMI_REPOSITORY", folder.path().c_str(), 1);
  TimeToAnswer(ask_machine);
  AddLargeSchema(folder.path());
  Report("P12", "first_answer_ms_with_1438_classes", MedianTime(ask_machine), floor, Target::kAtMost, 50);
  Report("P12", "first_class_ms_of_1438_classes", MedianTime(get_class), floor, Target::kAtMost, 50);
  Report("P12", "first_of_all_classes_ms", MedianTime(ask_all_classes), floor);
  unsetenv("OPENWMI_REPOSITORY");
}

}  // namespace wmi::bench
