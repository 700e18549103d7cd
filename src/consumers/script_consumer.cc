#include "consumers/script_consumer.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/trusted_file.h"
#include "cim/object_path.h"
#include "consumers/consumer_properties.h"
#include "consumers/event_json.h"
#include "consumers/limits.h"
#include "consumers/program.h"

namespace wmi::consumers {
namespace {

class ScriptConsumer final : public provider::EventConsumer {
 public:
  // `program`: all but arguments and input. `file`: the script, unless `program` has it.
  ScriptConsumer(Program program, std::optional<std::string> file, std::string consumer, provider::AuditLog& audit)
      : program_(std::move(program)), file_(std::move(file)), consumer_(std::move(consumer)), audit_(audit) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    return ConsumeEach(events, stop, [&](const cim::Object& event) -> Status {
      // Looked at each time, as the interpreter is: it may have changed hands.
      program_.arguments = {program_.path, file_ ? TRY(TrustedFile(*file_)) : kScriptPath};
      program_.input = TRY(EventJson(event)) + '\n';
      const ProgramRun run = TRY(RunProgram(program_, consumer_, audit_, stop));
      TRY(WhyKilled(program_, run));
      if (run.end == RunEnd::kExited && run.code == 0) return {};
      return Status(code::kFailed, fmt::format("The script of {} {}", consumer_, run.Text()));
    });
  }

 private:
  Program program_;
  const std::optional<std::string> file_;
  const std::string consumer_;
  provider::AuditLog& audit_;
};

Status CheckScript(const ConsumerProperties& properties, const std::optional<std::string>& text,
                   const std::optional<std::string>& file) {
  if (!text && !file) return properties.Wrong("ScriptText", "it or ScriptFileName must say what to run.");
  if (text && file) return properties.Wrong("ScriptFileName", "it must be NULL, because ScriptText is not.");
  if (file && !IsAbsolutePath(*file)) {
    return properties.Wrong("ScriptFileName", "it must be an absolute path.");
  }
  if (text && text->size() > kScriptBytesMax) {
    return properties.Wrong("ScriptText", fmt::format("it has {} bytes and may have {}; longer ones go into a file, "
                                                      "which ScriptFileName names.",
                                                      text->size(), kScriptBytesMax));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<provider::EventConsumer>> ScriptConsumerProvider::Open(const cim::Object& consumer) {
  const ConsumerProperties properties(consumer);
  std::string path = cim::RelativePath(consumer).value_or(consumer.schema().name());
  if (scripts_ == Scripts::kRefused) {
    return Status(
        code::kAccessDenied,
        fmt::format("{} runs scripts, which its host does not allow: start it as wmi host --allow-scripts, or "
                    "let a CommandLineEventConsumer run the interpreter.",
                    path));
  }
  std::optional<std::string> engine = properties.Text("ScriptingEngine");
  if (!engine || !IsAbsolutePath(*engine)) {
    return properties.Wrong("ScriptingEngine",
                            "it must be the absolute path of an interpreter, such as /usr/bin/python3.");
  }
  std::optional<std::string> text = properties.Text("ScriptText");
  std::optional<std::string> file = properties.Text("ScriptFileName");
  TRY(CheckScript(properties, text, file));
  Program program;
  program.path = *std::move(engine);
  program.script = std::move(text);
  program.kill_timeout = std::chrono::seconds(properties.Number("KillTimeout").value_or(0));
  return std::unique_ptr<provider::EventConsumer>(
      std::make_unique<ScriptConsumer>(std::move(program), std::move(file), std::move(path), audit_));
}

}  // namespace wmi::consumers
