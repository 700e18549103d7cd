#include "wmi/describe_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wmi/class_reader.h"
#include "wmi/com_text.h"
#include "wmi/describe_writer.h"
#include "wmi/json.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kReadableWidth = 100;  // longer lines are hard to read
constexpr std::size_t kPipeWidth = 80;       // of the pager that is probably at the other end

std::string ClassText(const CommandContext& context, IWbemClassObject* object) {
  const ClassDescription description = ReadClass(object);
  const Format format = context.options.format.value_or(Format::kTable);
  if (format == Format::kJson) return Dump(DescribeJson(description), 2) + "\n";
  if (format == Format::kJsonLines) return Dump(DescribeJson(description), -1) + "\n";
  const std::size_t width = context.width();
  return DescribeText(description, width == 0 ? kPipeWidth : std::min(width, kReadableWidth), context.colour());
}

}  // namespace

int RunDescribe(CommandContext& context) {
  WideText path(context.options.subject);
  Collector collector;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->GetObjectAsync(path.bstr(), WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, sink);
      },
      collector);
  if (end.kind != CallEnd::Kind::kComplete || FAILED(end.code) || collector.objects().empty()) {
    return context.report.End(end);
  }
  IWbemClassObject* object = collector.objects().front().get();
  if (context.options.describe_form == DescribeForm::kReadable) return Print(context, end, ClassText(context, object));
  OwnedBstr mof;
  const HRESULT result = object->GetObjectText(0, mof.Receive());
  if (FAILED(result)) return context.report.Failure(ReadProblem(result, nullptr));
  std::string text = mof.Utf8();
  if (!text.ends_with('\n')) text += '\n';
  return Print(context, end, text);
}

}  // namespace wmi::cli
