#include "wmi/query_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "wmi/arranged_query.h"
#include "wmi/com_text.h"
#include "wmi/exit_code.h"
#include "wmi/printer.h"
#include "wmi/query_shape.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kUsualColumnWidth = 10;  // with the gap; decides between table and list
constexpr std::size_t kUsualTerminalWidth = 80;

enum class ColumnChoice { kAll, kNamed };

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

// What is read of the objects, and what is known of their columns. The class is only asked when that is of use.
QueryColumns ColumnsOf(CommandContext& context, const QueryShape& shape) {
  QueryColumns columns;
  columns.read = shape.columns;
  if (!columns.read.empty()) columns.extent = QueryColumns::Extent::kList;
  if (shape.gives == QueryShape::Gives::kClasses) {
    // Of a class there is no more to show in rows than its name and place; wmi describe tells the rest.
    columns.read = {"__CLASS", "__SUPERCLASS", "__DYNASTY"};
    columns.extent = QueryColumns::Extent::kClass;
  }
  columns.known = columns.read;
  const auto& format = context.options.format;
  const Arrangement& arrangement = context.options.arrangement;
  const bool are_named = !arrangement.sort.empty() || !arrangement.group.empty();
  const bool are_shown =
      !NeedsAllRows(arrangement) && (!format || *format == Format::kTable || *format == Format::kCsv);
  if (columns.known.empty() && (are_named || are_shown) && !shape.class_name.empty()) {
    columns.known = ColumnsOfClass(context, shape.class_name);
  }
  return columns;
}

// A list where a table could not be read: on a terminal that has no room for the columns, and for "*" also elsewhere,
// where it may end up in a pager. Columns that were named one by one are a table for whatever reads the pipe.
Format SuitableFormat(const CommandContext& context, ColumnChoice choice, std::size_t columns) {
  if (context.options.format) return *context.options.format;
  std::size_t width = context.width();
  if (width == 0 && choice == ColumnChoice::kAll) width = kUsualTerminalWidth;
  return width > 0 && columns * kUsualColumnWidth > width + 2 ? Format::kList : Format::kTable;
}

// Runs the call and prints its objects as they come.
int PrintCall(CommandContext& context, const StartCall& start, WriterOptions options,
              std::vector<std::string> columns) {
  const ResultKind kind = options.kind;
  Printer printer(MakeWriter(std::move(options)), context.output, std::move(columns),
                  context.options.arrangement.limit);
  CallEnd end = RunCall(context.call(), start, printer);
  const bool is_cut = end.kind == CallEnd::Kind::kEnough;
  const bool succeeded = is_cut || (end.kind == CallEnd::Kind::kComplete && SUCCEEDED(end.code));
  if (is_cut) end.objects = printer.printed();
  const bool has_ended = is_cut || end.kind == CallEnd::Kind::kComplete;
  if (has_ended && (succeeded || end.objects > 0)) printer.Finish();
  if (!has_ended && end.objects > 0) printer.Abandon();
  end = WithOutput(end, context.output);
  const int exit_code = context.report.End(end);
  if (succeeded && kind == ResultKind::kMany) {
    const std::string cut = is_cut ? "; stopped by --limit" : "";
    context.report.Remark(context.report.Count(end) + cut + Report::Hidden(printer.writer().HiddenColumns()));
  }
  return exit_code;
}

}  // namespace

int RunQuery(CommandContext& context) {
  const std::string& query = context.options.subject;
  const QueryShape shape = ShapeOf(query);
  const Arrangement& arrangement = context.options.arrangement;
  QueryColumns columns = ColumnsOf(context, shape);
  WideText language("WQL");
  WideText text(query);
  const auto start = [&](IWbemObjectSink* sink) {
    return context.session.services()->ExecQueryAsync(language.bstr(), text.bstr(), WBEM_FLAG_SEND_STATUS, nullptr,
                                                      sink);
  };
  const bool is_grouped = !arrangement.group.empty();
  WriterOptions options;
  options.columns = is_grouped ? GroupColumns(arrangement) : columns.known;
  options.format =
      SuitableFormat(context, shape.columns.empty() && !is_grouped ? ColumnChoice::kAll : ColumnChoice::kNamed,
                     options.columns.size());
  options.width = context.width();
  options.colour = context.colour();
  if (NeedsAllRows(arrangement)) return PrintArranged(context, start, std::move(options), columns);
  return PrintCall(context, start, std::move(options), std::move(columns.read));
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
