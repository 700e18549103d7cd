#include "wmi/command_context.h"

namespace wmi::cli {

CallEnd WithOutput(const CallEnd& end, const Output& output) {
  CallEnd result = end;
  if (output.state() == OutputState::kInterrupted) result.kind = CallEnd::Kind::kSignal;
  if (output.state() == OutputState::kReaderGone || output.state() == OutputState::kFailed) {
    result.kind = CallEnd::Kind::kOutput;
  }
  return result;
}

int Print(CommandContext& context, const CallEnd& end, std::string_view text) {
  context.output.Write(text);
  return context.report.End(WithOutput(end, context.output));
}

}  // namespace wmi::cli
