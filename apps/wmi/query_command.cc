#include "wmi/query_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "wmi/com_text.h"
#include "wmi/exit_code.h"
#include "wmi/printer.h"
#include "wmi/query_shape.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kUsualColumnWidth = 10;  // with the gap; decides between table and list
constexpr std::size_t kUsualTerminalWidth = 80;

// The properties of a class; none when it cannot be had (the query itself will tell why).
std::vector<std::string> ColumnsOfClass(CommandContext& context, const std::string& class_name) {
  Collector collector;
  WideText path(class_name);
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) { return context.session.services()->GetObjectAsync(path.bstr(), 0, nullptr, sink); },
      collector);
  if (end.kind != CallEnd::Kind::kComplete || FAILED(end.code) || collector.objects().empty()) return {};
  return PropertyNames(collector.objects().front().get());
}

// A list where a table could not be read: on a terminal that has no room for the columns, and for "*" also elsewhere,
// where it may end up in a pager. Columns that were named one by one are a table for whatever reads the pipe.
Format SuitableFormat(const CommandContext& context, const QueryShape& shape, std::size_t columns) {
  if (context.options.format) return *context.options.format;
  std::size_t width = context.width();
  if (width == 0 && shape.columns.empty()) width = kUsualTerminalWidth;
  return width > 0 && columns * kUsualColumnWidth > width + 2 ? Format::kList : Format::kTable;
}

// Runs the call and prints its objects as they come.
int PrintCall(CommandContext& context, const StartCall& start, WriterOptions options,
              std::vector<std::string> columns) {
  const ResultKind kind = options.kind;
  Printer printer(MakeWriter(std::move(options)), context.output, std::move(columns));
  CallEnd end = RunCall(context.call(), start, printer);
  const bool succeeded = end.kind == CallEnd::Kind::kComplete && SUCCEEDED(end.code);
  if (end.kind == CallEnd::Kind::kComplete && (succeeded || end.objects > 0)) printer.Finish();
  if (end.kind != CallEnd::Kind::kComplete && end.objects > 0) printer.Abandon();
  end = WithOutput(end, context.output);
  const int exit_code = context.report.End(end);
  if (succeeded && kind == ResultKind::kMany) {
    std::string remark = Report::Count(end);
    if (const std::size_t hidden = printer.writer().HiddenColumns(); hidden > 0) {
      remark += fmt::format("; {} more {} not fit: --format list", hidden, hidden == 1 ? "column does" : "columns do");
    }
    context.report.Remark(remark);
  }
  return exit_code;
}

}  // namespace

int RunQuery(CommandContext& context) {
  const std::string& query = context.options.subject;
  const QueryShape shape = ShapeOf(query);
  std::vector<std::string> columns = shape.columns;
  // Of a class there is no more to show in rows than its name and place; wmi describe tells the rest.
  if (IsSchemaClass(shape.class_name)) columns = {"__CLASS", "__SUPERCLASS", "__DYNASTY"};

  std::vector<std::string> headings = columns;
  const bool needs_headings =
      !context.options.format || *context.options.format == Format::kTable || *context.options.format == Format::kCsv;
  if (headings.empty() && needs_headings && !shape.class_name.empty()) {
    headings = ColumnsOfClass(context, shape.class_name);
  }
  WideText language("WQL");
  WideText text(query);
  const auto start = [&](IWbemObjectSink* sink) {
    return context.session.services()->ExecQueryAsync(language.bstr(), text.bstr(), WBEM_FLAG_SEND_STATUS, nullptr,
                                                      sink);
  };
  WriterOptions options;
  options.format = SuitableFormat(context, shape, headings.size());
  options.columns = std::move(headings);
  options.width = context.width();
  options.colour = context.colour();
  return PrintCall(context, start, std::move(options), std::move(columns));
}

int RunGet(CommandContext& context) {
  const std::string& path = context.options.subject;
  if (path.find_first_of("=@") == std::string::npos) {
    std::fprintf(stderr,
                 "wmi: %s has no key, so it names a class, not an object.\n"
                 "  wmi describe tells what a class is, and wmi query \"SELECT * FROM …\" gives its objects.\n",
                 path.c_str());
    return kExitUsage;
  }
  WideText text(path);
  const auto start = [&](IWbemObjectSink* sink) {
    return context.session.services()->GetObjectAsync(text.bstr(), WBEM_FLAG_SEND_STATUS, nullptr, sink);
  };
  WriterOptions options;
  options.format = context.options.format.value_or(Format::kList);
  options.width = context.width();
  options.colour = context.colour();
  options.kind = ResultKind::kOne;
  return PrintCall(context, start, std::move(options), {});
}

}  // namespace wmi::cli
