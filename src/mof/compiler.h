// Compiler: MOF text into a target, statement by statement (contract 8.7, 8.9).
//
// It knows the whole dialect: classes, instances with aliases and with instances inside them, qualifier declarations of
// both kinds, and the directives. It does no I/O of its own: included files come from the caller.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "mof/source.h"
#include "mof/target.h"

namespace wmi::mof {

struct CompileOptions {
  // Where things go until a #pragma namespace says otherwise.
  std::string default_namespace = "ROOT\\default";
  // The name of this machine; empty: only "." means it.
  std::string server;
  // Until a #pragma classflags or instanceflags says otherwise.
  cim::PutMode class_mode = cim::PutMode::kCreateOrUpdate;
  cim::ClassUpdate class_update = cim::ClassUpdate::kCompatible;
  cim::PutMode instance_mode = cim::PutMode::kCreateOrUpdate;
  // "MS_409": as if the text began with that #pragma amendment. Empty: none.
  std::string amendment;
  // Opens an included file: `path` as it is written, `from_file` the name of the file that says so. The name of the
  // source it returns is that of messages, and of one file always the same. Null: there are no included files.
  std::function<Result<Source>(std::string_view path, std::string_view from_file)> open_include;
  // Called before each statement with how many bytes of the text are done; an included file counts as the directive
  // that includes it. False ends the compilation; kCallCancelled is its last error then. Null: it is not asked.
  std::function<bool(std::size_t done, std::size_t total)> goes_on;
  // Of one file; of files inside each other; of all files together.
  std::size_t file_bytes_max = limits::kMofFileBytesMax;
  std::size_t include_depth_max = limits::kMofIncludeDepthMax;
  std::size_t files_max = limits::kMofFilesMax;
};

// The numbers are those of WBEM_COMPILE_STATUS_INFO (contract 10).
enum class Phase { kNone = 0, kSyntax = 2, kStore = 3 };

// Where the first error is: the first of the syntax, or if the syntax is right, the first of all.
struct FirstFailure {
  Phase phase = Phase::kNone;
  Status status;
  std::size_t object_number = 0;  // classes and instances in the order of the text, from 1; 0: outside of them
  int first_line = 0;             // of the object, in its file
  int last_line = 0;
};

struct Report {
  // In the order in which they were found, each with file, line and column, at most limits::kMofErrorsMax. An alias
  // that nobody defines is found at the end.
  std::vector<Status> errors;
  FirstFailure first;
  std::size_t classes_put = 0;
  std::size_t instances_put = 0;
  std::size_t deletions = 0;
  bool has_autorecover = false;    // #pragma autorecover stands in the text
  std::vector<std::string> files;  // that were read, the source itself first
  bool ok() const { return errors.empty(); }
};

// Compiles everything, also behind an error; what was right has been put into `target` then, and it is for the caller
// to take it back. Not more than one at a time for one target.
Report CompileInto(Source source, const CompileOptions& options, Target& target);

// The classes of a text in the order of the file, each with its Home; and what is wrong. Classes without errors are
// there even when others have some.
struct Compiled {
  std::vector<cim::ClassPtr> classes;
  std::vector<Status> errors;
};

// A text that holds classes only, without putting them anywhere; instances and deletions are errors. Every namespace is
// taken to exist. Safe from several threads when `existing` is.
Compiled Compile(const Source& source, std::string_view default_namespace, std::string_view server,
                 const ClassLookup& existing);

}  // namespace wmi::mof
