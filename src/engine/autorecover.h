// The autorecover list: the MOF files that are compiled again when a repository is made anew (contract 10, mofcomp;
// #pragma autorecover). It lies in the folder of the repository as autorecover/NNNN-name.mof, so that it outlives the
// database beside it. Switches of the command line are not remembered: what a file needs, it says itself.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "mof/source.h"

namespace wmi::engine {

struct RecoveryFile {
  std::string path;    // in the folder of the repository
  mof::Source source;  // named as the file that was compiled, so that its includes are found
};

// Puts a file on the list that was compiled with success. The same file again (by its full path; a text without a file
// by what it says) takes the place it had. `source.file` is empty for a text without a file. The list is as before
// when it fails: kAccessDenied, kOutOfDiskSpace, kFailed. Success without doing anything when `repository_folder` is
// empty, as of a repository in memory. Safe from several threads and processes.
Status Remember(const std::string& repository_folder, const mof::Source& source);

// The list in the order in which the files came to it. Files that cannot be read, or were not put there by Remember,
// are left out. Safe from any thread.
std::vector<RecoveryFile> List(const std::string& repository_folder);

}  // namespace wmi::engine
