// CommandContext: what a command works with. Collect: a call whose objects are gathered, for commands that show them
// only when all are there.
#pragma once

#include <unistd.h>

#include <functional>
#include <vector>

#include "wmi/call.h"
#include "wmi/options.h"
#include "wmi/output.h"
#include "wmi/progress.h"
#include "wmi/report.h"
#include "wmi/session.h"
#include "wmi/signals.h"

namespace wmi::cli {

struct CommandContext {
  CommandContext(const Options& command_options, const Signals& caught, Output& standard_output)
      : options(command_options),
        signals(caught),
        output(standard_output),
        report(command_options, caught, standard_output),
        progress(STDERR_FILENO, report.colour()) {}

  CallContext call() { return {session.services(), signals, output, progress, options.time_limit}; }
  // Width of the terminal that the output goes to, 0 when it goes elsewhere.
  std::size_t width() const { return TerminalWidth(output.descriptor()); }
  Colour colour() const { return ColourFor(output.descriptor(), options.colour); }

  const Options& options;
  const Signals& signals;
  Output& output;
  Report report;
  Progress progress;
  Session session;
};

class Collector : public RowReceiver {
 public:
  OutputState Receive(const std::vector<ObjectPtr>& objects) override {
    objects_.insert(objects_.end(), objects.begin(), objects.end());
    return OutputState::kOpen;
  }
  const std::vector<ObjectPtr>& objects() const { return objects_; }

 private:
  std::vector<ObjectPtr> objects_;
};

// Writes the text as the whole of the output; the exit code.
int Print(CommandContext& context, const CallEnd& end, std::string_view text);

// `end`, unless the output has ended the command in the meantime.
CallEnd WithOutput(const CallEnd& end, const Output& output);

}  // namespace wmi::cli
