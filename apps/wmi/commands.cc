#include "wmi/commands.h"

#include <cstdlib>

#include "wmi/change_commands.h"
#include "wmi/compile_command.h"
#include "wmi/describe_command.h"
#include "wmi/explain_command.h"
#include "wmi/export_command.h"
#include "wmi/host_command.h"
#include "wmi/list_command.h"
#include "wmi/query_command.h"
#include "wmi/register_command.h"
#include "wmi/repository_command.h"
#include "wmi/subscriptions_command.h"
#include "wmi/watch_command.h"

namespace wmi::cli {

int RunCommand(const Options& options, const Signals& signals, Output& output) {
  if (options.command == Command::kRegister) return RunRegister(options, output);
  // Read when the library is first used, which is below.
  if (options.allows_scripts) setenv("OPENWMI_ALLOW_SCRIPTS", "1", 1);
  CommandContext context(options, signals, output);
  // All of the repository: what is damaged must not stand in the way.
  const bool is_about_all = options.command == Command::kRepository || options.command == Command::kSubscriptions ||
                            options.command == Command::kHost;
  const std::string name_space = is_about_all ? "root" : options.name_space;
  if (const auto problem = context.session.Connect(name_space)) return context.report.Failure(*problem);
  switch (options.command) {
    case Command::kQuery:
      return RunQuery(context);
    case Command::kExplain:
      return RunExplain(context);
    case Command::kWatch:
      return RunWatch(context);
    case Command::kGet:
      return RunGet(context);
    case Command::kCall:
      return RunCallMethod(context);
    case Command::kSet:
      return RunSet(context);
    case Command::kDelete:
      return RunDelete(context);
    case Command::kList:
      return RunList(context);
    case Command::kCompile:
      return RunCompile(context);
    case Command::kExport:
      return RunExport(context);
    case Command::kRepository:
      return RunRepository(context);
    case Command::kSubscriptions:
      return RunSubscriptions(context);
    case Command::kHost:
      return RunHost(context);
    case Command::kDescribe:
    case Command::kRegister:
      break;
  }
  return RunDescribe(context);
}

}  // namespace wmi::cli
