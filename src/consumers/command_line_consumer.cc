#include "consumers/command_line_consumer.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "cim/object_path.h"
#include "consumers/command_line.h"
#include "consumers/consumer_properties.h"
#include "consumers/program.h"

namespace wmi::consumers {
namespace {

class CommandLineConsumer final : public provider::EventConsumer {
 public:
  // `program`: all but the arguments.
  CommandLineConsumer(Program program, CommandLine line, std::string consumer, provider::AuditLog& audit)
      : program_(std::move(program)), line_(std::move(line)), consumer_(std::move(consumer)), audit_(audit) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    return ConsumeEach(events, stop, [&](const cim::Object& event) -> Status {
      program_.arguments = TRY(line_.Fill(event));
      return WhyKilled(program_, TRY(RunProgram(program_, consumer_, audit_, stop)));
    });
  }

 private:
  Program program_;
  const CommandLine line_;
  const std::string consumer_;
  provider::AuditLog& audit_;
};

Result<CommandLine> ReadCommandLine(const ConsumerProperties& properties,
                                    const std::optional<std::string>& executable) {
  const std::optional<std::string> text = properties.Text("CommandLineTemplate");
  if (text) {
    Result<CommandLine> line = CommandLine::Parse(*text);
    if (line.ok()) return line;
    return properties.Wrong("CommandLineTemplate",
                            fmt::format("character {}: {}", line.status().detail()->column, line.status().Message()));
  }
  if (executable) return CommandLine::OfProgram(*executable);
  return properties.Wrong("ExecutablePath", "it or CommandLineTemplate must name the program.");
}

Result<std::string> ReadPath(const ConsumerProperties& properties, const std::optional<std::string>& executable,
                             const CommandLine& line) {
  if (executable) {
    if (IsAbsolutePath(*executable)) return *executable;
    return properties.Wrong("ExecutablePath", "it must be an absolute path, such as /usr/bin/logger.");
  }
  if (IsAbsolutePath(line.program())) return line.program();
  return properties.Wrong("CommandLineTemplate",
                          "without ExecutablePath its first word must be an absolute path, such as /usr/bin/logger.");
}

Result<Priority> ReadPriority(const cim::Object& consumer, const ConsumerProperties& properties) {
  constexpr std::int64_t kNormal = 0x20;
  constexpr std::int64_t kIdle = 0x40;
  constexpr std::int64_t kHigh = 0x80;
  constexpr std::int64_t kRealTime = 0x100;
  const std::optional<std::size_t> slot = consumer.schema().FindSlot("Priority");
  const cim::ValueView value = slot ? consumer.slot(*slot) : cim::ValueView();
  switch (value.kind() == cim::ValueKind::kSigned ? value.signed_integer() : kNormal) {
    case kNormal:
      return Priority::kNormal;
    case kIdle:
      return Priority::kIdle;
    case kHigh:
      return Priority::kHigh;
    case kRealTime:
      return Priority::kRealTime;
    default:
      return properties.Wrong("Priority", "it must be 32 (normal), 64 (idle), 128 (high) or 256 (real time).");
  }
}

}  // namespace

Result<std::unique_ptr<provider::EventConsumer>> CommandLineConsumerProvider::Open(const cim::Object& consumer) {
  const ConsumerProperties properties(consumer);
  const std::optional<std::string> executable = properties.Text("ExecutablePath");
  CommandLine line = TRY(ReadCommandLine(properties, executable));
  Program program;
  program.path = TRY(ReadPath(properties, executable, line));
  program.priority = TRY(ReadPriority(consumer, properties));
  program.kill_timeout = std::chrono::seconds(properties.Number("KillTimeout").value_or(0));
  if (std::optional<std::string> folder = properties.Text("WorkingDirectory")) {
    if (!IsAbsolutePath(*folder)) {
      return properties.Wrong("WorkingDirectory", "it must be an absolute path, such as /var/tmp.");
    }
    program.working_folder = *std::move(folder);
  }
  return std::unique_ptr<provider::EventConsumer>(std::make_unique<CommandLineConsumer>(
      std::move(program), std::move(line), cim::RelativePath(consumer).value_or(consumer.schema().name()), audit_));
}

}  // namespace wmi::consumers
