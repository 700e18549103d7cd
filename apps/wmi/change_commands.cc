#include "wmi/change_commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cim/object_path.h"
#include "wmi/com_text.h"
#include "wmi/exit_code.h"
#include "wmi/object_input.h"
#include "wmi/printer.h"

namespace wmi::cli {
namespace {

bool NamesAnObject(std::string_view path) { return path.find_first_of("=@") != std::string_view::npos; }

int Usage(const std::string& what) {
  std::fprintf(stderr, "wmi: %s\n", what.c_str());
  return kExitUsage;
}

// The NAME=VALUE arguments; nothing when one of them is none, which is told.
std::optional<std::vector<Assignment>> Assignments(const std::vector<std::string>& arguments) {
  std::vector<Assignment> assignments;
  for (const std::string& argument : arguments) {
    const auto assignment = ReadAssignment(argument);
    if (!assignment) {
      Usage(fmt::format("'{}' is no NAME=VALUE", argument));
      return std::nullopt;
    }
    assignments.push_back(*assignment);
  }
  return assignments;
}

// The one object of a call; null when it failed, with `exit_code` and the reason told.
ObjectPtr FetchOne(CommandContext& context, const StartCall& start, int& exit_code) {
  Collector collector;
  const CallEnd end = RunCall(context.call(), start, collector);
  exit_code = context.report.End(end);
  const bool is_good = end.kind == CallEnd::Kind::kComplete && SUCCEEDED(end.code) && !collector.objects().empty();
  return is_good ? collector.objects().front() : ObjectPtr();
}

ObjectPtr FetchObject(CommandContext& context, const std::string& path, int& exit_code) {
  WideText text(path);
  return FetchOne(
      context,
      [&](IWbemObjectSink* sink) { return context.session.services()->GetObjectAsync(text.bstr(), 0, nullptr, sink); },
      exit_code);
}

int PrintObject(CommandContext& context, const ObjectPtr& object) {
  WriterOptions options;
  options.format = context.options.format.value_or(Format::kList);
  options.width = context.width();
  options.colour = context.colour();
  options.kind = ResultKind::kOne;
  Printer printer(MakeWriter(std::move(options)), context.output, {}, std::nullopt);
  printer.Receive({object});
  printer.Finish();
  return context.report.End(WithOutput(CallEnd(), context.output));
}

// The in-parameters of the method, filled; null when it takes none.
std::optional<Problem> MakeParameters(CommandContext& context, IWbemClassObject* declaration, const std::string& method,
                                      const std::vector<Assignment>& assignments, ObjectPtr& parameters) {
  WideText name(method);
  ObjectPtr signature;
  HRESULT result = declaration->GetMethod(name.c_str(), 0, signature.Receive(), nullptr);
  Problem problem;
  problem.code = result;
  if (FAILED(result)) {
    problem.code = code::kInvalidMethod;
    problem.description = fmt::format("the class {} has no method '{}'; wmi describe {} lists them",
                                      ReadText(declaration, "__CLASS"), method, ReadText(declaration, "__CLASS"));
    return problem;
  }
  if (!signature) {
    if (assignments.empty()) return std::nullopt;
    problem.code = code::kInvalidMethodParameters;
    problem.description = fmt::format("the method {} takes no parameters", method);
    return problem;
  }
  result = signature->SpawnInstance(0, parameters.Receive());
  if (FAILED(result)) return problem;
  return Assign(context.session.services(), parameters.get(), assignments);
}

// The class that a path names, as a path of its own.
std::string ClassOf(const std::string& path) {
  const auto parsed = cim::ParseObjectPath(path);
  return parsed.ok() ? parsed->class_name : path;
}

// A method's own answer: 0, or nothing to answer, is success.
bool HasSucceeded(IWbemClassObject* answer) {
  Variant value;
  if (FAILED(answer->Get(L"ReturnValue", 0, value.Receive(), nullptr, nullptr))) return true;
  return value->vt != VT_I4 || value->lVal == 0;
}

// What PutInstance is to be given: the object of the path, or a new one with the keys of it.
ObjectPtr ObjectToPut(CommandContext& context, int& exit_code) {
  const std::string& path = context.options.subject;
  if (!context.options.creates) return FetchObject(context, path, exit_code);
  const auto parsed = cim::ParseObjectPath(path);
  if (!parsed.ok()) {
    exit_code = Usage(parsed.status().Message());
    return {};
  }
  const ObjectPtr declaration = FetchObject(context, parsed->class_name, exit_code);
  if (!declaration) return {};
  ObjectPtr instance;
  if (FAILED(declaration->SpawnInstance(0, instance.Receive()))) {
    exit_code = Usage(fmt::format("the class {} has no instances", parsed->class_name));
    return {};
  }
  std::vector<Assignment> keys;
  for (const cim::ObjectPath::Key& key : parsed->keys) {
    const cim::ValueView value = key.value.view();
    keys.push_back(
        {key.name, value.kind() == cim::ValueKind::kText ? std::string(value.text()) : cim::FormatKeyValue(value)});
  }
  if (auto problem = Assign(context.session.services(), instance.get(), keys)) {
    exit_code = context.report.Failure(*problem);
    return {};
  }
  return instance;
}

}  // namespace

int RunCallMethod(CommandContext& context) {
  const Options& options = context.options;
  if (options.subjects.empty()) return Usage("call takes a PATH and a METHOD\nwmi call --help tells the usage.");
  const auto assignments = Assignments({options.subjects.begin() + 1, options.subjects.end()});
  if (!assignments) return kExitUsage;
  const std::string& method = options.subjects.front();
  int exit_code = kExitSuccess;
  const ObjectPtr declaration = FetchObject(context, ClassOf(options.subject), exit_code);
  if (!declaration) return exit_code;
  ObjectPtr parameters;
  if (auto problem = MakeParameters(context, declaration.get(), method, *assignments, parameters)) {
    return context.report.Failure(*problem);
  }
  WideText path(options.subject);
  WideText name(method);
  Collector collector;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->ExecMethodAsync(path.bstr(), name.bstr(), 0, nullptr, parameters.get(),
                                                           sink);
      },
      collector);
  exit_code = context.report.End(end);
  if (exit_code != kExitSuccess || collector.objects().empty()) return exit_code;
  const ObjectPtr& answer = collector.objects().front();
  exit_code = PrintObject(context, answer);
  return exit_code == kExitSuccess && !HasSucceeded(answer.get()) ? kExitReturnValue : exit_code;
}

int RunSet(CommandContext& context) {
  const Options& options = context.options;
  if (!NamesAnObject(options.subject)) {
    return Usage(fmt::format("{} has no key, so it names a class, not an object", options.subject));
  }
  const auto assignments = Assignments(options.subjects);
  if (!assignments) return kExitUsage;
  int exit_code = kExitSuccess;
  const ObjectPtr object = ObjectToPut(context, exit_code);
  if (!object) return exit_code;
  if (auto problem = Assign(context.session.services(), object.get(), *assignments)) {
    return context.report.Failure(*problem);
  }
  const long flags = options.creates ? WBEM_FLAG_CREATE_OR_UPDATE : WBEM_FLAG_UPDATE_ONLY;
  Collector nothing;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->PutInstanceAsync(object.get(), flags, nullptr, sink);
      },
      nothing);
  return context.report.End(end);
}

int RunDelete(CommandContext& context) {
  const std::string& path = context.options.subject;
  if (!NamesAnObject(path)) {
    return Usage(fmt::format("{} has no key, so it names a class; wmi delete removes objects only", path));
  }
  WideText text(path);
  Collector nothing;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->DeleteInstanceAsync(text.bstr(), 0, nullptr, sink);
      },
      nothing);
  return context.report.End(end);
}

}  // namespace wmi::cli
