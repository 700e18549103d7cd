#include "wmi/options.h"

namespace wmi::cli {

namespace {

constexpr std::string_view kMain =
    R"(wmi asks this machine through WMI: processes, disks, the operating system and
more, as typed objects.

usage: wmi [OPTION…] COMMAND [ARGUMENT]

Commands:
  query QUERY        objects that a WQL query selects, as they arrive
  explain QUERY      how a query is answered: steps, objects read, times
  watch QUERY        what happens, as it happens: an event query, or process,
                     service, file or device
  subscriptions      the permanent subscriptions: who made what, what it did
  host               runs the permanent subscriptions until it is stopped
  get PATH           one object, by its path
  call PATH METHOD   runs a method of an object or class
  set PATH NAME=VALUE…
                     changes properties of an object, or makes a new one
  delete PATH        removes an object
  ls [NAMESPACE]     the classes and namespaces in a namespace
  describe CLASS     what a class is: properties, types, units, values, methods
  register FILE      make the providers in a shared object known
  compile FILE…      MOF files into the repository, or only check them
  export [CLASS…]    a namespace as MOF that compiles back to the same
  repository VERB    what is stored, as a whole: status, verify, backup,
                     restore, export, compact
  wmi help COMMAND tells more of each, as wmi COMMAND --help does.

Options, before or after the command:
  -n, --namespace NAME    the namespace to ask; root\cimv2 when left out
  -f, --format FORM       table, list, json, jsonl or csv; when left out table,
                          or list when there are too many columns for one.
                          A table is cut to the width of a terminal, and never
                          when it goes to a file or pipe
  -t, --timeout SECONDS   cancel a call that takes longer; 60 when left out,
                          0 for no limit
      --strict            end with 4 when WMI could not read everything
      --no-color          no colours; there are none either when $NO_COLOR is
                          set or the output is no terminal
  -h, --help              this text
      --version           the version

Examples:
  wmi query "SELECT Caption, LastBootUpTime FROM Win32_OperatingSystem"
  wmi query "SELECT Name, ThreadCount FROM Win32_Process WHERE ThreadCount > 9"
  wmi query -f csv "SELECT Name, Size, FreeSpace FROM Win32_LogicalDisk" > d.csv
  wmi query -f jsonl "SELECT * FROM Win32_Process WHERE Name LIKE 's%'"
  wmi watch process
  wmi get 'Win32_Process.Handle="1"'
  wmi ls
  wmi ls root
  wmi describe Win32_Process

While a call is slow, a line on the terminal tells its time; Ctrl-C cancels it
and tells how many objects came.

Exit codes:
  0    success, also when nothing matches or the reader of the output has gone,
       and when --for or --count ends wmi watch
  1    WMI answered with an error, or the output could not be written
  2    the command line is wrong
  3    cancelled because of --timeout
  4    with --strict: not everything could be read
  5    wmi call: the method ran and returned another value than 0
  130  cancelled by Ctrl-C; 143 by SIGTERM
)";

constexpr std::string_view kQuery =
    R"(usage: wmi query [OPTION…] QUERY

Prints the objects that a WQL query selects, as they arrive. Columns have the
order of the SELECT list; * gives all properties in the order of the class.
Quote the query for the shell: double quotes outside, single ones inside.

  -n, --namespace NAME    the namespace to ask; root\cimv2 when left out
  -f, --format FORM       table, list, json (one array), jsonl (an object a
                          line) or csv. When left out: table, or list when the
                          columns have no room on the terminal, and for * also
                          when they had none on one of 80 characters
      --sort COL[,COL…]   in the order of these columns; -COL: greatest first
      --limit N           only the first N; unsorted, the call ends with them
      --count             only how many there are
      --group COL[,COL…]  a line for each group of objects that are alike in
                          these columns: the columns, and Count
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --strict            end with 4 when WMI could not read everything
      --no-color          no colours

The query may also be ASSOCIATORS OF {PATH} … or REFERENCES OF {PATH} ….

Sorting and grouping take numbers as numbers, dates as instants, and texts
without case; NULL is last either way. They show nothing until all objects are
there, and hold 256 MiB of them at most; with --limit only the first N. With
--group, --sort takes its columns and Count, and --limit counts groups.

NULL is empty in table, list and csv, and null in JSON. Table and list show
dates readably; json and csv keep the text of WMI (yyyymmddHHMMSS.mmmmmm+zone).
64-bit numbers are numbers in JSON.

Examples:
  wmi query "SELECT Name, ThreadCount FROM Win32_Process WHERE ThreadCount > 20"
  wmi query "SELECT * FROM Win32_Processor"
  wmi query --sort -Size --limit 3 "SELECT Name, Size FROM Win32_LogicalDisk"
  wmi query --count "SELECT * FROM Win32_Process WHERE Name = 'bash'"
  wmi query --group Name --sort -Count,Name "SELECT Name FROM Win32_Process"
)";

constexpr std::string_view kExplain =
    R"(usage: wmi explain [OPTION…] QUERY

Tells how a WQL query is answered. The query runs as it would for wmi query;
in place of its objects come the steps that gave them, in their order:

  Step       their number
  Operation  Bind         the query is parsed and its names are looked up
             Keys         only objects with these keys are asked for
             Index        stored objects are looked up by an indexed property
             Scan         all objects of the class are looked at
             Query        the provider is asked the query in Detail
             References   associations that refer to the object; those that a
                          provider serves by a query, which is in Detail
             Associators  the provider is asked for the objects at the other
                          ends, by the query in Detail
             Classes      definitions of classes are looked at
             Nothing      no object can satisfy the WHERE clause
             Events       a query for events: it waits and reads nothing, so
                          this is only what it says, in its normal form
  Class      the class; each subclass is a step of its own
  Server     the provider of its objects, or the repository
  Detail     what it is asked: how many keys, of which properties only
             certain values, how many of the properties
  Read       objects looked at
  Rows       those that passed
  Time       of this step

  -n, --namespace NAME    the namespace to ask; root\cimv2 when left out
  -f, --format FORM       table (when left out), list, json, jsonl or csv; the
                          last three have RowsRead for Read, and the time in
                          Microseconds
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --strict            end with 4 when WMI could not read everything
      --no-color          no colours

Errors are those of wmi query. docs/query.md says which queries are looked up.

Examples:
  wmi explain "SELECT Name FROM Win32_Process WHERE Handle = '1'"
  wmi explain "SELECT Name FROM Win32_Process WHERE Name LIKE 's%'"
  wmi explain -f json "SELECT * FROM meta_class"
)";

constexpr std::string_view kWatch =
    R"(usage: wmi watch [OPTION…] QUERY
       wmi watch [OPTION…] process [NAME] | service [NAME] | file PATH | device

Subscribes to events and prints each as it comes, until Ctrl-C, which cancels
the subscription. QUERY is an event query; the short forms stand for one, which
is told on the terminal:

  process [NAME]          processes that start and end; those of that name
  service [NAME]          services that change, such as their State
  file PATH               a file that is made, changed or removed; of a folder,
                          each file in it
  device                  devices that come and go

      --count N           end after N events
      --for TIME          end after that: a whole number and ms, s, m, h or d
  -n, --namespace NAME    the namespace to watch; root\cimv2 when left out
  -f, --format FORM       table (when left out), list, jsonl or csv
      --no-color          no colours

A line of the table has the time of the event on the local clock; created,
changed or deleted, or else the class of the event; the path of the object; and
what changed (old → new), or what else there is to say. It is cut to the width
of a terminal, and values to 40 characters. The list has all that changed, or
else all properties. jsonl is the whole event for programs: a JSON object with
__CLASS and all properties, among them TargetInstance. In csv and jsonl a
SELECT list that names columns gives those.

WITHIN says how many seconds may pass between two looks at what nobody reports.
What is there when the watch begins is no event. docs/query.md tells more:

  SELECT * FROM __InstanceModificationEvent WITHIN 5
  WHERE TargetInstance ISA 'Win32_LogicalDisk' AND TargetInstance.Name = '/'

Ctrl-C ends it with 130, as it does any command; --for and --count with 0.

Examples:
  wmi watch process
  wmi watch process bash --count 2
  wmi watch file /etc --for 1s
  wmi watch -f jsonl process
)";

constexpr std::string_view kGet =
    R"(usage: wmi get [OPTION…] PATH

Prints one object: all its properties. The path is CLASS.KEY=VALUE; texts stand
in double quotes, so the whole needs single ones in the shell. A path that
begins with a namespace (root\cimv2:CLASS…) goes there.

  -n, --namespace NAME    the namespace to ask; root\cimv2 when left out
  -f, --format FORM       list (when left out), table, json, jsonl or csv
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --strict            end with 4 when WMI could not read everything
      --no-color          no colours

Examples:
  wmi get 'Win32_Process.Handle="1"'
  wmi get --format json 'Win32_Process.Handle="1"'
)";

constexpr std::string_view kCall =
    R"(usage: wmi call [OPTION…] PATH METHOD [NAME=VALUE…]

Runs a method and prints what it gives back. PATH is that of an object, or the
name of a class for a static method. In-parameters are NAME=VALUE: NAME alone is
NULL, NAME= an empty text, and the same NAME again goes into an array.
NAME.PROPERTY=VALUE is a property of an embedded object. wmi describe CLASS
lists the methods with their parameters.

The method's own answer is its ReturnValue; 0 is success, and with any other the
program ends with 5.

  -n, --namespace NAME    the namespace; root\cimv2 when left out
  -f, --format FORM       list (when left out), table, json, jsonl or csv
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --no-color          no colours

Examples:
  wmi call Win32_Process Create CommandLine=true
  wmi call 'Win32_Process.Handle="1"' GetOwner
)";

constexpr std::string_view kSet =
    R"(usage: wmi set [OPTION…] PATH NAME=VALUE…

Changes properties of an object and leaves the others as they are. NAME alone
sets NULL, NAME= an empty text; the same NAME again goes into an array.

      --create            make the object if there is none; the keys in PATH are
                          its keys
  -n, --namespace NAME    the namespace; root\cimv2 when left out
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --no-color          no colours

Example:
  wmi set -n root/linux 'Linux_Sysctl.Name="vm.swappiness"' Value=10
)";

constexpr std::string_view kDelete =
    R"(usage: wmi delete [OPTION…] PATH

Removes one object, by its path. What that means is a matter of its class: a
setting goes away, a service is removed. Classes are not deleted by it.

  -n, --namespace NAME    the namespace; root\cimv2 when left out
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --no-color          no colours

Example:
  wmi delete 'Win32_Environment.Name="EDITOR",UserName="<SYSTEM>"'
)";

constexpr std::string_view kList =
    R"(usage: wmi ls [OPTION…] [NAMESPACE]

Lists what is in a namespace: the namespaces below it and its classes, by name,
with the first sentence of what they are. NAMESPACE is the same as --namespace.

      --namespaces        only namespaces
      --classes           only classes
  -a, --all               system classes too (names begin with two underscores)
  -q, --quiet             only the names, one a line
  -n, --namespace NAME    the namespace to list; root\cimv2 when left out
  -f, --format FORM       table (when left out), list, json, jsonl or csv
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --strict            end with 4 when WMI could not read everything
      --no-color          no colours

Examples:
  wmi ls
  wmi ls --namespaces root
  wmi ls --classes --quiet
)";

constexpr std::string_view kDescribe =
    R"(usage: wmi describe [OPTION…] CLASS

Tells what a class is: the classes above it, its properties with type, unit,
meaning and values, and its methods.

      --mof               its definition in MOF, without what it inherits
  -n, --namespace NAME    the namespace of the class; root\cimv2 when left out
  -f, --format FORM       json or jsonl for programs; text when left out
  -t, --timeout SECONDS   cancel after that; 60 when left out, 0 for no limit
      --no-color          no colours

Examples:
  wmi describe Win32_LogicalDisk
  wmi describe --mof Win32_LogicalDisk
)";

constexpr std::string_view kRegister =
    R"(usage: wmi register [--undo] FILE

Makes the classes of a shared object known to this user's programs, as regsvr32
does on Windows: loads FILE and calls its DllRegisterServer, which writes the
path of FILE into the registry. A provider in it can then serve a namespace.

FILE and the folders above it must belong to you or root, and nobody else may
write them, because whatever asks the provider runs its code.

      --undo              take it back: call DllUnregisterServer

The registry is $OPENWMI_REGISTRY, else $XDG_STATE_HOME/openwmi/registry, else
~/.local/state/openwmi/registry.

Example:
  wmi register ./lamp_provider.so
)";

constexpr std::string_view kCompile =
    R"(usage: wmi compile [OPTION…] FILE…

Compiles MOF files into the repository, one after the other. Each goes in whole
or, when it has an error, not at all; every error is told with file, line and
column, and the files behind it are left alone. Included files are relative to
the file that includes them.

      --check             only find what is wrong; change nothing
      --class MODE        createonly, updateonly, safeupdate (also when there
                          are derived classes) or forceupdate (also when
                          qualifiers of theirs conflict)
      --instance MODE     createonly or updateonly
  -n, --namespace NAME    where things go until a #pragma namespace says
                          otherwise; root\cimv2 when left out
      --no-color          no colours

A file that says #pragma autorecover is remembered, and compiled again when the
repository is made anew; wmi repository status lists such files. Ctrl-C ends a
compilation, and then nothing of the file is stored.

Examples:
  wmi compile --check lamp.mof
  wmi compile -n root/lamps lamp.mof lamp_instances.mof
)";

constexpr std::string_view kRepository =
    R"(usage: wmi repository VERB [FILE]

Works on all that is stored: namespaces, classes and instances. Programs that
use WMI at the same time go on.

  status              where it is, its format and size, what it holds, whether
                      it is damaged, whether it can be changed and why not, and
                      the MOF that is compiled again when it is made anew
  verify              reads everything and tells what is damaged; ends with 1
                      when something is
  backup FILE         writes the state of this moment to FILE, which is replaced
                      when the backup is whole and sound; only you can read it
  restore FILE        replaces everything by what the backup FILE holds. It is
                      checked first: a damaged one changes nothing
  export [FILE]       writes all namespaces, classes and instances as MOF, to
                      FILE, which is replaced when the text is whole, or to the
                      output; wmi compile -n root makes the same of it elsewhere
  compact             gives the disk back what deleted objects took

--timeout does not count here; Ctrl-C cancels, and then nothing has changed.

  -n, --namespace NAME    export only this namespace and those inside
  -f, --format FORM       status as json or jsonl; text when left out
      --no-color          no colours

The repository is in $OPENWMI_REPOSITORY, else in openwmi/repository under
$XDG_STATE_HOME, else under ~/.local/state.

Examples:
  wmi repository status
  wmi repository verify
  wmi repository backup wmi.backup
  wmi repository restore wmi.backup
  wmi repository export everything.mof
)";

constexpr std::string_view kSubscriptions =
    R"(usage: wmi subscriptions [-f json | jsonl]

Lists the permanent subscriptions of all namespaces: instances of
__FilterToConsumerBinding, with their filter and consumer. For each it tells who
made it and when, whether it is active and why not, and how many events its
consumer has acted on, failed on and lost.

They are active while wmi host runs. The journal has every subscription and
every program that one has run: journalctl -t openwmi

  -f, --format FORM       json or jsonl; text when left out
      --no-color          no colours

Examples:
  wmi subscriptions
  wmi subscriptions -f jsonl
  wmi query -n root/linux "SELECT * FROM Linux_EventSubscription"
)";

constexpr std::string_view kHost =
    R"(usage: wmi host [--allow-scripts]

Runs the permanent subscriptions of this user's repository until Ctrl-C or
SIGTERM: it waits for the events of each __EventFilter and hands them to the
consumers that are bound to it. Changes count at once, whichever program makes
them. A line is written when a subscription becomes active or inactive.

One host is enough for a repository; a second one refuses to run. It listens to
no network. As a service: systemctl --user enable --now openwmi-host, or for
root: systemctl enable --now openwmi-host

      --allow-scripts     let ActiveScriptEventConsumer run interpreters
      --no-color          no colours

Examples:
  wmi host
  wmi compile watchdog.mof && wmi subscriptions
)";

constexpr std::string_view kExport =
    R"(usage: wmi export [OPTION…] [CLASS…]

Writes classes as MOF text that compiles back to the same objects: all of a
namespace, or the CLASSes that are named with the classes above them. System
classes, which every namespace has, are left out.

      --instances         stored instances too; those of providers are live and
                          are not written
  -r, --recursive         the namespaces inside as well; the text makes and
                          enters them. Without it the text compiles into any
                          namespace
  -o, --output FILE       write to FILE, which is replaced when all is written
  -n, --namespace NAME    the namespace; root\cimv2 when left out
      --no-color          no colours

Examples:
  wmi export -n root/cimv2 -o cimv2.mof
  wmi export Win32_Process > process.mof
  wmi export -n root/default --instances > default.mof
)";

}  // namespace

std::string_view HelpText(std::string_view command) {
  if (command == "query") return kQuery;
  if (command == "explain") return kExplain;
  if (command == "watch") return kWatch;
  if (command == "get") return kGet;
  if (command == "call") return kCall;
  if (command == "set") return kSet;
  if (command == "delete") return kDelete;
  if (command == "ls") return kList;
  if (command == "describe") return kDescribe;
  if (command == "register") return kRegister;
  if (command == "compile") return kCompile;
  if (command == "export") return kExport;
  if (command == "repository") return kRepository;
  if (command == "subscriptions") return kSubscriptions;
  if (command == "host") return kHost;
  return kMain;
}

}  // namespace wmi::cli
