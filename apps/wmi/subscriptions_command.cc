#include "wmi/subscriptions_command.h"

#include "api/host_tool.h"
#include "com/com_ptr.h"
#include "wmi/library_tool.h"
#include "wmi/problem_reader.h"
#include "wmi/subscription_list.h"

namespace wmi::cli {

int RunSubscriptions(CommandContext& context) {
  com::ComPtr<api::IHostTool> tool;
  if (const auto problem = CreateLibraryTool(api::CLSID_OpenWmiHost, __uuidof(api::IHostTool),
                                             reinterpret_cast<void**>(tool.Receive()))) {
    return context.report.Failure(*problem);
  }
  SubscriptionList list;
  const HRESULT result = tool->Describe(&list);
  if (FAILED(result)) return context.report.Failure(TakeThreadProblem(result));
  CallEnd end;
  end.kind = CallEnd::Kind::kComplete;
  const std::optional<Format> format = context.options.format;
  if (!format) return Print(context, end, list.Text());
  return Print(context, end, list.Json(format == Format::kJson ? 2 : -1));
}

}  // namespace wmi::cli
