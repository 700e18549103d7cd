// The autorecover list: the MOF files that are compiled again when a repository is made anew, or again out of a damaged
// one (contract 10, mofcomp; #pragma autorecover). It lies in the folder of the repository as
// autorecover/NNNN-name.mof, so that it outlives the database beside it. Switches of the command line are not
// remembered: what a file needs, it says itself.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "engine/catalogue.h"
#include "mof/source.h"
#include "store/repository.h"

namespace wmi::engine {

struct RecoveryFile {
  unsigned number = 0;  // of its place on the list, from 1
  std::string path;     // in the folder of the repository
  mof::Source source;   // named as the file that was compiled
  std::vector<mof::Source> included;
  Status status = {};  // why it cannot be read; then there is no source
};

// Puts a file on the list that was compiled with success, with the files that it includes: `files` are those that the
// compiler read (Report::files), and are read again. The same file again (by its full path; a text without a file by
// what it says) takes the place it had. `source.file` is empty for a text without a file. The list is as before when
// it fails: kAccessDenied, kOutOfDiskSpace, kFailed, kMofInvalidFile when all together is larger than 256 MiB; the
// codes of ReadMofFile. Success without doing anything when `repository_folder` is empty, as of a repository in memory.
// Safe from several threads and processes.
Status Remember(const std::string& repository_folder, const mof::Source& source,
                const std::vector<std::string>& files = {});

// The list in the order in which the files came to it, with those that cannot be read and those that were not put there
// by Remember. Safe from any thread.
std::vector<RecoveryFile> List(const std::string& repository_folder);

// Compiles what of the list was not compiled since the repository was made; nothing when all was, or when nothing may
// be changed. Each file once, whoever else opens the repository at the same time; what is wrong in one does not keep
// the rest of it, or of the others, from being stored. What was done and what is wrong, with file, line, column and
// code, is added to the repository's opening_report(). For whoever opened it, when the schema is installed and
// providers are registered. A failure of the repository itself ends it; then the next who opens it goes on.
Status Recover(Catalogue& catalogue, store::Repository& repository);

}  // namespace wmi::engine
