// usage: crash_writer FOLDER WRITER FIRST
//
// Does the steps of the writer from FIRST on, for as long as it lives, and says the number of each on its output once
// the step is acknowledged. With FIRST 0 it does what its input says, a line each, and answers with a line:
//   step NUMBER     ok
//   read NUMBER     ok when the repository shows the state after that step of the writer
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "steps.h"

namespace wmi::crash {
namespace {

bool Say(const std::string& line) {
  const std::string text = line + "\n";
  return write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

int Serve(store::Repository& repository, const std::string& writer) {
  std::string word;
  std::uint64_t number = 0;
  while (std::cin >> word >> number) {
    if (word == "step") {
      const Status status = DoStep(repository, writer, number);
      Say(status.ok() ? "ok" : status.Message());
      continue;
    }
    const Result<Story> story = ReadStory(repository, writer);
    Say(!story.ok() ? story.status().Message() : *story == StoryAfter(writer, number) ? "ok" : story->Describe());
  }
  return 0;
}

int Run(const std::string& folder, const std::string& writer, std::uint64_t first) {
  Result<std::unique_ptr<store::Repository>> repository =
      store::Repository::Open({.server = "HOST", .folder = folder, .limits = {}, .vfs = nullptr});
  Status status = repository.ok() ? Prepare(**repository) : repository.status();
  if (status.ok() && first == 0) return Serve(**repository, writer);
  for (std::uint64_t number = first; status.ok(); ++number) {
    status = DoStep(**repository, writer, number);
    if (status.ok() && !Say(std::to_string(number))) return 0;  // nobody listens any more
  }
  std::cerr << status.Message() << '\n';
  return 1;
}

}  // namespace
}  // namespace wmi::crash

int main(int count, char** arguments) {
  if (count != 4) return 2;
  return wmi::crash::Run(arguments[1], arguments[2], std::strtoull(arguments[3], nullptr, 10));
}
