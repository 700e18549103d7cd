#include "wmi/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "base/text.h"
#include "wmi/duration.h"
#include "wmi/exit_code.h"
#include "wmi/watch_query.h"

namespace wmi::cli {

namespace {

constexpr const char* kDefaultNamespace = "root\\cimv2";
constexpr double kDefaultTimeoutSeconds = 60;
constexpr double kTimeoutSecondsMax = 1e7;  // four months

constexpr std::uint64_t kLimitMax = std::numeric_limits<std::int64_t>::max();
constexpr const char* kDurationForm = "a time is a whole number and ms, s, m, h or d, such as 30s; a year at most";
constexpr const char* kEmptyColumn = "the name of a column is empty";

constexpr std::array<const char*, 6> kRepositoryVerbs = {"status", "verify", "backup", "restore", "export", "compact"};

const std::map<std::string, Format> kFormats = {{"table", Format::kTable},
                                                {"list", Format::kList},
                                                {"json", Format::kJson},
                                                {"jsonl", Format::kJsonLines},
                                                {"csv", Format::kCsv}};

// WBEM_FLAG_CREATE_ONLY and its kin.
const std::map<std::string, std::uint32_t> kInstanceModes = {{"createonly", 0x2}, {"updateonly", 0x1}};
const std::map<std::string, std::uint32_t> kClassModes = {
    {"createonly", 0x2}, {"updateonly", 0x1}, {"safeupdate", 0x20}, {"forceupdate", 0x40}};

// The help is written by hand; the library only parses.
class WrittenHelp : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return std::string(HelpText(app->get_name()));
  }
};

// The parser and what it fills.
class CommandLine {
 public:
  CommandLine() : app_("", "wmi") {
    app_.formatter(std::make_shared<WrittenHelp>());
    app_.require_subcommand(1);
    app_.fallthrough();  // options of the program may stand behind the command
    app_.set_version_flag("--version", std::string("wmi (OpenWMI) ") + WMI_VERSION);
    app_.add_option("-n,--namespace", namespace_);
    app_.add_option("-f,--format", format_)->transform(CLI::IsMember(FormatNames(), CLI::ignore_case));
    app_.add_option("-t,--timeout", timeout_seconds_)->check(CLI::Range(0.0, kTimeoutSecondsMax));
    app_.add_flag("--no-color", no_color_);
    app_.add_flag("--strict", strict_);
    query_ = app_.add_subcommand("query");
    query_->add_option("QUERY", subject_)->required();
    const auto check = [](const std::string& text) { return std::string(SplitSortColumns(text) ? "" : kEmptyColumn); };
    query_->add_option("--sort", sort_)->check(check);
    query_->add_option("--group", group_)->check(check);
    query_->add_option("--limit", limit_)->check(CLI::Range(std::uint64_t{1}, kLimitMax));
    query_->add_flag("--count", count_);
    explain_ = app_.add_subcommand("explain");
    explain_->add_option("QUERY", subject_)->required();
    watch_ = app_.add_subcommand("watch");
    watch_->add_option("QUERY", subject_)->required();
    watch_->add_option("NAME", subjects_);
    watch_->add_option("--count", event_count_)->check(CLI::Range(std::uint64_t{1}, kLimitMax));
    watch_->add_option("--for", watch_duration_)->check([](const std::string& text) {
      return std::string(ParseDuration(text) ? "" : kDurationForm);
    });
    get_ = app_.add_subcommand("get");
    get_->add_option("PATH", subject_)->required();
    call_ = app_.add_subcommand("call");
    call_->add_option("PATH", subject_)->required();
    call_->add_option("METHOD", subjects_)->required();
    set_ = app_.add_subcommand("set");
    set_->add_option("PATH", subject_)->required();
    set_->add_option("NAME=VALUE", subjects_)->required();
    set_->add_flag("--create", create_);
    delete_ = app_.add_subcommand("delete");
    delete_->add_option("PATH", subject_)->required();
    list_ = app_.add_subcommand("ls");
    list_->add_option("NAMESPACE", listed_namespace_);
    CLI::Option* namespaces = list_->add_flag("--namespaces", only_namespaces_);
    list_->add_flag("--classes", only_classes_)->excludes(namespaces);
    list_->add_flag("-a,--all", all_);
    list_->add_flag("-q,--quiet", quiet_);
    describe_ = app_.add_subcommand("describe");
    describe_->add_option("CLASS", subject_)->required();
    describe_->add_flag("--mof", mof_);
    register_ = app_.add_subcommand("register");
    register_->add_option("FILE", subject_)->required();
    register_->add_flag("--undo", undo_);
    compile_ = app_.add_subcommand("compile");
    compile_->add_option("FILE", subjects_)->required();
    compile_->add_flag("--check", check_);
    compile_->add_option("--class", class_flags_)->transform(CLI::CheckedTransformer(kClassModes, CLI::ignore_case));
    compile_->add_option("--instance", instance_flags_)
        ->transform(CLI::CheckedTransformer(kInstanceModes, CLI::ignore_case));
    export_ = app_.add_subcommand("export");
    CLI::Option* classes = export_->add_option("CLASS", subjects_);
    export_->add_flag("-r,--recursive", recursive_)->excludes(classes);
    export_->add_flag("--instances", instances_);
    export_->add_option("-o,--output", output_file_);
    repository_ = app_.add_subcommand("repository");
    repository_->add_option("VERB", subject_)
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{kRepositoryVerbs.begin(), kRepositoryVerbs.end()}));
    repository_->add_option("FILE", repository_file_);
    subscriptions_ = app_.add_subcommand("subscriptions");
    host_ = app_.add_subcommand("host");
    host_->add_flag("--allow-scripts", allow_scripts_);
  }

  CLI::App& app() { return app_; }

  Options Result() const {
    Options options;
    options.command = query_->parsed()           ? Command::kQuery
                      : explain_->parsed()       ? Command::kExplain
                      : watch_->parsed()         ? Command::kWatch
                      : get_->parsed()           ? Command::kGet
                      : call_->parsed()          ? Command::kCall
                      : set_->parsed()           ? Command::kSet
                      : delete_->parsed()        ? Command::kDelete
                      : list_->parsed()          ? Command::kList
                      : register_->parsed()      ? Command::kRegister
                      : compile_->parsed()       ? Command::kCompile
                      : export_->parsed()        ? Command::kExport
                      : repository_->parsed()    ? Command::kRepository
                      : subscriptions_->parsed() ? Command::kSubscriptions
                      : host_->parsed()          ? Command::kHost
                                                 : Command::kDescribe;
    options.subject = subject_;
    options.subjects = subjects_;
    options.repository_file = repository_file_;
    options.has_namespace = app_.get_option("--namespace")->count() > 0;
    options.name_space = Namespace(listed_namespace_.empty() ? namespace_ : listed_namespace_);
    if (options.command == Command::kRepository && !options.has_namespace) options.name_space = "root";
    if (!format_.empty()) options.format = kFormats.at(format_);
    if (timeout_seconds_ > 0) {
      options.time_limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(timeout_seconds_));
    }
    options.has_timeout = app_.get_option("--timeout")->count() > 0;
    if (options.command == Command::kWatch) options.time_limit = ParseDuration(watch_duration_);
    if (event_count_ > 0) options.watch.count = event_count_;
    options.watch.duration = watch_duration_;
    options.colour = no_color_ ? ColourChoice::kNever : ColourChoice::kAutomatic;
    options.partial_results = strict_ ? PartialResults::kFail : PartialResults::kWarn;
    options.describe_form = mof_ ? DescribeForm::kMof : DescribeForm::kReadable;
    options.registration = undo_ ? Registration::kTakeBack : Registration::kMake;
    options.arrangement = ResultArrangement();
    options.compile = {check_, class_flags_, instance_flags_};
    options.mof_export = {instances_, recursive_, output_file_};
    options.list = {!only_classes_, !only_namespaces_, all_, quiet_};
    options.creates = create_;
    options.allows_scripts = allow_scripts_;
    const bool takes_path = options.command == Command::kGet || options.command == Command::kCall ||
                            options.command == Command::kSet || options.command == Command::kDelete;
    if (takes_path) {
      const std::string own = NamespaceOfPath(subject_);
      if (!own.empty()) options.name_space = own;
    }
    return options;
  }

 private:
  static std::vector<std::string> FormatNames() {
    std::vector<std::string> names;
    for (const auto& [name, format] : kFormats) names.push_back(name);
    return names;
  }

  // Slashes are easier to type in a shell than backslashes.
  static std::string Namespace(std::string name) {
    std::replace(name.begin(), name.end(), '/', '\\');
    return name;
  }

  Arrangement ResultArrangement() const {
    Arrangement arrangement;
    // The check of the options has found them good.
    if (!sort_.empty()) arrangement.sort = SplitSortColumns(sort_).value_or(arrangement.sort);
    if (!group_.empty()) arrangement.group = SplitColumns(group_).value_or(arrangement.group);
    if (limit_ > 0) arrangement.limit = limit_;
    arrangement.only_count = count_;
    return arrangement;
  }

  CLI::App app_;
  CLI::App* query_ = nullptr;
  CLI::App* explain_ = nullptr;
  CLI::App* watch_ = nullptr;
  CLI::App* get_ = nullptr;
  CLI::App* call_ = nullptr;
  CLI::App* set_ = nullptr;
  CLI::App* delete_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* describe_ = nullptr;
  CLI::App* register_ = nullptr;
  CLI::App* compile_ = nullptr;
  CLI::App* export_ = nullptr;
  CLI::App* repository_ = nullptr;
  CLI::App* subscriptions_ = nullptr;
  CLI::App* host_ = nullptr;
  std::string namespace_ = kDefaultNamespace;
  std::string listed_namespace_;
  std::string format_;
  double timeout_seconds_ = kDefaultTimeoutSeconds;
  bool no_color_ = false;
  bool strict_ = false;
  std::string subject_;
  std::string sort_;
  std::string group_;
  std::uint64_t limit_ = 0;
  bool count_ = false;
  std::uint64_t event_count_ = 0;
  std::string watch_duration_;
  bool only_namespaces_ = false;
  bool only_classes_ = false;
  bool all_ = false;
  bool quiet_ = false;
  bool mof_ = false;
  bool undo_ = false;
  bool create_ = false;
  std::vector<std::string> subjects_;
  bool check_ = false;
  std::uint32_t class_flags_ = 0;
  std::uint32_t instance_flags_ = 0;
  bool recursive_ = false;
  bool instances_ = false;
  std::string output_file_;
  std::string repository_file_;
  bool allow_scripts_ = false;
};

std::string NoSuchCommand(const std::string& name) {
  return "there is no command '" + name +
         "'; the commands are query, explain, watch, get, call, set, delete, ls, describe, register, compile, "
         "export, repository, subscriptions and host";
}

// What people get wrong most: a query without quotes falls apart into words, and a command is misspelt. `left` are the
// words that belong to nothing.
std::string UsageMessage(const CLI::ParseError& error, const std::vector<std::string>& left) {
  std::string message = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) message += "\nA query or path goes in quotes.";
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !left.empty()) {
    message = NoSuchCommand(left.front());
  }
  return "wmi: " + message + "\nwmi --help tells the usage.\n";
}

// `wmi help query` is `wmi query --help`.
ParsedText Help(const CLI::App& app, const std::vector<std::string>& commands) {
  if (commands.size() > 1) return {"wmi: help takes one command\nwmi --help tells the usage.\n", kExitUsage};
  const std::string command = commands.empty() ? std::string() : commands.front();
  const auto is_asked = [&](const CLI::App* known) { return known->get_name() == command; };
  if (!command.empty() && app.get_subcommands(is_asked).empty()) {
    return {"wmi: " + NoSuchCommand(command) + "\nwmi --help tells the usage.\n", kExitUsage};
  }
  return {std::string(HelpText(command)), kExitSuccess};
}

std::string NothingToDo() { return std::string(HelpText("")); }

std::optional<ParsedText> CheckRepository(const Options& options) {
  const std::string& verb = options.subject;
  const auto wrong = [&](const std::string& what) {
    return ParsedText{"wmi: repository " + verb + " " + what + "\nwmi repository --help tells the usage.\n",
                      kExitUsage};
  };
  const bool needs_file = verb == "backup" || verb == "restore";
  if (needs_file && options.repository_file.empty()) return wrong("needs a FILE");
  if (!needs_file && verb != "export" && !options.repository_file.empty()) return wrong("takes no FILE");
  if (options.has_namespace && verb != "export") return wrong("works on all namespaces; only export takes --namespace");
  if (!options.format) return std::nullopt;
  if (verb != "status") return wrong("takes no --format; only status does");
  const bool is_json = options.format == Format::kJson || options.format == Format::kJsonLines;
  return is_json ? std::nullopt : std::optional(wrong("has the formats json and jsonl, besides text"));
}

std::optional<ParsedText> CheckArrangement(const Arrangement& arrangement) {
  const auto wrong = [](const std::string& what) {
    return ParsedText{"wmi: " + what + "\nwmi query --help tells the usage.\n", kExitUsage};
  };
  if (arrangement.only_count && arrangement.group.empty() && !arrangement.sort.empty()) {
    return wrong("--count gives one number, so there is nothing to sort; with --group there is one for each group");
  }
  for (auto name = arrangement.group.begin(); name != arrangement.group.end(); ++name) {
    const auto is_same = [&](const std::string& other) { return EqualFolded(*name, other); };
    if (std::any_of(arrangement.group.begin(), name, is_same)) return wrong("--group names '" + *name + "' twice");
  }
  return std::nullopt;
}

std::optional<ParsedText> CheckWatch(const Options& options) {
  std::string wrong = CheckWatchWords(options.subject, options.subjects);
  if (options.has_timeout) wrong = "watch takes no --timeout; --for ends it after a time, such as --for 30s";
  if (options.format == Format::kJson) {
    wrong = "watch has no json form, which is whole only at its end; jsonl gives an object a line";
  }
  if (wrong.empty()) return std::nullopt;
  return ParsedText{"wmi: " + wrong + "\nwmi watch --help tells the usage.\n", kExitUsage};
}

// These are about all namespaces, and end when they are done or told to.
std::optional<ParsedText> CheckSubscriptions(const Options& options) {
  const std::string command = options.command == Command::kHost ? "host" : "subscriptions";
  std::string wrong;
  if (options.has_namespace) wrong = "works on all namespaces and takes no --namespace";
  if (options.has_timeout) wrong = "takes no --timeout";
  const bool is_json = options.format == Format::kJson || options.format == Format::kJsonLines;
  if (options.format && options.command == Command::kHost) wrong = "takes no --format";
  if (options.format && options.command == Command::kSubscriptions && !is_json) {
    wrong = "has the formats json and jsonl, besides text";
  }
  if (wrong.empty()) return std::nullopt;
  return ParsedText{"wmi: " + command + " " + wrong + "\nwmi " + command + " --help tells the usage.\n", kExitUsage};
}

std::optional<ParsedText> CheckCombination(const Options& options) {
  if (options.command == Command::kQuery && !options.subject.empty()) return CheckArrangement(options.arrangement);
  if (options.command == Command::kRepository) return CheckRepository(options);
  if (options.command == Command::kSubscriptions || options.command == Command::kHost) {
    return CheckSubscriptions(options);
  }
  if (options.command == Command::kDescribe && options.format == Format::kCsv) {
    return ParsedText{"wmi: describe has no csv form; it has text, json and --mof\n", kExitUsage};
  }
  const bool is_mof = options.command == Command::kCompile || options.command == Command::kExport;
  if (is_mof && options.format) {
    return ParsedText{"wmi: compile and export take no --format; MOF has one form\nwmi --help tells the usage.\n",
                      kExitUsage};
  }
  const bool has_empty = std::find(options.subjects.begin(), options.subjects.end(), "") != options.subjects.end();
  if (has_empty || (options.subject.empty() && options.command != Command::kList && !is_mof)) {
    return ParsedText{"wmi: the query, path, class or file is empty\nwmi --help tells the usage.\n", kExitUsage};
  }
  return options.command == Command::kWatch ? CheckWatch(options) : std::nullopt;
}

}  // namespace

std::variant<Options, ParsedText> ParseOptions(int argument_count, const char* const* arguments) {
  if (argument_count < 2) return ParsedText{NothingToDo(), kExitUsage};
  CommandLine line;
  if (std::string_view(arguments[1]) == "help") return Help(line.app(), {arguments + 2, arguments + argument_count});
  try {
    line.app().parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = line.app().get_subcommands();
    return ParsedText{std::string(HelpText(chosen.empty() ? "" : chosen.front()->get_name())), kExitSuccess};
  } catch (const CLI::CallForVersion& version) {
    return ParsedText{std::string(version.what()) + "\n", kExitSuccess};
  } catch (const CLI::ParseError& error) {
    return ParsedText{UsageMessage(error, line.app().remaining()), kExitUsage};
  }
  Options options = line.Result();
  if (auto wrong = CheckCombination(options)) return *wrong;
  return options;
}

std::vector<std::string> OptionNames() {
  CommandLine line;
  std::vector<std::string> names;
  const auto add = [&names](const CLI::App* app) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
  };
  add(&line.app());
  for (const CLI::App* command : line.app().get_subcommands(nullptr)) add(command);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string NamespaceOfPath(std::string_view path) {
  const std::string_view before_keys = path.substr(0, path.find_first_of("=\"'"));
  const std::size_t colon = before_keys.find(':');
  if (colon == std::string_view::npos) return {};
  std::string name(before_keys.substr(0, colon));
  std::replace(name.begin(), name.end(), '/', '\\');
  if (name.starts_with("\\\\.\\")) name.erase(0, 4);
  return name;
}

}  // namespace wmi::cli
