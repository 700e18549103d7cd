#include "wmi/watch_command.h"

#include <fmt/format.h>

#include <chrono>

#include "wmi/com_text.h"
#include "wmi/event_printer.h"
#include "wmi/query_shape.h"
#include "wmi/value_text.h"
#include "wmi/watch_query.h"

namespace wmi::cli {

namespace {

std::int64_t UnixMicroseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

// What ends it, besides Ctrl-C.
std::string Ends(const WatchSelection& watch) {
  std::string text;
  if (watch.count) text = fmt::format("{} {}", *watch.count, *watch.count == 1 ? "event" : "events");
  if (!watch.duration.empty()) text += (text.empty() ? "" : " or ") + watch.duration;
  return text.empty() ? "Ctrl-C ends it" : fmt::format("ends after {}; Ctrl-C ends it now", text);
}

CallEnd Subscribe(const CallContext& call, const std::string& query, EventPrinter& printer) {
  WideText language("WQL");
  WideText text(query);
  CallEnd end = RunCall(
      call,
      [&](IWbemObjectSink* sink) {
        return call.services->ExecNotificationQueryAsync(language.bstr(), text.bstr(), 0, nullptr, sink);
      },
      printer);
  if (end.problem.parameter.empty()) end.problem.parameter = query;
  return end;
}

}  // namespace

int WatchEvents(CommandContext& context, const CallContext& call, const std::string& query,
                const std::string& fallback) {
  const Options& options = context.options;
  EventPrinterOptions printing;
  printing.format = options.format.value_or(Format::kTable);
  printing.columns = ShapeOf(query).columns;
  printing.width = context.width();
  printing.colour = context.colour();
  printing.limit = options.watch.count;
  printing.clock = UnixMicroseconds;
  EventPrinter printer(std::move(printing), context.output);
  CallEnd end = Subscribe(call, query, printer);
  const bool has_failed = end.kind == CallEnd::Kind::kComplete && FAILED(end.code);
  if (has_failed && printer.printed() == 0 && !fallback.empty()) {
    context.report.Notice(fmt::format("polling: {}", EscapeControls(end.problem.description)));
    end = Subscribe(call, fallback, printer);
  }
  // The user has said how long: a time limit that is reached is no failure.
  if (end.kind == CallEnd::Kind::kTimeLimit) end.kind = CallEnd::Kind::kEnough;
  const bool is_enough = end.kind == CallEnd::Kind::kEnough;
  end.objects = printer.printed();
  if (is_enough) printer.Finish();
  end = WithOutput(end, context.output);
  const int exit_code = context.report.End(end);
  if (is_enough) context.report.Remark(context.report.Count(end));
  return exit_code;
}

int RunWatch(CommandContext& context) {
  const auto query = WatchQuery(context.options.subject, context.options.subjects);
  if (const auto* problem = std::get_if<Problem>(&query)) return context.report.Failure(*problem);
  const std::string& text = std::get<std::string>(query);
  context.report.Notice(fmt::format("watching {}\n{}", EscapeControls(text), Ends(context.options.watch)));
  Progress silent(-1, Colour::kOff);  // nothing to tell a user who waits for what may never happen
  const CallContext watching{context.session.services(), context.signals, context.output, silent,
                             context.options.time_limit};
  if (!IsWatchForm(context.options.subject)) return WatchEvents(context, watching, text);
  return WatchEvents(context, watching, ToldQuery(text), text);
}

}  // namespace wmi::cli
