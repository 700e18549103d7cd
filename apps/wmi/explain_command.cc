#include "wmi/explain_command.h"

#include <objbase.h>

#include <utility>

#include "wmi/com_text.h"
#include "wmi/plan_view.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

// A query whose context says so gives the steps of its plan in place of its objects.
HRESULT MakeExplaining(com::ComPtr<IWbemContext>& context) {
  const HRESULT result = ::CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                            reinterpret_cast<void**>(context.Receive()));
  if (FAILED(result)) return result;
  VARIANT yes;
  VariantInit(&yes);
  yes.vt = VT_BOOL;
  yes.boolVal = VARIANT_TRUE;
  return context->SetValue(L"OpenWMI_Explain", 0, &yes);
}

}  // namespace

int RunExplain(CommandContext& context) {
  com::ComPtr<IWbemContext> explaining;
  const HRESULT made = MakeExplaining(explaining);
  if (FAILED(made)) return context.report.Failure(ReadProblem(made, nullptr));
  WideText language("WQL");
  WideText text(context.options.subject);
  Collector collector;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->ExecQueryAsync(language.bstr(), text.bstr(), WBEM_FLAG_SEND_STATUS,
                                                          explaining.get(), sink);
      },
      collector);
  if (end.kind != CallEnd::Kind::kComplete || FAILED(end.code)) return context.report.End(end);
  std::vector<Row> steps;
  for (const ObjectPtr& object : collector.objects()) steps.push_back(ReadRow(object.get(), PlanStepColumns()));
  WriterOptions options;
  options.format = context.options.format.value_or(Format::kTable);
  options.width = context.width();
  options.colour = context.colour();
  return Print(context, end, PlanText(steps, std::move(options)));
}

}  // namespace wmi::cli
