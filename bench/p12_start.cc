// P12: from the start of a process to its first answer, on a repository that holds a large schema, and on none. P13: a
// large schema compiled and durably committed, compiled again, and only checked.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "bench/report.h"
#include "bench/store_support.h"
#include "bench/support.h"
#include "provider/provider.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

mof::CompileOptions LargeOptions() {
  mof::CompileOptions options;
  options.default_namespace = "ROOT\\large";
  options.class_update = cim::ClassUpdate::kForce;
  return options;
}

void Expect(const mof::Report& report) {
  if (!report.ok()) Require(report.errors.front());
}

// The same work as another process would do, since this one has everything in its caches: `run` in a child.
template <typename Run>
double InChild(Run run) {
  const auto start = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    run();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) Require(Status(code::kFailed, "the child process failed"));
  return SecondsSince(start) * 1000;
}

// Opens and asks for one class with all above it.
void FirstAnswer(const std::string& folder) {
  const std::unique_ptr<store::Repository> repository = OpenStore(folder);
  const store::NamespacePtr large = repository->FindNamespace("ROOT\\large");
  if (large == nullptr || large->FindClass("Synth_1000") == nullptr) _exit(1);
}

}  // namespace

void RunP12() {
  const Folder folder;
  {
    const std::unique_ptr<store::Repository> repository = OpenStore(folder.path());
    provider::Registry providers;
    engine::Catalogue catalogue(*repository, providers);
    Require(catalogue.AddNamespace("ROOT\\large"));
    Expect(catalogue.CompileText({"large.mof", LargeSchema()}, LargeOptions(), engine::OnError::kKeepNothing));
  }
  const double floor = InChild([] {});
  Report("P12", "first_answer_ms_with_1438_classes", InChild([&] { FirstAnswer(folder.path()); }), floor,
         Target::kAtMost, 50);
}

void RunP13() {
  const Folder folder;
  const std::unique_ptr<store::Repository> repository = OpenStore(folder.path());
  provider::Registry providers;
  engine::Catalogue catalogue(*repository, providers);
  Require(catalogue.AddNamespace("ROOT\\large"));
  const mof::Source source{"large.mof", LargeSchema()};

  auto start = Clock::now();
  Expect(catalogue.CheckText(source, LargeOptions()));
  Report("P13", "check_1438_classes_ms", SecondsSince(start) * 1000, 0, Target::kAtMost, 120);

  // The floor: the same bytes in one durable transaction.
  PlainStore plain(folder.path());
  start = Clock::now();
  plain.Begin();
  for (std::uint64_t i = 0; i < 1438 * 4; ++i) plain.Put(i);
  plain.Commit();
  const double floor = SecondsSince(start) * 1000;

  const std::uint64_t before = ResidentBytes();
  start = Clock::now();
  Expect(catalogue.CompileText(source, LargeOptions(), engine::OnError::kKeepNothing));
  Report("P13", "compile_1438_classes_ms", SecondsSince(start) * 1000, floor, Target::kAtMost, 400);
  Report("P13", "memory_mb", static_cast<double>(ResidentBytes() - before) / 1e6, 0, Target::kAtMost, 64);

  start = Clock::now();
  Expect(catalogue.CompileText(source, LargeOptions(), engine::OnError::kKeepNothing));
  Report("P13", "compile_again_ms", SecondsSince(start) * 1000, 0, Target::kAtMost, 200);
}

}  // namespace wmi::bench
